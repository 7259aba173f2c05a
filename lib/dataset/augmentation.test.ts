import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  applyHomography,
  defaultCamera,
  multiplyQuaternions,
  normalizeQuaternion,
  projectPoints,
  type Quaternion,
  quaternionFromAxisAngle,
  rotationAngle,
} from 'lib/geometry';
import { createRandom } from 'lib/random';
import { tf } from 'lib/tensorflow';
import ndarray from 'ndarray';
import { type Augmentation, drawChange, type PictureChange, turnedRotation } from './augmentation';
import { batch, imageBatch } from './batch';
import { imageCount, poseOf } from './dataset';
import { madeUpDataset } from './dataset.fixture';
import { pictureLoader } from './picture-loader';

const STRONG: Augmentation = { rollDegrees: 20, turnDegrees: 2, colour: 0.2 };
const SHAPE = Array.from({ length: 30 }, (_, i) => ((i * 7) % 19) - 9);
const DATASET = madeUpDataset([SHAPE], { images: 6, imageSize: 8 });
const ALL = Uint32Array.from({ length: imageCount(DATASET) }, (_, i) => i);
const changesOf = (augmentation: Augmentation, seed = 'changes') => {
  const random = createRandom(seed);
  return Array.from(ALL, () => drawChange(augmentation, DATASET.imageSize, random));
};

/** What the thread makes of all pictures. */
async function changed(changes: PictureChange[]): Promise<Float32Array> {
  const loader = pictureLoader(
    DATASET,
    () => ALL,
    () => changes,
  );
  const pixels = (await loader.load(0)).slice();
  await loader.close();
  return pixels;
}

test('a point of the head is, in the changed picture, where the homography says that the picture shows it', () => {
  const camera = defaultCamera(DATASET.imageSize);
  const points = ndarray(Float32Array.from(SHAPE), [10, 3]);
  for (const [image, change] of changesOf(STRONG).entries()) {
    const pose = poseOf(DATASET, image);
    const before = projectPoints(points, pose, camera);
    const after = projectPoints(points, { ...pose, rotation: turnedRotation(pose.rotation, change) }, camera);
    for (let n = 0; n < 10; n++) {
      const { pixel } = applyHomography(change.homography, [after.get(n, 0), after.get(n, 1)]);
      assert.ok(Math.abs(after.get(n, 0) - before.get(n, 0)) > 0.003, 'the change moves nothing');
      for (const i of [0, 1]) assert.ok(Math.abs(pixel[i] - before.get(n, i)) < 3e-6, `point ${n} of image ${image}`);
    }
  }
});

test('by hand: a roll by a right angle turns the picture by one, without rounding it', async () => {
  const { imageSize: size } = DATASET;
  const quarter = quaternionFromAxisAngle([0, 0, 1], Math.PI / 2);
  const turned = await changed(
    changesOf({ rollDegrees: 0, turnDegrees: 0, colour: 0 }).map((change) => ({
      ...change,
      turn: quarter,
      // v to the right, and what was right goes down
      homography: [0, 1, 0, -1, 0, size, 0, 0, 1] as const,
    })),
  );
  const before = tf.tidy(() => imageBatch(DATASET, ALL).dataSync() as Float32Array);
  for (let image = 0; image < ALL.length; image++)
    for (let y = 0; y < size; y++)
      for (let x = 0; x < size; x++)
        for (let k = 0; k < 3; k++) {
          const to = ((image * size + y) * size + x) * 3 + k;
          const from = ((image * size + (size - 1 - x)) * size + y) * 3 + k;
          assert.ok(Math.abs(turned[to] - before[from]) < 1e-6);
        }
});

