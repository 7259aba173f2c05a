import { EigenvalueDecomposition, Matrix } from 'ml-matrix';

/** One scale of smooth variation. */
export interface Scale {
  /** length scale of the squared-exponential kernel, cm */
  length: number;
  /**
   * d_s where the scale is at full strength, cm: the standard deviation of y and z in the plane x = 0. Far to the sides, where a
   * point and its image move independently, that of every coordinate is d_s sqrt((1 + a^2) / 2).
   */
  deviation: number;
  /** how strong the scale is at (|x|, y, forward), 0 to 1 */
  strength(x: number, y: number, forward: number): number;
}

/**
 * The largest modes of a Gaussian process of smooth deformations of several scales.
 *
 * Each coordinate has the kernel k(x, y) = sum_s d_s^2 w_s(x) w_s(y) exp(-|x - y|^2 / (2 l_s^2)), with w_s the strength of
 * scale s. With y' the mirror image of y, k is the sum of an even part (k(x, y) + k(x, y')) / 2 and an odd part
 * (k(x, y) - k(x, y')) / 2. A deformation is mirror-symmetric when its x coordinate is odd and the others are even, and
 * antisymmetric the other way round: the process is a symmetric one with the kernel k plus, independently, an antisymmetric
 * one with a^2 k.
 *
 * Each part is approximated by a pivoted Cholesky factor, k = L L' + R, with R positive semidefinite and its trace at most
 * `tolerance` of k's. With eigenvectors V of L' L, the columns of L V are the modes in order of variance; the largest stay.
 *
 * @param points      [points, 3], flat, cm, mirror-symmetric
 * @param mirror      [points] each point's image
 * @param scales      whose kernels add
 * @param asymmetry   a, the antisymmetric part's deviation as a share of the symmetric part's
 * @param count       how many modes to keep
 * @param tolerance   share of the trace that the Cholesky factors may leave; 0.01 when absent
 * @returns           modes [points, 3], flat, cm a standard deviation, largest first, exactly symmetric or antisymmetric;
 *                    and the share of the process' variance that they hold
 *
 * Reference: Lüthi, Gerig, Jud and Vetter 2018, "Gaussian process morphable models" (kernels that are symmetric, of several
 * scales, or change with the place; low-rank approximation); Dölz et al. 2020, "Error-controlled model approximation for
 * Gaussian process morphable models" (pivoted Cholesky factors).
 */
export function smoothModes(
  points: Float32Array,
  mirror: Uint32Array,
  scales: readonly Scale[],
  asymmetry: number,
  count: number,
  tolerance = 0.01,
): { modes: Float32Array[]; share: number } {
  const [even, odd] = ([1, -1] as const).map((parity) => scalarModes(points, mirror, scales, parity, tolerance));
  const on = (part: ScalarModes, axis: number, gain: number) =>
    part.functions.map((values, k) => ({ values, axis, gain, variance: gain ** 2 * part.variances[k] }));
  const all = [
    ...[on(odd, 0, 1), on(even, 1, 1), on(even, 2, 1)],
    ...[on(even, 0, asymmetry), on(odd, 1, asymmetry), on(odd, 2, asymmetry)],
  ].flat();
  const kept = all.sort((a, b) => b.variance - a.variance).slice(0, count);
  const total = 2 * even.trace + odd.trace + asymmetry ** 2 * (even.trace + 2 * odd.trace);
  return {
    modes: kept.map(({ values, axis, gain }) => {
      const mode = new Float32Array(points.length);
      for (let i = 0; i < values.length; i++) mode[3 * i + axis] = gain * values[i];
      return mode;
    }),
    share: kept.reduce((sum, { variance }) => sum + variance, 0) / total,
  };
}

interface ScalarModes {
  /** [points] each */
  functions: Float64Array[];
  /** sum of squares of each function */
  variances: number[];
  /** of the kernel over all points */
  trace: number;
}

