import type { Scalar, Tensor, Tensor3D } from '@tensorflow/tfjs-node-gpu';
import { tf } from 'lib/tensorflow';
import { gradientsOfMovedPoints, movedPoints } from './moved-points';
import { meanNorm, type Norm } from './reconstruction';

// What a loss costs is the number of times that it touches all points of a batch. TensorFlow's automatic gradients touch them
// more often than is needed, so both distances bring their own: GAL takes 8.5 ms instead of 14.5, MRL with eight views 35 instead
// of 86 (`npm run bench -- losses`, 6,706 points).

/** A batch of heads, and the motions that take their points to where they are compared. */
export interface MovedShape {
  /** [batch, points, 3] cm */
  shape: Tensor3D;
  /** [batch, C, 4], the rows [A | b] of one or more motions */
  rows: Tensor3D;
}

/**
 * The mean norm of A x + b - (Â x̂ + b̂) over the batch, the rows and the points.
 *
 * @returns  a scalar; the gradient flows into the predicted shape and rows, the truth is a constant
 */
export function distanceInSpace(truth: MovedShape, predicted: MovedShape, norm: Norm): Scalar {
  const distance = withOwnGradient((shape, rows, save) => {
    const difference = tf.sub(movedPoints(shape, rows), movedPoints(truth.shape, truth.rows));
    save([shape, rows, difference]);
    return {
      value: meanNorm(difference, norm),
      gradFunc: (dy, [shape, rows, difference]) =>
        gradientsOfMovedPoints(slope(difference, norm), tf.div(dy, difference.size), shape, rows),
    };
  });
  return distance(predicted.shape, predicted.rows);
}

/**
 * The mean norm of the distance between the pictures of two batches of heads, in one or more images.
 *
 * For each image (u', v', w')^T = A x + b (eq. 8), u = u'/w' and v = v'/w' (eq. 7), with w' clamped below at `minDepth`; the mean
 * is over the batch, the images, u and v, and the points. With s_u, s_v the slopes of the norm at û - u and v̂ - v:
 * dL/dû' = s_u/ŵ', dL/dv̂' = s_v/ŵ', dL/dŵ' = -(û dL/dû' + v̂ dL/dv̂'), and 0 where ŵ' is clamped.
 *
 * @param truth      rows [batch, 3V, 4]: those of u' for all V images, then those of v', then those of w'
 * @param predicted  the same shapes
 * @param minDepth   cm
 * @returns          a scalar; the gradient flows into the predicted shape and rows, the truth is a constant
 */
export function distanceInImages(truth: MovedShape, predicted: MovedShape, minDepth: number, norm: Norm): Scalar {
  const distance = withOwnGradient((shape, rows, save) => {
    const { u, v, w, inverseDepth } = imagesOf({ shape, rows }, minDepth);
    const [du, dv] = tf.tidy(() => {
      const target = imagesOf(truth, minDepth);
      return [tf.sub(u, target.u), tf.sub(v, target.v)];
    });
    save([shape, rows, u, v, w, inverseDepth, du, dv]);
    return {
      value: tf.tidy(() => tf.div(tf.add(meanNorm(du, norm), meanNorm(dv, norm)), 2)),
      gradFunc: (dy, [shape, rows, u, v, w, inverseDepth, du, dv]) => {
        const gu: Tensor3D = tf.tidy(() => tf.mul(slope(du, norm), inverseDepth));
        const gv: Tensor3D = tf.tidy(() => tf.mul(slope(dv, norm), inverseDepth));
        // the minus of dL/dŵ' is in its factor
        const gw: Tensor3D = tf.tidy(() =>
          tf.mul(tf.add(tf.mul(gu, u), tf.mul(gv, v)), tf.cast(tf.greater(w, minDepth), 'float32')),
        );
        const signs = [1, 1, -1].flatMap((sign) => new Array<number>(w.shape[1]).fill(sign));
        const factors = tf.mul(tf.tensor3d(signs, [1, signs.length, 1]), tf.div(dy, 2 * du.size));
        return gradientsOfMovedPoints(tf.concat([gu, gv, gw], 1), factors, shape, rows);
      },
    };
  });
  return distance(predicted.shape, predicted.rows);
}

/** Each [batch, V, points]; what is needed on the way is given back at once, since memory that was just used is faster. */
function imagesOf({ shape, rows }: MovedShape, minDepth: number) {
  return tf.tidy(() => {
    const [x, y, w] = tf.split(movedPoints(shape, rows), 3, 1);
    const inverseDepth = tf.reciprocal(tf.maximum(w, minDepth));
    return { u: tf.mul(x, inverseDepth), v: tf.mul(y, inverseDepth), w, inverseDepth };
  });
}

/** The derivative of a mean norm to its difference, times the number of elements. */
const slope = (difference: Tensor3D, norm: Norm): Tensor3D =>
  norm === 'l1' ? tf.sign(difference) : tf.mul(difference, 2);

/** tf.customGrad for a loss of shape and rows; its own types know neither the number of arguments nor their ranks. */
const withOwnGradient = tf.customGrad as unknown as (
  compute: (
    shape: Tensor3D,
    rows: Tensor3D,
    save: (tensors: Tensor[]) => void,
  ) => { value: Scalar; gradFunc: (dy: Scalar, saved: Tensor3D[]) => [Tensor3D, Tensor3D] },
) => (shape: Tensor3D, rows: Tensor3D) => Scalar;
