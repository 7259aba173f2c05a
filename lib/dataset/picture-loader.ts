import path from 'node:path';
import { Worker } from 'node:worker_threads';
import type { PictureChange } from './augmentation';
import type { Dataset } from './dataset';
import { storeOf } from './pixels';

/** Gives a training the pixels of its steps' images; it owns a thread: call `close` when done. */
export interface PictureLoader {
  /**
   * @returns [batch, size, size, 3], from -1 to 1 where nothing is changed, flat: the caller's until the next call, which writes other images to it
   * @throws {Error} that names the file whose images cannot be read
   */
  load(step: number): Promise<Float32Array>;
  close(): Promise<void>;
}

/** Steps whose images are read and decoded while a step runs. */
const AHEAD = 2;

interface Reply {
  step: number;
  pixels?: Float32Array;
  failure?: string;
}

/**
 * Starts a thread that reads, mirrors, decodes and changes images while the training computes.
 *
 * What a step gets depends on the step alone, so steps may come in any order: the next ones are prepared ahead, others when
 * they are asked for. Memory is that of four batches of floats, whatever the number of steps.
 *
 * @param order    which images a step sees, such as `batchOrder` gives
 * @param changes  what is done to each of them
 */
export function pictureLoader(
  dataset: Dataset,
  order: (step: number) => Uint32Array,
  changes?: (step: number) => PictureChange[],
): PictureLoader {
  const worker = new Worker(path.join(__dirname, 'picture-worker.mjs'), {
    workerData: storeOf(dataset.images, dataset.imageSize),
    // the flags of the main thread may register loaders that the worker has no use for
    execArgv: [],
  });
  const replies = new Map<number, Reply>();
  const asked = new Set<number>();
  const spare: ArrayBuffer[] = [];
  let lent: Float32Array | undefined;
  let arrived = () => {};
  let failure: Error | undefined;
  worker.on('message', (reply: Reply) => {
    replies.set(reply.step, reply);
    arrived();
  });
  worker.on('error', (error) => {
    failure = error;
    arrived();
  });
  worker.on('exit', () => {
    failure ??= new Error('the thread that reads images has ended');
    arrived();
  });
  // a program that waits for nothing else may end; only now, since a listener of messages holds a program up
  worker.unref();
  const ask = (step: number) => {
    if (asked.has(step)) return;
    asked.add(step);
    const buffer = spare.pop();
    worker.postMessage({ step, images: order(step), changes: changes?.(step), buffer }, buffer ? [buffer] : []);
  };
  return {
    async load(step) {
      if (lent) spare.push(lent.buffer as ArrayBuffer);
      lent = undefined;
      // what was prepared for steps that are not coming is of no use
      for (const [other, { pixels }] of replies)
        if (other < step || other > step + AHEAD) {
          replies.delete(other);
          asked.delete(other);
          if (pixels) spare.push(pixels.buffer as ArrayBuffer);
        }
      for (let next = step; next <= step + AHEAD; next++) ask(next);
      worker.ref();
      while (!replies.has(step) && !failure)
        await new Promise<void>((resolve) => {
          arrived = resolve;
        });
      worker.unref();
      const reply = replies.get(step);
      if (!reply) throw failure;
      replies.delete(step);
      asked.delete(step);
      if (!reply.pixels) throw new Error(reply.failure);
      lent = reply.pixels;
      return lent;
    },
    async close() {
      await worker.terminate();
    },
  };
}
