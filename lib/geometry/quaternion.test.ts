import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createRandom } from 'lib/random';
import {
  assertNear,
  naiveRotate,
  naiveRotationMatrix,
  quaternions,
  RUNS,
  randomQuaternion,
  vectors,
} from './naive-geometry.fixture';
import {
  conjugate,
  IDENTITY,
  multiplyQuaternions,
  normalizeQuaternion,
  type Quaternion,
  quaternionFromAxisAngle,
  quaternionFromMatrix,
  rotationAngle,
  rotationMatrix,
} from './quaternion';

const HALF = Math.SQRT1_2;
const multiply3 = (a: readonly number[], b: readonly number[]) =>
  Array.from({ length: 9 }, (_, i) =>
    [0, 1, 2].reduce((sum, k) => sum + a[3 * Math.floor(i / 3) + k] * b[3 * k + (i % 3)], 0),
  );

test('a quarter turn about z takes x to y and y to -x', () => {
  assertNear(rotationMatrix([HALF, 0, 0, HALF]), [0, -1, 0, 1, 0, 0, 0, 0, 1], 1e-15);
});

test('the matrix of (1, 2, 3, 4), of norm √30, is the one worked by hand', () => {
  // e.g. first row: 1 - 2 (9 + 16) / 30, 2 (6 - 4) / 30, 2 (8 + 3) / 30
  const thirtieths = [-20, 4, 22, 20, -10, 20, 10, 28, 4];
  assertNear(
    rotationMatrix([1, 2, 3, 4]),
    thirtieths.map((n) => n / 30),
    1e-15,
  );
});

test('products follow i j = k, and (1, 2, 3, 4)(5, 6, 7, 8) = (-60, 12, 30, 24)', () => {
  assert.deepEqual(multiplyQuaternions([0, 1, 0, 0], [0, 0, 1, 0]), [0, 0, 0, 1]);
  assert.deepEqual(multiplyQuaternions([0, 0, 1, 0], [0, 0, 0, 1]), [0, 1, 0, 0]);
  assert.deepEqual(multiplyQuaternions([0, 0, 0, 1], [0, 1, 0, 0]), [0, 0, 1, 0]);
  assert.deepEqual(multiplyQuaternions([1, 2, 3, 4], [5, 6, 7, 8]), [-60, 12, 30, 24]);
});

test('normalizing (-1, 2, -2, 4) divides by 5 and turns the sign', () => {
  assertNear(normalizeQuaternion([-1, 2, -2, 4]), [0.2, -0.4, 0.4, -0.8], 1e-16);
  assertNear(normalizeQuaternion([1, -2, 2, -4]), [0.2, -0.4, 0.4, -0.8], 1e-16);
});

test('a turn by 90 degrees about an axis of any length is counter-clockwise seen from its tip', () => {
  assertNear(quaternionFromAxisAngle([0, 0, 7], Math.PI / 2), [HALF, 0, 0, HALF], 1e-15);
  assertNear(quaternionFromAxisAngle([1, 2, 2], Math.PI), [0, 1 / 3, 2 / 3, 2 / 3], 1e-15);
});

test('half turns about the axes and the diagonals come back from their matrices', () => {
  for (const axis of [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
    [1, 1, 0],
    [1, 0, -1],
    [-1, 1, 1],
  ] as const) {
    const matrix = rotationMatrix(quaternionFromAxisAngle(axis, Math.PI));
    assertNear(rotationMatrix(quaternionFromMatrix(matrix)), matrix, 1e-15);
  }
});

test('the matrix equals the turned axes, for random quaternions of any norm', () => {
  const random = createRandom('rotation matrices');
  for (let i = 0; i < 100; i++) {
    const q = randomQuaternion(random);
    assertNear(rotationMatrix(q), naiveRotationMatrix(q), 1e-14);
  }
});

test('a turn about an axis is that of Rodrigues: v cos a + (k x v) sin a + k (k·v)(1 - cos a)', () => {
  fc.assert(
    fc.property(vectors, vectors, fc.double({ min: -6, max: 6, noNaN: true }), (axis, v, angle) => {
      fc.pre(Math.hypot(...axis) > 0.1);
      const k = axis.map((a) => a / Math.hypot(...axis));
      const along = k[0] * v[0] + k[1] * v[1] + k[2] * v[2];
      const aside = [k[1] * v[2] - k[2] * v[1], k[2] * v[0] - k[0] * v[2], k[0] * v[1] - k[1] * v[0]];
      const turned = v.map(
        (x, i) => x * Math.cos(angle) + aside[i] * Math.sin(angle) + k[i] * along * (1 - Math.cos(angle)),
      );
      assertNear(naiveRotate(quaternionFromAxisAngle(axis, angle), v), turned, 1e-12);
    }),
    RUNS,
  );
});

