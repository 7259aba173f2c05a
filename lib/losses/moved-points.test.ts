import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Tensor, Tensor3D } from '@tensorflow/tfjs-node-gpu';
import { createRandom } from 'lib/random';
import { tf } from 'lib/tensorflow';
import { gradientsOfMovedPoints, movedPoints } from './moved-points';

test('rows [A | b] take each point to A x + b, a coordinate a row', () => {
  const moved = tf.tidy(() =>
    movedPoints(
      tf.tensor3d([
        [
          [1, 2, 3],
          [0, 1, 0],
        ],
      ]),
      tf.tensor3d([
        [
          [1, 0, 0, 10],
          [0, 2, 1, 0],
        ],
      ]),
    ).arraySync(),
  );
  assert.deepEqual(moved, [
    [
      [11, 10],
      [7, 2],
    ],
  ]);
});

test('the gradients are those of TensorFlow, through a factor for each row', () => {
  const random = createRandom('moved points');
  const drawn = (...shape: [number, number, number]) =>
    tf.tensor3d(Float32Array.from({ length: shape[0] * shape[1] * shape[2] }, random.normal), shape);
  tf.tidy(() => {
    const [shape, rows, g, f] = [drawn(2, 5, 3), drawn(2, 6, 4), drawn(2, 6, 5), drawn(1, 6, 1)];
    const expected = tf.grads((x: Tensor, r: Tensor) =>
      tf.sum(tf.mul(tf.mul(movedPoints(x as Tensor3D, r as Tensor3D), g), f)),
    )([shape, rows]);
    gradientsOfMovedPoints(g, f, shape, rows).forEach((gradient, i) => {
      assert.deepEqual(gradient.shape, expected[i].shape);
      const off = tf.max(tf.abs(tf.sub(gradient, expected[i]))).dataSync()[0];
      assert.ok(off < 1e-5 && tf.max(tf.abs(gradient)).dataSync()[0] > 0.1, `off by ${off}`);
    });
  });
});
