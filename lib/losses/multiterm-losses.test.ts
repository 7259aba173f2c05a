import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Tensor1D } from '@tensorflow/tfjs-node-gpu';
import fc from 'fast-check';
import { createRandom } from 'lib/random';
import { tf } from 'lib/tensorflow';
import { coarseLoss, learnedWeightingLoss, squaredTerms, xqtLoss } from './multiterm-losses';
import {
  assertGradients,
  assertLoss,
  lossValue,
  type Numbers,
  naiveSquares,
  randomNumbers,
  tensorsOf,
  withUnitQuaternions,
} from './naive-losses.fixture';

const coarse = (truth: Numbers, predicted: Numbers, alpha: number) =>
  lossValue(() => coarseLoss(tensorsOf(truth), tensorsOf(predicted), { alpha }));
const xqt = (truth: Numbers, predicted: Numbers, beta: number, gamma: number) =>
  lossValue(() => xqtLoss(tensorsOf(truth), tensorsOf(predicted), { beta, gamma }));
const learned = (truth: Numbers, predicted: Numbers, s: number[]) =>
  lossValue(() => learnedWeightingLoss(tensorsOf(truth), tensorsOf(predicted), { logVariances: tf.tensor1d(s) }));

/** The means over 3N, 4 and 3 numbers and the batch. */
function naiveMeans(truth: Numbers, predicted: Numbers): [number, number, number] {
  const [x, q, t] = naiveSquares(truth, predicted);
  return [x / truth.shape.length, q / truth.rotation.length, t / truth.translation.length];
}
const naiveXqt = (truth: Numbers, predicted: Numbers, beta: number, gamma: number) => {
  const [x, q, t] = naiveMeans(truth, predicted);
  return x + beta * q + gamma * t;
};
/** From the seven numbers [q, t] together. */
const naiveCoarse = (truth: Numbers, predicted: Numbers, alpha: number) => {
  const [x, q, t] = naiveSquares(truth, predicted);
  return x / truth.shape.length + (alpha * (q + t)) / (7 * truth.batch);
};

/** Two heads of two points; the prediction is off by 3 in one coordinate of x, by a half turn, and by (1, 2, 2) in t. */
const TRUTH: Numbers = {
  batch: 1,
  points: 2,
  shape: [1, 2, 3, 4, 5, 6],
  rotation: [1, 0, 0, 0],
  translation: [0, 0, -60],
};
const PREDICTED: Numbers = { ...TRUTH, shape: [1, 2, 6, 4, 5, 6], rotation: [0, 5, 0, 0], translation: [1, 2, -58] };

test('squared terms are the means over 3N, 4 and 3 numbers', () => {
  // 9 over six; (1, -1, 0, 0) after the normalization, 2 over four; 9 over three
  const terms = tf.tidy(() => squaredTerms(tensorsOf(TRUTH), tensorsOf(PREDICTED)).map((term) => term.dataSync()[0]));
  [9 / 6, 2 / 4, 9 / 3].forEach((expected, i) => {
    assertLoss(terms[i], expected);
  });
});

test('Coarse and XQT of that case are 9/6 + α 11/7 and 9/6 + β 2/4 + γ 9/3', () => {
  assertLoss(coarse(TRUTH, PREDICTED, 0), 1.5);
  assertLoss(coarse(TRUTH, PREDICTED, 14), 1.5 + 22);
  assertLoss(xqt(TRUTH, PREDICTED, 0, 0), 1.5);
  assertLoss(xqt(TRUTH, PREDICTED, 10, 100), 1.5 + 5 + 300);
});

test('the learned weighting of that case is 9/6 e^-s + s and so on, in the order x, q, t', () => {
  // exp of the logarithms of 3, 1/4 and 6: 1.5 / 3 + 0.5 * 4 + 3 / 6, and the sum of the logarithms, log 4.5
  assertLoss(learned(TRUTH, PREDICTED, [Math.log(3), -Math.log(4), Math.log(6)]), 3 + Math.log(4.5));
  assertLoss(learned(TRUTH, PREDICTED, [0, 0, 0]), 5);
});

