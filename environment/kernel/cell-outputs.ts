/**
 * What a cell shows: printed text, displays and its result.
 *
 * Output belongs to the cell that started last, as in other kernels, so a task that goes on behind a finished cell
 * writes into the cell after it.
 */
import { inspect } from 'node:util';
import type { Content } from './messages';

export type Publish = (type: string, content: Content) => void;
export type Bundle = Record<string, unknown>;

export interface DisplayOptions {
  metadata?: Record<string, unknown>;
  /** Names the display, so that it can be updated. */
  displayId?: string;
  /** Replaces the display of this name instead of adding one. */
  update?: boolean;
}

/** What the library finds at `globalThis[Symbol.for('notebook')]` when it runs in a notebook. */
export interface Notebook {
  display(bundle: Bundle, options?: DisplayOptions): void;
  /** Aborted with an error named KeyboardInterrupt when the user stops the cell. */
  interruptSignal(): AbortSignal;
}

export interface CellOutputs {
  /** Sends what follows to a cell. */
  beginCell(publish: Publish): void;
  /** Sends the text that was held back. */
  flush(): void;
}

type StreamName = 'stdout' | 'stderr';

// A message for each of 10,000 lines would choke the browser; a reader sees no difference at 50 messages a second.
const quietMilliseconds = 20;

/** Takes over the process's standard output and the library's displays. */
export function createCellOutputs(interruptSignal: () => AbortSignal): CellOutputs {
  let publish: Publish = () => {};
  let held: { name: StreamName; text: string }[] = [];
  let sentAt = 0;
  let timer: NodeJS.Timeout | undefined;

  function flush(): void {
    clearTimeout(timer);
    timer = undefined;
    if (held.length === 0) return;
    sentAt = Date.now();
    const sending = held;
    held = [];
    for (const stream of sending) publish('stream', stream);
  }

  function write(name: StreamName, text: string): void {
    const last = held.at(-1);
    if (last?.name === name) last.text += text;
    else held.push({ name, text });
    // A loop that never gives way lets no timer run, so the clock is asked at each write, too.
    if (Date.now() - sentAt >= quietMilliseconds) flush();
    else timer ??= setTimeout(flush, quietMilliseconds);
  }

  function takeOver(name: StreamName): void {
    const decoder = new TextDecoder();
    type Callback = (error?: Error) => void;
    process[name].write = (chunk: string | Uint8Array, encoding?: BufferEncoding | Callback, callback?: Callback) => {
      const text = typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true });
      if (text) write(name, text);
      const done = typeof encoding === 'function' ? encoding : callback;
      if (done) process.nextTick(done);
      return true;
    };
  }

  function display(bundle: Bundle, { metadata = {}, displayId, update = false }: DisplayOptions = {}): void {
    if (update && displayId === undefined) throw new TypeError('displayId must name the display to update');
    flush();
    const transient = displayId === undefined ? {} : { display_id: displayId };
    publish(update ? 'update_display_data' : 'display_data', { data: bundle, metadata, transient });
  }

  takeOver('stdout');
  takeOver('stderr');
  const notebook: Notebook = { display, interruptSignal };
  Object.defineProperty(globalThis, Symbol.for('notebook'), { value: notebook });

  return {
    flush,
    beginCell(next) {
      flush();
      publish = next;
      // A short cell's text is one message, too.
      sentAt = Date.now();
    },
  };
}

/** How a result is shown: as it says itself, or as Node's console would. */
export async function bundleOf(value: unknown): Promise<Bundle> {
  const show = (value as Record<symbol, unknown> | null)?.[Symbol.for('Jupyter.display')];
  if (typeof show === 'function') return (await show.call(value)) as Bundle;
  return { 'text/plain': inspect(value, { maxArrayLength: 100, depth: 3 }) };
}
