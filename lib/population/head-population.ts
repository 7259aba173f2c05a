import { EigenvalueDecomposition, inverse, Matrix } from 'ml-matrix';
import ndarray, { type NdArray } from 'ndarray';
import { FIELD_NAMES, FIELDS, type FieldName, fieldDisplacement, MANLY, TRAITS } from './fields';
import { type Scale, smoothModes } from './gaussian-process';
import type { Functional } from './girth';
import { smoothStep } from './interpolation';
import { applied, CORRELATIONS, MEASURE_NAMES, MEASURES, type MeasureName, measuresAt } from './measures';
import type { Sex } from './palette';
import { type HeadTemplate, headTemplate } from './template';

/** The heads of one sex: points = mean + sum_k c_k rows_k with independent standard normal coefficients c_k. */
export interface SexShapes {
  /** [points, 3] cm */
  mean: NdArray<Float32Array>;
  /** [points, 3], flat, each: cm at one standard deviation of its coefficient */
  rows: Float32Array[];
}

/** A population of human heads: a mixture of two Gaussians in equal parts, whose rows have the same meanings. */
export interface HeadPopulation {
  template: HeadTemplate;
  sexes: Record<Sex, SexShapes>;
  /** of the rows, in order: a field, a trait, or `smooth k` for a mode of the smooth process */
  names: string[];
  /** of the smooth process' variance, what its modes among the rows hold */
  smoothShare: number;
}

let built: HeadPopulation | undefined;

/**
 * The population of heads; built on the first call and kept for the process. Treat it as read-only.
 *
 * A Gaussian-process morphable model: a head is the template deformed by u ~ GP(0, K_named + K_smooth), with
 * K_named = sum_f u_f u_f' over named anatomical fields and traits that bind them, and K_smooth a kernel of three scales, in a
 * mirror-symmetric and a small asymmetric part, by its largest modes. So u = B c, the rows of B being fields and modes.
 *
 * The measures y = G u (each linear in the points, the girth linearised at the mean head) then get the distribution that
 * ANSUR II and NIOSH found on adults of a sex, y ~ N(y_sex, S), and nothing else changes: given its measures, a head is
 * distributed as the process conditioned on them. With C = G B B' G' and K = B B' G' C^-1, the process given y has the mean
 * K y and the covariance B B' - K C K'; with A the smallest linear change that takes C to S (A C A' = S), this is
 *
 *   B_sex = B + K (A - 1) G B,   mean_sex = template +- D + K (y_sex - y(template +- D)),
 *
 * D being what is known to be manly beyond the measures. The mean is found by Newton's steps, since the girth is not linear.
 *
 * Reference: Lüthi et al. 2018 for the model; Knott and Smith 1984 for A (optimal transport between Gaussians).
 */
export function headPopulation(): HeadPopulation {
  built ??= buildPopulation(headTemplate());
  return built;
}

const SMOOTH_MODES = 110;
/** Left-right differences, as a share of the smooth variation that both sides have in common. */
const ASYMMETRY = 0.3;

/** 1 on the face, `elsewhere` on the back of the head and on the neck. */
const facial = (elsewhere: number) => (_: number, y: number, forward: number) =>
  elsewhere + (1 - elsewhere) * smoothStep(-1, 4, forward) * smoothStep(-14, -11, y) * smoothStep(9, 5, y);

const SCALES: readonly Scale[] = [
  { length: 8, deviation: 0.3, strength: () => 1 },
  { length: 4, deviation: 0.14, strength: facial(0.5) },
  { length: 2, deviation: 0.05, strength: facial(0) },
];

