import { type Camera, checkCamera } from './camera';
import { composePoses, invertPose, type Pose, rotate } from './pose';
import { conjugate, type Matrix3, normalizeQuaternion, type Quaternion, rotationMatrix } from './quaternion';

export type Pixel = readonly [number, number];

/**
 * How a camera turns, about its centre and without a roll about its axis, to look at a pixel of its own image.
 *
 * R takes the axis (0, 0, 1) to the ray d = (x, y, 1) = K^-1 (u, v, 1) by the least angle: q = (|d| + 1, (0, 0, 1) x d) / norm.
 *
 * @returns R, which takes coordinates of the turned camera to those of the camera
 */
export function turnToPixel(camera: Camera, [u, v]: Pixel): Quaternion {
  const { focalLengthPixels: f, principalPointPixels } = checkCamera(camera);
  const [x, y] = [(principalPointPixels[0] - u) / f, (principalPointPixels[1] - v) / f];
  return normalizeQuaternion([Math.hypot(x, y, 1) + 1, -y, x, 0]);
}

/**
 * Where a pixel of one camera is in the image of another with the same centre: H = K_to R K_from^-1.
 *
 * It holds for any scene, at any depth, since both cameras see along the same rays.
 *
 * @param rotation  R, takes coordinates of `from` to those of `to`
 * @returns         of homogeneous pixels; the third coordinate is positive for what lies before `to`
 */
export function turnHomography(from: Camera, to: Camera, rotation: Quaternion): Matrix3 {
  const { focalLengthPixels: f, principalPointPixels: c } = checkCamera(from);
  const { focalLengthPixels: g, principalPointPixels: d } = checkCamera(to);
  const r = rotationMatrix(rotation);
  // K_to R, row by row, with K = [[-g, 0, d0], [0, -g, d1], [0, 0, 1]]
  const rows = [
    [0, 1, 2].map((i) => d[0] * r[6 + i] - g * r[i]),
    [0, 1, 2].map((i) => d[1] * r[6 + i] - g * r[3 + i]),
    r.slice(6),
  ];
  // K_from^-1 = [[-1, 0, c0], [0, -1, c1], [0, 0, f]] / f
  return rows.flatMap(([x, y, z]) => [-x / f, -y / f, (c[0] * x + c[1] * y) / f + z]);
}

/** H (u, v, 1): the pixel, and the third coordinate by which it was divided. */
export function applyHomography(h: Matrix3, [u, v]: Pixel): { pixel: Pixel; weight: number } {
  const weight = h[6] * u + h[7] * v + h[8];
  return {
    pixel: [(h[0] * u + h[1] * v + h[2]) / weight, (h[3] * u + h[4] * v + h[5]) / weight],
    weight,
  };
}

/**
 * The pose of a camera, when that of the turned camera is known: [R_t R^T | t], since both have the same centre.
 *
 * @param pose      modelFromCamera of the turned camera, [R_t | t]
 * @param rotation  R, which takes coordinates of the turned camera to those of the camera, such as `turnToPixel` gives
 */
export const unturnedPose = (pose: Pose, rotation: Quaternion): Pose =>
  composePoses(pose, { rotation: conjugate(rotation), translation: [0, 0, 0] });

/**
 * The pose in which a camera of another focal length sees nearly the same image of a head.
 *
 * With the model's origin at h = -R^T t = (x, y, z) in the camera's frame, and s the new focal length over the old one, it moves
 * to h' = (x, y, s z): the distance grows with the focal length, the place beside the axis and the rotation stay.
 *
 * Exact for every point at the origin's depth, since f x / z = s f x / (s z), and for all points when s = 1. The others differ by
 * perspective: a point whose depth is z + d is seen by (1 + d / z) / (1 + d / (s z)) times as far from the principal point, which
 * no pose of the same head undoes. How far that leads astray: let a head stand at 45, 124 or 310 cm and be seen with the focal
 * length that makes it as large as at 62 cm, and let its pose be fitted to the image as if it stood there. The pose that this
 * function makes of the fitted one has a distance that is off by 0.8, 0.8 or 1.2 % and a rotation that is off by 0.5, 0.7 or 1.1
 * degrees on average; the fit itself leaves 1.5, 1.9 or 3.1 px at 224 px (points on an ellipsoid of a head's size, poses as in
 * training; bounded in turned-camera.test.ts).
 *
 * @param pose   modelFromCamera
 * @param ratio  s, positive
 */
export function poseAtFocalLength(pose: Pose, ratio: number): Pose {
  if (!(ratio > 0 && Number.isFinite(ratio))) throw new RangeError(`ratio must be positive, but is ${ratio}`);
  const [x, y, z] = invertPose(pose).translation;
  const [tx, ty, tz] = rotate(pose.rotation, [x, y, ratio * z]);
  return { rotation: normalizeQuaternion(pose.rotation), translation: [-tx, -ty, -tz] };
}
