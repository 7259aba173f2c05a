import { batchTruth, pictureLoader } from 'lib/dataset';
import { writeArrays } from 'lib/files';
import { type Checkpoint, numbered, readWeights } from './checkpoint';
import { checkExplosion } from './explosion';
import type { Network } from './network';
import { stepChanges, stepImages, TrainingFailure, type TrainingOptions, train } from './train';

/** The finite loss that is too large, and after which step one counts as such. */
export interface Explosion {
  limit: number;
  afterStep: number;
}

/**
 * Finds the batch on which a training broke, and writes it to a file of arrays with the weights before its step.
 *
 * A training looks at its loss now and then only. So its steps are done again from where it last was sound, one by one, until
 * one makes the loss or the weights wrong; on a CPU that is the same step to the bit.
 *
 * The file holds `step` (how many were done before), `indices` [batch] of the images in the training split, `images`
 * [batch, size, size, 3] as the network took them, `shapes` [batch, N, 3] cm, `rotations` [batch, 4], `translations` [batch, 3]
 * cm, `weights 0`, ...
 *
 * @param network  with its first weights, from which steps are done again where `resumeFrom` is absent; its weights change
 * @param options  those of the training; `resumeFrom` is where it was sound last
 * @returns        the step, counted from 1, and `again`, what was wrong there; without it where all went well this time, as it
 *                 may on a GPU, where sums may come out differently: then the step is the one where the fault was seen
 */
export async function saveBreakingBatch(
  file: string,
  network: Network,
  options: TrainingOptions,
  { step: failedBy }: TrainingFailure,
  { limit, afterStep }: Explosion,
): Promise<{ step: number; again?: TrainingFailure }> {
  const { resumeFrom } = options;
  type Weights = Pick<Checkpoint, 'step' | 'weights'>;
  let before: Weights = resumeFrom ?? { step: 0, weights: await readWeights(network) };
  let sound = before;
  const again = await failureOf(
    train(network, {
      ...options,
      steps: failedBy,
      reportEvery: 1,
      checkpointEvery: 1,
      onProgress: ({ step, loss }) => {
        if (step > afterStep) checkExplosion(loss, limit, step);
      },
      onCheckpoint: (checkpoint) => {
        before = sound;
        sound = checkpoint;
      },
    }),
  );
  if (again) before = sound;
  if (!options.signal?.aborted) await writeBatch(file, options, before);
  return { step: before.step + 1, again };
}

async function failureOf(training: Promise<unknown>): Promise<TrainingFailure | undefined> {
  try {
    await training;
    return undefined;
  } catch (error) {
    if (error instanceof TrainingFailure) return error;
    throw error;
  }
}

async function writeBatch(
  file: string,
  options: TrainingOptions,
  { step, weights }: Pick<Checkpoint, 'step' | 'weights'>,
): Promise<void> {
  const { dataset } = options;
  const { imageSize, points } = dataset;
  const [order, changes] = [stepImages(options), stepChanges(options)];
  const indices = order(step);
  const batch = indices.length;
  const loader = pictureLoader(dataset, order, changes);
  const images = await loader.load(step).finally(() => loader.close());
  const { shapes, rotations, translations } = batchTruth(dataset, indices, changes?.(step));
  writeArrays(file, {
    step: { data: Uint32Array.of(step), shape: [1] },
    indices: { data: indices, shape: [batch] },
    images: { data: images, shape: [batch, imageSize, imageSize, 3] },
    shapes: { data: shapes, shape: [batch, points, 3] },
    rotations: { data: rotations, shape: [batch, 4] },
    translations: { data: translations, shape: [batch, 3] },
    ...numbered('weights', weights),
  });
}
