import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { defaultCamera, type Pose, quaternionFromAxisAngle, rotate, rotationMatrix, type Vector3 } from 'lib/geometry';
import { createRandom, type Random } from 'lib/random';
import ndarray from 'ndarray';
import { reprojectionError, rotationError, shapeError, translationError } from './metrics';

const points = (...rows: (readonly number[])[]) => ndarray(Float64Array.from(rows.flat()), [rows.length, 3]);
const FRONTAL: Pose = { rotation: [1, 0, 0, 0], translation: [0, 0, -60] };
const CAMERA = defaultCamera(224);
const near = (actual: number, expected: number, tolerance: number) =>
  assert.ok(Math.abs(actual - expected) <= tolerance, `is ${actual}, expected ${expected} within ${tolerance}`);

const randomRows = ({ normal }: Random, count: number) =>
  Array.from({ length: count }, () => [5 * normal(), 5 * normal(), 5 * normal()]);
const randomPose = ({ normal }: Random): Pose => ({
  rotation: [1.3, 0.2 * normal(), 0.2 * normal(), 0.2 * normal()],
  translation: [4 * normal(), 4 * normal(), -60 + 4 * normal()],
});

test('points that are 5 and 3 cm off are 40 mm off in the mean', () => {
  const truth = points([0, 0, 0], [1, 1, 1]);
  assert.equal(shapeError(truth, points([3, 4, 0], [1, 1, -2])), 40);
});

test('a camera centre that is off by (1, 2, 2) cm is off by 3 cm', () => {
  assert.equal(translationError([1, -2, -60], [2, 0, -62]), 3);
});

test('a turn by 30 degrees is 30 degrees, where the formula that the paper prints is not even a number', () => {
  const truth: Pose = { rotation: [1, 0, 0, 0], translation: [0, 0, 0] };
  const predicted: Pose = { rotation: quaternionFromAxisAngle([1, 2, 2], Math.PI / 6), translation: [9, 9, 9] };
  near(rotationError(truth, predicted), 30, 1e-12);
  assert.ok(Number.isNaN(Math.acos(2 * predicted.rotation[0])));
});

test('a head 10 cm nearer than it is moves points at 50 px to 60 px', () => {
  // at (±6, 0, 0) cm, depth 60 and 50; the origin stays in the middle
  const head = points([6, 0, 0], [-6, 0, 0], [0, 0, 0]);
  const nearer = { ...FRONTAL, translation: [0, 0, -50] as Vector3 };
  near(reprojectionError({ shape: head, pose: FRONTAL }, { shape: head, pose: nearer }, CAMERA), 20 / 3, 1e-12);
});

test('on a 9.5 cm sphere at 60 cm, 3 degrees in place move the picture by 26.4 px, and around the head by 2.1 px', () => {
  const [heights, around] = [60, 60];
  const sphere = points(
    ...Array.from({ length: heights * around }, (_, i) => {
      // equal steps of height hold equal areas
      const y = (2 * Math.floor(i / around) + 1) / heights - 1;
      const angle = (2 * Math.PI * (i % around)) / around;
      const width = Math.sqrt(1 - y * y);
      return [9.5 * width * Math.cos(angle), 9.5 * y, 9.5 * width * Math.sin(angle)];
    }),
  );
  const rotation = quaternionFromAxisAngle([0, 1, 0], (3 * Math.PI) / 180);
  const error = (pose: Pose) => reprojectionError({ shape: sphere, pose: FRONTAL }, { shape: sphere, pose }, CAMERA);
  near(error({ rotation, translation: FRONTAL.translation }), 26.4, 0.05);
  near(error({ rotation, translation: rotate(rotation, FRONTAL.translation) }), 2.1, 0.05);
});

