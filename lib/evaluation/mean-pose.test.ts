import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sampleView } from 'lib/dataset';
import { normalizeQuaternion, type Pose, type Quaternion, quaternionFromAxisAngle, rotationAngle } from 'lib/geometry';
import { createRandom } from 'lib/random';
import { Matrix } from 'ml-matrix';
import { meanPose } from './mean-pose';
import { smallDataset } from './small-dataset.fixture';

const of = (poses: Pose[]) =>
  meanPose(
    smallDataset(
      [[0, 0, 0]],
      poses.map((pose) => ({ subject: 0, pose })),
    ),
  );
const yaw = (degrees: number): Pose => ({
  rotation: normalizeQuaternion(quaternionFromAxisAngle([0, 1, 0], (degrees * Math.PI) / 180)),
  translation: [0, 0, -60],
});
const awayDegrees = (p: Quaternion, q: Quaternion) => (rotationAngle(p, q) * 180) / Math.PI;

/** The rotation with the least sum of squared chords: the largest eigenvector of Σ q q^T, which no sign of a q changes. */
function chordalMean(poses: Pose[]): Quaternion {
  let sum = Matrix.zeros(4, 4);
  for (const { rotation } of poses)
    sum = sum.add(Matrix.columnVector([...rotation]).mmul(Matrix.rowVector([...rotation])));
  for (let i = 0; i < 30; i++) sum = sum.div(sum.norm('frobenius')).mmul(sum.div(sum.norm('frobenius')));
  const columns = [0, 1, 2, 3].map((c) => sum.getColumn(c));
  return columns.sort((a, b) => Math.hypot(...b) - Math.hypot(...a))[0] as unknown as Quaternion;
}

test('the mean of yaws of 10 and 50 degrees is 30 degrees, of norm 1, and centres are averaged', () => {
  const poses: Pose[] = [
    { ...yaw(10), translation: [1, 2, -60] },
    { ...yaw(50), translation: [5, -4, -50] },
  ];
  const { rotation, translation } = of(poses);
  assert.ok(awayDegrees(rotation, yaw(30).rotation) < 1e-5);
  assert.ok(Math.abs(Math.hypot(...rotation) - 1) < 1e-12);
  assert.deepEqual([...translation], [3, -1, -55]);
});

test('a set of one pose has that pose as its mean', () => {
  const pose = { ...yaw(-70), translation: [56, 0, -20] } as Pose;
  const { rotation, translation } = of([pose]);
  assert.ok(awayDegrees(rotation, pose.rotation) < 1e-5);
  assert.deepEqual([...translation], [56, 0, -20]);
});

test('for cameras spread around the front it is within half a degree of the chordal mean', () => {
  const random = createRandom('views');
  const views = {
    yawDegrees: 35,
    maxYawDegrees: 80,
    pitchDegrees: 10,
    rollDegrees: 5,
    distance: { mean: 60, deviation: 4 },
    offset: 1,
  };
  for (const count of [20, 100, 500]) {
    const poses = Array.from({ length: count }, () => sampleView(views, random));
    const away = awayDegrees(of(poses).rotation, chordalMean(poses));
    assert.ok(away < 0.5, `is ${away} degrees away`);
  }
});

test('for a set that leans to one side it is degrees away', () => {
  // four at 0, one at 90. Of half angles: atan(0.2 sin 45° / (0.8 + 0.2 cos 45°)) = 8.54°, against atan(0.2 / 0.8) / 2 = 7.02°
  const poses = [yaw(0), yaw(0), yaw(0), yaw(0), yaw(90)];
  assert.ok(Math.abs(awayDegrees(of(poses).rotation, yaw(17.08).rotation)) < 0.01);
  assert.ok(Math.abs(awayDegrees(chordalMean(poses), yaw(14.04).rotation)) < 0.01);
});

test('a split without images is an error, not a pose', () => {
  assert.throws(() => of([]), /^RangeError: a quaternion must be finite and not zero, but is \[0, 0, 0, 0\]$/);
});
