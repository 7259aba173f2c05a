import { EigenvalueDecomposition, Matrix } from 'ml-matrix';

/** How far inner products may be from 1 and 0: float32 files are a thousand times closer, bases of other kinds far off. */
const TOLERANCE = 1e-4;
/** Of the largest variance: what is smaller is rounding of float32 numbers, and no direction of shapes. */
const NOISE = 1e-10;
/** So many numbers of each row at a time, so that the rows stay in the processor's cache. */
const AT_ONCE = 2048;

/**
 * Components of unit length and orthogonal to each other, with falling variances, that span the same distribution as modes of
 * any length and angle.
 *
 * With the modes d_k r_k as rows of A, the covariance of Σ c_k d_k r_k is A^T A. Its eigenvectors come from the small matrix
 * A A^T, which has the same eigenvalues: A A^T w = λ w with |w| = 1 gives u = A^T w / √λ, |u| = 1 (the singular value
 * decomposition of A). Where the rows are orthogonal already, they are kept as they are, in length 1 and in order.
 *
 * @param rows        [K, size], one mode a row
 * @param deviations  [K], the d_k
 * @param size        3N
 * @returns           `step` says what was done; undefined where nothing was
 */
export function orthonormalModes(
  rows: Float32Array,
  deviations: Float64Array,
  size: number,
): { components: Float32Array; variances: Float64Array; step?: string } {
  const count = deviations.length;
  const products = innerProducts(rows, count, size);
  const lengths = Float64Array.from({ length: count }, (_, k) => Math.sqrt(products[k * count + k]));
  const cosine = (i: number, j: number) => products[i * count + j] / (lengths[i] * lengths[j] || 1);
  const orthogonal = lengths.every((_, i) => range(i).every((j) => Math.abs(cosine(i, j)) <= TOLERANCE));
  const unit = lengths.every((length) => Math.abs(length - 1) <= TOLERANCE);
  const variances = deviations.map((d, k) => (unit ? d ** 2 : (d * lengths[k]) ** 2));
  const largest = Math.max(...variances);
  const kept = range(count).filter((k) => variances[k] > NOISE * largest);
  if (!orthogonal && kept.length > 0) return decomposed(rows, deviations, size, products, kept);
  const order = [...kept].sort((a, b) => variances[b] - variances[a]);
  const steps: string[] = [];
  if (!unit) steps.push('brought the components to unit length');
  if (order.some((k, i) => i > 0 && k < order[i - 1])) steps.push('sorted them by variance');
  if (kept.length < count) steps.push(`left out ${count - kept.length} without variance`);
  if (steps.length === 0) return { components: rows, variances };
  const components = new Float32Array(order.length * size);
  order.forEach((k, n) => {
    const scale = unit ? 1 : 1 / lengths[k];
    for (let i = 0; i < size; i++) components[n * size + i] = scale * rows[k * size + i];
  });
  return { components, variances: Float64Array.from(order, (k) => variances[k]), step: steps.join(', ') };
}

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

/** @param moving  the modes that have variance: the eigenvalue decomposition fails on numbers as small as 1e-310 */
function decomposed(
  rows: Float32Array,
  deviations: Float64Array,
  size: number,
  products: Float64Array,
  moving: number[],
) {
  const count = deviations.length;
  const scaled = Matrix.zeros(moving.length, moving.length);
  for (const [i, a] of moving.entries())
    for (const [j, b] of moving.entries()) scaled.set(i, j, deviations[a] * products[a * count + b] * deviations[b]);
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(scaled, { assumeSymmetric: true });
  const order = range(moving.length).sort((a, b) => realEigenvalues[b] - realEigenvalues[a]);
  const kept = order.filter((k) => realEigenvalues[k] > NOISE * realEigenvalues[order[0]]);
  const components = new Float32Array(kept.length * size);
  const sum = new Float64Array(AT_ONCE);
  for (let from = 0; from < size; from += AT_ONCE) {
    const length = Math.min(AT_ONCE, size - from);
    kept.forEach((k, n) => {
      sum.fill(0);
      moving.forEach((mode, j) => {
        const weight = (eigenvectorMatrix.get(j, k) * deviations[mode]) / Math.sqrt(realEigenvalues[k]);
        const at = mode * size + from;
        for (let i = 0; i < length; i++) sum[i] += weight * rows[at + i];
      });
      components.set(sum.subarray(0, length), n * size + from);
    });
  }
  const left = count - kept.length;
  return {
    components,
    variances: Float64Array.from(kept, (k) => realEigenvalues[k]),
    step: `made the ${count} modes orthonormal by a singular value decomposition${left > 0 ? `, left out ${left} without variance` : ''}`,
  };
}

/** All inner products of the rows, [K, K]. */
function innerProducts(rows: Float32Array, count: number, size: number): Float64Array {
  const products = new Float64Array(count * count);
  for (let from = 0; from < size; from += AT_ONCE) {
    const to = Math.min(size, from + AT_ONCE);
    for (let i = 0; i < count; i++)
      for (let j = 0; j <= i; j++) {
        let sum = 0;
        const [a, b] = [i * size, j * size];
        for (let n = from; n < to; n++) sum += rows[a + n] * rows[b + n];
        products[i * count + j] += sum;
      }
  }
  for (let i = 0; i < count; i++) for (let j = 0; j < i; j++) products[j * count + i] = products[i * count + j];
  return products;
}
