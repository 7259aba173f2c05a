import type { Scalar, Tensor } from '@tensorflow/tfjs-node-gpu';
import {
  type Augmentation,
  type Batch,
  batch,
  batchOrder,
  type Dataset,
  drawChange,
  imageCount,
  type PictureChange,
  pictureLoader,
} from 'lib/dataset';
import type { Reconstruction } from 'lib/losses';
import type { Random } from 'lib/random';
import { Adam, isFiniteTensor, tf } from 'lib/tensorflow';
import { applyCheckpoint, type Checkpoint, takeCheckpoint } from './checkpoint';
import type { Network, NetworkOutput } from './network';

/** What a training minimizes: one scalar from the truth and the network's output for a batch; `random` is the step's own. */
export type Objective = (truth: Reconstruction, output: NetworkOutput, random: Random) => Scalar;

export interface TrainingProgress {
  /** Steps done. */
  step: number;
  steps: number;
  /** The objective's mean over the steps since the last report. */
  loss: number;
}

export interface TrainingOptions {
  /** Its shapes hold the points that the network puts out. */
  dataset: Dataset;
  objective: Objective;
  steps: number;
  batchSize: number;
  /** Learning rate at a step, counted from 0. */
  learningRate: (step: number) => number;
  random: Random;
  /** How images are changed each time that they are seen; not at all by default. */
  augmentation?: Augmentation;
  /** Go on from here instead of from the network's present weights. */
  resumeFrom?: Checkpoint;
  /** Steps between two reports, and two calls of `onCheckpoint`; a report comes before each checkpoint too. */
  reportEvery?: number;
  checkpointEvery?: number;
  onProgress?: (progress: TrainingProgress) => void | Promise<void>;
  onCheckpoint?: (checkpoint: Checkpoint) => void | Promise<void>;
  /** Stops after the step under way, with a report and a checkpoint; the network keeps the weights that it has then. */
  signal?: AbortSignal;
}

/** A training that cannot go on: its loss or its weights are no longer finite, or its loss explodes. */
export class TrainingFailure extends Error {
  override name = 'TrainingFailure';

  /**
   * @param what  what is wrong, as in `the loss is NaN`
   * @param step  how many steps were done when it was seen; the fault may be some steps older
   */
  constructor(
    readonly what: string,
    readonly step: number,
    options?: ErrorOptions,
  ) {
    super(`${what} by step ${step}: a smaller learning rate may help`, options);
  }
}

/**
 * Trains a network with Adam.
 *
 * Every step's images and random numbers depend on `random` and on the step alone, so that a training that goes on from a
 * checkpoint ends with the weights of one that was never broken off.
 *
 * @returns how many steps were done: all, or fewer when `signal` was aborted
 * @throws {TrainingFailure} when the loss or the weights are no longer finite: no checkpoint is taken of such weights
 * @throws {RangeError} when `resumeFrom` is of another network
 */
export async function train(network: Network, options: TrainingOptions): Promise<number> {
  const { dataset, objective, steps, learningRate, random, resumeFrom, onProgress, onCheckpoint, signal } = options;
  const { reportEvery = 50, checkpointEvery = 200 } = options;
  const order = stepImages(options);
  const changes = stepChanges(options);
  const loader = pictureLoader(dataset, order, changes);
  const adam = new Adam(network.variables);
  let sum = tf.keep(tf.scalar(0));
  let summed = 0;
  const report = async (done: number) => {
    const loss = ((await sum.data())[0] as number) / summed;
    if (!Number.isFinite(loss)) throw new TrainingFailure(`the loss is ${loss}`, done);
    sum.dispose();
    sum = tf.keep(tf.scalar(0));
    summed = 0;
    await onProgress?.({ step: done, steps, loss });
  };
  const keep = async (done: number) => {
    if (!hasFiniteWeights(network)) throw new TrainingFailure('the weights are no longer finite', done);
    await onCheckpoint?.(await takeCheckpoint(done, network, adam));
  };
  let kept = resumeFrom?.step ?? 0;
  try {
    if (resumeFrom) applyCheckpoint(resumeFrom, network, adam);
    for (let step = kept; step < steps; step++) {
      if (signal?.aborted) {
        if (summed > 0) await report(step);
        if (onCheckpoint && step > kept) await keep(step);
        return step;
      }
      const previous = sum;
      const pixels = await loader.load(step);
      sum = tf.tidy(() => {
        const drawn = batch(dataset, order(step), pixels, changes?.(step));
        const loss = withReason(network, step, () =>
          trainingStep(network, adam, drawn, objective, random.fork(`step ${step}`), learningRate(step)),
        );
        return tf.keep(tf.add(sum, loss));
      }) as Scalar;
      previous.dispose();
      summed++;
      const done = step + 1;
      const isCheckpoint = onCheckpoint !== undefined && (done % checkpointEvery === 0 || done === steps);
      // before a checkpoint the loss is looked at too, so that none is taken of a training that has failed
      if (done % reportEvery === 0 || done === steps || isCheckpoint) await report(done);
      if (isCheckpoint) {
        await keep(done);
        kept = done;
      }
      // lets a stop button, a progress line and other work of this process in
      await new Promise((resolve) => setImmediate(resolve));
    }
    return steps;
  } finally {
    sum.dispose();
    adam.dispose();
    await loader.close();
  }
}

/** Which images each step of a training sees. */
export const stepImages = ({ dataset, batchSize, random }: TrainingOptions): ((step: number) => Uint32Array) =>
  batchOrder(imageCount(dataset), batchSize, random.fork('order'));

/** What is done to the images of each step of a training, if anything. */
export function stepChanges({
  dataset,
  batchSize,
  random,
  augmentation,
}: TrainingOptions): ((step: number) => PictureChange[]) | undefined {
  if (!augmentation) return undefined;
  const own = random.fork('augmentation');
  return (step) => {
    const drawn = own.fork(step);
    return Array.from({ length: batchSize }, () => drawChange(augmentation, dataset.imageSize, drawn));
  };
}

const hasFiniteWeights = (network: Network): boolean => network.variables.every(isFiniteTensor);

/** Weights that are no numbers make quaternions that are none, which the losses refuse: the error says where that comes from. */
function withReason<T>(network: Network, step: number, compute: () => T): T {
  try {
    return compute();
  } catch (cause) {
    if (hasFiniteWeights(network)) throw cause;
    throw new TrainingFailure('the weights are no longer finite', step, { cause });
  }
}

/** One step of Adam on one batch; returns the objective before the step. */
export function trainingStep(
  network: Network,
  adam: Adam,
  { images, truth }: Batch,
  objective: Objective,
  random: Random,
  learningRate: number,
): Scalar {
  return tf.tidy(() => {
    const { value, grads } = tf.variableGrads(
      () => objective(truth, network.forward(images), random),
      network.variables,
    );
    adam.step(
      // what an objective does not look at, such as the pose, does not move
      network.variables.map((v): Tensor => grads[v.name] ?? tf.zerosLike(v)),
      learningRate,
    );
    return value;
  });
}

/** From `rate` to 0 along half a cosine (Loshchilov and Hutter 2017, without restarts). */
export const cosineDecay =
  (rate: number, steps: number) =>
  (step: number): number =>
    (rate / 2) * (1 + Math.cos((Math.PI * step) / steps));
