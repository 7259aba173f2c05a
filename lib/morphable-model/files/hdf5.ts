import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { checkFile, FileError } from 'lib/files';

/** A dataset that a reader can use: in row-major order as float64, or column by column as float32 where so wanted. */
export interface Wanted {
  path: string;
  /** How many dimensions it may have. */
  ranks: number[];
  transposed?: boolean;
}

export interface Hdf5Content {
  /** By path; those that are not there are missing. */
  datasets: Record<string, { shape: number[]; data: Float64Array | Float32Array }>;
  /** By `path@name`. */
  attributes: Record<string, string>;
  /** Those of the groups looked for that are there. */
  groups: string[];
}

interface Reply extends Partial<Hdf5Content> {
  refusal?: string;
  failure?: string;
  heapBytes: number;
}

export interface Hdf5Limits {
  fileBytes: number;
  /** All numbers together. */
  numberBytes: number;
  /** The library's own memory, of which it takes 19 MB to begin with; it holds a chunk of a compressed dataset at a time. */
  heapBytes: number;
  seconds: number;
}

/** The library keeps the memory that it has grown to; a thread that has more than this is not kept. */
const WORN_HEAP_BYTES = 40 * 2 ** 20;
const START_SECONDS = 60;

/**
 * Reads datasets and text attributes of an HDF5 file of a stranger, in a worker thread with limits, so that a file that makes
 * the library abort, loop or ask for all memory ends the thread and not the program.
 *
 * Links that lead to other files are not followed. The thread is kept for the next file, unless it failed.
 *
 * @param wanted  datasets of integers or floats
 * @param texts   groups, and the names of texts that may stand as attributes there
 * @throws {FileError} that names the file and the dataset, or the limit that it exceeds
 */
export async function readHdf5(
  file: string,
  wanted: Wanted[],
  texts: { path: string; names: string[] }[],
  limits: Hdf5Limits,
): Promise<Hdf5Content> {
  checkFile(file, limits.fileBytes);
  const turn = queue.then(() => ask({ file: path.resolve(file), wanted, texts, limits }, limits.seconds));
  queue = turn.catch(() => {});
  const { datasets, attributes, groups, refusal, failure } = await turn;
  if (refusal) throw new FileError(file, refusal);
  if (!datasets || !attributes || !groups)
    throw new FileError(file, `cannot be read as HDF5: ${failure?.slice(0, 300)}`);
  return { datasets, attributes, groups };
}

/** One file at a time. */
let queue: Promise<unknown> = Promise.resolve();
let worker: Worker | undefined;

/** Sends a request to the thread, which is started where there is none, and ended where it may be damaged. */
async function ask(request: object, seconds: number): Promise<Reply> {
  if (!worker) {
    const started = new Worker(path.join(__dirname, 'hdf5-worker.mjs'), {
      // the flags of the main thread may register loaders that the worker has no use for
      execArgv: [],
    });
    worker = started;
    // a thread may end while nobody waits for it: the next request starts another
    started
      .on('error', () => {})
      .on('exit', () => {
        if (worker === started) worker = undefined;
      });
    const { failure } = await replyWithin(started, START_SECONDS);
    if (failure) {
      worker = undefined;
      await started.terminate();
      throw new Error(`the thread that reads HDF5 does not start: ${failure}`);
    }
  }
  const own = worker;
  own.ref();
  own.postMessage(request);
  const reply = await replyWithin(own, seconds);
  // a program whose only work is a thread that waits for files may end
  own.unref();
  if (reply.heapBytes > WORN_HEAP_BYTES) {
    worker = undefined;
    await own.terminate();
  }
  return reply;
}

/** The thread's next message; a failure where it ends or takes too long. */
function replyWithin(own: Worker, seconds: number): Promise<Reply> {
  return new Promise((resolve) => {
    const end = (reply: Reply) => {
      clearTimeout(timer);
      own.off('message', end).off('error', failed).off('exit', ended);
      resolve(reply);
    };
    const fail = (failure: string) => end({ failure, heapBytes: Number.POSITIVE_INFINITY });
    const failed = (error: Error) => fail(error.message);
    const ended = (code: number) => fail(`the thread ended with ${code}`);
    const timer = setTimeout(() => fail(`it takes more than ${seconds} s`), seconds * 1000);
    own.on('message', end).on('error', failed).on('exit', ended);
  });
}
