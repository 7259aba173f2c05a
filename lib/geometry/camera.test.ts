import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createRandom } from 'lib/random';
import ndarray from 'ndarray';
import {
  type Camera,
  cameraCoordinates,
  checkCamera,
  clampedShare,
  DEFAULT_MIN_DEPTH,
  defaultCamera,
  projectPoints,
} from './camera';
import {
  assertNear,
  naiveCameraPoint,
  naiveProject,
  pointOf,
  poses,
  RUNS,
  randomCameraPose,
  randomPoints,
} from './naive-geometry.fixture';
import { composePoses, type Pose, transformPoint } from './pose';
import { IDENTITY, quaternionFromAxisAngle } from './quaternion';

const FRONTAL: Pose = { rotation: IDENTITY, translation: [0, 0, -60] };
const CAMERA = defaultCamera(224);
const points = (...rows: number[][]) => ndarray(Float64Array.from(rows.flat()), [rows.length, 3]);

test('the frontal camera sees the origin at depth 60 in the middle of the image', () => {
  assert.deepEqual([...cameraCoordinates(points([0, 0, 0]), FRONTAL).data], [0, 0, 60]);
  assert.deepEqual([...projectPoints(points([0, 0, 0]), FRONTAL, CAMERA).data], [112, 112]);
});

test('the frontal camera sees +x to the left, +y up and the nose, toward -z, nearer', () => {
  // 500 px * 6 cm / 60 cm = 50 px
  const seen = projectPoints(points([6, 0, 0], [0, 6, 0], [6, 0, -10]), FRONTAL, CAMERA);
  assert.deepEqual([...seen.data], [62, 112, 112, 62, 52, 112]);
});

test('a camera at the right ear sees the face at its right and the ear nearer', () => {
  // it stands at x = 60 and looks toward -x: its z axis is the model's -x, its x axis the model's z
  const atEar: Pose = { rotation: quaternionFromAxisAngle([0, 1, 0], -Math.PI / 2), translation: [60, 0, 0] };
  const head = points([0, 0, -6], [10, 6, 0]);
  assertNear(cameraCoordinates(head, atEar).data, [-6, 0, 60, 0, 6, 50], 1e-13);
  assertNear(projectPoints(head, atEar, CAMERA).data, [162, 112, 112, 52], 1e-12);
});

test('the default camera shows 26.9 cm at 60 cm, 25.25 degrees, and scales with the image', () => {
  const edge = 26.88 / 2;
  assertNear(projectPoints(points([edge, edge, 0], [-edge, -edge, 0]), FRONTAL, CAMERA).data, [0, 0, 224, 224], 1e-12);
  const viewDegrees = (2 * Math.atan(112 / CAMERA.focalLengthPixels) * 180) / Math.PI;
  assertNear([viewDegrees], [25.25], 0.005);
  const head = randomPoints(createRandom('sizes'), 5);
  const small = projectPoints(head, FRONTAL, defaultCamera(64)).data;
  const large = projectPoints(head, FRONTAL, CAMERA).data;
  assertNear(
    small.map((v) => (v * 224) / 64),
    large,
    1e-11,
  );
});

test('camera coordinates and projections equal inverted 4 x 4 matrices and K', () => {
  const random = createRandom('projection');
  const camera: Camera = { focalLengthPixels: 321, principalPointPixels: [50, 70] };
  for (let i = 0; i < 20; i++) {
    const pose = randomCameraPose(random);
    const head = randomPoints(random, 7);
    const inCamera = cameraCoordinates(head, pose);
    const inImage = projectPoints(head, pose, camera);
    for (let n = 0; n < 7; n++) {
      assertNear(pointOf(inCamera, n), naiveCameraPoint(pointOf(head, n), pose), 1e-12);
      assertNear([inImage.get(n, 0), inImage.get(n, 1)], naiveProject(pointOf(head, n), pose, camera), 1e-11);
    }
  }
});

test('moving the head and the camera together changes no picture', () => {
  const random = createRandom('together');
  fc.assert(
    fc.property(poses, (motion) => {
      const pose = randomCameraPose(random);
      const head = randomPoints(random, 3);
      const moved = points(...[0, 1, 2].map((n) => [...transformPoint(motion, pointOf(head, n))]));
      const before = projectPoints(head, pose, CAMERA).data;
      assertNear(projectPoints(moved, composePoses(motion, pose), CAMERA).data, before, 1e-9);
    }),
    RUNS,
  );
});

test('points in another order of memory are read by their indices', () => {
  const byAxis = ndarray(Float64Array.of(1, 2, 3, 4, 5, 6), [3, 2]).transpose(1, 0);
  assert.deepEqual([...cameraCoordinates(byAxis, FRONTAL).data], [1, 3, 65, 2, 4, 66]);
});

test('a depth below the least is taken as the least, before and behind the camera', () => {
  // depths 1, 0 and -20 all count as 5: 500 * 2 / 5 = 200 px
  const near = points([2, 0, -59], [2, 0, -60], [2, 0, -80]);
  assertNear(projectPoints(near, FRONTAL, CAMERA).data, [-88, 112, -88, 112, -88, 112], 1e-12);
  const seen = projectPoints(near, FRONTAL, { ...CAMERA, minDepth: 0.5 }).data;
  assertNear(seen.slice(0, 4), [112 - 1000, 112, 112 - 2000, 112], 1e-11);
  assert.equal(DEFAULT_MIN_DEPTH, 5);
});

test('camera coordinates are not clamped', () => {
  assert.deepEqual([...cameraCoordinates(points([2, 0, -80]), FRONTAL).data], [2, 0, -20]);
});

test('names what is wrong with a camera', () => {
  const wrong = (change: Partial<Camera>) => () => projectPoints(points([0, 0, 0]), FRONTAL, { ...CAMERA, ...change });
  const cases: [Partial<Camera>, string][] = [
    [{ focalLengthPixels: 0 }, 'focalLengthPixels must be positive, but is 0'],
    [{ focalLengthPixels: -500 }, 'focalLengthPixels must be positive, but is -500'],
    [{ focalLengthPixels: Number.POSITIVE_INFINITY }, 'focalLengthPixels must be positive, but is Infinity'],
    [{ principalPointPixels: [1, Number.NaN] }, 'principalPointPixels must be two finite numbers, but is [1,NaN]'],
    [
      { principalPointPixels: [1] as unknown as [number, number] },
      'principalPointPixels must be two finite numbers, but is [1]',
    ],
    [{ minDepth: 0 }, 'minDepth must be positive, in cm, but is 0'],
  ];
  for (const [change, message] of cases) assert.throws(wrong(change), { name: 'RangeError', message });
  assert.deepEqual(checkCamera(CAMERA), { ...CAMERA, minDepth: 5 });
});

test('the clamped share counts points nearer than the least depth, behind the camera too, and not those at it', () => {
  // depths 60, 5, 4 and -20
  const head = points([0, 0, 0], [3, 0, -55], [0, 1, -56], [0, 0, -80]);
  assert.equal(clampedShare(head, FRONTAL, CAMERA), 0.5);
  assert.equal(clampedShare(head, FRONTAL, { ...CAMERA, minDepth: 61 }), 1);
  // a camera that turns its back to the head
  const away: Pose = { rotation: quaternionFromAxisAngle([0, 1, 0], Math.PI), translation: [0, 0, -100] };
  assert.equal(clampedShare(head, away, CAMERA), 1);
});
