import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-node-gpu';
import { tf } from 'lib/tensorflow';
import { CholeskyDecomposition, Matrix } from 'ml-matrix';
import type { NdArray } from 'ndarray';
import ndarray from 'ndarray';
import { filled, type IncompleteShape, meanOfSeen, packed } from './incomplete-shape';
import type { MorphableModel } from './morphable-model';
import { principalAxes, scaledRows } from './posterior';
import { fitPrincipalComponents } from './principal-components';
import { type ReadingOptions, readInChunks, type Source, sourceOf } from './shape-source';

/** What is found from incomplete shapes. */
export interface IncompleteFit {
  model: MorphableModel;
  /** cm², of all components together, kept or not */
  totalVariance: number;
  /** σ² in cm², of each coordinate: what the components do not explain */
  noiseVariance: number;
}

/** Of the directions' size: when an iteration moves mean and directions by less, they are found. */
const SETTLED = 1e-4;
const MOST_ITERATIONS = 100;
/** Of the coordinates' mean variance: less noise than this is float32's rounding, and would stop the iterations. */
const LEAST_NOISE = 1e-6;

/**
 * Principal components of shapes that lack points: the most likely probabilistic principal components, by EM.
 *
 * x_s = m + W c_s + e, c_s ~ N(0, 1), e ~ N(0, σ² / w) at a point of weight w. An iteration finds for each shape what its seen
 * points say of c_s (mean and covariance, as `posterior` does), then for each point the m_n, W_n [3, K] and σ² that are most
 * likely under it. Points that a scan lacks take no part, so that nothing is filled in and no variance is lost. After each
 * iteration the coefficients are brought back to mean 0 and covariance 1, without which small noise makes EM slow.
 * With all weights 1 this is `fitPrincipalComponents`.
 *
 * @param shapes     S shapes of N points: in memory, or read by a source
 * @param triangles  [T, 3], the shapes' common triangles
 * @param count      K, how many components, less than S
 * @throws {RangeError} when shapes differ in points, a weight is not in [0, 1], a seen coordinate is not finite, a point is
 *                   missing everywhere, or K is too large
 *
 * An iteration takes S N K² multiplications and keeps 2 N K² numbers, 540 MB for 6,706 points and 100 components, and half as
 * much again while a chunk of shapes is added.
 * A pass of `onProgress` is an iteration; at most 100 are done.
 * Reference: Tipping and Bishop 1999; Ilin and Raiko 2010; Liu, Rubin and Wu 1998 for the step that brings back.
 */
export async function fitIncompleteShapes(
  shapes: readonly IncompleteShape[] | Source<IncompleteShape>,
  triangles: NdArray<Uint32Array>,
  count: number,
  options: ReadingOptions = {},
): Promise<IncompleteFit> {
  const source = sourceOf(shapes);
  if (!(Number.isInteger(count) && count >= 1 && count < source.count))
    throw new RangeError(`count must be from 1 to one less than the ${source.count} shapes, but is ${count}`);
  const size = (await source.read(0)).points.data.length;
  const { mean, seenCount } = await meanOfSeen(source, size, options.signal);
  // where to start: the components of the shapes with the mean where a point is missing
  const complete = {
    count: source.count,
    read: async (index: number) => filled(await source.read(index), mean),
  };
  const start = await fitPrincipalComponents(complete, triangles, count, { signal: options.signal });
  const kept = start.model.variances.reduce((a, b) => a + b);
  const least = (LEAST_NOISE * start.totalVariance) / size;
  let state: State = {
    mean: Float64Array.from(start.model.mean.data),
    directions: scaledRows(start.model),
    noiseVariance: Math.max((start.totalVariance - kept) / Math.max(size - count, 1), least),
  };
  for (let iteration = 1; iteration <= MOST_ITERATIONS; iteration++) {
    const next = await iterate(source, state, seenCount, least, iteration, options);
    const moved = distance(next, state) / Math.sqrt(next.directions.reduce((sum, row) => sum + squared(row), 0));
    state = next;
    if (moved < SETTLED) break;
  }
  return asModel(state, source.count, triangles);
}

interface State {
  /** m, [3N] */
  mean: Float64Array;
  /** The columns of W: K rows [3N] */
  directions: Float64Array[];
  noiseVariance: number;
}

