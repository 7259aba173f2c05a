import type { Tensor2D } from '@tensorflow/tfjs-node-gpu';
import { createRandom } from 'lib/random';
import { tf } from 'lib/tensorflow';
import { Matrix } from 'ml-matrix';
import { PCA } from 'ml-pca';
import type { NdArray } from 'ndarray';
import { aboveNoise, type Components } from './components';
import { type ReadingOptions, readShapes, type Source } from './shape-source';

/** Directions that are sought beside the wanted ones, so that the last wanted one converges as fast as the first. */
const OVERSAMPLING = 20;
/** Of the largest eigenvalue: when no wanted one changes by more in a pass, they are found. */
const SETTLED = 2e-7;
/** Where neighbouring variances hardly differ, directions among them never settle; their variances are close by then. */
const MOST_PASSES = 40;

/**
 * Principal components of many shapes, by a randomized range finder and power iterations, in memory that does not grow with S.
 *
 * With the S shapes, less their mean, as rows of X [S, 3N] and C = X^T X / (S - 1): Q [3N, L], L = K + 20, starts as an
 * orthonormal basis of X^T Ω with random Ω [S, L]. Each pass over the shapes computes, chunk by chunk, C Q and the small
 * matrix Q^T C Q = W Θ W^T. Q W are the best components in Q's span and Θ their variances (Rayleigh and Ritz); they are taken
 * when Θ has settled, else Q becomes an orthonormal basis of C Q W. The small sums are kept in float64.
 *
 * The first pass finds the mean and X^T Ω together, both about shape 0, which costs no digits: shape 0 less the mean is a row
 * of X itself, so that X^T Ω has the same span as about the mean.
 *
 * Reference: Halko, Martinsson and Tropp 2011, algorithms 4.4 and 5.3.
 */
export async function rangeComponents(
  source: Source<NdArray<Float32Array>>,
  size: number,
  count: number,
  options: ReadingOptions,
): Promise<Components> {
  const subjects = source.count;
  const sought = Math.min(count + OVERSAMPLING, subjects - 1, size);
  const start = await sketch(source, size, sought, options);
  const centre = tf.tensor1d(Float32Array.from(start.mean));
  let basis = start.basis;
  try {
    let before: number[] | undefined;
    for (let pass = 2; ; pass++) {
      const { image, small } = await pushThrough(source, basis, centre, pass, options);
      const ritz = new PCA(small, { isCovarianceMatrix: true });
      const eigenvalues = ritz.getEigenvalues();
      const turn = ritz.getEigenvectors().to2DArray();
      const settled =
        before?.slice(0, count).every((value, k) => Math.abs(value - eigenvalues[k]) < SETTLED * eigenvalues[0]) ??
        sought === Math.min(subjects - 1, size);
      const next = tf.tidy(() => {
        const rotation = tf.tensor2d(turn);
        if (!settled && pass < MOST_PASSES) return orthonormal(tf.matMul(image, rotation));
        return tf.matMul(rotation.slice([0, 0], [sought, count]), basis, true, true) as Tensor2D;
      });
      tf.dispose([image, basis]);
      basis = next;
      before = eigenvalues;
      if (settled || pass === MOST_PASSES) {
        const variances = aboveNoise(eigenvalues, count);
        const components = basis.dataSync() as Float32Array;
        return { mean: start.mean, variances, components, totalVariance: start.totalVariance };
      }
    }
  } finally {
    tf.dispose([basis, centre]);
  }
}

/** Mean, total variance and an orthonormal basis [3N, L] of X^T Ω, in one pass. */
async function sketch(source: Source<NdArray<Float32Array>>, size: number, sought: number, options: ReadingOptions) {
  const random = createRandom('range finder');
  const origin = tf.tensor1d((await source.read(0)).data.slice());
  const sums = new Float64Array(size);
  let squares = 0;
  let image: Tensor2D = tf.zeros([size, sought]);
  try {
    for await (const { count, rows } of readShapes(source, size, 1, options)) {
      const weights = Float32Array.from({ length: count * sought }, random.normal);
      const [sum, square, next] = tf.tidy(() => {
        const about = tf.sub(tf.tensor2d(rows, [count, size]), origin) as Tensor2D;
        const Omega = tf.tensor2d(weights, [count, sought]);
        return [
          tf.sum(about, 0),
          tf.sum(tf.square(about)),
          tf.add(image, tf.matMul(about, Omega, true, false)) as Tensor2D,
        ];
      });
      image.dispose();
      image = next as Tensor2D;
      (sum.dataSync() as Float32Array).forEach((value, i) => {
        sums[i] += value;
      });
      squares += square.dataSync()[0] as number;
      tf.dispose([sum, square]);
    }
    const shift = sums.map((value) => value / source.count);
    const basis = orthonormal(image);
    const from = origin.dataSync();
    const spread = squares - source.count * shift.reduce((sum, value) => sum + value * value, 0);
    return { basis, mean: shift.map((value, i) => value + from[i]), totalVariance: spread / (source.count - 1) };
  } finally {
    tf.dispose([image, origin]);
  }
}

