import { type Dataset, imageCount, poseOf } from 'lib/dataset';
import { normalizeQuaternion, type Pose, type Quaternion, type Vector3 } from 'lib/geometry';

/**
 * The pose of a predictor that has not seen the image: mean quaternion (normalized) and mean centre of a split's cameras.
 *
 * With q0 >= 0 throughout, the normalized mean is the chordal mean's first approximation: a fraction of a degree from it for
 * cameras spread to both sides of the front, as `sampleView` spreads them; degrees from it for a set that leans to one side.
 */
export function meanPose(dataset: Dataset): Pose {
  const q = [0, 0, 0, 0];
  const t = [0, 0, 0];
  for (let image = 0; image < imageCount(dataset); image++) {
    const { rotation, translation } = poseOf(dataset, image);
    for (let i = 0; i < 4; i++) q[i] += rotation[i];
    for (let i = 0; i < 3; i++) t[i] += translation[i] / imageCount(dataset);
  }
  return { rotation: normalizeQuaternion(q as unknown as Quaternion), translation: t as unknown as Vector3 };
}
