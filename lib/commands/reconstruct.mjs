#!/usr/bin/env node
import { createRequire } from 'node:module';
// The program `reconstruct`: what the workflow calls, one command for each step.
import { register } from 'tsx/cjs/api';

register();
createRequire(import.meta.url)('./reconstruct.ts');
