import type { Scalar, Tensor2D, Tensor3D } from '@tensorflow/tfjs-node-gpu';
import { type Camera, checkCamera } from 'lib/geometry';
import { composeRows, inversePoseRows, poseRows } from 'lib/geometry/batched';
import { tf } from 'lib/tensorflow';
import { distanceInImages } from './distances';
import { checkReconstructions, checkViews, type Norm, type Reconstruction, type Views } from './reconstruction';

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
 * @throws {RangeError} when the shapes do not fit, the camera is impossible or the norm is unknown
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
  const { focalLengthPixels, minDepth } = checkCamera(camera);
  return tf.tidy(() => {
    const seen = ({ shape, rotation, translation }: Reconstruction) => ({
      shape,
      rows: imageRows(rotation, translation, 1, focalLengthPixels),
    });
    return distanceInImages(seen(truth), seen(predicted), minDepth, norm);
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
 * @throws {RangeError} when the shapes do not fit, the camera is impossible or the norm is unknown
 *
 * The small motions K [R_v|t_v]^-1 [R|t] [R̂|t̂]^-1 are composed first, so that each point is moved once for a view.
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
  const { focalLengthPixels, minDepth } = checkCamera(camera);
  return tf.tidy(() => {
    const { rotation, translation } = includeTrueView ? withTrueView(views, truth) : views;
    const inViews = imageRows(
      tf.reshape(rotation, [-1, 4]),
      tf.reshape(translation, [-1, 3]),
      rotation.shape[1],
      focalLengthPixels,
    );
    const fromTrueCamera = composeRows(inViews, poseRows(truth.rotation, truth.translation));
    const toPredictedCamera = inversePoseRows(predicted.rotation, predicted.translation);
    return distanceInImages(
      { shape: truth.shape, rows: inViews },
      { shape: predicted.shape, rows: composeRows(fromTrueCamera, toPredictedCamera) },
      minDepth,
      norm,
    );
  });
}

/**
 * K [R|t]^-1 of cameras, without the principal point, which falls out of every difference.
 *
 * With K = diag(-f, -f, 1): u' and v' in px cm, w' the depth in cm.
 *
 * @param rotation     [batch V, 4], modelFromCamera
 * @param translation  [batch V, 3] cm
 * @returns            [batch, 3V, 4]: the rows of u' for all V cameras, then those of v', then those of w'
 */
function imageRows(rotation: Tensor2D, translation: Tensor2D, views: number, focalLengthPixels: number): Tensor3D {
  const rows = tf.reshape(inversePoseRows(rotation, translation), [-1, views, 3, 4]);
  const K = tf.tensor([-focalLengthPixels, -focalLengthPixels, 1], [1, 3, 1, 1]);
  return tf.reshape(tf.mul(tf.transpose(rows, [0, 2, 1, 3]), K), [-1, 3 * views, 4]);
}

function withTrueView(views: Views, truth: Reconstruction): Views {
  return {
    rotation: tf.concat([views.rotation, tf.expandDims(truth.rotation as Tensor2D, 1) as Tensor3D], 1),
    translation: tf.concat([views.translation, tf.expandDims(truth.translation, 1) as Tensor3D], 1),
  };
}
