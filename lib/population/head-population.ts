import { createRandom } from 'lib/random';
import { EigenvalueDecomposition, inverse, Matrix } from 'ml-matrix';
import ndarray, { type NdArray } from 'ndarray';
import { FIELD_NAMES, FIELDS, type FieldName, fieldDisplacement, MANLY, TRAITS } from './fields';
import { CORRELATIONS, MEASURE_NAMES, MEASURES, measuresOf } from './measures';
import { smoothFields } from './smooth-fields';
import { type HeadTemplate, headTemplate } from './template';

/**
 * A population of human heads as a linear model with two means.
 *
 * points = mean + s sexOffset + sum_k c_k rows_k, with s = 1 for a man and -1 for a woman, and c_k independent standard
 * normals.
 */
export interface HeadPopulation {
  template: HeadTemplate;
  /** [points, 3] cm, halfway between the mean man and the mean woman */
  mean: NdArray<Float32Array>;
  /** [points, 3], flat, cm: half of what the mean man differs from the mean woman */
  sexOffset: Float32Array;
  /** [points, 3], flat, each: cm at one standard deviation of its coefficient */
  rows: Float32Array[];
  /** of the rows */
  names: string[];
}

let built: HeadPopulation | undefined;

/**
 * The population of heads; built on the first call and kept for the process. Treat it as read-only.
 *
 * Shape varies by named fields, by traits that bind several fields, and by random smooth fields. Then linear algebra fits
 * what ANSUR II and NIOSH measured on adults, exactly: since a measure y is linear in the points, let G be the measures of
 * the rows B, C = G G' their covariance and K = B G' C^-1 the most likely change of shape for a change of y. With wanted
 * covariance S and means y_men, y_women, and A the smallest linear change that takes C to S (A C A' = S):
 *
 *   B <- B + K (A - I) G,   mean <- template + K ((y_men + y_women) / 2 - y(template)),
 *   sexOffset <- D + K ((y_men - y_women) / 2 - y(D)),   D = what is known to be manly beyond the measures.
 *
 * Reference for A (optimal transport between Gaussians): Knott and Smith 1984.
 */
export function headPopulation(): HeadPopulation {
  built ??= buildPopulation(headTemplate());
  return built;
}

function buildPopulation(template: HeadTemplate): HeadPopulation {
  const { landmarks } = template;
  const points = template.points.data;
  const fields = new Map<FieldName, Float32Array>();
  for (const name of FIELD_NAMES) fields.set(name, fieldDisplacement(points, FIELDS[name]));
  const named = (name: FieldName) => fields.get(name) as Float32Array;
  const weighted = (weights: Partial<Record<FieldName, number>>) => {
    const sum = new Float32Array(points.length);
    for (const [name, weight] of Object.entries(weights)) addScaled(sum, named(name as FieldName), weight);
    return sum;
  };
  const smooth = smoothFields(points, createRandom('smooth variation of heads'));
  const others = [...Object.values(TRAITS).map(weighted), ...smooth];
  scaleFields(fields, others, landmarks);

  const rows = [...FIELD_NAMES.map(named), ...others];
  const G = new Matrix(rows.map((row) => measuresOf(row, landmarks))).transpose();
  const C = G.mmul(G.transpose());
  const S = wantedCovariance(C);
  const change = leastChange(C, S).sub(Matrix.eye(MEASURE_NAMES.length)).mmul(G);
  const K = regression(rows, G, C);
  for (const [k, row] of rows.entries()) for (const [m, shape] of K.entries()) addScaled(row, shape, change.get(m, k));

  const half = (sign: 1 | -1) =>
    MEASURE_NAMES.map((name) => (MEASURES[name].men[0] + sign * MEASURES[name].women[0]) / 20);
  const reach = (shape: Float32Array, wanted: number[]) => {
    const missing = measuresOf(shape, landmarks).map((value, m) => wanted[m] - value);
    for (const [m, direction] of K.entries()) addScaled(shape, direction, missing[m]);
    return shape;
  };
  return {
    template,
    mean: ndarray(reach(points.slice(), half(1)), template.points.shape),
    sexOffset: reach(weighted(MANLY), half(-1)),
    rows,
    names: [...FIELD_NAMES, ...Object.keys(TRAITS), ...smooth.map((_, i) => `smooth ${i}`)],
  };
}

