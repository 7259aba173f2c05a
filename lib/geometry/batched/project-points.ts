import type { Tensor, Tensor2D, Tensor3D } from '@tensorflow/tfjs-node-gpu';
import { type Camera, checkCamera } from 'lib/geometry';
import { tf } from 'lib/tensorflow';
import { rotationMatrices } from './rotation-matrices';

/**
 * Points in the image, with gradients to shape, rotation and translation (eq. 7 and 8, camera-to-model poses).
 *
 * With (x, y, z) = R(q)^T (p - t): u = cx - f x / z, v = cy - f y / z; z is clamped below at `camera.minDepth`.
 *
 * @param shape        [batch, points, 3] cm
 * @param rotation     [batch, 4], any non-zero norm
 * @param translation  [batch, 3] cm, the cameras' centres
 * @returns            [batch, points, 2] pixels
 */
export function projectPoints(shape: Tensor3D, rotation: Tensor2D, translation: Tensor2D, camera: Camera): Tensor3D {
  const { focalLengthPixels, principalPointPixels, minDepth } = checkCamera(camera);
  return tf.tidy(() => {
    const [xy, z] = tf.split(cameraPoints(shape, rotationMatrices(rotation), translation), [2, 1], 2);
    const offsets = tf.mul(tf.div(xy, tf.maximum(z, minDepth)), -focalLengthPixels);
    return tf.add(offsets, tf.tensor1d([...principalPointPixels])) as Tensor3D;
  });
}

/**
 * Model points in camera coordinates, R^T (p - t); as rows, p R - t R.
 *
 * The small product t R comes first, so that the points are touched once by a product and once by a sum.
 *
 * @returns [batch, points, 3] cm
 */
export function cameraPoints(shape: Tensor3D, rotations: Tensor3D, translation: Tensor2D): Tensor3D {
  return tf.tidy(() => tf.sub(tf.matMul(shape, rotations), rotatedRows(translation, rotations)));
}

/**
 * Points that a pose takes from its camera's frame to the model's, R p + t; as rows, p R^T + t.
 *
 * @returns [batch, points, 3] cm
 */
export function modelPoints(shape: Tensor3D, rotations: Tensor3D, translation: Tensor2D): Tensor3D {
  return tf.tidy(() => tf.add(tf.matMul(shape, rotations, false, true), tf.expandDims(translation, 1)));
}

/** t R for each pose, [batch, 1, 3]. */
export const rotatedRows = (rows: Tensor2D, rotations: Tensor3D): Tensor =>
  tf.tidy(() => tf.matMul(tf.expandDims(rows, 1) as Tensor3D, rotations));
