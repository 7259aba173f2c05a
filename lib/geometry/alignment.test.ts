import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createRandom, type Random } from 'lib/random';
import { Matrix } from 'ml-matrix';
import type { NdArray } from 'ndarray';
import ndarray from 'ndarray';
import { alignRigid, alignSimilarity, centroid, generalizedProcrustes, transformPoints } from './alignment';
import { assertNear, naiveTransform, pointOf, poses, randomPoints, randomQuaternion } from './naive-geometry.fixture';
import type { Pose } from './pose';
import {
  multiplyQuaternions,
  type Quaternion,
  quaternionFromAxisAngle,
  rotationAngle,
  type Vector3,
} from './quaternion';

type Points = NdArray<Float32Array | Float64Array>;
const points = (...rows: (readonly number[])[]) => ndarray(Float64Array.from(rows.flat()), [rows.length, 3]);
const rowsOf = (of: Points) => Array.from({ length: of.shape[0] }, (_, n) => pointOf(of, n));
const squaredDistance = (a: Points, b: Points) =>
  rowsOf(a).reduce((sum, p, n) => sum + p.reduce((s, v, i) => s + (v - b.get(n, i)) ** 2, 0), 0);
const randomPose = (random: Random): Pose => ({
  rotation: randomQuaternion(random),
  translation: [30 * random.normal(), 30 * random.normal(), 30 * random.normal()],
});
const mirrored = (of: Points) => points(...rowsOf(of).map(([x, y, z]) => [-x, y, z]));

/**
 * Horn's way: the rotation's quaternion is the eigenvector, of the largest eigenvalue, of a 4 x 4 matrix that the covariance
 * fills. Squaring the matrix over and over leaves that eigenvector in every column.
 */
function naiveAlignment(source: Points, target: Points): Quaternion {
  const [from, to] = [centroid(source), centroid(target)];
  const s = (i: number, j: number) =>
    rowsOf(source).reduce((sum, p, n) => sum + (p[i] - from[i]) * (target.get(n, j) - to[j]), 0);
  const [xx, yy, zz] = [s(0, 0), s(1, 1), s(2, 2)];
  const [x, y, z] = [s(1, 2) - s(2, 1), s(2, 0) - s(0, 2), s(0, 1) - s(1, 0)];
  const [xy, xz, yz] = [s(0, 1) + s(1, 0), s(0, 2) + s(2, 0), s(1, 2) + s(2, 1)];
  const horn = new Matrix([
    [xx + yy + zz, x, y, z],
    [x, xx - yy - zz, xy, xz],
    [y, xy, yy - xx - zz, yz],
    [z, xz, yz, zz - xx - yy],
  ]);
  // all eigenvalues above 0, so that the largest is also the largest in size
  let power = horn.add(Matrix.eye(4).mul(horn.norm('frobenius')));
  for (let i = 0; i < 40; i++) power = power.div(power.norm('frobenius')).mmul(power.div(power.norm('frobenius')));
  const columns = [0, 1, 2, 3].map((c) => power.getColumn(c));
  return columns.sort((a, b) => Math.hypot(...b) - Math.hypot(...a))[0] as unknown as Quaternion;
}

test('the centroid of (0, 0, 0), (3, 0, 0), (0, 6, -9) is (1, 2, -3)', () => {
  assert.deepEqual(centroid(points([0, 0, 0], [3, 0, 0], [0, 6, -9])), [1, 2, -3]);
});

test('a right angle moved by a quarter turn about z and (1, 2, 3) gives back that motion', () => {
  const source = points([0, 0, 0], [4, 0, 0], [0, 2, 0]);
  const target = points([1, 2, 3], [1, 6, 3], [-1, 2, 3]);
  const motion = alignRigid(source, target);
  assertNear(motion.rotation, [Math.SQRT1_2, 0, 0, Math.SQRT1_2], 1e-14);
  assertNear(motion.translation, [1, 2, 3], 1e-14);
  assertNear(transformPoints(source, motion).data, target.data, 1e-6);
});

test('moving points equals 4 x 4 matrices, to float32', () => {
  const random = createRandom('moving');
  const pose = randomPose(random);
  const head = randomPoints(random, 10);
  const moved = transformPoints(head, pose);
  assert.ok(moved.data instanceof Float32Array);
  for (let n = 0; n < 10; n++) assertNear(pointOf(moved, n), naiveTransform(pose, pointOf(head, n)), 1e-5);
});

test('the nearest motion of noisy points is that of Horn’s quaternion method', () => {
  const random = createRandom('noise');
  for (let i = 0; i < 20; i++) {
    const source = randomPoints(random, 6);
    const target = points(
      ...rowsOf(transformPoints(source, randomPose(random))).map((p) => p.map((v) => v + 2 * random.normal())),
    );
    const { rotation } = alignRigid(source, target);
    assert.ok(rotationAngle(rotation, naiveAlignment(source, target)) < 1e-7);
  }
});

