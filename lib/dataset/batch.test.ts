import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createRandom } from 'lib/random';
import { tf } from 'lib/tensorflow';
import { batch, batchOrder, batchTruth, imageBatch } from './batch';
import { pictureOf, poseOf } from './dataset';
import { madeUpDataset } from './dataset.fixture';

/** Two subjects of three points, seen on five images of 2 x 2 pixels. */
const DATASET = madeUpDataset(
  [
    [1, 2, 3, 4, 5, 6, 7, 8, 9],
    [11, 12, 13, 14, 15, 16, 17, 18, 19],
  ],
  { images: 5, imageSize: 2 },
);

test('pixels of 0, 255 and halfway are -1, 1 and 0', () => {
  const dataset = { ...DATASET, images: Uint8Array.from({ length: 60 }, (_, i) => (i < 12 ? 0 : i < 24 ? 255 : 51)) };
  tf.tidy(() => {
    const images = imageBatch(dataset, [1, 0, 2]);
    assert.deepEqual(images.shape, [3, 2, 2, 3]);
    const values = Array.from(images.dataSync());
    assert.deepEqual(values.slice(0, 24), [...new Array(12).fill(1), ...new Array(12).fill(-1)]);
    // 51 is a fifth of 255
    assert.ok(values.slice(24).every((v) => Math.abs(v + 0.6) < 1e-6));
  });
});

test('a batch holds its images’ pixels, shapes and poses in its order, and four tensors', () => {
  const before = tf.memory().numTensors;
  const { images, truth } = batch(DATASET, [1, 4]);
  assert.equal(tf.memory().numTensors, before + 4);
  assert.deepEqual(truth.shape.arraySync(), [
    [
      [11, 12, 13],
      [14, 15, 16],
      [17, 18, 19],
    ],
    [
      [1, 2, 3],
      [4, 5, 6],
      [7, 8, 9],
    ],
  ]);
  [1, 4].forEach((image, b) => {
    const { rotation, translation } = poseOf(DATASET, image);
    assert.deepEqual(truth.rotation.arraySync()[b], rotation);
    assert.deepEqual(truth.translation.arraySync()[b], translation);
    const pixels = images.arraySync()[b].flat(2);
    pixels.forEach((v, i) => {
      assert.ok(Math.abs((v + 1) * 127.5 - pictureOf(DATASET, image)[i]) < 1e-4);
    });
  });
  tf.dispose([images, truth.shape, truth.rotation, truth.translation]);
});

test('an index that is no image’s is refused, of pictures and of their truth', () => {
  for (const index of [5, -1, 0.5]) {
    const message = `indices must be of the split's 5 images, counted from 0, but hold ${index}`;
    assert.throws(() => imageBatch(DATASET, [0, index]), { name: 'RangeError', message });
    assert.throws(() => batchTruth(DATASET, [0, index]), { name: 'RangeError', message });
  }
});

test('each epoch holds each image once, whatever the batch size', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 15 }), (images, batchSize) => {
      const order = batchOrder(images, batchSize, createRandom('order'));
      const drawn = Array.from({ length: Math.ceil((3 * images) / batchSize) }, (_, step) => [...order(step)]).flat();
      for (let epoch = 0; epoch < 3; epoch++)
        assert.deepEqual(
          drawn.slice(epoch * images, (epoch + 1) * images).sort((a, b) => a - b),
          Array.from({ length: images }, (_, i) => i),
        );
    }),
    { seed: 1, numRuns: 40 },
  );
});

test('epochs have different orders', () => {
  const order = batchOrder(50, 50, createRandom('order'));
  assert.notDeepEqual(order(0), order(1));
});

test('a step’s images depend on the seed and the step alone, not on the steps before', () => {
  const inTurn = batchOrder(10, 4, createRandom('order'));
  const all = Array.from({ length: 30 }, (_, step) => [...inTurn(step)]);
  const jumping = batchOrder(10, 4, createRandom('order'));
  for (const step of [29, 0, 12, 3, 28]) assert.deepEqual([...jumping(step)], all[step], `step ${step}`);
  const other = batchOrder(10, 4, createRandom('another order'));
  assert.notDeepEqual(
    Array.from({ length: 30 }, (_, step) => [...other(step)]),
    all,
  );
});
