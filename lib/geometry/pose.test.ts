import { test } from 'node:test';
import fc from 'fast-check';
import { inverse } from 'ml-matrix';
import { assertNear, homogeneousMatrix, naiveTransform, poses, RUNS, vectors } from './naive-geometry.fixture';
import { cameraAngleDegrees, composePoses, invertPose, type Pose, rotate, transformPoint } from './pose';
import { IDENTITY, quaternionFromAxisAngle, type Vector3 } from './quaternion';

/** x to y, y to -x, then on by (1, 2, 3). */
const QUARTER: Pose = { rotation: [1, 0, 0, 1], translation: [1, 2, 3] };

test('a quarter turn about z and a shift by (1, 2, 3) take (4, 5, 6) to (-4, 6, 9)', () => {
  assertNear(rotate(QUARTER.rotation, [4, 5, 6]), [-5, 4, 6], 1e-14);
  assertNear(transformPoint(QUARTER, [4, 5, 6]), [-4, 6, 9], 1e-14);
});

test('the way back of that motion turns the other way and shifts by (-2, 1, -3)', () => {
  // -R^T t: R^T takes (1, 2, 3) to (2, -1, 3)
  const back = invertPose(QUARTER);
  assertNear(back.rotation, [Math.SQRT1_2, 0, 0, -Math.SQRT1_2], 1e-15);
  assertNear(back.translation, [-2, 1, -3], 1e-14);
});

test('two motions: the second argument moves first', () => {
  const shift: Pose = { rotation: IDENTITY, translation: [10, 0, 0] };
  // shift, then turn: R (10, 0, 0) + t = (0, 10, 0) + (1, 2, 3)
  assertNear(composePoses(QUARTER, shift).translation, [1, 12, 3], 1e-14);
  // turn, then shift
  assertNear(composePoses(shift, QUARTER).translation, [11, 2, 3], 1e-14);
});

test('moving, inverting and composing equal 4 x 4 matrices', () => {
  fc.assert(
    fc.property(poses, poses, vectors, (first, second, point) => {
      assertNear(transformPoint(first, point), naiveTransform(first, point), 1e-12);
      const [a, b] = [homogeneousMatrix(first), homogeneousMatrix(second)];
      assertNear(homogeneousMatrix(composePoses(first, second)).to1DArray(), a.mmul(b).to1DArray(), 1e-12);
      assertNear(homogeneousMatrix(invertPose(first)).to1DArray(), inverse(a).to1DArray(), 1e-12);
    }),
    RUNS,
  );
});

test('a motion and its inverse leave a point where it was, in either order', () => {
  fc.assert(
    fc.property(poses, vectors, (pose, point) => {
      assertNear(transformPoint(invertPose(pose), transformPoint(pose, point)), point, 1e-12);
      assertNear(transformPoint(composePoses(pose, invertPose(pose)), point), point, 1e-12);
    }),
    RUNS,
  );
});

test('the camera angle is 0 before the face, 90 at the ears, above and below, 180 behind', () => {
  const angle = (translation: Vector3) => cameraAngleDegrees({ rotation: IDENTITY, translation });
  assertNear([angle([0, 0, -60])], [0], 0);
  assertNear([angle([60, 0, 0]), angle([-60, 0, 0]), angle([0, 1, 0]), angle([0, -1, 0])], [90, 90, 90, 90], 1e-13);
  assertNear([angle([0, 0, 60])], [180], 0);
  // tan 30° = 1 / √3; (3, 4) lies 5 aside
  assertNear([angle([30, 0, -30 * Math.sqrt(3)]), angle([3, -4, -5])], [30, 45], 1e-13);
});

test('the camera angle is that of an orbit, whatever its direction and distance, and does not see where the camera looks', () => {
  const degrees = fc.double({ min: 0, max: 180, noNaN: true });
  fc.assert(
    fc.property(degrees, degrees, poses, (angle, direction, { rotation }) => {
      const axis: Vector3 = [Math.cos(direction), Math.sin(direction), 0];
      const translation = rotate(quaternionFromAxisAngle(axis, (angle * Math.PI) / 180), [0, 0, -47]);
      assertNear([cameraAngleDegrees({ rotation, translation })], [angle], 1e-12);
    }),
    RUNS,
  );
});