test('with fixed weights the learned weighting is XQT, up to a factor and a sum', () => {
  const random = createRandom('learned');
  for (let i = 0; i < 20; i++) {
    const [truth, predicted] = [withUnitQuaternions(randomNumbers(random)), randomNumbers(random)];
    const s = Array.from({ length: 3 }, () => Math.fround(random.normal()));
    const [x, q, t] = naiveMeans(truth, predicted);
    const expected = x * Math.exp(-s[0]) + q * Math.exp(-s[1]) + t * Math.exp(-s[2]) + s[0] + s[1] + s[2];
    assertLoss(1000 + learned(truth, predicted, s), 1000 + expected);
    const [beta, gamma] = [Math.exp(s[0] - s[1]), Math.exp(s[0] - s[2])];
    const weighted = Math.exp(-s[0]) * xqt(truth, predicted, beta, gamma) + s[0] + s[1] + s[2];
    assertLoss(100 + learned(truth, predicted, s), 100 + weighted);
  }
});

test('its gradient to each weight is 1 - e^-s L, so that the weights settle where e^s is the term', () => {
  const gradient = (s: number[]) =>
    tf.tidy(() => [
      ...tf
        .grad((weights) =>
          learnedWeightingLoss(tensorsOf(TRUTH), tensorsOf(PREDICTED), { logVariances: weights as Tensor1D }),
        )(tf.tensor1d(s))
        .dataSync(),
    ]);
  [1 - 1.5, 1 - 0.5, 1 - 3].forEach((expected, i) => {
    assert.ok(Math.abs(gradient([0, 0, 0])[i] - expected) < 1e-5);
  });
  for (const g of gradient([Math.log(1.5), Math.log(0.5), Math.log(3)])) assert.ok(Math.abs(g) < 1e-5);
});

test('both equal loops over sums of squares, and so the released formulas, which are means of squares', () => {
  const random = createRandom('multiterm');
  for (let i = 0; i < 20; i++) {
    const truth = withUnitQuaternions(randomNumbers(random, 3, 4));
    const predicted = randomNumbers(random, 3, 4);
    assertLoss(coarse(truth, predicted, 2.5), naiveCoarse(truth, predicted, 2.5));
    assertLoss(xqt(truth, predicted, 700, 0.3), naiveXqt(truth, predicted, 700, 0.3));
  }
});

test('times 3 N they are the paper’s sums with the weights that their docstrings give', () => {
  const random = createRandom('sums');
  const N = 5;
  const truth = withUnitQuaternions(randomNumbers(random, 1, N));
  const predicted = randomNumbers(random, 1, N);
  const [x, q, t] = naiveSquares(truth, predicted);
  const [alpha, beta, gamma] = [2, 300, 4];
  assertLoss(3 * N * coarse(truth, predicted, alpha), x + ((3 * N) / 7) * alpha * (q + t));
  assertLoss(3 * N * xqt(truth, predicted, beta, gamma), x + ((3 * N) / 4) * beta * q + N * gamma * t);
});

test('Coarse is XQT with β = 4/7 α and γ = 3/7 α', () => {
  const random = createRandom('coarse is xqt');
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1000, noNaN: true }), (alpha) => {
      const [truth, predicted] = [withUnitQuaternions(randomNumbers(random)), randomNumbers(random)];
      assertLoss(coarse(truth, predicted, alpha), xqt(truth, predicted, (4 / 7) * alpha, (3 / 7) * alpha));
    }),
    { seed: 1, numRuns: 30 },
  );
});

test('both are zero at the truth, and positive when only the turn, only the place or only the shape is off', () => {
  const random = createRandom('truth');
  const [truth, other] = [randomNumbers(random), randomNumbers(random)].map(withUnitQuaternions);
  for (const loss of [
    (predicted: Numbers) => coarse(truth, predicted, 100),
    (predicted: Numbers) => xqt(truth, predicted, 100, 1),
  ]) {
    // a float32 quaternion's norm is 1 to 1e-7
    assert.ok(loss(truth) < 1e-10, `is ${loss(truth)} at the truth`);
    for (const part of ['rotation', 'translation', 'shape'] as const)
      assert.ok(loss({ ...truth, [part]: other[part] }) > 0.05, `${part} is not seen`);
  }
});