/** C Q and Q^T C Q, in one pass. */
async function pushThrough(
  source: Source<NdArray<Float32Array>>,
  basis: Tensor2D,
  centre: ReturnType<typeof tf.tensor1d>,
  pass: number,
  options: ReadingOptions,
): Promise<{ image: Tensor2D; small: Matrix }> {
  const [size, sought] = basis.shape;
  const small = Matrix.zeros(sought, sought);
  let image: Tensor2D = tf.zeros([size, sought]);
  try {
    for await (const { count, rows } of readShapes(source, size, pass, options)) {
      const [products, next] = tf.tidy(() => {
        const centred = tf.sub(tf.tensor2d(rows, [count, size]), centre) as Tensor2D;
        const scores = tf.matMul(centred, basis);
        return [tf.matMul(scores, scores, true, false), tf.add(image, tf.matMul(centred, scores, true, false))];
      });
      image.dispose();
      image = next as Tensor2D;
      small.add(new Matrix(products.arraySync() as number[][]));
      products.dispose();
    }
  } catch (error) {
    image.dispose();
    throw error;
  }
  return { image, small: small.div(source.count - 1) };
}

/** Rows in a sum of products: shorter sums lose fewer of float32's digits, and are added in float64. */
const ROWS = 2048;
/** Orthonormal enough, as the largest entry of |Q^T Q - 1|. */
const ORTHONORMAL = 5e-7;

/**
 * An orthonormal basis of the columns' span, by Cholesky's factor of their inner products, again until it is one.
 *
 * The products of float32 columns are known to about 1e-7: their diagonal is raised by as much as that can spoil, so that the
 * factor exists for dependent columns too, whose rounding then grows into directions of its own in a few turns.
 *
 * Reference: Fukaya et al. 2020 (shifted Cholesky QR).
 */
export function orthonormal(columns: Tensor2D): Tensor2D {
  return tf.tidy(() => {
    let result = columns.clone();
    for (let turn = 0; turn < 8; turn++) {
      const products = innerProducts(result);
      const count = products.length;
      let worst = 0;
      for (let i = 0; i < count; i++)
        for (let j = 0; j <= i; j++) worst = Math.max(worst, Math.abs(products[i][j] - (i === j ? 1 : 0)));
      if (worst < ORTHONORMAL) break;
      // no shift once the columns are nearly orthonormal: it would shorten them
      const shift = worst < 0.1 ? 0 : 1e-6;
      result = tf.matMul(result, tf.tensor2d(inverseFactor(products, shift))) as Tensor2D;
    }
    return result;
  });
}

/** A^T A, with sums of float64 over blocks of rows. */
function innerProducts(columns: Tensor2D): Float64Array[] {
  const [size, count] = columns.shape;
  const sum = Array.from({ length: count }, () => new Float64Array(count));
  for (let row = 0; row < size; row += ROWS) {
    const part = tf.tidy(() => {
      const block = columns.slice([row, 0], [Math.min(ROWS, size - row), count]);
      return tf.matMul(block, block, true, false).dataSync();
    }) as unknown as Float32Array;
    for (let i = 0; i < count; i++) for (let j = 0; j < count; j++) sum[i][j] += part[i * count + j];
  }
  return sum;
}

/** R^-1 of R^T R = P + shift diag P, upper triangular, as rows of numbers. */
function inverseFactor(products: Float64Array[], shift: number): number[][] {
  const count = products.length;
  // the products are scaled to a diagonal of 1 first, so that short columns are not lost in the shift of long ones
  const scale = products.map((row, i) => 1 / Math.sqrt(Math.max(row[i], Number.MIN_VALUE)));
  const factor = products.map((row, i) => row.map((v, j) => v * scale[i] * scale[j] + (i === j ? shift : 0)));
  for (let j = 0; j < count; j++)
    for (let i = j; i < count; i++) {
      let value = factor[i][j];
      for (let k = 0; k < j; k++) value -= factor[i][k] * factor[j][k];
      factor[i][j] = i === j ? Math.sqrt(Math.max(value, 1e-14)) : value / factor[j][j];
    }
  // rows of L^-1 are columns of R^-1
  const inverse = Array.from({ length: count }, () => new Float64Array(count));
  for (let i = 0; i < count; i++) {
    inverse[i][i] = 1 / factor[i][i];
    for (let j = 0; j < i; j++) {
      let value = 0;
      for (let k = j; k < i; k++) value -= factor[i][k] * inverse[k][j];
      inverse[i][j] = value / factor[i][i];
    }
  }
  return inverse.map((_, i) => Array.from(inverse, (row, j) => row[i] * scale[i] * (i <= j ? 1 : 0)));
}
