import { CholeskyDecomposition, Matrix } from 'ml-matrix';
import { PCA } from 'ml-pca';
import type { NdArray } from 'ndarray';
import ndarray from 'ndarray';
import { instance, type MorphableModel, restrict, type ShapeBasis } from './morphable-model';

/** What is known of a head after some of its points were seen. */
export interface Posterior {
  /** [K] standard deviations of the model: the most likely coefficients, which are also their mean */
  coefficients: Float64Array;
  /** [K, K]; the identity says that nothing was learned */
  covariance: Matrix;
  /** The heads that are still likely: its mean is the most likely one, its components say where it may still move. */
  model: MorphableModel;
}

/**
 * A head's coefficients, and how sure they are, from some of its points: regression in the model as a Gaussian process.
 *
 * With x_O = m_O + B c + e, rows of B [3n, K] those of U √λ at the n points, c ~ N(0, 1), e ~ N(0, σ²):
 * covariance (1 + B^T B / σ²)^-1, mean covariance · B^T (x_O - m_O) / σ². As σ falls, the mean goes to the coefficients of the
 * nearest shape, where the points determine them; what they do not determine stays at 0, the model's mean.
 *
 * @param indices  which points were seen, n of them
 * @param points   [n, 3] cm, where they were seen, in the model frame
 * @param noise    σ in cm, of each coordinate: one for all points, or one a point
 * @throws {RangeError} when an index names no point, the counts differ, a noise is not positive or a point is not finite
 *
 * Reference: Albrecht et al. 2013; Lüthi et al. 2018, section 4.
 */
export function posterior(
  model: MorphableModel,
  indices: Uint32Array,
  points: NdArray<Float32Array>,
  noise: number | ArrayLike<number>,
): Posterior {
  if (points.shape[0] !== indices.length)
    throw new RangeError(`points must be as many as the ${indices.length} indices, but are ${points.shape[0]}`);
  const sigma = typeof noise === 'number' ? new Float64Array(indices.length).fill(noise) : Float64Array.from(noise);
  if (sigma.length !== indices.length)
    throw new RangeError(`noise must hold one number for each of ${indices.length} points, but holds ${sigma.length}`);
  const wrong = sigma.findIndex((value) => !(value > 0));
  if (wrong >= 0) throw new RangeError(`noise must be positive, but is ${sigma[wrong]} cm at point ${wrong}`);
  const broken = points.data.findIndex((value) => !Number.isFinite(value));
  if (broken >= 0)
    throw new RangeError(`points must be finite, but point ${Math.floor(broken / 3)} has ${points.data[broken]}`);

  const seen = restrict(model, indices);
  // every row of B and of x_O - m_O over its σ, which makes the noise 1
  const rows = scaledRows(seen).map((row) => row.map((value, i) => value / sigma[Math.floor(i / 3)]));
  const residual = Float64Array.from(seen.mean.data, (value, i) => (points.data[i] - value) / sigma[Math.floor(i / 3)]);
  const precision = innerProducts(rows).add(Matrix.eye(rows.length));
  const solver = new CholeskyDecomposition(precision);
  const covariance = solver.solve(Matrix.eye(rows.length));
  const right = Matrix.columnVector(rows.map((row) => dot(row, residual)));
  const coefficients = Float64Array.from(solver.solve(right).to1DArray());
  return { coefficients, covariance, model: conditioned(model, coefficients, covariance) };
}

/** The model with another mean and covariance of its coefficients, as a model of its own: √Σ turned into components. */
function conditioned(model: MorphableModel, coefficients: Float64Array, covariance: Matrix): MorphableModel {
  const { triangles, variances, components } = model;
  const deviations = variances.map(Math.sqrt);
  // in the basis of the u_k, which are orthonormal, the covariance is √λ Σ √λ: its eigenvectors turn the u_k
  const inBasis = new Matrix(
    covariance.to2DArray().map((row, i) => row.map((value, j) => value * deviations[i] * deviations[j])),
  );
  const pca = new PCA(inBasis, { isCovarianceMatrix: true });
  const [count, size] = components.shape;
  const rows = Array.from({ length: count }, (_, k) => components.data.subarray(k * size, (k + 1) * size));
  return {
    mean: instance(model, coefficients),
    components: ndarray(combine(rows, pca.getEigenvectors()), components.shape),
    // rounding may put a variance below 0, where the points left nothing open
    variances: Float64Array.from(pca.getEigenvalues(), (value) => Math.max(value, Number.MIN_VALUE)),
    triangles,
  };
}

