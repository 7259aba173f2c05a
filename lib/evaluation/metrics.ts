import { type Camera, type Pose, projectPoints, rotationAngle, type Vector3 } from 'lib/geometry';
import type { NdArray } from 'ndarray';

type Points = NdArray<Float32Array | Float64Array>;

/** Mean distance between corresponding points, in mm (section 4.3); shapes [N, 3] in cm. */
export const shapeError = (truth: Points, predicted: Points): number => 10 * meanDistance(truth, predicted);

/** |t - t̂|, in cm. */
export const translationError = (truth: Vector3, predicted: Vector3): number =>
  Math.hypot(truth[0] - predicted[0], truth[1] - predicted[1], truth[2] - predicted[2]);

/** The angle of the rotation between the two, in degrees: 2 acos |q · q̂| (the paper prints acos(2 q · q̂), a slip). */
export const rotationError = (truth: Pose, predicted: Pose): number =>
  (rotationAngle(truth.rotation, predicted.rotation) * 180) / Math.PI;

/** Mean distance in the image between true points under the true camera and predicted under predicted, in pixels. */
export const reprojectionError = (
  truth: { shape: Points; pose: Pose },
  predicted: { shape: Points; pose: Pose },
  camera: Camera,
): number =>
  meanDistance(projectPoints(truth.shape, truth.pose, camera), projectPoints(predicted.shape, predicted.pose, camera));

function meanDistance(a: Points, b: Points): number {
  const [count, dimensions] = a.shape;
  if (b.shape[0] !== count || b.shape[1] !== dimensions)
    throw new RangeError(`both must have the same points, but are [${a.shape}] and [${b.shape}]`);
  let sum = 0;
  for (let n = 0; n < count; n++) {
    let squared = 0;
    for (let i = 0; i < dimensions; i++) squared += (a.get(n, i) - b.get(n, i)) ** 2;
    sum += Math.sqrt(squared);
  }
  return sum / count;
}
