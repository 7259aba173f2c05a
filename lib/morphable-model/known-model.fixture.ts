import { createRandom } from 'lib/random';
import type { NdArray } from 'ndarray';
import ndarray from 'ndarray';
import type { MorphableModel } from './morphable-model';

/** Rows of +1 and -1 with mean 0 that are orthogonal to each other: three columns of the 8 x 8 Hadamard matrix. */
const SCORES = [
  [1, -1, 1, -1, 1, -1, 1, -1],
  [1, 1, -1, -1, 1, 1, -1, -1],
  [1, 1, 1, 1, -1, -1, -1, -1],
];

/** A model of made-up heads about the origin, 8 cm in radius, with orthonormal components from a seed. */
export function knownModel(points: number, variances: number[], seed: string | number = 'model'): MorphableModel {
  const random = createRandom(seed);
  const size = 3 * points;
  const normals = () => Float64Array.from({ length: size }, random.normal);
  const mean = normals().map((v) => 8 * v);
  const rows: Float64Array[] = [];
  for (let k = 0; k < variances.length; k++) {
    let row = normals();
    // Gram and Schmidt, twice, since once leaves float64's rounding
    for (const known of [...rows, ...rows]) {
      const dot = known.reduce((sum, v, i) => sum + v * row[i], 0);
      row = row.map((v, i) => v - dot * known[i]);
    }
    const length = Math.hypot(...row);
    rows.push(row.map((v) => v / length));
  }
  const triangles = Uint32Array.from({ length: 3 * (points - 2) }, (_, i) => Math.floor(i / 3) + (i % 3));
  return {
    mean: ndarray(Float32Array.from(mean), [points, 3]),
    components: ndarray(Float32Array.from(rows.flatMap((row) => [...row])), [variances.length, size]),
    variances: Float64Array.from(variances),
    triangles: ndarray(triangles, [points - 2, 3]),
  };
}

/** Eight shapes whose sample mean, components and variances (over S - 1 = 7) are the given model's, of up to three components. */
export function shapesOf({ mean, components, variances }: MorphableModel): NdArray<Float32Array>[] {
  const size = mean.data.length;
  return Array.from({ length: 8 }, (_, s) => {
    const shape = Float64Array.from(mean.data);
    for (let k = 0; k < variances.length; k++) {
      // scores of +1 and -1 have the sample variance 8 / 7
      const score = SCORES[k][s] * Math.sqrt((7 / 8) * variances[k]);
      for (let i = 0; i < size; i++) shape[i] += score * components.data[k * size + i];
    }
    return ndarray(Float32Array.from(shape), mean.shape);
  });
}
