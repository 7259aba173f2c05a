import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-node-gpu';
import { createRandom } from 'lib/random';
import { addBias, relu } from './fused-ops';
import { tf } from './load';

const random = createRandom('fused operations');
const numbers = (count: number) => Float32Array.from({ length: count }, () => 3 * random.normal());
const values = (tensors: { dataSync(): ArrayLike<number> }[]) => tensors.map((tensor) => [...numbersOf(tensor)]);
const numbersOf = (tensor: { dataSync(): ArrayLike<number> }) => Array.from(tensor.dataSync());

test('relu keeps what is above 0, and its gradient flows there alone', () => {
  const x = tf.tensor1d([-2, -0.5, 0, 0.5, 2]);
  assert.deepEqual(numbersOf(relu(x)), [0, 0, 0, 0.5, 2]);
  const gradient = tf.grad((v) => relu(v))(x, tf.tensor1d([1, 2, 3, 4, 5]));
  assert.deepEqual(numbersOf(gradient), [0, 0, 0, 4, 5]);
});

test('addBias adds along the last axis, and the bias’s gradient is the sum over all other axes', () => {
  const x = tf.tensor2d([1, 2, 3, 4, 5, 6], [2, 3]);
  const bias = tf.tensor1d([10, 20, 30]);
  assert.deepEqual(numbersOf(addBias(x, bias)), [11, 22, 33, 14, 25, 36]);
  const [dx, dBias] = tf.grads((a, b) => addBias(a as Tensor2D, b as Tensor1D))([x, bias], tf.ones([2, 3]));
  assert.deepEqual(values([dx, dBias]), [
    [1, 1, 1, 1, 1, 1],
    [2, 2, 2],
  ]);
});

test('relu equals TensorFlow’s own, forward and backward, in every rank', () => {
  for (const shape of [[7], [3, 4], [2, 3, 3, 4]]) {
    const size = shape.reduce((a, b) => a * b);
    const x = tf.tensor(numbers(size), shape);
    const dy = tf.tensor(numbers(size), shape);
    assert.deepEqual(numbersOf(relu(x)), numbersOf(tf.relu(x)));
    assert.deepEqual(numbersOf(tf.grad((v) => relu(v))(x, dy)), numbersOf(tf.grad((v) => tf.relu(v))(x, dy)));
  }
});

test('addBias equals TensorFlow’s own, forward and backward, for dense layers and for convolutions', () => {
  for (const shape of [
    [5, 3],
    [2, 4, 4, 3],
  ]) {
    const size = shape.reduce((a, b) => a * b);
    const inputs = [tf.tensor(numbers(size), shape), tf.tensor1d(numbers(3))];
    const dy = tf.tensor(numbers(size), shape);
    assert.deepEqual(numbersOf(addBias(inputs[0], inputs[1] as Tensor1D)), numbersOf(tf.add(inputs[0], inputs[1])));
    const ours = tf.grads((x, b) => addBias(x, b as Tensor1D))(inputs, dy);
    const theirs = tf.grads((x, b) => tf.add(x, b))(inputs, dy);
    assert.deepEqual(numbersOf(ours[0]), numbersOf(theirs[0]));
    numbersOf(ours[1]).forEach((v, i) => {
      assert.ok(Math.abs(v - numbersOf(theirs[1])[i]) < 1e-4, `bias ${i}: ${v}`);
    });
  }
});

test('the gradient of a bias and a relu together equals central differences in float64', () => {
  const [rows, channels] = [6, 4];
  const [x, bias, weights] = [numbers(rows * channels), numbers(channels), numbers(rows * channels)];
  const loss = (xs: Float64Array, bs: Float64Array) =>
    xs.reduce((sum, v, i) => sum + weights[i] * Math.max(0, v + bs[i % channels]) ** 2, 0);
  const [dx, dBias] = tf.grads((a, b) =>
    tf.sum(tf.mul(tf.square(relu(addBias(a as Tensor2D, b as Tensor1D))), tf.tensor2d(weights, [rows, channels]))),
  )([tf.tensor2d(x, [rows, channels]), tf.tensor1d(bias)]);
  const difference = (vary: (h: number) => [Float64Array, Float64Array]) =>
    (loss(...vary(1e-5)) - loss(...vary(-1e-5))) / 2e-5;
  const moved = (from: Float32Array, index: number, h: number) =>
    Float64Array.from(from, (v, i) => (i === index ? v + h : v));
  numbersOf(dx).forEach((gradient, i) => {
    const wanted = difference((h) => [moved(x, i, h), Float64Array.from(bias)]);
    assert.ok(Math.abs(gradient - wanted) < 1e-4 * (1 + Math.abs(wanted)), `x ${i}: ${gradient} for ${wanted}`);
  });
  numbersOf(dBias).forEach((gradient, i) => {
    const wanted = difference((h) => [Float64Array.from(x), moved(bias, i, h)]);
    assert.ok(Math.abs(gradient - wanted) < 1e-4 * (1 + Math.abs(wanted)), `bias ${i}: ${gradient} for ${wanted}`);
  });
});
