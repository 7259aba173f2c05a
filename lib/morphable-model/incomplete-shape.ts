import type { NdArray } from 'ndarray';
import ndarray from 'ndarray';
import { checkSize, readInChunks, type Source } from './shape-source';

/** A registered scan that lacks some of its points, or knows some less well than others. */
export interface IncompleteShape {
  /** [N, 3] cm; where a weight is 0 anything may stand */
  points: NdArray<Float32Array>;
  /** [N], from 0 (missing) to 1: at a point of weight w the noise has the variance σ² / w */
  weights: Float32Array;
}

/** The weighted mean of each point [3N], and how many points are seen in all shapes; checks them. */
export async function meanOfSeen(source: Source<IncompleteShape>, size: number, signal: AbortSignal | undefined) {
  const sums = new Float64Array(size);
  const weightSums = new Float64Array(size / 3);
  let seenCount = 0;
  for await (const { first, items } of readInChunks(source, size, 0, { signal }))
    items.forEach((item, i) => {
      check(item, size, first + i);
      item.weights.forEach((weight, n) => {
        weightSums[n] += weight;
        if (weight === 0) return;
        seenCount++;
        for (let axis = 0; axis < 3; axis++) sums[3 * n + axis] += weight * item.points.data[3 * n + axis];
      });
    });
  const unseen = weightSums.indexOf(0);
  if (unseen >= 0) throw new RangeError(`point ${unseen} must be seen in at least one shape, but is missing in all`);
  return {
    mean: sums.map((sum, i) => sum / weightSums[Math.floor(i / 3)]),
    seenCount,
  };
}

function check({ points, weights }: IncompleteShape, size: number, index: number): void {
  checkSize(points, size, index);
  if (weights.length !== size / 3)
    throw new RangeError(`weights of shape ${index} must be ${size / 3}, one a point, but are ${weights.length}`);
  weights.forEach((weight, n) => {
    if (!(weight >= 0 && weight <= 1))
      throw new RangeError(`weights of shape ${index} must be from 0 to 1, but point ${n} has ${weight}`);
    const wrong = [0, 1, 2].map((axis) => points.data[3 * n + axis]).find((value) => !Number.isFinite(value));
    if (weight > 0 && wrong !== undefined)
      throw new RangeError(`shape ${index} must be finite where its weight is positive, but point ${n} has ${wrong}`);
  });
}

/** The shape with the mean in the place of what is missing, and nearer to it the less weight a point has. */
export function filled({ points, weights }: IncompleteShape, mean: Float64Array): NdArray<Float32Array> {
  const data = points.data.map((value, i) => {
    const weight = weights[Math.floor(i / 3)];
    return weight > 0 ? weight * value + (1 - weight) * mean[i] : mean[i];
  });
  return ndarray(data, points.shape);
}

/** Weights [count, N] and coordinates [count, 3N] of some shapes, with the mean where a point is missing. */
export function packed(items: readonly IncompleteShape[], size: number, first: number, mean: Float64Array) {
  const weights = new Float32Array((items.length * size) / 3);
  const points = new Float32Array(items.length * size);
  items.forEach((item, s) => {
    check(item, size, first + s);
    weights.set(item.weights, (s * size) / 3);
    for (let i = 0; i < size; i++)
      points[s * size + i] = item.weights[Math.floor(i / 3)] > 0 ? item.points.data[i] : mean[i];
  });
  return { weights, points };
}
