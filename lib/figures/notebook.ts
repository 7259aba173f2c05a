/** What the notebook's kernel offers to the library while a cell runs. */
export interface Notebook {
  display(
    bundle: Record<string, unknown>,
    options?: { metadata?: Record<string, unknown>; displayId?: string; update?: boolean },
  ): void;
  interruptSignal(): AbortSignal;
}

/** The kernel puts itself here; a symbol, so that the library and the kernel need no module in common. */
const key = Symbol.for('notebook');

/** The notebook that this code runs in, if any. */
export function currentNotebook(): Notebook | undefined {
  return (globalThis as { [key]?: Notebook })[key];
}

const never = new AbortController().signal;

/**
 * The signal that the running cell is to be interrupted; outside a notebook one that never aborts.
 *
 * A long loop gets it once, at its start: a later cell has a signal of its own.
 */
export function interruptSignal(): AbortSignal {
  return currentNotebook()?.interruptSignal() ?? never;
}
