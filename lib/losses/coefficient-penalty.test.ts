import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Tensor2D } from '@tensorflow/tfjs-node-gpu';
import { createRandom } from 'lib/random';
import { tf } from 'lib/tensorflow';
import { coefficientPenalty } from './coefficient-penalty';
import { assertLoss, lossValue } from './naive-losses.fixture';

const penalty = (rows: number[][], gamma: number) => lossValue(() => coefficientPenalty(tf.tensor2d(rows), { gamma }));

test('two heads of three coefficients give gamma times the mean of six squares', () => {
  // 1 + 4 + 9 + 0 + 4 + 0 = 18
  assertLoss(
    penalty(
      [
        [1, -2, 3],
        [0, 2, 0],
      ],
      0.5,
    ),
    1.5,
  );
});

test('times K over gamma it is the paper’s |c|² of one head', () => {
  const { normal } = createRandom('penalty');
  const c = Array.from({ length: 7 }, () => Math.fround(normal()));
  assertLoss(
    (7 / 0.3) * penalty([c], 0.3),
    c.reduce((sum, v) => sum + v * v, 0),
  );
});

test('it is zero at the mean head, and its gradient is 2 gamma c over the count of coefficients', () => {
  assert.equal(penalty([[0, 0, 0]], 10), 0);
  const gradient = tf.tidy(() =>
    tf
      .grad((c) => coefficientPenalty(c as Tensor2D, { gamma: 3 }))(tf.tensor2d([[1, -2]]))
      .dataSync(),
  );
  assert.deepEqual([...gradient], [3, -6]);
});

test('leaves one tensor behind, the one that it returns', () => {
  const coefficients = tf.tensor2d([[1, 2]]);
  const before = tf.memory().numTensors;
  const made = coefficientPenalty(coefficients, { gamma: 1 });
  assert.equal(tf.memory().numTensors, before + 1);
  tf.dispose([coefficients, made]);
});

test('names the argument that is wrong', () => {
  assert.throws(() => penalty([[1]], -1), { name: 'RangeError', message: 'gamma must be 0 or more, but is -1' });
  assert.throws(() => penalty([[1]], Number.NaN), /^RangeError: gamma must be 0 or more, but is NaN$/);
  assert.throws(() => coefficientPenalty(tf.zeros([3]) as unknown as Tensor2D, { gamma: 1 }), {
    name: 'RangeError',
    message: 'coefficients must be [batch, K], but are [3]',
  });
});
