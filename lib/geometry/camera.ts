import type { NdArray } from 'ndarray';
import ndarray from 'ndarray';
import type { Pose } from './pose';
import { rotationMatrix } from './quaternion';

/** A pinhole camera's intrinsics. The image's origin is the corner of its top-left pixel, u to the right, v down. */
export interface Camera {
  focalLengthPixels: number;
  principalPointPixels: readonly [number, number];
  /** Depths below this are clamped to it, so that a head behind the camera keeps a finite gradient; cm, 5 by default. */
  minDepth?: number;
}

export const DEFAULT_MIN_DEPTH = 5;

/** The project's default camera for square images: f = 500 px at 224 px, which shows 26.9 cm at 60 cm, a whole head. */
export function defaultCamera(imageSize: number): Camera {
  return { focalLengthPixels: (500 / 224) * imageSize, principalPointPixels: [imageSize / 2, imageSize / 2] };
}

/**
 * The camera with its least depth filled in.
 *
 * @throws {RangeError} that names the number which is impossible
 */
export function checkCamera(camera: Camera): Required<Camera> {
  const { focalLengthPixels, principalPointPixels, minDepth = DEFAULT_MIN_DEPTH } = camera;
  if (!(focalLengthPixels > 0 && Number.isFinite(focalLengthPixels)))
    throw new RangeError(`focalLengthPixels must be positive, but is ${focalLengthPixels}`);
  if (principalPointPixels.length !== 2 || !principalPointPixels.every(Number.isFinite))
    throw new RangeError(`principalPointPixels must be two finite numbers, but is [${principalPointPixels}]`);
  if (!(minDepth > 0)) throw new RangeError(`minDepth must be positive, in cm, but is ${minDepth}`);
  return { focalLengthPixels, principalPointPixels, minDepth };
}

/**
 * Model points in camera coordinates: R^T (x - t).
 *
 * @param points  [N, 3] cm, model frame
 * @param pose    modelFromCamera
 * @returns       [N, 3] cm, float64; the third coordinate is the depth
 */
export function cameraCoordinates(points: NdArray<Float32Array | Float64Array>, pose: Pose): NdArray<Float64Array> {
  const r = rotationMatrix(pose.rotation);
  const [tx, ty, tz] = pose.translation;
  const count = points.shape[0];
  const result = new Float64Array(3 * count);
  for (let i = 0; i < count; i++) {
    const x = points.get(i, 0) - tx;
    const y = points.get(i, 1) - ty;
    const z = points.get(i, 2) - tz;
    result[3 * i] = r[0] * x + r[3] * y + r[6] * z;
    result[3 * i + 1] = r[1] * x + r[4] * y + r[7] * z;
    result[3 * i + 2] = r[2] * x + r[5] * y + r[8] * z;
  }
  return ndarray(result, [count, 3]);
}

/**
 * Model points in the image (eq. 7 and 8, with the camera-to-model reading of the pose).
 *
 * With (x, y, z) in camera coordinates: u = cx - f x / z, v = cy - f y / z. The minus comes from the camera frame, whose +x
 * is the image's left and whose +y is up. A depth below `camera.minDepth` is clamped there.
 *
 * @param points  [N, 3] cm, model frame
 * @param pose    modelFromCamera
 * @returns       [N, 2] pixels, float64
 * @throws {RangeError} when the camera is impossible
 */
export function projectPoints(
  points: NdArray<Float32Array | Float64Array>,
  pose: Pose,
  camera: Camera,
): NdArray<Float64Array> {
  const { focalLengthPixels: f, principalPointPixels, minDepth } = checkCamera(camera);
  const [cx, cy] = principalPointPixels;
  const inCamera = cameraCoordinates(points, pose).data;
  const count = points.shape[0];
  const result = new Float64Array(2 * count);
  for (let i = 0; i < count; i++) {
    const depth = Math.max(inCamera[3 * i + 2], minDepth);
    result[2 * i] = cx - (f * inCamera[3 * i]) / depth;
    result[2 * i + 1] = cy - (f * inCamera[3 * i + 1]) / depth;
  }
  return ndarray(result, [count, 2]);
}

/**
 * The share of points nearer to a camera than its least depth, where `projectPoints` and the losses clamp: 0 for a head before
 * the camera, 1 for one behind it.
 *
 * @param points  [N, 3] cm, model frame
 * @param pose    modelFromCamera
 */
export function clampedShare(points: NdArray<Float32Array | Float64Array>, pose: Pose, camera: Camera): number {
  const { minDepth } = checkCamera(camera);
  const inCamera = cameraCoordinates(points, pose).data;
  const count = points.shape[0];
  let clamped = 0;
  for (let i = 0; i < count; i++) if (inCamera[3 * i + 2] < minDepth) clamped++;
  return clamped / count;
}
