import type { Tensor2D, Tensor3D } from '@tensorflow/tfjs-node-gpu';
import { type Camera, checkCamera } from 'lib/geometry';
import { tf } from 'lib/tensorflow';
import { inversePoseRows } from './pose-rows';

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
    const [A, b] = tf.split(inversePoseRows(rotation, translation), [3, 1], 2);
    const inCamera = tf.add(tf.matMul(shape, A, false, true), tf.transpose(b, [0, 2, 1]));
    const [xy, z] = tf.split(inCamera, [2, 1], 2);
    const offsets = tf.mul(tf.div(xy, tf.maximum(z, minDepth)), -focalLengthPixels);
    return tf.add(offsets, tf.tensor1d([...principalPointPixels])) as Tensor3D;
  });
}
