import type { Tensor2D, Tensor3D } from '@tensorflow/tfjs-node-gpu';
import { tf } from 'lib/tensorflow';

/**
 * R(q) for a batch of quaternions of any non-zero norm, with gradient.
 *
 * R is linear in the 16 products q_i q_j / |q|², so it is one outer product and one [16, 9] matrix, where the usual formula
 * takes about sixty small operations.
 *
 * @param quaternions  [batch, 4], scalar first
 * @returns            [batch, 3, 3]
 */
export function rotationMatrices(quaternions: Tensor2D): Tensor3D {
  if (quaternions.rank !== 2 || quaternions.shape[1] !== 4)
    throw new RangeError(`quaternions must be [batch, 4], but are [${quaternions.shape}]`);
  return tf.tidy(() => {
    const squaredNorm = tf.sum(tf.square(quaternions), 1, true);
    const products = tf.mul(tf.expandDims(quaternions, 2), tf.expandDims(quaternions, 1));
    const unit = tf.div(tf.reshape(products, [-1, 16]), squaredNorm) as Tensor2D;
    return tf.reshape(tf.matMul(unit, tf.tensor2d(ENTRIES, [16, 9])), [-1, 3, 3]);
  });
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
