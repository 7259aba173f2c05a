import type { Tensor, Tensor2D, Tensor3D } from '@tensorflow/tfjs-node-gpu';
import { tf } from 'lib/tensorflow';
import { rotationMatrices } from './rotation-matrices';

// A rigid motion x -> A x + b as the rows [A | b] of a [3, 4] matrix: motions are composed before any point is touched.

/**
 * [R(q) | t] for a batch of poses.
 *
 * @param rotation     [batch, 4], any non-zero norm
 * @param translation  [batch, 3] cm
 * @returns            [batch, 3, 4]; the gradient flows into both
 */
export function poseRows(rotation: Tensor2D, translation: Tensor2D): Tensor3D {
  return tf.tidy(() => beside(rotationMatrices(rotation), tf.expandDims(translation, 2)));
}

/**
 * [R(q) | t]^-1 = [R^T | -R^T t] for a batch of poses, without an inverse of a matrix: of modelFromCamera it makes cameraFromModel.
 *
 * @param rotation     [batch, 4], any non-zero norm
 * @param translation  [batch, 3] cm
 * @returns            [batch, 3, 4]; the gradient flows into both
 */
export function inversePoseRows(rotation: Tensor2D, translation: Tensor2D): Tensor3D {
  return tf.tidy(() => {
    const transposed = tf.transpose(rotationMatrices(rotation), [0, 2, 1]);
    return beside(transposed, tf.matMul(transposed, tf.expandDims(tf.neg(translation), 2)));
  });
}

/**
 * Any number of rows [A | b] after a motion [R | t]: [A R | A t + b].
 *
 * @param rows    [batch, C, 4]
 * @param motion  [batch, 3, 4]
 * @returns       [batch, C, 4]; the gradient flows into both
 */
export function composeRows(rows: Tensor3D, motion: Tensor3D): Tensor3D {
  return tf.tidy(() => {
    const [A, b] = tf.split(rows, [3, 1], 2);
    const shift = tf.pad(b, [
      [0, 0],
      [0, 0],
      [3, 0],
    ]);
    return tf.add(tf.matMul(A, motion), shift);
  });
}

const beside = (matrices: Tensor, columns: Tensor): Tensor3D => tf.concat([matrices, columns], 2) as Tensor3D;