/** Standard deviations within a sex, cm: the two sexes' pooled. */
const wantedDeviations = () =>
  MEASURE_NAMES.map((name) => Math.sqrt((MEASURES[name].men[1] ** 2 + MEASURES[name].women[1] ** 2) / 2) / 10);

/**
 * Scales each measure's main field until the measure's deviation is about what is wanted, so that the exact step after it is
 * small and leaves the fields' meanings alone. A field keeps at least a fifth of the wanted deviation for itself.
 */
function scaleFields(
  fields: Map<FieldName, Float32Array>,
  others: Float32Array[],
  landmarks: HeadTemplate['landmarks'],
): void {
  const wanted = wantedDeviations();
  const fixed = others.map((row) => measuresOf(row, landmarks));
  for (let sweep = 0; sweep < 8; sweep++)
    for (const [m, name] of MEASURE_NAMES.entries()) {
      const main = fields.get(MEASURES[name].field) as Float32Array;
      const squares = (shapes: number[][]) => shapes.reduce((sum, values) => sum + values[m] ** 2, 0);
      const own = measuresOf(main, landmarks)[m] ** 2;
      const all = squares(fixed) + squares([...fields.values()].map((field) => measuresOf(field, landmarks)));
      const target = Math.max(0.04 * wanted[m] ** 2, wanted[m] ** 2 - (all - own));
      const gain = Math.sqrt(target / own);
      for (let i = 0; i < main.length; i++) main[i] *= gain;
    }
}

/** The wanted covariance, cm^2: known deviations and correlations, and our own correlations where none is known. */
function wantedCovariance(C: Matrix): Matrix {
  const deviations = wantedDeviations();
  const S = Matrix.zeros(C.rows, C.columns);
  for (let i = 0; i < C.rows; i++)
    for (let j = 0; j < C.columns; j++) {
      const own = C.get(i, j) / Math.sqrt(C.get(i, i) * C.get(j, j));
      const known = CORRELATIONS.find(
        ([a, b]) =>
          (a === MEASURE_NAMES[i] && b === MEASURE_NAMES[j]) || (a === MEASURE_NAMES[j] && b === MEASURE_NAMES[i]),
      );
      S.set(i, j, deviations[i] * deviations[j] * (known?.[2] ?? own));
    }
  return S;
}

/** The symmetric A nearest to doing nothing with A C A' = S: C^-1/2 (C^1/2 S C^1/2)^1/2 C^-1/2. */
export function leastChange(C: Matrix, S: Matrix): Matrix {
  const root = matrixPower(C, 0.5);
  const inverseRoot = matrixPower(C, -0.5);
  return inverseRoot.mmul(matrixPower(root.mmul(S).mmul(root), 0.5)).mmul(inverseRoot);
}

function matrixPower(matrix: Matrix, exponent: number): Matrix {
  const { realEigenvalues, eigenvectorMatrix: V } = new EigenvalueDecomposition(matrix, { assumeSymmetric: true });
  const least = Math.min(...realEigenvalues);
  if (!(least > 0)) throw new RangeError(`a covariance must be positive definite, but has the eigenvalue ${least}`);
  return V.mmul(Matrix.diag(realEigenvalues.map((value) => value ** exponent))).mmul(V.transpose());
}

/** K = B G' C^-1: for each measure, the change of shape that goes with one cm more of it and no change of the others. */
function regression(rows: Float32Array[], G: Matrix, C: Matrix): Float32Array[] {
  const weights = inverse(C).mmul(G);
  return MEASURE_NAMES.map((_, m) => {
    const shape = new Float32Array(rows[0].length);
    for (const [k, row] of rows.entries()) addScaled(shape, row, weights.get(m, k));
    return shape;
  });
}

function addScaled(target: Float32Array, values: Float32Array, scale: number): void {
  if (scale === 0) return;
  for (let i = 0; i < target.length; i++) target[i] += scale * values[i];
}
