import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Tensor2D } from '@tensorflow/tfjs-node-gpu';
import type { Quaternion } from 'lib/geometry';
import { createRandom } from 'lib/random';
import { tf } from 'lib/tensorflow';
import { assertNear, centralDifferences, naiveRotationMatrix, randomQuaternion } from '../naive-geometry.fixture';
import { rotationMatrices, unitQuaternions } from './rotation-matrices';

const matricesOf = (...quaternions: (readonly number[])[]) =>
  tf.tidy(() => rotationMatrices(tf.tensor2d(quaternions.map((q) => [...q]))).dataSync());

test('the matrix of (1, 2, 3, 4), of norm √30, is the one worked by hand', () => {
  const thirtieths = [-20, 4, 22, 20, -10, 20, 10, 28, 4];
  assertNear(
    matricesOf([1, 2, 3, 4]),
    thirtieths.map((n) => n / 30),
    2e-7,
  );
});

test('each quaternion of a batch has its own matrix, for random quaternions of any norm', () => {
  const random = createRandom('batch');
  const quaternions = Array.from({ length: 50 }, () => randomQuaternion(random));
  assertNear(matricesOf(...quaternions), quaternions.flatMap(naiveRotationMatrix), 1e-6);
});

test('neither sign nor norm of a quaternion matters', () => {
  const random = createRandom('signs');
  for (let i = 0; i < 20; i++) {
    const q = randomQuaternion(random);
    const changed = q.map((v) => -7 * v);
    assertNear(matricesOf(changed), matricesOf(q), 1e-6);
  }
});

test('the gradient goes through the normalization: that of central differences, across a quaternion of norm 2.3', () => {
  const random = createRandom('gradient');
  const q = [1.9, -0.7, 1.0, 0.4].map(Math.fround);
  const weights = Float32Array.from({ length: 9 }, random.normal);
  const naive = (at: number[]) =>
    naiveRotationMatrix(at as unknown as Quaternion).reduce((sum, entry, i) => sum + weights[i] * entry, 0);
  const expected = centralDifferences(naive, q);
  const gradient = tf.tidy(() =>
    tf
      .grad((x) => tf.sum(tf.mul(rotationMatrices(x as Tensor2D), tf.tensor3d(weights, [1, 3, 3]))))(tf.tensor2d([q]))
      .dataSync(),
  );
  assert.ok(Math.hypot(...expected) > 0.1);
  assertNear(gradient, expected, 1e-6);
  // along q itself nothing changes
  assertNear([q.reduce((sum, v, i) => sum + v * gradient[i], 0)], [0], 1e-6);
});

test('unit quaternions keep direction and sign: (-1, 2, -2, 4) has norm 5', () => {
  const unit = tf.tidy(() => unitQuaternions(tf.tensor2d([[-1, 2, -2, 4]])).dataSync());
  assertNear(unit, [-0.2, 0.4, -0.4, 0.8], 1e-7);
});

test('names the first quaternion that is zero or not finite, and keeps no tensor', () => {
  const right = [1, 2, 3, 4];
  for (const [wrong, text] of [
    [[0, 0, 0, 0], '0, 0, 0, 0'],
    [[1, Number.NaN, 0, 0], '1, NaN, 0, 0'],
    [[1, 0, 0, Number.NEGATIVE_INFINITY], '1, 0, 0, -Infinity'],
    // its square is infinite in float32, and all of it would become 0
    [[2 ** 70, 0, 0, 0], `${2 ** 70}, 0, 0, 0`],
  ] as const) {
    const quaternions = tf.tensor2d([right, right, [...wrong], right]);
    const before = tf.memory().numTensors;
    for (const make of [rotationMatrices, unitQuaternions])
      assert.throws(() => make(quaternions), {
        name: 'RangeError',
        message: `a quaternion must be finite and not zero, but number 2 is [${text}]`,
      });
    assert.equal(tf.memory().numTensors, before);
    quaternions.dispose();
  }
});

test('leaves one tensor behind, the one that it returns', () => {
  const quaternions = tf.tensor2d([[1, 2, 3, 4]]);
  const before = tf.memory().numTensors;
  const matrices = rotationMatrices(quaternions);
  assert.equal(tf.memory().numTensors, before + 1);
  tf.dispose([quaternions, matrices]);
});

test('names the shape of quaternions that do not fit', () => {
  assert.throws(() => rotationMatrices(tf.zeros([2, 3])), {
    name: 'RangeError',
    message: 'quaternions must be [batch, 4], but are [2,3]',
  });
  assert.throws(() => rotationMatrices(tf.zeros([4]) as unknown as Tensor2D), /but are \[4\]/);
});
