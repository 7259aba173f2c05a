import type { Random } from 'lib/random';
import type { NdArray } from 'ndarray';
import { coefficients, instance, type MorphableModel } from './morphable-model';
import { checkSize, type ReadingOptions, readInChunks, type Shapes, sourceOf } from './shape-source';

/** A value of a model with its standard error, for each number of components. */
export interface ModelMetric {
  /** Numbers of components M, rising. */
  components: Uint32Array;
  value: Float64Array;
  standardError: Float64Array;
}

/**
 * The share of the training shapes' variance that the first M components explain: C(M) = Σ_{k ≤ M} λ_k / Σ_k λ_k.
 *
 * The standard error takes the shapes as normal, so that each λ_k has the variance 2 λ_k² / (S - 1) and no covariance with the
 * others, and carries it over to the share: with a = Σ_{k ≤ M} λ_k² and b = Σ_{k > M} λ_k² it is
 * √(2 ((1 - C)² a + C² b) / (S - 1)) / Σ λ. Of components that were not kept only the sum of variances is known; for their part
 * of b the largest stands that they can have.
 *
 * @param totalVariance  Σ_k λ_k of all components in cm², as `fitPrincipalComponents` returns it
 * @param subjects       S, how many shapes the model was made from
 * @throws {RangeError} when the total is less than the kept variances, or S is not two or more
 *
 * Reference: Styner et al. 2003; Girshick 1939 for the variance of λ_k.
 */
export function compactness({ variances }: MorphableModel, totalVariance: number, subjects: number): ModelMetric {
  if (!(subjects >= 2)) throw new RangeError(`subjects must be two or more, but are ${subjects}`);
  const kept = variances.reduce((a, b) => a + b, 0);
  // both sums come from float32 products
  if (!(totalVariance >= kept * (1 - 1e-4)))
    throw new RangeError(`totalVariance must be at least the components' ${kept} cm², but is ${totalVariance}`);
  const squares = variances.map((variance) => variance ** 2);
  const dropped = Math.max(totalVariance - kept, 0) * variances[variances.length - 1];
  const all = squares.reduce((a, b) => a + b, 0) + dropped;
  let [sum, first] = [0, 0];
  const value = variances.map((variance) => {
    sum += variance;
    return Math.min(sum / totalVariance, 1);
  });
  const standardError = value.map((share, k) => {
    first += squares[k];
    return Math.sqrt((2 * ((1 - share) ** 2 * first + share ** 2 * (all - first))) / (subjects - 1)) / totalVariance;
  });
  return { components: Uint32Array.from(variances, (_, k) => k + 1), value, standardError };
}

/**
 * How far heads that the model has not seen are from their projections on its first M components: G(M), in mm.
 *
 * A head's error is the mean distance of its points; the value is the mean over heads, the standard error that of this mean.
 * M goes from 0, the mean head, to all components.
 *
 * @param heldOut  two or more heads that took no part in the model, aligned as its training shapes were
 * @throws {RangeError} when a shape has other points than the model, or there are fewer than two
 *
 * Reference: Davies et al. 2002; Styner et al. 2003.
 */
export async function generalization(
  model: MorphableModel,
  heldOut: Shapes,
  options: ReadingOptions = {},
): Promise<ModelMetric> {
  const source = sourceOf(heldOut);
  if (source.count < 2) throw new RangeError(`heldOut must hold two or more shapes, but holds ${source.count}`);
  const { mean, components, variances } = model;
  const size = mean.data.length;
  const errors = Array.from({ length: variances.length + 1 }, () => new Float64Array(source.count));
  for await (const { first, items } of readInChunks(source, size, 1, options))
    items.forEach((shape, s) => {
      checkSize(shape, size, first + s, 'the model');
      const left = Float64Array.from(shape.data, (value, i) => value - mean.data[i]);
      errors[0][first + s] = meanLengthMillimetres(left);
      coefficients(model, shape).forEach((c, k) => {
        const scale = c * Math.sqrt(variances[k]);
        for (let i = 0; i < size; i++) left[i] -= scale * components.data[k * size + i];
        errors[k + 1][first + s] = meanLengthMillimetres(left);
      });
    });
  return overSamples(
    Uint32Array.from(errors, (_, k) => k),
    errors,
  );
}

