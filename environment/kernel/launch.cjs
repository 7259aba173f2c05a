'use strict';
/**
 * Starts the notebook kernel: `node launch.cjs CONNECTION_FILE`, as Jupyter calls it through kernel.json.
 *
 * The kernel is TypeScript that tsx runs from source, and so is the library that the cells import. tslab compiles the
 * cells; the rest of tslab (its protocol, its streams, its interrupts) is replaced here, because it loses output,
 * reports no errors to Jupyter and outlives its server.
 *
 *   kernel.ts         answers Jupyter's requests and queues the cells
 *   channels.ts       sockets; messages.ts is their wire format
 *   control.ts        a second thread, for what must get through while a cell keeps the first one busy
 *   cell-outputs.ts   streams, displays and results of the running cell, and globalThis[Symbol.for('notebook')]
 *   executor.ts       runs cells one after another over shared variables
 *   help.ts           completion and inspection
 *   compiler.ts       from a cell's TypeScript to JavaScript; typescript-for-cells.ts gives it the editor's options
 *   interrupts.ts     the stop button; signal-lock.ts keeps its signal from ending the kernel, and tensorflow-scopes.ts
 *                     closes what a stopped cell left open in TensorFlow
 *   traceback.ts      from the frames of an error to lines of cells
 *   library.ts        loads edited library files again
 */
const path = require('node:path');

// Node resolves the links of its main script, so this is the repository even when Jupyter reads a link to it.
const root = path.resolve(__dirname, '../..');

// tsx looks for a configuration above the working folder, and a notebook may run in any.
process.env.TSX_TSCONFIG_PATH ??= path.join(root, 'tsconfig.json');
require('tsx/cjs');

require('./kernel.ts').startKernel(root, process.argv[2]);
