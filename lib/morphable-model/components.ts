/** What a principal component analysis finds, before it is a model. */
export interface Components {
  /** [3N] cm */
  mean: Float64Array;
  /** [K] cm², falling */
  variances: Float64Array;
  /** [K, 3N], orthonormal rows */
  components: Float32Array;
  /** cm², of all components together, kept or not */
  totalVariance: number;
}

/** Of the first component's variance: what is smaller is the products' rounding in float32, and no direction of the shapes. */
const NOISE = 1e-6;

/**
 * The first `count` eigenvalues of those given, which fall.
 *
 * @throws {RangeError} when fewer are above noise
 */
export function aboveNoise(eigenvalues: ArrayLike<number>, count: number): Float64Array {
  const values = Float64Array.from(eigenvalues);
  const rank = values.filter((eigenvalue) => eigenvalue > NOISE * values[0]).length;
  if (count > rank)
    throw new RangeError(`count must be at most ${rank}, the shapes' components above noise, but is ${count}`);
  return values.slice(0, count);
}
