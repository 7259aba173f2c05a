import { tf } from 'lib/tensorflow';
import { Matrix } from 'ml-matrix';
import { PCA } from 'ml-pca';
import type { NdArray } from 'ndarray';
import ndarray from 'ndarray';
import type { MorphableModel } from './morphable-model';

/** Of the first component's variance: what is smaller is the products' rounding in float32, and no direction of the shapes. */
const NOISE = 1e-6;

/**
 * Principal components of registered and aligned shapes.
 *
 * With the S shapes, less their mean, as rows of X [S, 3N], the covariance X^T X / (S - 1) has 3N rows, far more than there
 * are shapes. Its eigenvectors come from the small matrix G = X X^T / (S - 1), [S, S], which has the same eigenvalues:
 * G w = λ w with |w| = 1 gives u = X^T w / √((S - 1) λ), |u| = 1.
 *
 * @param shapes     S shapes, each [N, 3] cm, in correspondence and in one frame
 * @param triangles  [T, 3], the shapes' common triangles
 * @param count      how many components to keep, less than S
 * @returns          the model, and the variance of all components together in cm² (kept or not)
 * @throws {RangeError} when shapes differ in points, or do not have as many components above noise as asked for
 *
 * Reference: Blanz and Vetter 1999; Turk and Pentland 1991 for the small matrix.
 */
export function fitPrincipalComponents(
  shapes: NdArray<Float32Array>[],
  triangles: NdArray<Uint32Array>,
  count: number,
): { model: MorphableModel; totalVariance: number } {
  const subjects = shapes.length;
  if (!(Number.isInteger(count) && count >= 1 && count < subjects))
    throw new RangeError(`count must be from 1 to one less than the ${subjects} shapes, but is ${count}`);
  const size = shapes[0].data.length;
  const wrong = shapes.findIndex((shape) => shape.data.length !== size);
  if (wrong >= 0)
    throw new RangeError(
      `shape ${wrong} must have ${size / 3} points as shape 0 has, but has ${shapes[wrong].shape[0]}`,
    );
  const mean = meanShape(shapes);
  const centred = new Float32Array(subjects * size);
  shapes.forEach((shape, s) => {
    for (let i = 0; i < size; i++) centred[s * size + i] = shape.data[i] - mean[i];
  });
  const pca = new PCA(new Matrix(innerProducts(centred, subjects)), { isCovarianceMatrix: true });
  const eigenvalues = pca.getEigenvalues();
  const variances = Float64Array.from(eigenvalues.slice(0, count));
  const rank = eigenvalues.filter((eigenvalue) => eigenvalue > NOISE * eigenvalues[0]).length;
  if (count > rank)
    throw new RangeError(`count must be at most ${rank}, the shapes' components above noise, but is ${count}`);
  const weights = pca
    .getEigenvectors()
    .subMatrix(0, subjects - 1, 0, count - 1)
    .divRowVector([...variances].map((variance) => Math.sqrt((subjects - 1) * variance)));
  const model = {
    mean: ndarray(Float32Array.from(mean), [size / 3, 3]),
    components: ndarray(weightedSums(weights, centred), [count, size]),
    variances,
    triangles,
  };
  return { model, totalVariance: eigenvalues.reduce((a, b) => a + Math.max(b, 0), 0) };
}

/** G = X X^T / (S - 1) */
const innerProducts = (centred: Float32Array, subjects: number): number[][] =>
  tf.tidy(() => {
    const X = tf.tensor2d(centred, [subjects, centred.length / subjects]);
    return tf.div(tf.matMul(X, X, false, true), subjects - 1).arraySync() as number[][];
  }) as unknown as number[][];

/** W^T X: each component is a weighted sum of the centred shapes. */
const weightedSums = (weights: Matrix, centred: Float32Array): Float32Array =>
  tf.tidy(() => {
    const X = tf.tensor2d(centred, [weights.rows, centred.length / weights.rows]);
    return tf.matMul(tf.tensor2d(weights.to2DArray()), X, true, false).dataSync();
  }) as unknown as Float32Array;

function meanShape(shapes: NdArray<Float32Array>[]): Float64Array {
  const sum = new Float64Array(shapes[0].data.length);
  for (const { data } of shapes) for (let i = 0; i < sum.length; i++) sum[i] += data[i];
  return sum.map((s) => s / shapes.length);
}