test('a known motion is recovered, from three points as well as from many', () => {
  const random = createRandom('known');
  fc.assert(
    fc.property(poses, fc.integer({ min: 3, max: 20 }), (motion, count) => {
      const source = randomPoints(random, count);
      const target = points(...rowsOf(source).map((p) => naiveTransform(motion, p)));
      const found = alignRigid(source, target);
      assert.ok(rotationAngle(found.rotation, motion.rotation) < 1e-9);
      assertNear(found.translation, motion.translation, 1e-8);
    }),
    { seed: 1, numRuns: 100 },
  );
});

test('a mirror image is met by the nearest rotation, never by a reflection', () => {
  const random = createRandom('mirror');
  for (let i = 0; i < 20; i++) {
    const source = randomPoints(random, 8);
    const target = transformPoints(mirrored(source), randomPose(random));
    const motion = alignRigid(source, target);
    const best: Quaternion = naiveAlignment(source, target);
    assert.ok(rotationAngle(motion.rotation, best) < 1e-6, `is ${rotationAngle(motion.rotation, best)} off`);
    // a reflection would leave nothing
    assert.ok(squaredDistance(transformPoints(source, motion), target) > 1);
  }
});

test('a right angle moved by a quarter turn about z, doubled, and moved by (1, 2, 3) gives back that similarity', () => {
  const source = points([0, 0, 0], [4, 0, 0], [0, 2, 0]);
  const found = alignSimilarity(source, points([1, 2, 3], [1, 10, 3], [-3, 2, 3]));
  assertNear([found.scale], [2], 1e-14);
  assertNear(found.rotation, [Math.SQRT1_2, 0, 0, Math.SQRT1_2], 1e-14);
  assertNear(found.translation, [1, 2, 3], 1e-13);
});

test('the nearest similarity of noisy points, and of mirror images, has no nearer one beside it', () => {
  const random = createRandom('similarity');
  for (const mirror of [false, true])
    for (let i = 0; i < 10; i++) {
      const source = randomPoints(random, 6);
      const moved = transformPoints(mirror ? mirrored(source) : source, randomPose(random));
      const target = points(...rowsOf(moved).map((p) => p.map((v) => 1.7 * v + 2 * random.normal())));
      const found = alignSimilarity(source, target);
      const best = naiveAlignment(source, target);
      assert.ok(rotationAngle(found.rotation, best) < 1e-6, `is ${rotationAngle(found.rotation, best)} off`);
      const distance = (scale: number, shift: Vector3) => {
        const turned = rowsOf(source).map((p) =>
          naiveTransform({ rotation: found.rotation, translation: [0, 0, 0] }, p),
        );
        return squaredDistance(points(...turned.map((p) => p.map((v, k) => scale * v + shift[k]))), target);
      };
      const least = distance(found.scale, found.translation);
      for (const by of [-1e-3, 1e-3]) {
        assert.ok(distance(found.scale + by, found.translation) > least);
        for (let k = 0; k < 3; k++)
          assert.ok(
            distance(found.scale, found.translation.map((v, j) => (j === k ? v + by : v)) as unknown as Vector3) >
              least,
          );
      }
    }
});

test('no small turn or shift brings the points nearer', () => {
  const random = createRandom('nearest');
  const source = randomPoints(random, 6);
  const target = randomPoints(random, 6);
  const motion = alignRigid(source, target);
  const exactly = (pose: Pose) => points(...rowsOf(source).map((p) => naiveTransform(pose, p)));
  const least = squaredDistance(exactly(motion), target);
  for (let axis = 0; axis < 3; axis++)
    for (const by of [-1e-3, 1e-3]) {
      const unit = [0, 1, 2].map((i) => (i === axis ? 1 : 0)) as unknown as Vector3;
      const turn = quaternionFromAxisAngle(unit, by);
      const turned = {
        rotation: multiplyQuaternions(turn, motion.rotation),
        // about the target's centroid: another centre would only add a shift
        translation: naiveTransform(
          { rotation: turn, translation: centroid(target) },
          motion.translation.map((v, i) => v - centroid(target)[i]) as unknown as Vector3,
        ) as unknown as Vector3,
      };
      const shifted = {
        ...motion,
        translation: motion.translation.map((v, i) => v + by * unit[i]) as unknown as Vector3,
      };
      assert.ok(squaredDistance(exactly(turned), target) > least);
      assert.ok(squaredDistance(exactly(shifted), target) > least);
    }
});

