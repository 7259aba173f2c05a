import type { NdArray } from 'ndarray';
import ndarray from 'ndarray';
import { gramComponents } from './gram-components';
import type { MorphableModel } from './morphable-model';
import { rangeComponents } from './range-finder';
import { type ReadingOptions, type Shapes, sourceOf } from './shape-source';

/** Up to so many shapes their inner products are about as fast, and exact for any spectrum. */
const FEW = 200;

/**
 * Principal components of registered and aligned shapes.
 *
 * The covariance X^T X / (S - 1) of the S shapes, less their mean, as rows of X [S, 3N] is reduced to a small matrix whose
 * eigenvalues are its first ones, to 1e-6 of the largest: by the shapes' inner products for few (`gramComponents`), by a
 * randomized range finder for many (`rangeComponents`), which reads the shapes several times and never holds them all.
 *
 * @param shapes     S shapes, each [N, 3] cm, in correspondence and in one frame: in memory, or read by a source
 * @param triangles  [T, 3], the shapes' common triangles
 * @param count      how many components to keep, less than S
 * @returns          the model, and the variance of all components together in cm² (kept or not)
 * @throws {RangeError} when shapes differ in points, or do not have as many components above noise as asked for
 *
 * Reference: Blanz and Vetter 1999.
 */
export async function fitPrincipalComponents(
  shapes: Shapes,
  triangles: NdArray<Uint32Array>,
  count: number,
  options: ReadingOptions = {},
): Promise<{ model: MorphableModel; totalVariance: number }> {
  const source = sourceOf(shapes);
  if (!(Number.isInteger(count) && count >= 1 && count < source.count))
    throw new RangeError(`count must be from 1 to one less than the ${source.count} shapes, but is ${count}`);
  const size = (await source.read(0)).data.length;
  const find = source.count <= FEW ? gramComponents : rangeComponents;
  const { mean, variances, components, totalVariance } = await find(source, size, count, options);
  const model = {
    mean: ndarray(Float32Array.from(mean), [size / 3, 3]),
    components: ndarray(components, [count, size]),
    variances,
    triangles,
  };
  return { model, totalVariance };
}
