import type { Random } from 'lib/random';

export interface Interval {
  low: number;
  high: number;
}

/**
 * The 95 % interval of a statistic of means over images, by drawing the subjects again with replacement (cluster bootstrap).
 *
 * Images of one subject are no independent measurements, so that subjects are drawn, each with all of its images; the
 * interval's ends are the 2.5th and the 97.5th percentile of the statistic over the draws.
 *
 * @param columns    one or more quantities, each [images]; drawn together, so that the statistic may compare them
 * @param subjects   [images], whose image it is
 * @param statistic  of the columns' means over the images of a draw
 * @throws {RangeError} when the columns and subjects differ in length, or are empty
 *
 * Reference: Efron and Tibshirani, An Introduction to the Bootstrap, 1993, chapter 13.
 */
export function bootstrapInterval(
  columns: ArrayLike<number>[],
  subjects: ArrayLike<number>,
  statistic: (means: number[]) => number,
  random: Random,
  draws = 1000,
): Interval {
  const lengths = columns.map((column) => column.length);
  if (subjects.length === 0 || lengths.length === 0 || lengths.some((length) => length !== subjects.length))
    throw new RangeError(
      `columns must have a value for each of the subjects' ${subjects.length} images, but have [${lengths}]`,
    );
  const sums = sumsBySubject(columns, subjects);
  const values = new Float64Array(draws);
  for (let draw = 0; draw < draws; draw++) {
    const total = new Float64Array(columns.length + 1);
    for (let s = 0; s < sums.length; s++) {
      const drawn = sums[random.integer(sums.length)];
      for (let c = 0; c < total.length; c++) total[c] += drawn[c];
    }
    const images = total[columns.length];
    values[draw] = statistic(columns.map((_, c) => total[c] / images));
  }
  values.sort();
  return { low: quantile(values, 0.025), high: quantile(values, 0.975) };
}

/** For each subject the columns' sums over its images, and how many images there are. */
function sumsBySubject(columns: ArrayLike<number>[], subjects: ArrayLike<number>): Float64Array[] {
  const sums = new Map<number, Float64Array>();
  for (let image = 0; image < subjects.length; image++) {
    const sum = sums.get(subjects[image]) ?? new Float64Array(columns.length + 1);
    sums.set(subjects[image], sum);
    columns.forEach((column, c) => {
      sum[c] += column[image];
    });
    sum[columns.length]++;
  }
  return [...sums.values()];
}

/** Between the sorted values, linearly. */
function quantile(sorted: Float64Array, share: number): number {
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
}
