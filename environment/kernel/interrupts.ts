/**
 * The stop button.
 *
 * It becomes a SIGINT to this process (control.ts). Code that never gives way is stopped by Node (`breakOnSigint`, see
 * executor.ts). Code that awaits is stopped here: the compiler sends every `await` and `for await` of a cell through
 * `wait` and `iterate`, and an interrupt rejects all that are in flight. Library code has plain awaits: a long loop
 * there listens to the signal of the cell and lets the event loop turn now and then, or it hears nothing.
 *
 * Left over: after an await, a loop that never gives way (`await null; while (true);`) runs until a restart.
 */

/**
 * A loop over promises that are settled already (a training step that computes and waits for nothing) never lets Node
 * look at signals, timers or messages, so an await takes a turn of the event loop when the last one is this long ago.
 */
const turnMilliseconds = 50;

/** Where an `await` stands in a compiled cell. */
export interface AwaitSite {
  cell: string;
  line: number;
  column: number;
}

export interface Interrupts {
  /** A new signal for a new cell. */
  beginCell(): void;
  /** Aborted with a KeyboardInterrupt when the cell that is running now is stopped. */
  signal(): AbortSignal;
  interrupt(): void;
  wait(value: unknown, cell: string, line: number, column: number): unknown;
  iterate(
    values: AsyncIterable<unknown> | Iterable<unknown>,
    ...site: [string, number, number]
  ): AsyncIterable<unknown>;
  /** The awaits through which an error came, innermost first: frames that a promise's error does not have itself. */
  awaitSites(error: object): AwaitSite[];
}

export function keyboardInterrupt(): Error {
  const error = new Error('interrupted');
  error.name = 'KeyboardInterrupt';
  error.stack = 'KeyboardInterrupt: interrupted';
  return error;
}

export function createInterrupts(): Interrupts {
  const rejectInFlight = new Set<(reason: Error) => void>();
  const sites = new WeakMap<object, AwaitSite[]>();
  let controller = new AbortController();
  let turnedAt = performance.now();

  function wait(value: unknown, cell: string, line: number, column: number): unknown {
    const overdue = performance.now() - turnedAt > turnMilliseconds;
    if (!overdue && !isThenable(value)) return value;
    return new Promise((resolve, reject) => {
      const succeed = (result: unknown) => {
        rejectInFlight.delete(fail);
        resolve(result);
      };
      const fail = (reason: unknown) => {
        rejectInFlight.delete(fail);
        if (reason instanceof Error) sites.set(reason, [...(sites.get(reason) ?? []), { cell, line, column }]);
        reject(reason);
      };
      const turn = (result: unknown) =>
        setImmediate(() => {
          turnedAt = performance.now();
          succeed(result);
        });
      rejectInFlight.add(fail);
      Promise.resolve(value).then(overdue ? turn : succeed, fail);
    });
  }

  return {
    wait,
    beginCell: () => {
      controller = new AbortController();
    },
    signal: () => controller.signal,
    awaitSites: (error) => sites.get(error) ?? [],
    interrupt() {
      controller.abort(keyboardInterrupt());
      for (const reject of [...rejectInFlight]) reject(keyboardInterrupt());
    },
    iterate(values, ...site) {
      const inner = asyncIterator(values);
      const step = (result: Promise<IteratorResult<unknown>>) => wait(result, ...site) as typeof result;
      return {
        [Symbol.asyncIterator]: () => ({
          next: () => step(inner.next()),
          // Left early (break, an error): the source must be told, and may have no way to hear it.
          return: async (value?: unknown) => (await inner.return?.(value)) ?? { done: true, value },
        }),
      };
    },
  };
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    value !== null &&
    (typeof value === 'object' || typeof value === 'function') &&
    typeof (value as { then?: unknown }).then === 'function'
  );
}

function asyncIterator(values: AsyncIterable<unknown> | Iterable<unknown>): AsyncIterator<unknown> {
  if (Symbol.asyncIterator in values) return values[Symbol.asyncIterator]();
  return (async function* () {
    yield* values;
  })();
}
