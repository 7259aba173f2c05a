import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Quaternion, rotate, type Vector3 } from 'lib/geometry';
import { createRandom } from 'lib/random';
import { tf } from 'lib/tensorflow';
import { ringViews, sphericalCapViews, trainingPoseViews, type ViewSampler } from './virtual-views';

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

/** Views as poses of numbers, one after another. */
function posesOf(sampler: ViewSampler, seed: string, batch: number, views: number) {
  const drawn = sampler(createRandom(seed), batch, views);
  const [q, t] = [drawn.rotation.dataSync(), drawn.translation.dataSync()];
  tf.dispose([drawn.rotation, drawn.translation]);
  return Array.from({ length: batch * views }, (_, i) => ({
    rotation: [...q.subarray(4 * i, 4 * i + 4)] as unknown as Quaternion,
    centre: [...t.subarray(3 * i, 3 * i + 3)] as unknown as Vector3,
  }));
}

const near = (actual: readonly number[], expected: readonly number[], tolerance: number) =>
  actual.forEach((v, i) => {
    assert.ok(Math.abs(v - expected[i]) <= tolerance, `${actual} instead of ${expected}`);
  });

/** One camera 30 degrees to the side at 50 cm, one straight ahead at 70 cm. */
const TRAINING = Float32Array.of(25, 0, -50 * Math.cos(Math.PI / 6), 0, 0, -70);

test('cameras of the cap and of the ring look at the origin, with no roll', () => {
  for (const sampler of [sphericalCapViews(TRAINING), ringViews(60)])
    for (const { rotation, centre } of posesOf(sampler, 'look', 20, 4)) {
      const distance = Math.hypot(...centre);
      near(
        rotate(rotation, [0, 0, 1]),
        centre.map((v) => -v / distance),
        1e-6,
      );
      // the camera's x axis lies level, and its y axis points up
      assert.ok(Math.abs(rotate(rotation, [1, 0, 0])[1]) < 1e-6);
      assert.ok(rotate(rotation, [0, 1, 0])[1] > 0);
      assert.ok(rotation[0] >= 0);
    }
});

test('the cap reaches as far as the training set, at its distances', () => {
  const views = posesOf(sphericalCapViews(TRAINING), 'cap', 500, 4);
  const angles = views.map(({ centre: [x, y, z] }) => (Math.atan2(Math.hypot(x, y), -z) * 180) / Math.PI);
  assert.ok(Math.max(...angles) <= 30 + 1e-4 && Math.max(...angles) > 29);
  const distances = views.map(({ centre }) => Math.hypot(...centre));
  for (const distance of distances) assert.ok(Math.min(Math.abs(distance - 50), Math.abs(distance - 70)) < 1e-4);
  const far = distances.filter((distance) => distance > 60).length;
  // 2,000 fair coins: four standard deviations are 90
  assert.ok(Math.abs(far - 1000) < 90, `${far} of 2,000`);
});

test('the cap is filled evenly: equal bins of the cosine and of the turn hold equally many', () => {
  const views = posesOf(sphericalCapViews(TRAINING), 'even', 1000, 10);
  const bins = new Array(10).fill(0);
  const turns = new Array(10).fill(0);
  const least = Math.cos(Math.PI / 6);
  for (const { centre } of views) {
    const cosine = -centre[2] / Math.hypot(...centre);
    bins[Math.min(9, Math.floor((10 * (cosine - least)) / (1 - least)))]++;
    turns[Math.floor((10 * (Math.atan2(centre[1], centre[0]) + Math.PI)) / (2 * Math.PI)) % 10]++;
  }
  for (const counts of [bins, turns]) {
    const chiSquare = counts.reduce((sum, n) => sum + (n - 1000) ** 2 / 1000, 0);
    assert.ok(chiSquare < 27.9, `chi-square is ${chiSquare}`);
  }
});

test('a cap beyond the sides of the head is a cap too', () => {
  const behind = Float32Array.of(0, 0, 60);
  const depths = posesOf(sphericalCapViews(behind), 'sphere', 200, 4).map(({ centre }) => centre[2] / 60);
  assert.ok(Math.min(...depths) < -0.95 && Math.max(...depths) > 0.95);
});

test('a ring of four at 90 degrees less a hair stands right, above, left and below', () => {
  const [right, above, left, below] = posesOf(ringViews(89.9999, 60), 'any', 1, 4).map(({ centre }) => centre);
  near(right, [60, 0, 0], 1e-3);
  near(above, [0, 60, 0], 1e-3);
  near(left, [-60, 0, 0], 1e-3);
  near(below, [0, -60, 0], 1e-3);
});

test('a ring is the same for every head and seed', () => {
  const twice = posesOf(ringViews(40), 'one', 2, 3);
  assert.deepEqual(twice.slice(0, 3), twice.slice(3));
  assert.deepEqual(posesOf(ringViews(40), 'other', 2, 3), twice);
  const [{ rotation, centre }] = posesOf(ringViews(0), 'one', 1, 1);
  near(rotation, [1, 0, 0, 0], 1e-7);
  near(centre, [0, 0, -60], 1e-5);
});

test('names what is wrong with poses, a cap or a ring', () => {
  assert.throws(() => sphericalCapViews(new Float32Array(0)), {
    name: 'RangeError',
    message: 'translations must hold at least one camera, but are empty',
  });
  for (const [rotations, translations] of [
    [0, 0],
    [8, 3],
    [6, 6],
  ])
    assert.throws(() => trainingPoseViews(new Float32Array(rotations), new Float32Array(translations)), {
      name: 'RangeError',
      message: `rotations and translations must be [images, 4] and [images, 3], but hold ${rotations} and ${translations} numbers`,
    });
  assert.throws(() => ringViews(90), {
    name: 'RangeError',
    message: 'angleDegrees must be at least 0 and below 90, but is 90',
  });
  assert.throws(() => ringViews(30, 0), { name: 'RangeError', message: 'distance must be positive, in cm, but is 0' });
});
