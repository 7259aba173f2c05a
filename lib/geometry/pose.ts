import {
  conjugate,
  multiplyQuaternions,
  normalizeQuaternion,
  type Quaternion,
  rotationMatrix,
  type Vector3,
} from './quaternion';

/**
 * A rigid motion [R(q) | t], y = R(q) x + t.
 *
 * A camera's pose is `modelFromCamera`: it takes camera coordinates to model coordinates, so t is the camera's centre.
 */
export interface Pose {
  rotation: Quaternion;
  /** cm */
  translation: Vector3;
}

/** R(q) x for one point. */
export function rotate(q: Quaternion, [x, y, z]: Vector3): Vector3 {
  const r = rotationMatrix(q);
  return [r[0] * x + r[1] * y + r[2] * z, r[3] * x + r[4] * y + r[5] * z, r[6] * x + r[7] * y + r[8] * z];
}

/** R(q) x + t for one point. */
export function transformPoint({ rotation, translation }: Pose, point: Vector3): Vector3 {
  const [x, y, z] = rotate(rotation, point);
  return [x + translation[0], y + translation[1], z + translation[2]];
}

/** The motion back: [R^T | -R^T t]. Of `modelFromCamera` it makes `cameraFromModel`. */
export function invertPose({ rotation, translation }: Pose): Pose {
  const inverse = conjugate(normalizeQuaternion(rotation));
  const [x, y, z] = rotate(inverse, translation);
  return { rotation: inverse, translation: [-x, -y, -z] };
}

/** First `second`, then `first`, as in the matrix product: [R1|t1] [R2|t2] = [R1 R2 | R1 t2 + t1]. */
export function composePoses(first: Pose, second: Pose): Pose {
  return {
    rotation: normalizeQuaternion(multiplyQuaternions(first.rotation, second.rotation)),
    translation: transformPoint(first, second.translation),
  };
}

/** The angle between -z, where the face looks, and the direction from the model's origin to the camera's centre; in degrees. */
export function cameraAngleDegrees({ translation: [x, y, z] }: Pose): number {
  return (Math.atan2(Math.hypot(x, y), -z) * 180) / Math.PI;
}
