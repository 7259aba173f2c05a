import { type Arrays, readArrays, writeArrays } from 'lib/files';
import { type Adam, tf } from 'lib/tensorflow';
import type { Network } from './network';

/** Where a training stands: enough to go on from a step as if nothing had happened. */
export interface Checkpoint {
  /** Steps done. */
  step: number;
  /** In the order of the network's variables. */
  weights: Float32Array[];
  /** Adam's, one for each of the weights; none in the weights that a training leaves, from which none goes on. */
  firstMoments: Float32Array[];
  secondMoments: Float32Array[];
}

/** What a training needs to go on after a step. */
export async function takeCheckpoint(step: number, network: Network, adam: Adam): Promise<Checkpoint> {
  const { firstMoments, secondMoments } = await adam.state();
  return { step, weights: await readWeights(network), firstMoments, secondMoments };
}

/**
 * Gives a network and its Adam what they were at a checkpoint.
 *
 * @throws {RangeError} when the checkpoint is of another network
 */
export function applyCheckpoint(
  { step, weights, firstMoments, secondMoments }: Checkpoint,
  network: Network,
  adam: Adam,
): void {
  setWeights(network, weights);
  adam.restore({ steps: step, firstMoments, secondMoments });
}

export const readWeights = (network: Network): Promise<Float32Array[]> =>
  Promise.all(network.variables.map(async (v) => Float32Array.from((await v.data()) as Float32Array)));

/** @throws {RangeError} when the weights are of another network */
export function setWeights(network: Network, weights: Float32Array[]): void {
  const sizes = network.variables.map((v) => v.size);
  if (weights.length !== sizes.length || weights.some((w, i) => w.length !== sizes[i]))
    throw new RangeError(
      `weights must have the network's sizes [${sizes}], but have [${weights.map((w) => w.length)}]: they are of another network`,
    );
  tf.tidy(() => {
    for (const [i, v] of network.variables.entries()) v.assign(tf.tensor(weights[i], v.shape));
  });
}

const KINDS = ['weights', 'firstMoments', 'secondMoments'] as const;

export const writeCheckpoint = (file: string, checkpoint: Checkpoint): void =>
  writeArrays(file, checkpointArrays(checkpoint));

export const readCheckpoint = (file: string): Checkpoint => checkpointOf(file, readArrays(file));

export const checkpointArrays = (checkpoint: Checkpoint): Arrays => ({
  step: { data: Uint32Array.of(checkpoint.step), shape: [1] },
  ...Object.assign({}, ...KINDS.map((kind) => numbered(kind, checkpoint[kind]))),
});

/** @throws {Error} that names the file, when arrays of a checkpoint are missing */
export function checkpointOf(file: string, arrays: Arrays): Checkpoint {
  const [weights, firstMoments, secondMoments] = KINDS.map((kind) => listOf(kind, arrays));
  const counts = [0, weights.length];
  const moments = firstMoments.length;
  if (!arrays.step || weights.length === 0 || !counts.includes(moments) || secondMoments.length !== moments)
    throw new Error(`${file} must hold a step, weights, and two moments of each or none: it is no checkpoint`);
  return { step: arrays.step.data[0], weights, firstMoments, secondMoments };
}

/** A list of arrays under the names "weights 0", "weights 1", ... */
export const numbered = (name: string, list: Float32Array[]): Arrays =>
  Object.fromEntries(list.map((data, i) => [`${name} ${i}`, { data, shape: [data.length] }]));

/** The arrays that `numbered` gave these names. */
export function listOf(name: string, arrays: Arrays): Float32Array[] {
  const list: Float32Array[] = [];
  for (let i = 0; arrays[`${name} ${i}`]; i++) list.push(arrays[`${name} ${i}`].data as Float32Array);
  return list;
}