test('the prediction’s quaternion counts by its direction, and not by its norm', () => {
  const random = createRandom('norms');
  const [truth, predicted] = [withUnitQuaternions(randomNumbers(random)), randomNumbers(random)];
  const longer = { ...predicted, rotation: predicted.rotation.map((v) => 3 * v) };
  assertLoss(coarse(truth, longer, 100), coarse(truth, predicted, 100));
  assertLoss(xqt(truth, longer, 1000, 0), xqt(truth, predicted, 1000, 0));
});

test('the same rotation with the other sign is as wrong as can be: mean |2 q|² = 1', () => {
  const opposite = { ...TRUTH, rotation: [-1, 0, 0, 0] };
  assertLoss(xqt(TRUTH, opposite, 1, 1), 1);
});

test('gradients to shape, turn and place are those of central differences', () => {
  const random = createRandom('gradients');
  const [truth, predicted] = [withUnitQuaternions(randomNumbers(random)), randomNumbers(random)];
  assertGradients(
    (tensors) => coarseLoss(tensorsOf(truth), tensors, { alpha: 20 }),
    (numbers) => naiveCoarse(truth, numbers, 20),
    predicted,
  );
  assertGradients(
    (tensors) => xqtLoss(tensorsOf(truth), tensors, { beta: 70, gamma: 3 }),
    (numbers) => naiveXqt(truth, numbers, 70, 3),
    predicted,
  );
  assertGradients(
    (tensors) => learnedWeightingLoss(tensorsOf(truth), tensors, { logVariances: tf.tensor1d([1, -2, 3]) }),
    (numbers) => {
      const [x, q, t] = naiveMeans(truth, numbers);
      return x * Math.exp(-1) + q * Math.exp(2) + t * Math.exp(-3);
    },
    predicted,
  );
});

test('a zero quaternion is an error', () => {
  const zero = { ...PREDICTED, rotation: [0, 0, 0, 0] };
  const message = /^RangeError: a quaternion must be finite and not zero, but number 0 is \[0, 0, 0, 0\]$/;
  assert.throws(() => coarse(TRUTH, zero, 1), message);
  assert.throws(() => xqt(TRUTH, zero, 1, 1), message);
  assert.throws(() => learned(TRUTH, zero, [0, 0, 0]), message);
});

test('each leaves behind what it returns and nothing else', () => {
  const [truth, predicted] = [tensorsOf(TRUTH), tensorsOf(PREDICTED)];
  const logVariances = tf.tensor1d([0, -3, 0]);
  for (const make of [
    () => [learnedWeightingLoss(truth, predicted, { logVariances })],
    () => [coarseLoss(truth, predicted, { alpha: 1 })],
    () => [xqtLoss(truth, predicted, { beta: 1, gamma: 1 })],
    () => squaredTerms(truth, predicted),
  ]) {
    const before = tf.memory().numTensors;
    const made = make();
    assert.equal(tf.memory().numTensors, before + made.length);
    for (const term of made) assert.deepEqual(term.shape, []);
  }
});

test('names the argument that is wrong', () => {
  const other = randomNumbers(createRandom('errors'), 1, 3);
  assert.throws(() => coarse(TRUTH, other, 1), /^RangeError: predicted\.shape must be/);
  assert.throws(() => xqt(TRUTH, other, 1, 1), /^RangeError: predicted\.shape must be/);
  // one point would be compared with all of the truth's
  const point = randomNumbers(createRandom('errors'), TRUTH.batch, 1);
  assert.throws(
    () => tf.tidy(() => squaredTerms(tensorsOf(TRUTH), tensorsOf(point)).length),
    /^RangeError: predicted\.shape must be/,
  );
  assert.throws(() => coarse(TRUTH, PREDICTED, -1), {
    name: 'RangeError',
    message: 'alpha must be 0 or more, but is -1',
  });
  assert.throws(() => learned(TRUTH, other, [0, 0, 0]), /^RangeError: predicted\.shape must be/);
  assert.throws(() => learned(TRUTH, PREDICTED, [0, 0]), {
    name: 'RangeError',
    message: 'logVariances must be [3] in the order x, q, t, but are [2]',
  });
  assert.throws(() => xqt(TRUTH, PREDICTED, Number.NaN, 1), /^RangeError: beta must be 0 or more, but is NaN$/);
  assert.throws(
    () => xqt(TRUTH, PREDICTED, 1, Number.POSITIVE_INFINITY),
    /^RangeError: gamma must be 0 or more, but is Infinity$/,
  );
});