test('all four equal loops over points and matrices', () => {
  const random = createRandom('metrics');
  for (let i = 0; i < 20; i++) {
    const [a, b] = [randomRows(random, 6), randomRows(random, 6)];
    const [p, q] = [randomPose(random), randomPose(random)];
    const distance = (u: number[], v: number[]) => Math.sqrt(u.reduce((sum, x, k) => sum + (x - v[k]) ** 2, 0));
    const mean = (f: (n: number) => number) => [0, 1, 2, 3, 4, 5].reduce((sum, n) => sum + f(n), 0) / 6;
    const seen = (x: number[], { rotation, translation }: Pose) => {
      const r = rotationMatrix(rotation);
      const inCamera = [0, 1, 2].map((k) => [0, 1, 2].reduce((s, j) => s + r[3 * j + k] * (x[j] - translation[j]), 0));
      return [112 - (500 * inCamera[0]) / inCamera[2], 112 - (500 * inCamera[1]) / inCamera[2]];
    };
    near(shapeError(points(...a), points(...b)), 10 * mean((n) => distance(a[n], b[n])), 1e-11);
    near(translationError(p.translation, q.translation), distance([...p.translation], [...q.translation]), 1e-13);
    near(
      reprojectionError({ shape: points(...a), pose: p }, { shape: points(...b), pose: q }, CAMERA),
      mean((n) => distance(seen(a[n], p), seen(b[n], q))),
      1e-10,
    );
    // the trace of R^T R^ is 1 + 2 cos
    const [r, s] = [rotationMatrix(p.rotation), rotationMatrix(q.rotation)];
    const trace = r.reduce((sum, v, k) => sum + v * s[k], 0);
    near(rotationError(p, q), (Math.acos((trace - 1) / 2) * 180) / Math.PI, 1e-10);
  }
});

test('errors are zero at the truth, and the same whichever of the two is true', () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const random = createRandom(seed);
      const [a, b] = [0, 1].map(() => ({ shape: points(...randomRows(random, 4)), pose: randomPose(random) }));
      assert.equal(shapeError(a.shape, a.shape), 0);
      assert.equal(translationError(a.pose.translation, a.pose.translation), 0);
      assert.ok(rotationError(a.pose, a.pose) < 1e-13);
      assert.equal(reprojectionError(a, a, CAMERA), 0);
      assert.equal(shapeError(a.shape, b.shape), shapeError(b.shape, a.shape));
      assert.equal(
        translationError(a.pose.translation, b.pose.translation),
        translationError(b.pose.translation, a.pose.translation),
      );
      near(rotationError(a.pose, b.pose), rotationError(b.pose, a.pose), 1e-12);
      assert.equal(reprojectionError(a, b, CAMERA), reprojectionError(b, a, CAMERA));
    }),
    { seed: 1, numRuns: 50 },
  );
});

test('a half turn is 180 degrees, a quaternion’s sign changes nothing, and 1e-9 degrees keep their digits', () => {
  const of = (angleDegrees: number): Pose => ({
    ...FRONTAL,
    rotation: quaternionFromAxisAngle([3, 4, 12], (angleDegrees * Math.PI) / 180),
  });
  near(rotationError(FRONTAL, of(180)), 180, 1e-12);
  // 350 degrees one way is 10 the other
  near(rotationError(FRONTAL, of(350)), 10, 1e-12);
  near(rotationError(FRONTAL, of(1e-9)), 1e-9, 1e-20);
});

test('a head behind the camera has a finite reprojection error', () => {
  // 50 px to the left, and, at the least depth of 5 cm, 600 px to the left
  const head = points([6, 0, 0]);
  const behind = { ...FRONTAL, translation: [0, 0, 60] as Vector3 };
  near(reprojectionError({ shape: head, pose: FRONTAL }, { shape: head, pose: behind }, CAMERA), 550, 1e-10);
});

test('names shapes whose points do not fit', () => {
  const [three, two] = [points([0, 0, 0], [1, 0, 0], [0, 1, 0]), points([0, 0, 0], [1, 0, 0])];
  const message = (a: string, b: string) => `both must have the same points, but are [${a}] and [${b}]`;
  assert.throws(() => shapeError(three, two), { name: 'RangeError', message: message('3,3', '2,3') });
  assert.throws(() => reprojectionError({ shape: three, pose: FRONTAL }, { shape: two, pose: FRONTAL }, CAMERA), {
    name: 'RangeError',
    message: message('3,2', '2,2'),
  });
});
