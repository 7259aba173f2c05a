import type { Tensor2D, Tensor3D } from '@tensorflow/tfjs-node-gpu';
import { isFiniteTensor, tf } from 'lib/tensorflow';

/**
 * q / |q| for a batch of quaternions, with gradient; the sign stays.
 *
 * @param quaternions  [batch, 4], scalar first
 * @returns            [batch, 4]
 * @throws {RangeError} that names the first quaternion that is zero or not finite, or is so in float32 once squared (beyond 1e19)
 */
export function unitQuaternions(quaternions: Tensor2D): Tensor2D {
  if (quaternions.rank !== 2 || quaternions.shape[1] !== 4)
    throw new RangeError(`quaternions must be [batch, 4], but are [${quaternions.shape}]`);
  return tf.tidy(() => {
    const norm = tf.sqrt(tf.sum(tf.square(quaternions), 1, true)) as Tensor2D;
    const unit = tf.div(quaternions, norm) as Tensor2D;
    // a norm of 0 makes a quotient that is no number; one too large for float32 makes 0, and shows in itself alone
    if (!isFiniteTensor(unit) || !isFiniteTensor(norm)) throw new RangeError(wrongQuaternion(quaternions, norm));
    return unit;
  });
}

/**
 * R(q) for a batch of quaternions of any non-zero norm, with gradient.
 *
 * R is linear in the 16 products q_i q_j of a unit quaternion, so it is one outer product and one [16, 9] matrix, where the
 * usual formula takes about sixty small operations.
 *
 * @param quaternions  [batch, 4], scalar first
 * @returns            [batch, 3, 3]
 * @throws {RangeError} that names the first quaternion that is zero or not finite, or is so in float32 once squared (beyond 1e19)
 */
export function rotationMatrices(quaternions: Tensor2D): Tensor3D {
  return tf.tidy(() => {
    const unit = unitQuaternions(quaternions);
    const products = tf.reshape(tf.mul(tf.expandDims(unit, 2), tf.expandDims(unit, 1)), [-1, 16]) as Tensor2D;
    return tf.reshape(tf.matMul(products, tf.tensor2d(ENTRIES, [16, 9])), [-1, 3, 3]);
  });
}

/** Fetches the values, which only the way to an error may do. */
function wrongQuaternion(quaternions: Tensor2D, norm: Tensor2D): string {
  const row = norm.arraySync().findIndex(([length]) => !(length > 0 && Number.isFinite(length)));
  return `a quaternion must be finite and not zero, but number ${row} is [${quaternions.arraySync()[row].join(', ')}]`;
}

/** R's nine entries (row by row) as sums of s q_i q_j. */
const TERMS: [s: number, i: number, j: number][][] = [
  [
    [1, 0, 0],
    [1, 1, 1],
    [-1, 2, 2],
    [-1, 3, 3],
  ],
  [
    [2, 1, 2],
    [-2, 0, 3],
  ],
  [
    [2, 1, 3],
    [2, 0, 2],
  ],
  [
    [2, 1, 2],
    [2, 0, 3],
  ],
  [
    [1, 0, 0],
    [-1, 1, 1],
    [1, 2, 2],
    [-1, 3, 3],
  ],
  [
    [2, 2, 3],
    [-2, 0, 1],
  ],
  [
    [2, 1, 3],
    [-2, 0, 2],
  ],
  [
    [2, 2, 3],
    [2, 0, 1],
  ],
  [
    [1, 0, 0],
    [-1, 1, 1],
    [-1, 2, 2],
    [1, 3, 3],
  ],
];

const ENTRIES = new Float32Array(16 * 9);
TERMS.forEach((terms, entry) => {
  for (const [s, i, j] of terms) ENTRIES[(4 * i + j) * 9 + entry] = s;
});