test('pixels agree with a slow twin: four neighbours weighted by their nearness, then gain and offset', async () => {
  const { imageSize: size } = DATASET;
  const changes = changesOf(STRONG);
  const got = await changed(changes);
  const before = tf.tidy(() => imageBatch(DATASET, ALL).dataSync() as Float32Array);
  const within = (i: number) => Math.max(0, Math.min(size - 1, i));
  let beyond = 0;
  for (const [image, { homography, gain, offset }] of changes.entries())
    for (let y = 0; y < size; y++)
      for (let x = 0; x < size; x++) {
        const { pixel } = applyHomography(homography, [x + 0.5, y + 0.5]);
        const [u, v] = pixel.map((p) => within(p - 0.5));
        if (pixel.some((p) => p < 0 || p > size)) beyond++;
        for (let k = 0; k < 3; k++) {
          let sum = 0;
          for (let row = 0; row < size; row++)
            for (let column = 0; column < size; column++) {
              const nearness = Math.max(0, 1 - Math.abs(u - column)) * Math.max(0, 1 - Math.abs(v - row));
              sum += nearness * before[((image * size + row) * size + column) * 3 + k];
            }
          const value = got[((image * size + y) * size + x) * 3 + k];
          assert.ok(Math.abs(value - (gain[k] * sum + offset)) < 2e-6, `image ${image}, pixel ${x}, ${y}: ${value}`);
        }
      }
  assert.ok(beyond > 20, 'no pixel lies beyond an edge');
});

test('the truth of a changed picture: the rotation turned, the camera’s centre and the shape as they were', () => {
  const changes = changesOf(STRONG);
  tf.tidy(() => {
    const [plain, turned] = [batch(DATASET, ALL).truth, batch(DATASET, ALL, undefined, changes).truth];
    assert.deepEqual(turned.translation.dataSync(), plain.translation.dataSync());
    assert.deepEqual(turned.shape.dataSync(), plain.shape.dataSync());
    const rotations = turned.rotation.dataSync();
    changes.forEach(({ turn }, image) => {
      normalizeQuaternion(multiplyQuaternions(poseOf(DATASET, image).rotation, turn)).forEach((q, i) => {
        assert.ok(Math.abs(rotations[4 * image + i] - q) < 1e-6);
      });
    });
  });
});

test('q0 of a turned rotation is never negative', () => {
  const rotation: Quaternion = quaternionFromAxisAngle([0, 1, 0], 3);
  const [change] = changesOf(STRONG);
  const turned = turnedRotation(rotation, { ...change, turn: quaternionFromAxisAngle([0, 1, 0], 1) });
  assert.ok(Math.abs(turned[0] - Math.abs(Math.cos(2))) < 1e-12);
  assert.ok(Math.abs(turned[2] + Math.sin(2)) < 1e-12);
});

test('changes are as large as asked: deviations of roll, turn and colours over many', () => {
  const random = createRandom('many');
  const many = Array.from({ length: 4000 }, () => drawChange(STRONG, 64, random));
  const deviation = (values: number[]) => Math.sqrt(values.reduce((sum, v) => sum + v * v, 0) / values.length);
  const near = (value: number, expected: number) =>
    assert.ok(Math.abs(value / expected - 1) < 0.05, `${value} instead of ${expected}`);
  const degrees = 180 / Math.PI;
  near(deviation(many.map(({ turn }) => 2 * Math.atan2(turn[3], turn[0]) * degrees)), 20);
  for (const axis of [1, 2] as const)
    near(deviation(many.map(({ turn }) => 2 * Math.asin(turn[axis]) * degrees)), 2 * Math.cos((10 / 180) * Math.PI));
  near(deviation(many.map(({ offset }) => offset)), 0.2);
  // contrast alone, then each colour's own
  near(deviation(many.map(({ gain }) => gain[0] - 1)), Math.sqrt(0.2 ** 2 + 0.1 ** 2 + (0.2 * 0.1) ** 2));
  near(deviation(many.map(({ gain }) => gain[0] / gain[1] - 1)), Math.SQRT2 * 0.1);
  const none = drawChange({ rollDegrees: 0, turnDegrees: 0, colour: 0 }, 64, random);
  assert.equal(rotationAngle(none.turn, [1, 0, 0, 0]), 0);
  assert.deepEqual([none.gain, none.offset], [[1, 1, 1], 0]);
});