test('R(p q) = R(p) R(q)', () => {
  fc.assert(
    fc.property(quaternions, quaternions, (p, q) =>
      assertNear(rotationMatrix(multiplyQuaternions(p, q)), multiply3(rotationMatrix(p), rotationMatrix(q)), 1e-14),
    ),
    RUNS,
  );
});

test('R is a rotation: R R^T = I with determinant 1, and the conjugate turns back', () => {
  fc.assert(
    fc.property(quaternions, (q) => {
      const m = rotationMatrix(q);
      const transposed = [m[0], m[3], m[6], m[1], m[4], m[7], m[2], m[5], m[8]];
      assertNear(multiply3(m, transposed), [1, 0, 0, 0, 1, 0, 0, 0, 1], 1e-14);
      const volume =
        m[0] * (m[4] * m[8] - m[5] * m[7]) - m[1] * (m[3] * m[8] - m[5] * m[6]) + m[2] * (m[3] * m[7] - m[4] * m[6]);
      assertNear([volume], [1], 1e-14);
      assertNear(rotationMatrix(conjugate(q)), transposed, 1e-14);
    }),
    RUNS,
  );
});

test('a quaternion comes back from its matrix with norm 1 and q0 >= 0, also near half turns', () => {
  // a tiny q0 is where taking it from the trace would divide by almost nothing
  const nearHalfTurns = quaternions.map(([w, x, y, z]): Quaternion => [w * 1e-9, x, y, z]);
  fc.assert(
    fc.property(fc.oneof(quaternions, nearHalfTurns), (q) => {
      fc.pre(Math.hypot(...q) > 0.05);
      const back = quaternionFromMatrix(rotationMatrix(q));
      assert.ok(back[0] >= 0);
      assertNear([Math.hypot(...back)], [1], 1e-14);
      assertNear(rotationMatrix(back), rotationMatrix(q), 1e-14);
      assert.ok(rotationAngle(back, q) < 1e-14, `is ${rotationAngle(back, q)} away`);
    }),
    RUNS,
  );
});

test('the angle between rotations is that of the turn from one to the other, whatever signs and norms', () => {
  const angles = fc.double({ min: 0, max: Math.PI, noNaN: true });
  fc.assert(
    fc.property(quaternions, vectors, angles, (p, axis, angle) => {
      fc.pre(Math.hypot(...axis) > 0.1);
      const q = multiplyQuaternions(p, quaternionFromAxisAngle(axis, angle));
      assertNear([rotationAngle(p, q), rotationAngle(q, p)], [angle, angle], 1e-14);
      const opposite = q.map((v) => -3 * v) as unknown as Quaternion;
      assertNear([rotationAngle(p, opposite)], [angle], 1e-14);
    }),
    RUNS,
  );
});

test('an angle of 1e-9 radians keeps twelve digits, where the arc cosine of the paper gives 0', () => {
  const turned = quaternionFromAxisAngle([1, 2, 2], 1e-9);
  assert.equal(2 * Math.acos(Math.min(1, turned[0])), 0);
  assertNear([rotationAngle(IDENTITY, turned)], [1e-9], 1e-21);
});

test('the angle of a half turn is π and of no turn is 0', () => {
  assert.equal(rotationAngle(IDENTITY, [0, 0, 1, 0]), Math.PI);
  assert.equal(rotationAngle([1, 2, 3, 4], [1, 2, 3, 4]) < 1e-15, true);
});

test('names what is wrong with a quaternion or an axis', () => {
  const message = /^a quaternion must be finite and not zero, but is \[0, 0, 0, 0\]$/;
  assert.throws(() => normalizeQuaternion([0, 0, 0, 0]), { name: 'RangeError', message });
  assert.throws(() => rotationMatrix([0, 0, 0, 0]), { name: 'RangeError', message });
  assert.throws(() => normalizeQuaternion([Number.NaN, 0, 0, 1]), /but is \[NaN, 0, 0, 1\]/);
  assert.throws(() => normalizeQuaternion([1, Number.POSITIVE_INFINITY, 0, 0]), /but is \[1, Infinity, 0, 0\]/);
  assert.throws(() => quaternionFromAxisAngle([0, 0, 0], 1), {
    name: 'RangeError',
    message: 'axis must not be zero, but is [0, 0, 0]',
  });
});