/** The likely parameters under what the present ones say of the coefficients. */
async function iterate(
  source: Source<IncompleteShape>,
  { mean, directions, noiseVariance }: State,
  seenCount: number,
  least: number,
  iteration: number,
  options: ReadingOptions,
): Promise<State> {
  const [count, size] = [directions.length, mean.length];
  const points = size / 3;
  const side = count + 1;
  const W = tf.tensor2d(flat(directions), [count, size]);
  const centre = tf.tensor1d(Float32Array.from(mean));
  const outer = outerProducts(W, points);
  // per point Σ_s w M_s with M_s = E [c; 1] [c; 1]^T, and Σ_s w (x - m) E [c; 1]^T
  let moments: Tensor2D = tf.zeros([points, side * side]);
  let cross: Tensor2D = tf.zeros([side, size]);
  const sumOfMoments = Matrix.zeros(side, side);
  let squares = 0;
  try {
    for await (const { first, items } of readInChunks(source, Math.max(size, side * side), iteration, options)) {
      const chunk = packed(items, size, first, mean);
      const said = expectations(chunk, W, centre, outer, noiseVariance, sumOfMoments);
      squares += said.squares;
      const [nextMoments, nextCross] = tf.tidy(() => [
        tf.add(moments, tf.matMul(said.seen, said.moments, true, false)) as Tensor2D,
        tf.add(cross, tf.matMul(said.augmented, said.weighted, true, false)) as Tensor2D,
      ]);
      tf.dispose([moments, cross, said.seen, said.weighted, said.moments, said.augmented]);
      moments = nextMoments;
      cross = nextCross;
    }
    const { solution, explained } = solvePoints(
      moments.dataSync() as Float32Array,
      cross.dataSync() as Float32Array,
      side,
      size,
    );
    const noise = Math.max((squares - explained) / (3 * seenCount), least);
    return standardised(solution, mean, sumOfMoments.div(source.count), noise);
  } finally {
    tf.dispose([W, centre, outer, moments, cross]);
  }
}

/**
 * What the seen points of some shapes say of their coefficients.
 *
 * @param sumOfMoments  each shape's E [c; 1] [c; 1]^T is added to it
 * @returns             w [count, N], w (x - m) [count, 3N], E [c; 1] [c; 1]^T [count, (K + 1)²] and E [c; 1] [count, K + 1], which
 *                      the caller owns, and Σ w (x - m)²
 */
function expectations(
  { weights, points }: ReturnType<typeof packed>,
  W: Tensor2D,
  centre: Tensor1D,
  outer: Tensor2D,
  noiseVariance: number,
  sumOfMoments: Matrix,
) {
  const [components, size] = W.shape;
  const side = components + 1;
  const count = points.length / size;
  return tf.tidy(() => {
    const seen = tf.tensor2d(weights, [count, size / 3]);
    const residual = tf.sub(tf.tensor2d(points, [count, size]), centre);
    const weighted = tf.mul(residual, seen.expandDims(2).tile([1, 1, 3]).reshape([count, size])) as Tensor2D;
    const precisions = tf.matMul(seen, outer).dataSync();
    const rights = tf.matMul(weighted, W, false, true).dataSync();
    const squares = tf.sum(tf.mul(residual, weighted)).dataSync()[0];
    const moments = new Float32Array(count * side * side);
    const augmented = new Float32Array(count * side);
    for (let s = 0; s < count; s++) {
      const moment = expectedMoment(
        precisions.subarray(s * components ** 2, (s + 1) * components ** 2),
        rights.subarray(s * components, (s + 1) * components),
        noiseVariance,
      );
      moments.set(moment.to1DArray(), s * side * side);
      augmented.set(moment.getRow(components), s * side);
      sumOfMoments.add(moment);
    }
    return {
      seen,
      weighted,
      moments: tf.tensor2d(moments, [count, side * side]),
      augmented: tf.tensor2d(augmented, [count, side]),
      squares,
    };
  });
}

/** W_n^T W_n for each point, one a row, [N, K²]. */
function outerProducts(W: Tensor2D, points: number): Tensor2D {
  const [count] = W.shape;
  return tf.tidy(() => {
    const byPoint = W.reshape([count, points, 3]).transpose([1, 0, 2]);
    return tf.matMul(byPoint, byPoint, false, true).reshape([points, count * count]);
  }) as Tensor2D;
}

