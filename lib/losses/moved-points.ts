import type { Tensor, Tensor3D } from '@tensorflow/tfjs-node-gpu';
import { tf } from 'lib/tensorflow';

/**
 * A x + b for all points x of a batch, a coordinate's points side by side.
 *
 * In this order sums along points and products with a column of them are several times faster than where the coordinates of
 * a point stand side by side.
 *
 * @param shape  [batch, points, 3], x
 * @param rows   [batch, C, 4], [A | b]
 * @returns      [batch, C, points]
 */
export function movedPoints(shape: Tensor3D, rows: Tensor3D): Tensor3D {
  return tf.tidy(() => {
    const [A, b] = tf.split(rows, [3, 1], 2);
    return tf.add(tf.matMul(A, shape, false, true), b);
  });
}

/**
 * The gradients of a loss L to shape and rows of `movedPoints`, from its gradient to the result y = A x + b.
 *
 * With dL/dy = f g: dL/dx = (f A)^T g, dL/dA = f Σ_n g x^T and dL/db = f Σ_n g.
 *
 * @param g      [batch, C, points]
 * @param f      what is common to a row's points, broadcast to [batch, C, 1]; it meets small matrices only
 * @param shape  [batch, points, 3], x
 * @param rows   [batch, C, 4], [A | b]
 * @returns      to the shape, [batch, points, 3], and to the rows, [batch, C, 4]
 */
export function gradientsOfMovedPoints(g: Tensor3D, f: Tensor, shape: Tensor3D, rows: Tensor3D): [Tensor3D, Tensor3D] {
  const [scaledA] = tf.split(tf.mul(rows, f), [3, 1], 2) as Tensor3D[];
  const sums = tf.concat([tf.matMul(g, shape), tf.sum(g, 2, true)], 2);
  return [tf.matMul(g, scaledA, true, false), tf.mul(sums, f)];
}
