import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Variable } from '@tensorflow/tfjs-node-gpu';
import { Adam } from './adam';
import { tf } from './load';

/** Gradients of five steps for a variable of three weights: small and large, of both signs, zero, and of changing sign. */
const GRADIENTS = [
  [1, -2, 0],
  [0.5, 3, 0],
  [-4, 0.001, 0],
  [100, -0.2, 1e-4],
  [0.1, -0.1, -7],
];
const START = [1, -1, 0.5];

function withAdam(start: number[], use: (variable: Variable, adam: Adam) => void | Promise<void>) {
  const variable = tf.tidy(() => tf.variable(tf.tensor1d(start)));
  const adam = new Adam([variable]);
  return Promise.resolve(use(variable, adam)).finally(() => {
    adam.dispose();
    variable.dispose();
  });
}
const step = (adam: Adam, gradients: number[], rate: number) =>
  tf.tidy(() => adam.step([tf.tensor1d(gradients)], rate));

test('the first step moves each weight by the learning rate against its gradient, whatever the gradient’s size', () =>
  withAdam([1, 1, 1, 1], (variable, adam) => {
    step(adam, [3, -0.01, 5000, 0], 0.25);
    // m = 0.1 g and v = 0.001 g², so the step is 0.25 √0.001 / 0.1 · 0.1 g / (√0.001 |g| + 1e-8) = 0.25 for |g| >> 1e-8
    const expected = [0.75, 1.25, 0.75, 1];
    variable.dataSync().forEach((v, i) => {
      assert.ok(Math.abs(v - expected[i]) < 1e-5, `weight ${i} is ${v}`);
    });
  }));

test('five steps equal a twin in float64, moments and weights', () =>
  withAdam(START, async (variable, adam) => {
    const rates = [0.1, 0.1, 0.05, 0.02, 0.2];
    const w = [...START];
    const m = [0, 0, 0];
    const v = [0, 0, 0];
    for (const [k, gradients] of GRADIENTS.entries()) {
      step(adam, gradients, rates[k]);
      gradients.forEach((g, i) => {
        m[i] = 0.9 * m[i] + 0.1 * g;
        v[i] = 0.999 * v[i] + 0.001 * g * g;
        const corrected = (rates[k] * Math.sqrt(1 - 0.999 ** (k + 1))) / (1 - 0.9 ** (k + 1));
        w[i] -= (corrected * m[i]) / (Math.sqrt(v[i]) + 1e-8);
      });
      const { steps, firstMoments, secondMoments } = await adam.state();
      assert.equal(steps, k + 1);
      for (let i = 0; i < 3; i++) {
        // TensorFlow's 1 - 0.999 in float32 is off by 5e-5 of itself; the moves themselves are 0.01 to 0.2 of a weight
        assert.ok(Math.abs(variable.dataSync()[i] - w[i]) < 1e-5, `step ${k}, weight ${i}`);
        assert.ok(Math.abs(firstMoments[0][i] - m[i]) <= 1e-5 * (1 + Math.abs(m[i])), `step ${k}, first moment ${i}`);
        assert.ok(Math.abs(secondMoments[0][i] - v[i]) <= 1e-4 * v[i], `step ${k}, second moment ${i}`);
      }
    }
  }));

test('an Adam that takes over a state goes on to the bit as the one that gave it', async () => {
  await withAdam(START, async (first, adam) => {
    for (const gradients of GRADIENTS.slice(0, 3)) step(adam, gradients, 0.1);
    const [state, weights] = [await adam.state(), Array.from(first.dataSync())];
    for (const gradients of GRADIENTS.slice(3)) step(adam, gradients, 0.1);
    await withAdam([9, 9, 9], async (second, restored) => {
      step(restored, [1, 1, 1], 1);
      second.assign(tf.tensor1d(weights));
      restored.restore(state);
      for (const gradients of GRADIENTS.slice(3)) step(restored, gradients, 0.1);
      assert.deepEqual(second.dataSync(), first.dataSync());
      assert.deepEqual(await restored.state(), await adam.state());
    });
  });
});

test('variables of different shapes each get their own gradient', () => {
  const variables = [tf.variable(tf.zeros([2, 2])), tf.variable(tf.zeros([3]))];
  const adam = new Adam(variables);
  tf.tidy(() => adam.step([tf.ones([2, 2]), tf.tensor1d([-1, 0, 1])], 0.5));
  assert.deepEqual(
    variables.map((v) => Array.from(v.dataSync(), (x) => Math.round(100 * x) / 100)),
    [
      [-0.5, -0.5, -0.5, -0.5],
      [0.5, 0, -0.5],
    ],
  );
  adam.dispose();
  tf.dispose(variables);
});

test('twenty steps, states and restores keep no tensor, and dispose gives all back', async () => {
  const before = tf.memory().numTensors;
  const variable = tf.tidy(() => tf.variable(tf.tensor1d(START)));
  const adam = new Adam([variable]);
  step(adam, GRADIENTS[0], 0.1);
  const afterOne = tf.memory().numTensors;
  for (let k = 0; k < 20; k++) step(adam, GRADIENTS[k % 5], 0.1);
  adam.restore(await adam.state());
  assert.equal(tf.memory().numTensors, afterOne);
  adam.dispose();
  variable.dispose();
  assert.equal(tf.memory().numTensors, before);
});

test('says how many gradients it needs', () =>
  withAdam(START, (_, adam) => {
    assert.throws(() => adam.step([], 0.1), /gradients must be 1, one for each variable, but are 0/);
  }));
