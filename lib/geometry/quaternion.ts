/** Scalar first, (q0, q1, q2, q3). A rotation's quaternion has norm 1, and q and -q are the same rotation. */
export type Quaternion = readonly [number, number, number, number];
export type Vector3 = readonly [number, number, number];
/** Nine numbers, row by row. */
export type Matrix3 = readonly number[];

export const IDENTITY: Quaternion = [1, 0, 0, 0];

/**
 * q / |q|, with the sign that makes q0 >= 0.
 *
 * @throws {RangeError} when the quaternion is zero or not finite, as all functions do that normalize one
 */
export function normalizeQuaternion(q: Quaternion): Quaternion {
  const norm = Math.hypot(...q);
  if (!(norm > 0) || !Number.isFinite(norm))
    throw new RangeError(`a quaternion must be finite and not zero, but is [${q.join(', ')}]`);
  const scale = (q[0] < 0 ? -1 : 1) / norm;
  return [q[0] * scale, q[1] * scale, q[2] * scale, q[3] * scale];
}

/** Hamilton product: R(p q) = R(p) R(q). */
export function multiplyQuaternions(p: Quaternion, q: Quaternion): Quaternion {
  return [
    p[0] * q[0] - p[1] * q[1] - p[2] * q[2] - p[3] * q[3],
    p[0] * q[1] + p[1] * q[0] + p[2] * q[3] - p[3] * q[2],
    p[0] * q[2] - p[1] * q[3] + p[2] * q[0] + p[3] * q[1],
    p[0] * q[3] + p[1] * q[2] - p[2] * q[1] + p[3] * q[0],
  ];
}

/** The inverse rotation of a unit quaternion. */
export const conjugate = (q: Quaternion): Quaternion => [q[0], -q[1], -q[2], -q[3]];

/** Turns by an angle in radians about an axis (any non-zero length), counter-clockwise seen from the axis' tip. */
export function quaternionFromAxisAngle(axis: Vector3, angle: number): Quaternion {
  const length = Math.hypot(...axis);
  if (!(length > 0)) throw new RangeError(`axis must not be zero, but is [${axis.join(', ')}]`);
  const s = Math.sin(angle / 2) / length;
  return [Math.cos(angle / 2), s * axis[0], s * axis[1], s * axis[2]];
}

/**
 * R(q), the rotation matrix of a quaternion of any non-zero norm.
 *
 * R = I + 2 (q0 [v]x + [v]x²) / |q|², with v = (q1, q2, q3).
 */
export function rotationMatrix(q: Quaternion): Matrix3 {
  const [w, x, y, z] = normalizeQuaternion(q);
  return [
    1 - 2 * (y * y + z * z),
    2 * (x * y - w * z),
    2 * (x * z + w * y),
    2 * (x * y + w * z),
    1 - 2 * (x * x + z * z),
    2 * (y * z - w * x),
    2 * (x * z - w * y),
    2 * (y * z + w * x),
    1 - 2 * (x * x + y * y),
  ];
}

/**
 * The quaternion of a rotation matrix, q0 >= 0.
 *
 * Takes the largest of the four components from the diagonal, so that no division is by a small number (Shepperd 1978).
 */
export function quaternionFromMatrix(m: Matrix3): Quaternion {
  const trace = m[0] + m[4] + m[8];
  const squares = [trace, m[0], m[4], m[8]].map((d, i) => (i === 0 ? 1 + d : 1 + 2 * d - trace));
  const largest = squares.indexOf(Math.max(...squares));
  const offDiagonal = [
    [squares[0], m[7] - m[5], m[2] - m[6], m[3] - m[1]],
    [m[7] - m[5], squares[1], m[1] + m[3], m[2] + m[6]],
    [m[2] - m[6], m[1] + m[3], squares[2], m[5] + m[7]],
    [m[3] - m[1], m[2] + m[6], m[5] + m[7], squares[3]],
  ] as const;
  return normalizeQuaternion(offDiagonal[largest] as unknown as Quaternion);
}

/**
 * The angle between two rotations, in radians, from 0 to π: 2 acos |p · q|.
 *
 * Computed as 2 atan2(|v|, |w|) of the relative rotation p* q = (w, v), which is exact near 0, where acos loses half the digits.
 */
export function rotationAngle(p: Quaternion, q: Quaternion): number {
  const [w, x, y, z] = multiplyQuaternions(conjugate(normalizeQuaternion(p)), normalizeQuaternion(q));
  return 2 * Math.atan2(Math.hypot(x, y, z), Math.abs(w));
}
