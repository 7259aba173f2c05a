import fs from 'node:fs';
import path from 'node:path';
import type { Variable } from '@tensorflow/tfjs-node-gpu';
import { type Augmentation, type Dataset, imageCount } from 'lib/dataset';
import { tryLock } from 'lib/files';
import type { ShapeBasis } from 'lib/morphable-model';
import { createRandom } from 'lib/random';
import { tf } from 'lib/tensorflow';
import { saveBreakingBatch } from './breaking-batch';
import { writeCheckpoint } from './checkpoint';
import { type Network, type NetworkOptions, reconstructionNetwork } from './network';
import { withVariables } from './objectives';
import { newestState } from './run-checkpoints';
import { type Asked, differences, hasConfig, type RunConfig, readConfig, sourceOf, writeConfig } from './run-config';
import { removePartial, removeTraining, trainingFiles } from './run-files';
import { cutMetrics, type Metrics } from './run-metrics';
import { explosionOf, recorder } from './run-recorder';
import { cosineDecay, type Objective, TrainingFailure, type TrainingOptions, train } from './train';

/** What is minimized. A training goes on only with the same name, settings and source. */
export interface RunLoss {
  name: string;
  objective: Objective;
  /**
   * What the loss itself learns, such as weights; trained with the network from the values that they have at the start. They keep
   * what they have learned, but after an error get the values of the start back.
   */
  variables?: Variable[];
  /** What the objective depends on beside its own text, such as weights. */
  settings?: Record<string, number | string>;
  /** Says which text the objective has; a checksum of its text by default, so that another function is not gone on with. */
  source?: string;
}

export interface RunOptions {
  loss: RunLoss;
  /** The morphable model and the shapes of both splits, on the points that the loss uses. */
  basis: ShapeBasis;
  dataset: Dataset;
  validation: Dataset;
  /** Says which model and images these are, such as a checksum of their files. */
  data: string;
  network: NetworkOptions;
  steps: number;
  batchSize: number;
  /** At the first step; it falls to 0 along half a cosine. */
  learningRate: number;
  /** How training images are changed each time that they are seen; not at all by default. */
  augmentation?: Augmentation;
  /** Of first weights, of the images' order and changes, and of the loss's random numbers. */
  seed: number;
  /** Steps between two reports, 50 by default, and between two validations and checkpoints, 200 by default. */
  reportEvery?: number;
  checkpointEvery?: number;
  /** Begin anew where the folder holds a training of something else, instead of an error. */
  replace?: boolean;
  /** Called at each report and each validation with all that there is so far. */
  onProgress?: (run: TrainingRun) => void;
  /** Stops after the step under way, with a checkpoint. */
  signal?: AbortSignal;
}

/** What a training's folder says of it. */
export interface TrainingRun extends Metrics {
  folder: string;
  config: RunConfig;
  /** Whether all steps are done; then weights.arrays holds the weights with the best validation score. */
  finished: boolean;
}

/**
 * Trains a network in a folder of its own, from the last checkpoint there, so that a call that was killed, stopped or ended by
 * a full disk is simply made again: in this process or another, it ends with the weights of one that was never broken off, to
 * the bit on a CPU.
 *
 * The folder holds config.json (what was asked), metrics.jsonl (a line a report and a validation), event files for
 * TensorBoard, the last two checkpoints, and at the end weights.arrays. A checkpoint that is damaged is passed over for the one
 * before it, with a warning.
 *
 * @throws {RangeError} when a count is no whole number of at least 1, or a split holds no image
 * @throws {Error} when another training writes into the folder, naming its process; when the folder holds a training of
 *   something else, naming what differs; when the loss or the weights are no longer finite or the loss explodes (see
 *   `explosionLimit`), naming the step and the file with its batch; when a file cannot be written
 */
export async function trainRun(folder: string, options: RunOptions): Promise<TrainingRun> {
  checkOptions(options);
  const key = path.resolve(folder);
  const earlier = running.get(key);
  // stopped by the user, it is writing its checkpoint: its cell in a notebook is free already
  if (earlier?.signal?.aborted) await earlier.end;
  const lock = tryLock(trainingFiles(folder).lock);
  if ('holder' in lock)
    throw new Error(`${folder} is being trained by ${lock.holder}; wait for it, or stop it and try again`);
  const training = trainLocked(folder, options).finally(() => {
    running.delete(key);
    lock.unlock();
  });
  running.set(key, { signal: options.signal, end: training.catch(() => {}) });
  return training;
}

function checkOptions(options: RunOptions): void {
  const { steps, batchSize, reportEvery = 1, checkpointEvery = 1, dataset, validation } = options;
  for (const [name, value] of Object.entries({ steps, batchSize, reportEvery, checkpointEvery }))
    if (!(Number.isSafeInteger(value) && value >= 1))
      throw new RangeError(`${name} must be a whole number of at least 1, but is ${value}`);
  for (const [name, split] of Object.entries({ dataset, validation }))
    if (imageCount(split) === 0) throw new RangeError(`${name} must hold at least one image, but holds none`);
}

