import { readArrays, writeArrays } from 'lib/files';
import { type Adam, tf } from 'lib/tensorflow';
import type { Network } from './network';

/** Where a training stands: enough to go on from a step as if nothing had happened. */
export interface Checkpoint {
  step: number;
  weights: Float32Array[];
  firstMoments: Float32Array[];
  secondMoments: Float32Array[];
}

export async function takeCheckpoint(step: number, network: Network, adam: Adam): Promise<Checkpoint> {
  const { firstMoments, secondMoments } = await adam.state();
  return { step, weights: await readWeights(network), firstMoments, secondMoments };
}

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

export function writeCheckpoint(file: string, checkpoint: Checkpoint): void {
  const rows = KINDS.flatMap((kind) =>
    checkpoint[kind].map((data, i) => [`${kind} ${i}`, { data, shape: [data.length] }] as const),
  );
  writeArrays(file, { step: { data: Uint32Array.of(checkpoint.step), shape: [1] }, ...Object.fromEntries(rows) });
}

export function readCheckpoint(file: string): Checkpoint {
  const arrays = readArrays(file);
  const [weights, firstMoments, secondMoments] = KINDS.map((kind) => {
    const list: Float32Array[] = [];
    for (let i = 0; arrays[`${kind} ${i}`]; i++) list.push(arrays[`${kind} ${i}`].data as Float32Array);
    return list;
  });
  const count = weights.length;
  if (!arrays.step || count === 0 || firstMoments.length !== count || secondMoments.length !== count)
    throw new Error(`${file} must hold a step, weights, and two moments of each: it is no checkpoint`);
  return { step: arrays.step.data[0], weights, firstMoments, secondMoments };
}