function buildPopulation(template: HeadTemplate): HeadPopulation {
  const points = template.points.data;
  const fields = new Map<FieldName, Float32Array>();
  for (const name of FIELD_NAMES) fields.set(name, fieldDisplacement(points, FIELDS[name]));
  const named = (name: FieldName) => fields.get(name) as Float32Array;
  const weighted = (weights: Partial<Record<FieldName, number>>) => {
    const sum = new Float32Array(points.length);
    for (const [name, weight] of Object.entries(weights)) addScaled(sum, named(name as FieldName), weight);
    return sum;
  };
  const { modes, share } = smoothModes(points, template.mirror, SCALES, ASYMMETRY, SMOOTH_MODES);
  const others = [...Object.values(TRAITS).map(weighted), ...modes];
  scaleFields(fields, others, measuresAt(points, template).derivatives);
  const rows = [...FIELD_NAMES.map(named), ...others];
  const manly = weighted(MANLY);
  const start = (side: 1 | -1) => points.map((v, i) => v + side * manly[i]);
  return {
    template,
    sexes: {
      man: conditioned(start(1), rows, template, 'men'),
      woman: conditioned(start(-1), rows, template, 'women'),
    },
    names: [...FIELD_NAMES, ...Object.keys(TRAITS), ...modes.map((_, i) => `smooth ${i}`)],
    smoothShare: share,
  };
}

/** The mean and rows of a sex: those of the process, with its measures brought to the sex' distribution. */
function conditioned(
  start: Float32Array,
  rows: Float32Array[],
  template: HeadTemplate,
  sex: 'men' | 'women',
): SexShapes {
  const wanted = MEASURE_NAMES.map((name) => MEASURES[name][sex][0] / 10);
  const mean = start.slice();
  // the callipers fit after one step; the girth's error shrinks by about twenty each time
  for (let step = 0; step < 4; step++) {
    const { values, derivatives } = measuresAt(mean, template);
    // K times what is missing, without K: the sum over the rows is the smaller one
    const missing = Matrix.rowVector(values.map((value, m) => wanted[m] - value));
    const amounts = missing.mmul(regressionWeights(measuresOfRows(rows, derivatives)));
    for (const [k, row] of rows.entries()) addScaled(mean, row, amounts.get(0, k));
  }
  const GB = measuresOfRows(rows, measuresAt(mean, template).derivatives);
  const deviations = MEASURE_NAMES.map((name) => MEASURES[name][sex][1] / 10);
  return {
    mean: ndarray(mean, template.points.shape),
    rows: withCovariance(rows, GB, wantedCovariance(GB.mmul(GB.transpose()), deviations)),
  };
}

/** G B, [measures, rows]: the measures of each row of shape, cm. */
const measuresOfRows = (rows: Float32Array[], derivatives: Functional[]) =>
  new Matrix(derivatives.map((derivative) => rows.map((row) => applied(derivative, row))));

/**
 * Rows B + K (A - 1) G B, whose measures have the covariance S, and which given the measures vary as B does.
 *
 * @param rows  the columns of B, [points, 3], flat, cm each
 * @param GB    [measures, rows] cm, the measures of the rows
 * @param S     [measures, measures] cm^2
 */
export function withCovariance(rows: Float32Array[], GB: Matrix, S: Matrix): Float32Array[] {
  const change = leastChange(GB.mmul(GB.transpose()), S).sub(Matrix.eye(GB.rows)).mmul(GB);
  const K = regression(rows, GB);
  return rows.map((row, k) => {
    const changed = row.slice();
    for (const [m, direction] of K.entries()) addScaled(changed, direction, change.get(m, k));
    return changed;
  });
}

/**
 * Scales each measure's main field until the measure's deviation is about what is wanted, so that the exact step after it is
 * small and leaves the fields' meanings alone. A field keeps at least a fifth of the wanted deviation for itself.
 */
