'use strict';
/** Starts control.ts in its thread: a new thread does not inherit tsx. */
require('tsx/cjs');
require('./control.ts').runControl();