/**
 * How far random heads of the first M components are from the nearest training head: S(M), in mm.
 *
 * The distance of two heads is the mean distance of their points; the value is the mean over random heads, the standard error
 * that of this mean. A small value alone is not good: the mean head on its own has one. All M share the same draws, so that
 * they can be compared.
 *
 * @param training    the shapes that the model was made from
 * @param components  the numbers M, rising
 * @param draws       how many random heads for each M, two or more
 * @throws {RangeError} when a shape has other points than the model or there is none, a number of components is not there, or
 *   draws are too few
 *
 * Reference: Davies et al. 2002; Styner et al. 2003.
 */
export async function specificity(
  model: MorphableModel,
  training: Shapes,
  components: ArrayLike<number>,
  draws: number,
  random: Random,
  options: ReadingOptions = {},
): Promise<ModelMetric> {
  const source = sourceOf(training);
  if (source.count < 1) throw new RangeError('training must hold shapes, but holds none');
  const counts = Uint32Array.from(components);
  const most = model.variances.length;
  const wrong = Array.from(components).find(
    (m, i, all) => !(Number.isInteger(m) && m >= 0 && m <= most && !(m <= all[i - 1])),
  );
  if (wrong !== undefined) throw new RangeError(`components must rise from 0 to at most ${most}, but hold ${wrong}`);
  if (!(Number.isInteger(draws) && draws >= 2))
    throw new RangeError(`draws must be a whole number from 2, but are ${draws}`);
  const drawn = Array.from({ length: draws }, () => Float64Array.from(model.variances, random.normal));
  const heads = Array.from(counts, (m) => drawn.map((c) => instance(model, c.subarray(0, m)).data));
  const nearest = heads.map((all) => new Float64Array(all.length).fill(Number.POSITIVE_INFINITY));
  const size = model.mean.data.length;
  for await (const { first, items } of readInChunks(source, size, 1, options))
    for (const [s, shape] of items.entries()) {
      checkSize(shape, size, first + s, 'the model');
      heads.forEach((all, m) => {
        all.forEach((head, i) => {
          nearest[m][i] = nearerMillimetres(head, shape, nearest[m][i]);
        });
      });
    }
  return overSamples(counts, nearest);
}

/** Points between two looks at the sum: a head that is farther than the nearest one by then need not be seen to its end. */
const LOOK = 256;

/** The mean distance of the points in mm where it is less than `known`, else `known`. */
function nearerMillimetres(head: Float32Array, { data, shape }: NdArray<Float32Array>, known: number): number {
  const limit = (known * shape[0]) / 10;
  let sum = 0;
  for (let from = 0; from < data.length; from += 3 * LOOK) {
    const to = Math.min(from + 3 * LOOK, data.length);
    for (let i = from; i < to; i += 3) {
      const [x, y, z] = [head[i] - data[i], head[i + 1] - data[i + 1], head[i + 2] - data[i + 2]];
      sum += Math.sqrt(x * x + y * y + z * z);
    }
    if (sum >= limit) return known;
  }
  return (10 * sum) / shape[0];
}

/** The mean length of vectors [3N] in cm, in mm. */
function meanLengthMillimetres(vectors: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < vectors.length; i += 3)
    sum += Math.sqrt(vectors[i] ** 2 + vectors[i + 1] ** 2 + vectors[i + 2] ** 2);
  return (10 * sum) / (vectors.length / 3);
}

/** Means and their standard errors, √(sample variance / n). */
function overSamples(components: Uint32Array, samples: readonly Float64Array[]): ModelMetric {
  const value = Float64Array.from(samples, (all) => all.reduce((a, b) => a + b, 0) / all.length);
  const standardError = Float64Array.from(samples, (all, m) => {
    const squares = all.reduce((sum, v) => sum + (v - value[m]) ** 2, 0);
    return Math.sqrt(squares / (all.length - 1) / all.length);
  });
  return { components, value, standardError };
}
