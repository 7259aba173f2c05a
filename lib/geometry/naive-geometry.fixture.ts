import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Random } from 'lib/random';
import { inverse, Matrix } from 'ml-matrix';
import ndarray from 'ndarray';
import type { Camera } from './camera';
import type { Pose } from './pose';
import type { Quaternion, Vector3 } from './quaternion';

/** Fails unless all numbers agree within an absolute tolerance. */
export function assertNear(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  assert.equal(actual.length, expected.length);
  for (let i = 0; i < actual.length; i++)
    assert.ok(
      Math.abs(actual[i] - expected[i]) <= tolerance,
      `number ${i} is ${actual[i]}, expected ${expected[i]} within ${tolerance}`,
    );
}

const cross = (a: Vector3, b: Vector3): Vector3 => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
];

/** R(q) v without a matrix: v + 2 w (u x v) + 2 u x (u x v) for the unit quaternion (w, u). */
export function naiveRotate(q: Quaternion, v: Vector3): Vector3 {
  const norm = Math.sqrt(q[0] ** 2 + q[1] ** 2 + q[2] ** 2 + q[3] ** 2);
  const w = q[0] / norm;
  const u: Vector3 = [q[1] / norm, q[2] / norm, q[3] / norm];
  const once = cross(u, v);
  const twice = cross(u, once);
  return [
    v[0] + 2 * (w * once[0] + twice[0]),
    v[1] + 2 * (w * once[1] + twice[1]),
    v[2] + 2 * (w * once[2] + twice[2]),
  ];
}

/** R(q), whose columns are where the axes go; row by row. */
export function naiveRotationMatrix(q: Quaternion): number[] {
  const [x, y, z] = [naiveRotate(q, [1, 0, 0]), naiveRotate(q, [0, 1, 0]), naiveRotate(q, [0, 0, 1])];
  return [0, 1, 2].flatMap((row) => [x[row], y[row], z[row]]);
}

/** [R|t] with the row (0, 0, 0, 1). */
export function homogeneousMatrix({ rotation, translation: [x, y, z] }: Pose): Matrix {
  const r = naiveRotationMatrix(rotation);
  return new Matrix([
    [...r.slice(0, 3), x],
    [...r.slice(3, 6), y],
    [...r.slice(6, 9), z],
    [0, 0, 0, 1],
  ]);
}

const times = (matrix: Matrix, vector: readonly number[]) => matrix.mmul(Matrix.columnVector([...vector])).to1DArray();

export const naiveTransform = (pose: Pose, point: Vector3): number[] =>
  times(homogeneousMatrix(pose), [...point, 1]).slice(0, 3);

export const naiveCameraPoint = (point: Vector3, pose: Pose): number[] =>
  times(inverse(homogeneousMatrix(pose)), [...point, 1]).slice(0, 3);

/** Equations 7 and 8 word by word, K times the inverted [R|t] times the homogeneous point, with the depth clamped. */
export function naiveProject(point: Vector3, pose: Pose, camera: Camera): number[] {
  const { focalLengthPixels: f, principalPointPixels: c, minDepth = 5 } = camera;
  const [x, y, z] = naiveCameraPoint(point, pose);
  const K = new Matrix([
    [-f, 0, c[0]],
    [0, -f, c[1]],
    [0, 0, 1],
  ]);
  const [u, v, w] = times(K, [x, y, Math.max(z, minDepth)]);
  return [u / w, v / w];
}

/** The gradient of a function of several numbers, by central differences. */
export function centralDifferences(f: (x: number[]) => number, at: ArrayLike<number>, step = 1e-5): number[] {
  return Array.from(at, (value, i) => {
    const moved = (by: number) => Array.from(at, (v, j) => (i === j ? value + by : v));
    return (f(moved(step)) - f(moved(-step))) / (2 * step);
  });
}

const component = (size: number) => fc.double({ min: -size, max: size, noNaN: true });
export const vectors = fc.tuple(component(100), component(100), component(100));
/** Of any norm from 0.1 to 2. */
export const quaternions = fc
  .tuple(component(1), component(1), component(1), component(1))
  .filter((q) => Math.hypot(...q) > 0.1);
export const poses = fc.record({ rotation: quaternions, translation: vectors });
/** The same cases in every run. */
export const RUNS = { seed: 1, numRuns: 200 };

export const randomQuaternion = ({ normal }: Random): Quaternion => [normal(), normal(), normal(), normal()];

/** Points about a head's size, rounded to float32 so that every implementation sees the same numbers. */
export const randomPoints = (random: Random, count: number) =>
  ndarray(
    Float32Array.from({ length: 3 * count }, () => 5 * random.normal()),
    [count, 3],
  );

/** A camera some 60 cm before the head, turned by some 15 degrees, its quaternion not of norm 1; float32 numbers. */
export const randomCameraPose = ({ normal }: Random): Pose => ({
  rotation: [1.3 + 0.1 * normal(), 0.2 * normal(), 0.2 * normal(), 0.2 * normal()].map(
    Math.fround,
  ) as unknown as Quaternion,
  translation: [4 * normal(), 4 * normal(), -60 + 4 * normal()].map(Math.fround) as unknown as Vector3,
});

export const pointOf = (points: { get(n: number, i: number): number }, n: number): Vector3 => [
  points.get(n, 0),
  points.get(n, 1),
  points.get(n, 2),
];