/**
 * The model of some of its points: what it says of them while the others are not looked at.
 *
 * Unlike `restrict` it has orthonormal components and variances again, so that `coefficients` finds them; they are other
 * components than the whole model's. Those without variance at these points are left out, and so are triangles that lose a
 * corner.
 *
 * @param indices  which points, in which order, none twice
 * @throws {RangeError} when an index names no point, or one twice, or when the model moves none of them
 */
export function marginal(model: MorphableModel, indices: Uint32Array): MorphableModel {
  const part = restrict(model, indices);
  const places = new Int32Array(model.mean.shape[0]).fill(-1);
  indices.forEach((index, place) => {
    if (places[index] >= 0) throw new RangeError(`indices must name each point once, but name ${index} twice`);
    places[index] = place;
  });
  const corners: number[] = [];
  for (let t = 0; t < model.triangles.shape[0]; t++) {
    const triangle = [0, 1, 2].map((c) => places[model.triangles.get(t, c)]);
    if (triangle.every((place) => place >= 0)) corners.push(...triangle);
  }
  const { components, variances } = principalAxes(scaledRows(part));
  return {
    mean: part.mean,
    components,
    variances,
    triangles: ndarray(Uint32Array.from(corners), [corners.length / 3, 3]),
  };
}

/** Of the largest variance: what float32 components leave where nothing moves. */
const NOTHING = 1e-10;

/**
 * Orthonormal components and variances of x = Σ c_k a_k with independent standard normal c, for any rows a_k [K, D].
 *
 * A A^T, [K, K], has the eigenvalues of the covariance A^T A.
 */
export function principalAxes(rows: readonly Float64Array[]): Pick<MorphableModel, 'components' | 'variances'> {
  const pca = new PCA(innerProducts(rows), { isCovarianceMatrix: true });
  const eigenvalues = pca.getEigenvalues();
  const variances = Float64Array.from(eigenvalues.filter((value) => value > NOTHING * eigenvalues[0]));
  if (variances.length === 0) throw new RangeError('the model must move some of the points, but moves none');
  const weights = pca
    .getEigenvectors()
    .subMatrix(0, rows.length - 1, 0, variances.length - 1)
    .divRowVector([...variances].map(Math.sqrt));
  return { components: ndarray(combine(rows, weights), [variances.length, rows[0].length]), variances };
}

/** W^T A: for each column of W the sum of the rows, weighted with it. */
function combine(rows: readonly ArrayLike<number>[], weights: Matrix): Float32Array {
  const size = rows[0].length;
  const result = new Float32Array(weights.columns * size);
  for (let k = 0; k < weights.columns; k++) {
    const sum = new Float64Array(size);
    rows.forEach((row, j) => {
      const weight = weights.get(j, k);
      for (let i = 0; i < size; i++) sum[i] += weight * row[i];
    });
    result.set(sum, k * size);
  }
  return result;
}

/** The rows √λ_k u_k. */
export function scaledRows({ components, variances }: ShapeBasis): Float64Array[] {
  const size = components.shape[1];
  return Array.from(variances, (variance, k) =>
    Float64Array.from(components.data.subarray(k * size, (k + 1) * size), (value) => Math.sqrt(variance) * value),
  );
}

function innerProducts(rows: readonly Float64Array[]): Matrix {
  const result = Matrix.zeros(rows.length, rows.length);
  rows.forEach((a, i) => {
    for (let j = 0; j <= i; j++) {
      const value = dot(a, rows[j]);
      result.set(i, j, value);
      result.set(j, i, value);
    }
  });
  return result;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}
