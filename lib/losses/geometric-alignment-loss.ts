import type { Scalar } from '@tensorflow/tfjs-node-gpu';
import { inversePoseRows, poseRows } from 'lib/geometry/batched';
import { tf } from 'lib/tensorflow';
import { distanceInSpace } from './distances';
import { checkReconstructions, type Norm, type Reconstruction } from './reconstruction';

/**
 * Distance in 3D between the true and the predicted head, each moved by its own pose (GAL, eq. 5).
 *
 * L = mean |T x - T̂ x̂|. The paper's T = [R | t] is, by its eq. 8, the motion into the camera's frame; the released code
 * applies modelFromCamera instead. Both are offered:
 * - `frame: 'released'`: T x = R(q) x + t;
 * - `frame: 'camera'`: T x = R(q)^T (x - t), both heads as their cameras see them.
 *
 * @param truth      shape [batch, points, 3] cm, rotation [batch, 4], translation [batch, 3] cm, modelFromCamera
 * @param predicted  the same shapes; the gradient flows into all three
 * @param options    frame ('released' by default), norm ('l1' by default)
 * @returns          a scalar in cm ('squared': cm²). Times 3N it is the paper's sum for one head.
 * @throws {RangeError} when the shapes do not fit or an option is unknown
 *
 * Reference: Ramon et al. 2019, section 3.2.
 */
export function geometricAlignmentLoss(
  truth: Reconstruction,
  predicted: Reconstruction,
  { frame = 'released', norm = 'l1' }: { frame?: 'released' | 'camera'; norm?: Norm } = {},
): Scalar {
  checkReconstructions(truth, predicted);
  if (frame !== 'released' && frame !== 'camera')
    throw new RangeError(`frame must be 'released' or 'camera', but is '${frame}'`);
  const motion = frame === 'released' ? poseRows : inversePoseRows;
  return tf.tidy(() => {
    const moved = ({ shape, rotation, translation }: Reconstruction) => ({
      shape,
      rows: motion(rotation, translation),
    });
    return distanceInSpace(moved(truth), moved(predicted), norm);
  });
}
