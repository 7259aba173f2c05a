import { tf } from 'lib/tensorflow';
import { Matrix } from 'ml-matrix';
import { PCA } from 'ml-pca';
import type { NdArray } from 'ndarray';
import { aboveNoise, type Components } from './components';
import { type ReadingOptions, readShapes, type Source } from './shape-source';

/**
 * Principal components of few shapes, from the matrix of their inner products.
 *
 * With the S shapes, less their mean, as rows of X [S, 3N], the covariance X^T X / (S - 1) has 3N rows, far more than there
 * are shapes. Its eigenvectors come from the small matrix G = X X^T / (S - 1), [S, S], which has the same eigenvalues:
 * G w = λ w with |w| = 1 gives u = X^T w / √((S - 1) λ), |u| = 1.
 *
 * All shapes are held in memory, and the eigenvectors of G take a time that grows with S³.
 * Reference: Turk and Pentland 1991.
 */
export async function gramComponents(
  source: Source<NdArray<Float32Array>>,
  size: number,
  count: number,
  options: ReadingOptions,
): Promise<Components> {
  const subjects = source.count;
  const centred = new Float32Array(subjects * size);
  const mean = new Float64Array(size);
  for await (const { first, rows } of readShapes(source, size, 1, options)) {
    centred.set(rows, first * size);
    for (let row = 0; row < rows.length; row += size)
      for (let i = 0; i < size; i++) mean[i] += rows[row + i] / subjects;
  }
  for (let row = 0; row < centred.length; row += size) for (let i = 0; i < size; i++) centred[row + i] -= mean[i];
  const pca = new PCA(new Matrix(innerProducts(centred, subjects)), { isCovarianceMatrix: true });
  const eigenvalues = pca.getEigenvalues();
  const variances = aboveNoise(eigenvalues, count);
  const weights = pca
    .getEigenvectors()
    .subMatrix(0, subjects - 1, 0, count - 1)
    .divRowVector([...variances].map((variance) => Math.sqrt((subjects - 1) * variance)));
  const totalVariance = eigenvalues.reduce((a, b) => a + Math.max(b, 0), 0);
  return { mean, variances, components: weightedSums(weights, centred), totalVariance };
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
