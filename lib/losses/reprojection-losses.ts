import type { Scalar, Tensor, Tensor2D, Tensor3D } from '@tensorflow/tfjs-node-gpu';
import { type Camera, checkCamera } from 'lib/geometry';
import { rotatedRows, rotationMatrices } from 'lib/geometry/batched';
import { tf } from 'lib/tensorflow';
import {
  checkReconstructions,
  checkViews,
  meanNorm,
  type Norm,
  type Reconstruction,
  type Views,
} from './reconstruction';

/**
 * Distance in the image between the true points under the true camera and the predicted points under the predicted camera
 * (SRL, eq. 6).
 *
 * L = mean |P(q, t) x - P(q̂, t̂) x̂|, in pixels.
 *
 * @param truth      shape [batch, points, 3] cm, rotation [batch, 4], translation [batch, 3] cm, modelFromCamera
 * @param predicted  the same shapes; the gradient flows into all three
 * @param camera     intrinsics in pixels, shared by the batch
 * @param options    norm ('l1' by default; the released code squares)
 * @returns          a scalar in pixels ('squared': pixels²). Times 2N it is the paper's sum for one head.
 * @throws {RangeError} when the shapes do not fit or the camera is impossible
 *
 * A depth below `camera.minDepth` is clamped there, so that a head behind the camera keeps a finite gradient.
 * Reference: Ramon et al. 2019, section 3.3.
 */
export function singleViewReprojectionLoss(
  truth: Reconstruction,
  predicted: Reconstruction,
  camera: Camera,
  { norm = 'l1' }: { norm?: Norm } = {},
): Scalar {
  checkReconstructions(truth, predicted);
  const intrinsics = checkCamera(camera);
  return tf.tidy(() => {
    const project = ({ shape, rotation, translation }: Reconstruction) => {
      const R = rotationMatrices(rotation);
      return imageOffsets(shape, R, tf.neg(rotatedRows(translation, R)) as Tensor3D, intrinsics);
    };
    return meanNorm(tf.sub(project(truth), project(predicted)), norm);
  });
}

/**
 * Distance in the images of random other cameras, after the predicted head was moved by the error of its pose (MRL, eq. 9
 * and 10).
 *
 * L = mean over V views of |P(q_v, t_v) x - P(q_v, t_v) D x̂|, in pixels, with D = [R(q)|t] [R(q̂)|t̂]^-1 and the poses
 * camera-to-model: D takes x̂ into the predicted camera's frame and back by the true camera. With the right pose D is the
 * identity; with the right shape and a wrong pose the head stands beside itself.
 *
 * @param truth      shape [batch, points, 3] cm, rotation [batch, 4], translation [batch, 3] cm, modelFromCamera
 * @param predicted  the same shapes; the gradient flows into all three
 * @param views      rotation [batch, V, 4], translation [batch, V, 3] cm, modelFromCamera, drawn anew for each head and step
 * @param camera     intrinsics in pixels, shared by all
 * @param options    norm ('l1' by default), includeTrueView (the true camera as one more view: mean over V + 1)
 * @returns          a scalar in pixels ('squared': pixels²). Times 2 N V it is the paper's sum for one head.
 * @throws {RangeError} when the shapes do not fit or the camera is impossible
 *
 * The three small motions [R_v|t_v]^-1 [R|t] [R̂|t̂]^-1 are composed first, so that each point is moved once for a view.
 * Reference: Ramon et al. 2019, section 3.4.
 */
export function multiviewReprojectionLoss(
  truth: Reconstruction,
  predicted: Reconstruction,
  views: Views,
  camera: Camera,
  { norm = 'l1', includeTrueView = false }: { norm?: Norm; includeTrueView?: boolean } = {},
): Scalar {
  checkReconstructions(truth, predicted);
  checkViews(views, truth.shape.shape[0]);
  const intrinsics = checkCamera(camera);
  return tf.tidy(() => {
    const { rotation, translation } = includeTrueView ? withTrueView(views, truth) : views;
    const [batch, count] = rotation.shape;
    const viewR = rotationMatrices(tf.reshape(rotation, [-1, 4]));
    // [B, V, 3, 3] side by side, as the columns of one [B, 3, 3V] product
    const sideBySide = (m: Tensor) =>
      tf.reshape(tf.transpose(tf.reshape(m, [batch, count, 3, 3]), [0, 2, 1, 3]), [batch, 3, 3 * count]) as Tensor3D;
    const columns = sideBySide(viewR);
    // x_v = (x - t_v) R_v, as rows
    const viewOffset = tf.reshape(tf.neg(rotatedRows(tf.reshape(translation, [-1, 3]), viewR)), [
      batch,
      1,
      3 * count,
    ]) as Tensor3D;
    const truePoints = imageOffsets(truth.shape, columns, viewOffset, intrinsics);
    // D x̂ = (x̂ R̂ - t̂ R̂) R^T + t, as rows
    const R = rotationMatrices(truth.rotation);
    const back = tf.matMul(rotationMatrices(predicted.rotation), R, false, true) as Tensor3D;
    const shift = tf.sub(tf.expandDims(truth.translation, 1), rotatedRows(predicted.translation, back)) as Tensor3D;
    const predictedPoints = imageOffsets(
      predicted.shape,
      tf.matMul(back, columns) as Tensor3D,
      tf.add(tf.matMul(shift, columns), viewOffset) as Tensor3D,
      intrinsics,
    );
    return meanNorm(tf.sub(truePoints, predictedPoints), norm);
  });
}

/**
 * How far points lie from the principal point in the images of one or more cameras; the principal point itself falls out of
 * every difference.
 *
 * @param shape      [batch, points, 3] cm
 * @param rotations  [batch, 3, 3V], V cameras side by side: x R_v
 * @param offsets    [batch, 1, 3V], added to each point
 * @returns          [batch, V, 2, points] pixels
 */
function imageOffsets(
  shape: Tensor3D,
  rotations: Tensor3D,
  offsets: Tensor3D,
  { focalLengthPixels, minDepth }: Required<Camera>,
): Tensor {
  const [batch, , columns] = rotations.shape;
  // one row for each coordinate keeps a coordinate's points beside each other in memory
  const rows = tf.add(tf.matMul(rotations, shape, true, true), tf.reshape(offsets, [batch, columns, 1]));
  const [xy, z] = tf.split(tf.reshape(rows, [batch, columns / 3, 3, -1]), [2, 1], 2);
  return tf.mul(tf.div(xy, tf.maximum(z, minDepth)), -focalLengthPixels);
}

function withTrueView(views: Views, truth: Reconstruction): Views {
  return {
    rotation: tf.concat([views.rotation, tf.expandDims(truth.rotation as Tensor2D, 1) as Tensor3D], 1),
    translation: tf.concat([views.translation, tf.expandDims(truth.translation, 1) as Tensor3D], 1),
  };
}
