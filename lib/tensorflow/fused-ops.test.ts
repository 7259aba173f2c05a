import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Tensor, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-node-gpu';
import { createRandom } from 'lib/random';
import { addBias, maxPool, relu } from './fused-ops';
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

test('maxPool takes the largest of 2 x 2 pixels, and its gradient goes there alone', () => {
  // two channels, the second the first one's negative
  const first = [1, 2, 5, 6, 3, 4, 8, 7];
  const x = tf.tensor4d(
    first.flatMap((v) => [v, -v]),
    [1, 2, 4, 2],
  );
  assert.deepEqual(numbersOf(maxPool(x)), [4, -1, 8, -5]);
  const dx = tf.grad((v) => maxPool(v as Tensor4D))(x, tf.tensor4d([10, 20, 30, 40], [1, 1, 2, 2]));
  assert.deepEqual(
    numbersOf(dx),
    [
      [0, 20, 0, 0, 0, 40, 0, 0],
      [0, 0, 10, 0, 30, 0, 0, 0],
    ].flat(),
  );
});

test('where several pixels are the largest, maxPool gives one of them the whole gradient', () => {
  for (const x of [
    [1, 1, 1, 1],
    [1, 0, 0, 1],
    [0, 1, 1, 0],
    [1, 1, 0, 0],
    [0, 1, 0, 1],
  ]) {
    const dy = tf.tensor4d([3], [1, 1, 1, 1]);
    const dx = numbersOf(tf.grad((v) => maxPool(v as Tensor4D))(tf.tensor4d(x, [1, 2, 2, 1]), dy));
    assert.deepEqual([...dx].sort(), [0, 0, 0, 3], `${x}: ${dx}`);
    assert.equal(x[dx.indexOf(3)], 1, `${x}: ${dx}`);
  }
});

test('maxPool equals TensorFlow’s own, forward and backward', () => {
  for (const shape of [
    [1, 2, 2, 1],
    [3, 6, 4, 5],
    [2, 8, 8, 16],
  ] as [number, number, number, number][]) {
    const size = shape.reduce((a, b) => a * b);
    const x = tf.tensor4d(numbers(size), shape);
    const dy = tf.tensor4d(numbers(size / 4), [shape[0], shape[1] / 2, shape[2] / 2, shape[3]]);
    assert.deepEqual(numbersOf(maxPool(x)), numbersOf(tf.maxPool(x, 2, 2, 'valid')));
    // plus 0, since ReluGrad has -0 where a negative gradient does not flow
    const gradient = (pool: (v: Tensor4D) => Tensor) =>
      numbersOf(tf.add(tf.grad((v) => pool(v as Tensor4D))(x, dy), 0));
    assert.deepEqual(
      gradient(maxPool),
      gradient((v) => tf.maxPool(v, 2, 2, 'valid')),
    );
  }
});

test('maxPool refuses an odd height or width', () => {
  for (const [height, width] of [
    [3, 4],
    [4, 5],
  ])
    assert.throws(
      () => maxPool(tf.zeros([1, height, width, 2]) as Tensor4D),
      new RangeError(`x must have an even height and width, but is ${height} x ${width}`),
    );
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
