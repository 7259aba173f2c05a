import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from 'lib/random';
import { tf } from 'lib/tensorflow';
import { trainingPoseViews } from './virtual-views';

/** Image i has the quaternion (i, 0, 0, 1) and the centre (i, 0, -60). */
function poses(images: number) {
  const rotations = Float32Array.from({ length: 4 * images }, (_, k) => [Math.floor(k / 4), 0, 0, 1][k % 4]);
  const translations = Float32Array.from({ length: 3 * images }, (_, k) => [Math.floor(k / 3), 0, -60][k % 3]);
  return { rotations, translations };
}

function draw(images: number, seed: string | number, batch: number, views: number) {
  const { rotations, translations } = poses(images);
  const drawn = trainingPoseViews(rotations, translations)(createRandom(seed), batch, views);
  const numbers = { rotation: [...drawn.rotation.dataSync()], translation: [...drawn.translation.dataSync()] };
  const shapes = { rotation: drawn.rotation.shape, translation: drawn.translation.shape };
  tf.dispose([drawn.rotation, drawn.translation]);
  return { ...numbers, shapes };
}

test('draws so many views for each head, each the whole pose of one image', () => {
  const { rotation, translation, shapes } = draw(7, 1, 5, 3);
  assert.deepEqual(shapes, { rotation: [5, 3, 4], translation: [5, 3, 3] });
  for (let i = 0; i < 15; i++) {
    const image = rotation[4 * i];
    assert.ok(Number.isInteger(image) && image >= 0 && image < 7);
    assert.deepEqual(rotation.slice(4 * i, 4 * i + 4), [image, 0, 0, 1]);
    assert.deepEqual(translation.slice(3 * i, 3 * i + 3), [image, 0, -60]);
  }
});

test('a set of one image gives that image’s pose', () => {
  assert.deepEqual(draw(1, 1, 1, 2).translation, [0, 0, -60, 0, 0, -60]);
});

test('all images are drawn evenly', () => {
  const { rotation } = draw(10, 'even', 1000, 10);
  const bins = new Array(10).fill(0);
  for (let i = 0; i < 10_000; i++) bins[rotation[4 * i]]++;
  // chi-square with 9 degrees of freedom: 27.9 is passed by chance once in 1,000
  const chiSquare = bins.reduce((sum, n) => sum + (n - 1000) ** 2 / 1000, 0);
  assert.ok(chiSquare < 27.9, `chi-square is ${chiSquare}`);
});

test('heads and steps get other views, and the same seed the same', () => {
  const first = draw(1000, 1, 2, 5).translation;
  assert.notDeepEqual(first.slice(0, 15), first.slice(15));
  assert.deepEqual(draw(1000, 1, 2, 5).translation, first);
  assert.notDeepEqual(draw(1000, 2, 2, 5).translation, first);
  const { rotations, translations } = poses(1000);
  const sampler = trainingPoseViews(rotations, translations);
  const random = createRandom(1);
  const steps = [0, 1].map(() => tf.tidy(() => [...sampler(random, 2, 5).translation.dataSync()]));
  assert.notDeepEqual(steps[0], steps[1]);
});

test('leaves two tensors behind, the ones that it returns', () => {
  const { rotations, translations } = poses(3);
  const before = tf.memory().numTensors;
  trainingPoseViews(rotations, translations)(createRandom(1), 2, 2);
  assert.equal(tf.memory().numTensors, before + 2);
});

test('a set without images is refused when views are drawn', () => {
  assert.throws(() => draw(0, 1, 1, 1), /count must be a whole number from 1 to 2\^32, but is 0/);
});
