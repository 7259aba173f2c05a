import type { Random } from 'lib/random';
import type { NdArray } from 'ndarray';
import ndarray from 'ndarray';

/**
 * A linear model of head shapes (eq. 2): x = m + Σ_k c_k √λ_k u_k.
 *
 * Coefficients c are in standard deviations, so that a head of the training set has c_k of mean 0 and variance 1.
 */
export interface MorphableModel {
  /** m, [N, 3] cm, model frame */
  mean: NdArray<Float32Array>;
  /** The u_k, [K, 3N]: one component a row, of unit length and orthogonal to the others. */
  components: NdArray<Float32Array>;
  /** The λ_k in cm², falling: variance of the training shapes along u_k. */
  variances: Float64Array;
  /** [T, 3] vertex indices, counter-clockwise seen from outside */
  triangles: NdArray<Uint32Array>;
}

/**
 * The shape with the given coefficients: m + Σ c_k √λ_k u_k. Missing coefficients are 0.
 *
 * @param coefficients  [K] or fewer, standard deviations
 * @returns             [N, 3] cm
 * @throws {RangeError} when there are more coefficients than components
 */
export function instance(model: ShapeBasis, coefficients: ArrayLike<number>): NdArray<Float32Array> {
  const { mean, components, variances } = model;
  if (coefficients.length > variances.length)
    throw new RangeError(`coefficients must be at most ${variances.length}, but are ${coefficients.length}`);
  const size = mean.data.length;
  const shape = Float64Array.from(mean.data);
  for (let k = 0; k < coefficients.length; k++) {
    const scale = coefficients[k] * Math.sqrt(variances[k]);
    const row = components.data.subarray(k * size, (k + 1) * size);
    for (let i = 0; i < size; i++) shape[i] += scale * row[i];
  }
  return ndarray(Float32Array.from(shape), mean.shape);
}

/**
 * The coefficients of the model's shape nearest to the given one: c_k = u_k · (x - m) / √λ_k.
 *
 * @param shape  [N, 3] cm, aligned as the model's training shapes were
 * @returns      [K] standard deviations
 * @throws {RangeError} when the shape has other points than the model
 */
export function coefficients(model: MorphableModel, shape: NdArray<Float32Array>): Float64Array {
  const { mean, components, variances } = model;
  if (shape.shape[0] !== mean.shape[0])
    throw new RangeError(`shape must have the model's ${mean.shape[0]} points, but has ${shape.shape[0]}`);
  const size = mean.data.length;
  return variances.map((variance, k) => {
    let dot = 0;
    for (let i = 0; i < size; i++) dot += components.data[k * size + i] * (shape.data[i] - mean.data[i]);
    return dot / Math.sqrt(variance);
  });
}

/** The model's shape nearest to the given one. What is lost is the floor of any prediction with this model. */
export const project = (model: MorphableModel, shape: NdArray<Float32Array>): NdArray<Float32Array> =>
  instance(model, coefficients(model, shape));

/** A random head of the model: its coefficients are independent standard normal numbers. */
export const sample = (model: ShapeBasis, random: Random): NdArray<Float32Array> =>
  instance(model, Float64Array.from(model.variances, random.normal));

/**
 * The logarithm of the density of a shape's coefficients, which are standard normal: -½ Σ_k (c_k² + log 2π).
 *
 * Shapes of one model are compared by it. It says nothing of what the model cannot describe: a shape has the value of its
 * projection.
 */
export const logpdf = (model: MorphableModel, shape: NdArray<Float32Array>): number =>
  coefficients(model, shape).reduce((sum, c) => sum - (c * c + Math.log(2 * Math.PI)) / 2, 0);

/** A model on some of its points only: enough to make shapes, not to find coefficients, since the rows are no longer unit. */
export type ShapeBasis = Pick<MorphableModel, 'mean' | 'components' | 'variances'>;

/**
 * The model on some of its points, for training, where a loss needs a sample of the points only.
 *
 * @param indices  which points, in which order
 * @throws {RangeError} when an index names no point
 */
export function restrict({ mean, components, variances }: ShapeBasis, indices: Uint32Array): ShapeBasis {
  const size = mean.data.length;
  const wrong = indices.find((index) => 3 * index >= size);
  if (wrong !== undefined) throw new RangeError(`indices must name points 0 to ${size / 3 - 1}, but name ${wrong}`);
  const pick = (from: Float32Array, offset: number, to: Float32Array) =>
    indices.forEach((index, n) => {
      for (let axis = 0; axis < 3; axis++) to[3 * n + axis] = from[offset + 3 * index + axis];
    });
  const restricted = {
    mean: ndarray(new Float32Array(3 * indices.length), [indices.length, 3]),
    components: ndarray(new Float32Array(variances.length * 3 * indices.length), [
      variances.length,
      3 * indices.length,
    ]),
    variances,
  };
  pick(mean.data, 0, restricted.mean.data);
  for (let k = 0; k < variances.length; k++)
    pick(
      components.data,
      k * size,
      restricted.components.data.subarray(k * 3 * indices.length, (k + 1) * 3 * indices.length),
    );
  return restricted;
}