/** The modes of the even (parity 1) or odd (-1) part of the kernel, which are known from the points of one side. */
function scalarModes(
  points: Float32Array,
  mirror: Uint32Array,
  scales: readonly Scale[],
  parity: 1 | -1,
  tolerance: number,
): ScalarModes {
  const side = [...mirror.keys()].filter((i) => points[3 * i] >= 0);
  // a point off the plane stands for two
  const weights = side.map((i) => (mirror[i] === i ? 1 : 2));
  const { diagonal, column } = halfKernel(points, side, scales, parity);
  const { factor, trace } = pivotedCholesky(diagonal, column, weights, tolerance);
  const gram = new Matrix(factor.map((a) => factor.map((b) => weightedProduct(a, b, weights))));
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(gram, { assumeSymmetric: true });
  const functions = realEigenvalues.map((_, k) => {
    const values = new Float64Array(mirror.length);
    for (const [r, column] of factor.entries()) {
      const share = eigenvectorMatrix.get(r, k);
      for (const [n, i] of side.entries()) values[i] += share * column[n];
    }
    for (const i of side) if (mirror[i] !== i) values[mirror[i]] = parity * values[i];
    return values;
  });
  return { functions, variances: realEigenvalues, trace };
}

/** The kernel's even or odd part between the points of a side. */
function halfKernel(
  points: Float32Array,
  side: readonly number[],
  scales: readonly Scale[],
  parity: 1 | -1,
): { diagonal: Float64Array; column: (n: number) => Float64Array } {
  const places = side.map((i) => [points[3 * i], points[3 * i + 1], points[3 * i + 2]] as const);
  const strengths = scales.map(({ deviation, strength }) => places.map(([x, y, z]) => deviation * strength(x, y, -z)));
  const between = (n: number, m: number) => {
    const [[x, y, z], [px, py, pz]] = [places[n], places[m]];
    const rest = (y - py) ** 2 + (z - pz) ** 2;
    const [near, far] = [rest + (x - px) ** 2, rest + (x + px) ** 2];
    let sum = 0;
    for (const [s, { length }] of scales.entries()) {
      const scale = -0.5 / length ** 2;
      sum += strengths[s][n] * strengths[s][m] * (Math.exp(scale * near) + parity * Math.exp(scale * far));
    }
    return sum / 2;
  };
  return {
    diagonal: Float64Array.from(side, (_, n) => between(n, n)),
    column: (n) => Float64Array.from(side, (_, m) => between(n, m)),
  };
}

/**
 * A pivoted Cholesky factor of a positive semidefinite matrix: K = L L' + R with tr R at most a share of tr K.
 *
 * Each step takes the largest element of R's diagonal as the pivot and subtracts the column through it.
 *
 * @param diagonal   of K
 * @param column     gives K's column of an index
 * @param weights    of the rows in the traces
 * @param tolerance  the share
 * @returns          columns of L, and the weighted trace of K
 */
export function pivotedCholesky(
  diagonal: Float64Array,
  column: (index: number) => Float64Array,
  weights: readonly number[],
  tolerance: number,
): { factor: Float64Array[]; trace: number } {
  const rest = diagonal.slice();
  const traceOf = (values: Float64Array) => values.reduce((sum, v, n) => sum + weights[n] * v, 0);
  const trace = traceOf(rest);
  const factor: Float64Array[] = [];
  while (traceOf(rest) > tolerance * trace) {
    const pivot = rest.reduce((best, v, n) => (v > rest[best] ? n : best), 0);
    const next = column(pivot);
    for (const known of factor) for (let n = 0; n < next.length; n++) next[n] -= known[pivot] * known[n];
    const root = Math.sqrt(rest[pivot]);
    for (let n = 0; n < next.length; n++) {
      next[n] /= root;
      // rounding leaves a diagonal a trifle below zero where nothing is left
      rest[n] = Math.max(0, rest[n] - next[n] ** 2);
    }
    factor.push(next);
  }
  return { factor, trace };
}

function weightedProduct(a: Float64Array, b: Float64Array, weights: readonly number[]): number {
  let sum = 0;
  for (let n = 0; n < a.length; n++) sum += weights[n] * a[n] * b[n];
  return sum;
}
