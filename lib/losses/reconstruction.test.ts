import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Tensor3D } from '@tensorflow/tfjs-node-gpu';
import { createRandom } from 'lib/random';
import { tf } from 'lib/tensorflow';
import { lossValue, randomNumbers, tensorsOf } from './naive-losses.fixture';
import { checkReconstructions, checkViews, meanNorm, type Norm, type Reconstruction } from './reconstruction';

test('the l1 norm of 1, -2, 3, -6 is 3, their mean size, and the squared norm is 12.5', () => {
  const difference = () =>
    tf.tensor2d([
      [1, -2],
      [3, -6],
    ]);
  assert.equal(
    lossValue(() => meanNorm(difference(), 'l1')),
    3,
  );
  assert.equal(
    lossValue(() => meanNorm(difference(), 'squared')),
    12.5,
  );
});

test('heads and poses of one batch pass', () => {
  const random = createRandom(1);
  tf.tidy(() => {
    const truth = tensorsOf(randomNumbers(random, 2, 5));
    checkReconstructions(truth, tensorsOf(randomNumbers(random, 2, 5)));
    checkViews({ rotation: tf.zeros([2, 3, 4]), translation: tf.zeros([2, 3, 3]) }, 2);
  });
});

test('names the norm that is unknown', () => {
  assert.throws(() => lossValue(() => meanNorm(tf.zeros([2]), 'l2' as Norm)), {
    name: 'RangeError',
    message: "norm must be 'l1' or 'squared', but is 'l2'",
  });
});

test('names the part of the truth or the prediction that does not fit, what it is and what it should be', () => {
  tf.tidy(() => {
    const right: Reconstruction = {
      shape: tf.zeros([2, 5, 3]),
      rotation: tf.zeros([2, 4]),
      translation: tf.zeros([2, 3]),
    };
    const throws = (truth: Reconstruction, predicted: Reconstruction, message: string) =>
      assert.throws(() => checkReconstructions(truth, predicted), { name: 'RangeError', message });
    throws(
      right,
      { ...right, shape: tf.zeros([2, 6, 3]) },
      'predicted.shape must be [batch, points, 3] in centimetres, here [2, 5, 3], but is [2, 6, 3]',
    );
    throws(
      { ...right, shape: tf.zeros([2, 15]) as unknown as Tensor3D },
      right,
      'truth.shape must be [batch, points, 3] in centimetres, here [2, 15, 3], but is [2, 15]',
    );
    throws(
      right,
      { ...right, rotation: tf.zeros([2, 3]) },
      'predicted.rotation must be [batch, 4], here [2, 4], but is [2, 3]',
    );
    throws(
      { ...right, translation: tf.zeros([1, 3]) },
      right,
      'truth.translation must be [batch, 3] in centimetres, here [2, 3], but is [1, 3]',
    );
  });
});

test('names the part of the views that does not fit', () => {
  tf.tidy(() => {
    type Shape = [number, number, number];
    const throws = (rotation: Shape, translation: Shape, message: string) =>
      assert.throws(() => checkViews({ rotation: tf.zeros(rotation), translation: tf.zeros(translation) }, 2), {
        name: 'RangeError',
        message,
      });
    throws([3, 1, 4], [3, 1, 3], 'views.rotation must be [batch, views, 4], here [2, 1, 4], but is [3, 1, 4]');
    throws(
      [2, 3, 4],
      [2, 1, 3],
      'views.translation must be [batch, views, 3] in centimetres, here [2, 3, 3], but is [2, 1, 3]',
    );
    throws([2, 0, 4], [2, 0, 3], 'views must hold at least one view for each head, but hold none');
  });
});