test('points on one line and points in one place are refused, as source and as target', () => {
  const triangle = points([0, 0, 0], [4, 0, 0], [0, 2, 0]);
  // float32 rounds these off the line, by 1e-8 of its length: enough for a rotation, and one of noise
  const line = ndarray(Float32Array.of(0.1, 0.2, 0.3, 0.2, 0.4, 0.6, 0.7, 1.4, 2.1), [3, 3]);
  const place = points([1, 2, 3], [1, 2, 3], [1, 2, 3]);
  const error = {
    name: 'RangeError',
    message: 'source and target must not lie on one line: the rotation about it is free',
  };
  for (const flat of [line, place]) {
    assert.throws(() => alignRigid(flat, triangle), error);
    assert.throws(() => alignRigid(triangle, flat), error);
    assert.throws(() => alignRigid(flat, flat), error);
  }
});

test('names the counts of points that do not fit', () => {
  const [two, three, four] = [2, 3, 4].map((count) => randomPoints(createRandom(count), count));
  const message = (a: number, b: number) =>
    `source and target must hold the same three or more points, but hold ${a} and ${b}`;
  assert.throws(() => alignRigid(two, two), { name: 'RangeError', message: message(2, 2) });
  assert.throws(() => alignRigid(three, four), { name: 'RangeError', message: message(3, 4) });
});

test('the Procrustes mean of no shapes is refused by name', () => {
  const head = randomPoints(createRandom('none'), 10);
  assert.throws(() => generalizedProcrustes([], head), {
    name: 'RangeError',
    message: 'shapes must hold at least one, but are empty',
  });
});

test('the Procrustes mean of two sizes in one place is the size between, so size is kept', () => {
  const head = randomPoints(createRandom('sizes'), 10);
  const [cx, cy, cz] = centroid(head);
  const scaled = (by: number) =>
    points(...rowsOf(head).map(([x, y, z]) => [by * (x - cx), by * (y - cy), by * (z - cz)]));
  assertNear(generalizedProcrustes([scaled(0.9), scaled(1.1)], scaled(1)).data, scaled(1).data, 1e-5);
  assertNear(generalizedProcrustes([scaled(0.9), scaled(1.1)], scaled(2)).data, scaled(1).data, 1e-5);
});

test('shapes that are motions of one shape have that shape as their mean, in the reference’s frame', () => {
  const random = createRandom('one shape');
  const head = randomPoints(random, 30);
  const shapes = Array.from({ length: 5 }, () => transformPoints(head, randomPose(random)));
  const [cx, cy, cz] = centroid(head);
  const centred = transformPoints(head, { rotation: [1, 0, 0, 0], translation: [-cx, -cy, -cz] });
  assertNear(generalizedProcrustes(shapes, head).data, centred.data, 1e-4);
  // another shape as the reference gives another frame, and no more than the frame
  const other = randomPoints(random, 30);
  const [ox, oy, oz] = centroid(other);
  const frame = transformPoints(other, { rotation: [1, 0, 0, 0], translation: [-ox, -oy, -oz] });
  assertNear(generalizedProcrustes(shapes, other).data, transformPoints(head, alignRigid(head, frame)).data, 1e-4);
});

test('the Procrustes mean is the average of the shapes aligned to it, in the frame of a reference unlike them', () => {
  const random = createRandom('fixed point');
  const head = randomPoints(random, 30);
  const bent = (by: number) => points(...rowsOf(head).map((p) => p.map((v) => v + by * random.normal())));
  const shapes = Array.from({ length: 8 }, () => transformPoints(bent(2), randomPose(random)));
  // so far from the mean that the first turn of aligning to it is not the last
  const reference = bent(4);
  const mean = generalizedProcrustes(shapes, reference);
  const average = new Float64Array(90);
  for (const shape of shapes)
    transformPoints(shape, alignRigid(shape, mean)).data.forEach((v, i) => {
      average[i] += v / shapes.length;
    });
  assertNear(mean.data, average, 1e-4);
  assertNear(centroid(mean), [0, 0, 0], 1e-5);
  assert.ok(rotationAngle(alignRigid(mean, reference).rotation, [1, 0, 0, 0]) < 1e-6);
  // the order of the shapes does not matter
  assertNear(generalizedProcrustes([...shapes].reverse(), reference).data, mean.data, 1e-4);
});

test('with similarities, Procrustes gives all shapes the reference’s size', () => {
  const head = randomPoints(createRandom('sizes'), 20);
  const sized = (scale: number, pose = randomPose(createRandom(scale))) => transformPoints(head, { ...pose, scale });
  const reference = transformPoints(head, { rotation: [1, 0, 0, 0], translation: [0, 0, 0], scale: 2 });
  const mean = generalizedProcrustes([sized(0.5), sized(1), sized(3)], reference, alignSimilarity);
  const [cx, cy, cz] = centroid(reference);
  const centred = transformPoints(reference, { rotation: [1, 0, 0, 0], translation: [-cx, -cy, -cz] });
  assertNear(mean.data, centred.data, 1e-3);
});
