import assert from 'node:assert/strict';
import { test } from 'node:test';
import { imageCount, pictureOf, poseOf, restrictPoints, shapeOf, symmetrize } from './dataset';
import { madeUpDataset } from './dataset.fixture';
import { mirrorPicture, mirrorPose, mirrorShape } from './symmetrize';

/** Two subjects of three points, seen on five images of 2 x 2 pixels. */
const DATASET = madeUpDataset(
  [
    [1, 2, 3, 4, 5, 6, 7, 8, 9],
    [11, 12, 13, 14, 15, 16, 17, 18, 19],
  ],
  { images: 5, imageSize: 2 },
);

test('an image’s shape is its subject’s and its pose is its own', () => {
  assert.equal(imageCount(DATASET), 5);
  assert.deepEqual([...shapeOf(DATASET, 3)], [11, 12, 13, 14, 15, 16, 17, 18, 19]);
  assert.deepEqual([...shapeOf(DATASET, 4)], [1, 2, 3, 4, 5, 6, 7, 8, 9]);
  assert.deepEqual(poseOf(DATASET, 3), {
    rotation: [...DATASET.rotations.subarray(12, 16)],
    translation: [...DATASET.translations.subarray(9, 12)],
  });
});

test('restrictPoints takes the points asked for, in their order, and leaves the rest', () => {
  const some = restrictPoints(DATASET, Uint32Array.of(2, 0));
  assert.equal(some.points, 2);
  assert.deepEqual([...shapeOf(some, 0)], [7, 8, 9, 1, 2, 3]);
  assert.deepEqual([...shapeOf(some, 1)], [17, 18, 19, 11, 12, 13]);
  assert.equal(some.images, DATASET.images);
  assert.deepEqual(poseOf(some, 4), poseOf(DATASET, 4));
});

test('an image’s bytes are its own', () => {
  const pixels = DATASET.images.subarray(0, DATASET.images.length);
  assert.deepEqual(pictureOf(DATASET, 3), pixels.slice(36, 48));
});

test('a symmetrized split holds every image as it was, and then every image mirrored', () => {
  const mirror = Uint32Array.of(1, 0, 2);
  const twice = symmetrize({ ...DATASET, mirror });
  assert.equal(imageCount(twice), 10);
  assert.equal(twice.images.length, 2 * DATASET.images.length);
  for (let image = 0; image < 5; image++) {
    assert.deepEqual(shapeOf(twice, image), shapeOf(DATASET, image));
    assert.deepEqual(poseOf(twice, image), poseOf(DATASET, image));
    assert.deepEqual(pictureOf(twice, image), pictureOf(DATASET, image));
    assert.deepEqual(shapeOf(twice, 5 + image), mirrorShape(shapeOf(DATASET, image), mirror));
    assert.deepEqual(poseOf(twice, 5 + image), mirrorPose(poseOf(DATASET, image)));
    assert.deepEqual(pictureOf(twice, 5 + image), mirrorPicture(pictureOf(DATASET, image), 2));
  }
  // any stretch of bytes, over the middle too
  const all = twice.images.subarray(0, 120);
  for (const [start, end] of [
    [59, 61],
    [0, 75],
    [67, 120],
    [70, 71],
  ])
    assert.deepEqual(twice.images.subarray(start, end), all.slice(start, end));
});

test('a sample of the points can be taken of a symmetrized split, not the other way round', () => {
  const whole = { ...DATASET, mirror: Uint32Array.of(1, 0, 2) };
  const some = restrictPoints(symmetrize(whole), Uint32Array.of(2, 0));
  // of (1 2 3, 4 5 6, 7 8 9) mirrored: -4 5 6, -1 2 3, -7 8 9
  assert.deepEqual([...shapeOf(some, 5)], [-7, 8, 9, -4, 5, 6]);
  for (const dataset of [DATASET, restrictPoints(whole, Uint32Array.of(0)), symmetrize(whole)])
    assert.throws(() => symmetrize(dataset), /dataset must hold a mirror map/);
});