/** E [c; 1] [c; 1]^T of one shape: covariance (1 + P / σ²)^-1, mean covariance · b / σ². */
function expectedMoment(precision: ArrayLike<number>, right: ArrayLike<number>, noiseVariance: number): Matrix {
  const count = right.length;
  const system = Matrix.eye(count);
  for (let i = 0; i < count; i++)
    for (let j = 0; j <= i; j++) {
      // the products are symmetric but for float32's rounding
      const value = (precision[i * count + j] + precision[j * count + i]) / (2 * noiseVariance);
      system.set(i, j, system.get(i, j) + value);
      if (i !== j) system.set(j, i, value);
    }
  const solver = new CholeskyDecomposition(system);
  const covariance = symmetric(solver.solve(Matrix.eye(count)));
  const mean = solver.solve(Matrix.columnVector(Array.from(right, (value) => value / noiseVariance))).to1DArray();
  const moment = Matrix.zeros(count + 1, count + 1);
  moment.setSubMatrix(covariance, 0, 0);
  const augmented = [...mean, 1];
  for (let i = 0; i <= count; i++)
    for (let j = 0; j <= count; j++) moment.set(i, j, moment.get(i, j) + augmented[i] * augmented[j]);
  return moment;
}

/** Without the rounding that makes ml-matrix refuse a covariance. */
const symmetric = (matrix: Matrix): Matrix => Matrix.add(matrix, matrix.transpose()).div(2);

/** For each point [W_n, step of m_n] = cross moments^-1; and how much of the squares they explain. */
function solvePoints(moments: Float32Array, cross: Float32Array, side: number, size: number) {
  const solution = Array.from({ length: side }, () => new Float64Array(size));
  let explained = 0;
  for (let n = 0; 3 * n < size; n++) {
    const system = Matrix.from1DArray(side, side, moments.subarray(n * side * side, (n + 1) * side * side));
    const right = Matrix.zeros(side, 3);
    for (let k = 0; k < side; k++)
      for (let axis = 0; axis < 3; axis++) right.set(k, axis, cross[k * size + 3 * n + axis]);
    const found = new CholeskyDecomposition(symmetric(system)).solve(right);
    for (let k = 0; k < side; k++)
      for (let axis = 0; axis < 3; axis++) {
        solution[k][3 * n + axis] = found.get(k, axis);
        explained += found.get(k, axis) * right.get(k, axis);
      }
  }
  return { solution, explained };
}

/** The same shapes from coefficients of mean 0 and covariance 1: m + W c = (m + W c̄) + (W L) L^-1 (c - c̄), L L^T = Cov c. */
function standardised(solution: Float64Array[], mean: Float64Array, moment: Matrix, noiseVariance: number): State {
  const count = solution.length - 1;
  const centre = moment.getRow(count).slice(0, count);
  const covariance = moment.subMatrix(0, count - 1, 0, count - 1);
  for (let i = 0; i < count; i++)
    for (let j = 0; j < count; j++) covariance.set(i, j, covariance.get(i, j) - centre[i] * centre[j]);
  const factor = new CholeskyDecomposition(symmetric(covariance)).lowerTriangularMatrix;
  const [directions, step] = [solution.slice(0, count), solution[count]];
  return {
    mean: mean.map((value, i) => directions.reduce((sum, row, k) => sum + row[i] * centre[k], value + step[i])),
    directions: directions.map((_, k) =>
      step.map((_, i) => directions.reduce((sum, row, j) => sum + row[i] * factor.get(j, k), 0)),
    ),
    noiseVariance,
  };
}

/** W W^T + σ² along its axes, over S - 1 as sample variances are. */
function asModel({ mean, directions, noiseVariance }: State, subjects: number, triangles: NdArray<Uint32Array>) {
  const { components, variances } = principalAxes(directions);
  const [count, size] = components.shape;
  const unbiased = subjects / (subjects - 1);
  const model = {
    mean: ndarray(Float32Array.from(mean), [size / 3, 3]),
    components,
    variances: variances.map((variance) => unbiased * (variance + noiseVariance)),
    triangles,
  };
  const rest = unbiased * noiseVariance * (size - count);
  return { model, totalVariance: model.variances.reduce((a, b) => a + b) + rest, noiseVariance };
}

const flat = (rows: readonly Float64Array[]): Float32Array => {
  const result = new Float32Array(rows.length * rows[0].length);
  rows.forEach((row, k) => {
    result.set(row, k * row.length);
  });
  return result;
};

const squared = (row: Float64Array): number => row.reduce((sum, value) => sum + value * value, 0);

/** How far mean and directions have moved, cm. */
const distance = (a: State, b: State): number =>
  Math.sqrt(
    [a.mean, ...a.directions].reduce((sum, row, k) => {
      const other = k === 0 ? b.mean : b.directions[k - 1];
      return sum + squared(row.map((value, i) => value - other[i]));
    }, 0),
  );
