/**
 * Runs cells one after another over shared variables.
 *
 * A cell becomes the body of a function whose variables are properties of one object: the emitted JavaScript reads the
 * variables of earlier cells from it and writes its own to it.
 */
import Module from 'node:module';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import vm from 'node:vm';
import type ts from '@tslab/typescript-for-tslab';
import { type Compiler, type Completion, declarationsOfDefined } from './compiler';
import { type Interrupts, keyboardInterrupt } from './interrupts';
import { forgetHalfLoaded } from './library';
import type { SignalLock } from './signal-lock';
import { rememberOpenScopes } from './tensorflow-scopes';
import type { Tracebacks } from './traceback';

export interface Executor {
  /**
   * @returns the value of the cell's last expression, undefined when there is none
   * @throws  what the cell throws, a TypeScriptError, or a KeyboardInterrupt
   */
  execute(name: string, code: string): Promise<unknown>;
  complete(source: string, position: number): Completion;
  inspect(source: string, position: number): ts.QuickInfo | undefined;
}

/** @param refreshLibrary  called before each cell, so that its imports load what was edited */
export function createExecutor(
  compiler: Compiler,
  interrupts: Interrupts,
  tracebacks: Tracebacks,
  lock: SignalLock,
  refreshLibrary: () => void,
): Executor {
  const variables = createVariables();
  // Modules are found from the folder of the notebook.
  const require = Module.createRequire(path.join(process.cwd(), 'cell.ts'));
  const { wait, iterate } = interrupts;
  Object.defineProperty(globalThis, '__cell__', {
    value: { variables, require, wait, iterate, stoppable: lock.release, settling: lock.acquire },
  });
  let declarations = '';

  return {
    complete: (source, position) => compiler.complete(declarations, source, position),
    inspect: (source, position) => compiler.inspect(declarations, source, position),
    async execute(name, code) {
      refreshLibrary();
      interrupts.beginCell();
      const cell = compiler.compile(name, code, declarations);
      const head = cell.asynchronous ? 'async function' : 'function';
      const prefix = `__cell__.stoppable(); try { (${head} (exports, require) {`;
      const suffix = '\n})(__cell__.variables, __cell__.require) } finally { __cell__.settling(); }';
      const source = `${prefix}${cell.javaScript}${suffix}`;
      // With a negative offset the columns of the first line count from the cell's own code.
      const script = new vm.Script(source, { filename: name, columnOffset: -prefix.length });
      tracebacks.add(cell, source.split('\n').length);
      const closeScopes = rememberOpenScopes();
      while (!lock.tryAcquire()) await setImmediate();
      // No stop is sent from here on, and those that were sent take effect.
      await signalsDelivered();
      if (interrupts.signal().aborted) {
        lock.release();
        throw keyboardInterrupt();
      }
      try {
        await runLocked(script, lock);
      } catch (error) {
        declarations = declarationsOfDefined(cell.declarations, variables);
        if (!isStop(error)) throw error;
        // Node ends the script without running its `finally` blocks, TensorFlow's and those of its own module loader.
        closeScopes();
        forgetHalfLoaded();
        interrupts.interrupt();
        throw keyboardInterrupt();
      }
      declarations = cell.declarations;
      if (cell.resultName === undefined) return undefined;
      const result = variables[cell.resultName];
      delete variables[cell.resultName];
      return result;
    },
  };
}

/** Runs a script that frees the lock itself once Node is ready to stop it, and takes it again at its end. */
function runLocked(script: vm.Script, lock: SignalLock): unknown {
  try {
    return script.runInThisContext({ breakOnSigint: true, displayErrors: false });
  } finally {
    lock.release();
  }
}

const isStop = (error: unknown) =>
  (error as NodeJS.ErrnoException | undefined)?.code === 'ERR_SCRIPT_EXECUTION_INTERRUPTED';

/**
 * Lets a stop that was pressed during the compilation take effect; the cell might never give way to it again.
 *
 * Node hears of signals when it polls; the first turn may belong to a poll that is already over.
 */
async function signalsDelivered(): Promise<void> {
  await setImmediate();
  await setImmediate();
}

/** Imports are emitted as read-only getters, but a later cell may declare the same name anew. */
function createVariables(): Record<string, unknown> {
  return new Proxy<Record<string, unknown>>(
    {},
    {
      defineProperty(target, name, attributes) {
        if (name !== '__esModule') target[name as string] = attributes.get ? attributes.get() : attributes.value;
        return true;
      },
    },
  );
}
