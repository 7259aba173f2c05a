import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isFiniteTensor } from './is-finite';
import { tf } from './load';

test('tells a tensor of numbers from one with a single NaN, infinity or minus infinity', () => {
  const isKept = (values: number[]) => {
    const tensor = tf.tensor1d(values);
    const kept = isFiniteTensor(tensor);
    tensor.dispose();
    return kept;
  };
  assert.equal(isKept([0, -1, 3e38]), true);
  for (const wrong of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])
    assert.equal(isKept([1, 2, wrong, 4]), false);
});

test('keeps no tensor', () => {
  const tensors = [tf.tensor1d([1, 2]), tf.tensor1d([1, Number.NaN])];
  const before = tf.memory().numTensors;
  for (const tensor of tensors) isFiniteTensor(tensor);
  assert.equal(tf.memory().numTensors, before);
  tf.dispose(tensors);
});