/** The trainings of this process, by folder. */
const running = new Map<string, { signal?: AbortSignal; end: Promise<unknown> }>();

async function trainLocked(folder: string, options: RunOptions): Promise<TrainingRun> {
  const { loss, basis, dataset, steps, batchSize, learningRate, augmentation, seed, data, signal } = options;
  const { reportEvery = 50, checkpointEvery = 200 } = options;
  const files = trainingFiles(folder);
  const asked: Asked = {
    loss: { name: loss.name, settings: loss.settings ?? {}, source: loss.source ?? sourceOf(loss.objective) },
    network: options.network,
    points: basis.mean.shape[0],
    steps,
    batchSize,
    learningRate,
    ...(augmentation && { augmentation }),
    checkpointEvery,
    seed,
    data,
  };
  removePartial(folder);
  const known = knownConfig(folder, asked, options.replace);
  const state = newestState(folder, (reason) => console.warn(`${reason}\nThe checkpoint before it is used.`));
  const from = state?.checkpoint;
  const metrics = cutMetrics(files.metrics, from?.step ?? 0);
  if (state?.best && !metrics.validations.some(({ step }) => step === state.best?.step))
    throw new Error(
      `${files.metrics} must hold the validation of step ${state.best.step}; remove ${folder} to train anew`,
    );
  const count = metrics.reports.length + metrics.validations.length;
  if (state?.metricLines !== undefined && count !== state.metricLines)
    throw new Error(
      `${files.metrics} must hold ${state.metricLines} lines up to step ${from?.step}, but holds ${count}: it was cut off; remove ${folder} to train anew`,
    );
  const isOver = from?.step === steps && fs.existsSync(files.weights);
  if (isOver && known) return { folder, config: known, ...metrics, finished: true };
  const config = writeConfig(folder, asked, known?.ranOn ?? [], from?.step ?? 0);
  const run: TrainingRun = { folder, config, ...metrics, finished: false };

  const random = createRandom(seed).fork('training');
  const own = loss.variables ?? [];
  const starts = await Promise.all(own.map((variable) => variable.data()));
  const restart = () => {
    own.forEach((variable, i) => {
      tf.tidy(() => variable.assign(tf.tensor(starts[i], variable.shape)));
    });
  };
  const newNetwork = () => {
    restart();
    return withVariables(reconstructionNetwork(basis, options.network, random.fork('network')), own);
  };
  const trainingOptions: TrainingOptions = {
    dataset,
    objective: loss.objective,
    steps,
    batchSize,
    learningRate: cosineDecay(learningRate, steps),
    random: random.fork('steps'),
    augmentation,
    resumeFrom: from,
    reportEvery,
    checkpointEvery,
    signal,
  };
  const network = newNetwork();
  try {
    const { callbacks, best } = recorder(run, network, trainingOptions, options, state);
    const done = await train(network, { ...trainingOptions, ...callbacks });
    if (done < steps) return run;
    const { step, weights } = best();
    writeCheckpoint(files.weights, { step, weights, firstMoments: [], secondMoments: [] });
    return { ...run, finished: true };
  } catch (error) {
    try {
      throw error instanceof TrainingFailure ? await explained(error, run, newNetwork, trainingOptions) : error;
    } finally {
      // the same call again must begin as this one did, where there is no checkpoint yet
      restart();
    }
  } finally {
    network.dispose();
  }
}

/** The configuration of the training that the folder holds, if any. */
function knownConfig(folder: string, asked: Asked, replace = false): RunConfig | undefined {
  if (!hasConfig(folder)) {
    removeTraining(folder);
    return undefined;
  }
  const known = readConfig(folder);
  const different = differences(known, asked);
  if (different.length === 0) return known;
  if (!replace)
    throw new Error(
      `${folder} holds another training: ${different.map(({ field, a, b }) => `its ${field} is ${a}, and asked for is ${b}`).join('; ')}. Name another folder, or remove this one to train anew`,
    );
  removeTraining(folder);
  return undefined;
}

/** The error of a training that broke, with the file that holds its batch. */
async function explained(
  failure: TrainingFailure,
  run: TrainingRun,
  newNetwork: () => Network,
  options: TrainingOptions,
): Promise<Error> {
  const resumeFrom = newestState(run.folder, () => {})?.checkpoint;
  console.warn(
    `${failure.what} by step ${failure.step}: steps are done again from ${resumeFrom?.step ?? 0} to find the batch`,
  );
  const network = newNetwork();
  try {
    const file = trainingFiles(run.folder).breakingBatch;
    const { step, again } = await saveBreakingBatch(
      file,
      network,
      { ...options, resumeFrom },
      failure,
      explosionOf(run),
    );
    if (options.signal?.aborted) return failure;
    const { message } = again ?? failure;
    const doubt = again ? '' : ', though it did not break when the steps since the last checkpoint were done again';
    return new Error(`${message}. The batch of step ${step} and the weights before it are in ${file}${doubt}`, {
      cause: failure,
    });
  } finally {
    network.dispose();
  }
}