function scaleFields(fields: Map<FieldName, Float32Array>, others: Float32Array[], derivatives: Functional[]): void {
  const measured = (rows: Float32Array[], m: number) =>
    rows.reduce((sum, row) => sum + applied(derivatives[m], row) ** 2, 0);
  for (let sweep = 0; sweep < 8; sweep++)
    for (const [m, name] of MEASURE_NAMES.entries()) {
      const { men, women, field } = MEASURES[name];
      const wanted = (men[1] ** 2 + women[1] ** 2) / 200;
      const main = fields.get(field) as Float32Array;
      const own = measured([main], m);
      const all = measured(others, m) + measured([...fields.values()], m);
      const gain = Math.sqrt(Math.max(0.04 * wanted, wanted - (all - own)) / own);
      for (let i = 0; i < main.length; i++) main[i] *= gain;
    }
}

/**
 * The wanted covariance, cm^2: measures with known correlations have those, and the others go with them as in C.
 *
 * @param C           covariance of the measures as they are
 * @param deviations  wanted, cm
 */
function wantedCovariance(C: Matrix, deviations: number[]): Matrix {
  const known = MEASURE_NAMES.flatMap((name, m) => (CORRELATIONS.some((pair) => pair.includes(name)) ? [m] : []));
  const wanted = (i: number, j: number) =>
    deviations[i] * deviations[j] * correlation(MEASURE_NAMES[i], MEASURE_NAMES[j]);
  return extendedCovariance(C, known, new Matrix(known.map((i) => known.map((j) => wanted(i, j)))), deviations);
}

/**
 * A covariance that is known for some measures, and in which the others follow those as in C.
 *
 * With block 1 the known measures, S_21 = C_21 C_11^-1 S_11 and S_22 = C_22 + C_21 C_11^-1 (S_11 - C_11) C_11^-1 C_12, which
 * is positive definite whenever S_11 and C are; then each measure is scaled to its deviation.
 */
export function extendedCovariance(C: Matrix, known: number[], S11: Matrix, deviations: number[]): Matrix {
  const others = deviations.flatMap((_, m) => (known.includes(m) ? [] : [m]));
  const C11 = C.selection(known, known);
  const slope = C.selection(others, known).mmul(inverse(C11));
  const S21 = slope.mmul(S11);
  const S22 = C.selection(others, others).add(slope.mmul(Matrix.sub(S11, C11)).mmul(slope.transpose()));
  const S = Matrix.zeros(C.rows, C.columns);
  for (const [a, i] of known.entries()) {
    for (const [b, j] of known.entries()) S.set(i, j, S11.get(a, b));
    for (const [b, j] of others.entries()) {
      S.set(i, j, S21.get(b, a));
      S.set(j, i, S21.get(b, a));
    }
  }
  for (const [a, i] of others.entries()) for (const [b, j] of others.entries()) S.set(i, j, S22.get(a, b));
  const scale = Matrix.diag(deviations.map((deviation, m) => deviation / Math.sqrt(S.get(m, m))));
  return scale.mmul(S).mmul(scale);
}

function correlation(one: MeasureName, other: MeasureName): number {
  if (one === other) return 1;
  const found = CORRELATIONS.find((pair) => pair.includes(one) && pair.includes(other));
  if (!found) throw new RangeError(`the correlation of ${one} and ${other} must be known, since others of theirs are`);
  return found[2];
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

/** C^-1 G B, with C = G B (G B)' the covariance of the measures: [measures, rows]. */
const regressionWeights = (GB: Matrix) => inverse(GB.mmul(GB.transpose())).mmul(GB);

/** K = B (G B)' C^-1: for each measure, the change of shape that goes with one cm more of it and none of the others. */
function regression(rows: Float32Array[], GB: Matrix): Float32Array[] {
  const weights = regressionWeights(GB);
  return Array.from({ length: GB.rows }, (_, m) => {
    const shape = new Float32Array(rows[0].length);
    for (const [k, row] of rows.entries()) addScaled(shape, row, weights.get(m, k));
    return shape;
  });
}

function addScaled(target: Float32Array, values: Float32Array, scale: number): void {
  if (scale === 0) return;
  for (let i = 0; i < target.length; i++) target[i] += scale * values[i];
}
