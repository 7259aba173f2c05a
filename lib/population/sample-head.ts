import type { Random } from 'lib/random';
import ndarray, { type NdArray } from 'ndarray';
import type { HeadPopulation } from './head-population';
import { clamp } from './interpolation';
import { paintHead } from './paint';
import { type Palette, randomPalette, type Sex } from './palette';

/** One person. */
export interface Head {
  sex: Sex;
  /** [points, 3] cm */
  points: NdArray<Float32Array>;
  /** [rows of the population], in standard deviations; empty for a head of the second population, which has no rows */
  coefficients: Float32Array;
  /** [points, 3], flat: linear RGB */
  albedo: Float32Array;
  /** [points] how much of the surroundings a point sees, 0 to 1; the template's own array */
  occlusion: Float32Array;
  /** [points] how wet a point is, 0 to 1; the template's own array */
  gloss: Float32Array;
  palette: Palette;
}

/** Nobody is drawn beyond this many standard deviations, where surfaces may begin to fold; 0.3 % of coefficients are. */
const FARTHEST = 3;

/**
 * Draws a person: a man or a woman with equal chance, a shape of that sex, and colours.
 *
 * @param random  is not advanced: everything comes from its forks, so one generator gives one person; fork it for many
 */
export function sampleHead(population: HeadPopulation, random: Random): Head {
  const { template } = population;
  const sex: Sex = random.fork('sex').uniform() < 0.5 ? 'man' : 'woman';
  const shape = random.fork('shape');
  const coefficients = Float32Array.from(population.names, () => clamp(shape.normal(), -FARTHEST, FARTHEST));
  const palette = randomPalette(random.fork('palette'), sex);
  return {
    sex,
    points: headShape(population, sex, coefficients),
    coefficients,
    albedo: paintHead(template, palette, random.fork('paint')),
    occlusion: template.occlusion,
    gloss: template.regions.gloss,
    palette,
  };
}

/**
 * The head with given coefficients.
 *
 * @param coefficients  one a row of the population, in standard deviations
 * @returns             [points, 3] cm
 * @throws {RangeError} when there are more or fewer coefficients than rows
 */
export function headShape(
  population: HeadPopulation,
  sex: Sex,
  coefficients: ArrayLike<number>,
): NdArray<Float32Array> {
  const { mean, rows } = population.sexes[sex];
  if (coefficients.length !== rows.length)
    throw new RangeError(`coefficients must be ${rows.length} numbers, but are ${coefficients.length}`);
  const sum = Float64Array.from(mean.data);
  // four rows a pass: the sum is read and written a quarter as often, which is what takes the time
  let k = 0;
  for (; k + 4 <= rows.length; k += 4) {
    const [a, b, c, d] = rows.slice(k, k + 4);
    const [wa, wb, wc, wd] = [coefficients[k], coefficients[k + 1], coefficients[k + 2], coefficients[k + 3]];
    for (let i = 0; i < sum.length; i++) sum[i] += wa * a[i] + wb * b[i] + wc * c[i] + wd * d[i];
  }
  for (; k < rows.length; k++) for (let i = 0; i < sum.length; i++) sum[i] += coefficients[k] * rows[k][i];
  return ndarray(Float32Array.from(sum), mean.shape);
}
