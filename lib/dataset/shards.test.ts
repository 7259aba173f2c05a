import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { type Arrays, readArrays, writeArrays } from 'lib/files';
import { temporaryFolder } from '../files/temporary-folder.fixture';
import { type Dataset, pictureOf, poseOf, shapeOf } from './dataset';
import { madeUpDataset } from './dataset.fixture';
import { isShardOf, openDataset, planShards, shardFile, writeDataset, writeIndex, writeShard } from './shards';

/** Two subjects of three points, seen on five images of 2 x 2 pixels. */
const DATASET = madeUpDataset(
  [
    [1, 2, 3, 4, 5, 6, 7, 8, 9],
    [11, 12, 13, 14, 15, 16, 17, 18, 19],
  ],
  { images: 5, imageSize: 2 },
);

/** All that a split holds, with its pixels as bytes. */
const contents = (dataset: Dataset) => ({ ...dataset, images: dataset.images.subarray(0, dataset.images.length) });

test('a split comes back from its shard as it was, with or without a mirror map', (t) => {
  const file = path.join(temporaryFolder(t), 'train.json');
  for (const dataset of [DATASET, { ...DATASET, mirror: Uint32Array.of(1, 0, 2) }]) {
    writeDataset(file, dataset);
    assert.deepEqual(contents(openDataset(file)), dataset);
    assert.deepEqual(pictureOf(openDataset(file), 3), pictureOf(DATASET, 3));
  }
});

/** The split in two shards of two subjects each, where it is the second subject's turn first. */
function twoShards(indexFile: string): Dataset[] {
  const parts = ['a', 'b'].map((seed, part) => {
    const shapes = [0, 1].map((s) => Array.from({ length: 9 }, (_, i) => 100 * part + 10 * s + i));
    return madeUpDataset(shapes, { images: 5 + part, imageSize: 2, seed });
  });
  parts.forEach((part, k) => {
    writeShard(shardFile(indexFile, k), part, `part ${k}`);
  });
  writeIndex(indexFile, 2);
  return parts;
}

test('images, poses and shapes of several shards follow each other', (t) => {
  const file = path.join(temporaryFolder(t), 'train.json');
  const [first, second] = twoShards(file);
  const both = openDataset(file);
  assert.deepEqual([...both.subjects], [0, 1, 0, 1, 0, 2, 3, 2, 3, 2, 3]);
  for (let image = 0; image < 11; image++) {
    const [part, own] = image < 5 ? [first, image] : [second, image - 5];
    assert.deepEqual(pictureOf(both, image), pictureOf(part, own));
    assert.deepEqual(poseOf(both, image), poseOf(part, own));
    assert.deepEqual(shapeOf(both, image), shapeOf(part, own));
  }
  // any stretch, over the border of two files too
  const all = Buffer.concat([first, second].map(({ images }) => images.subarray(0, images.length)));
  assert.deepEqual(both.images.subarray(50, 75), new Uint8Array(all.subarray(50, 75)));
});

test('the images of a split are not read into memory, only those that are asked for', (t) => {
  const file = path.join(temporaryFolder(t), 'train.json');
  twoShards(file);
  const both = openDataset(file);
  fs.truncateSync(shardFile(file, 1), 100);
  assert.equal(pictureOf(both, 4).length, 12);
  assert.throws(() => pictureOf(both, 5), /0001\.arrays is cut off: an image in it is not whole/);
});

test('a shard that is broken, or another than the index names, is an error that names it', (t) => {
  const file = path.join(temporaryFolder(t), 'train.json');
  twoShards(file);
  const shard = shardFile(file, 1);
  const whole = fs.readFileSync(shard);
  const fails = (words: RegExp) =>
    assert.throws(
      () => openDataset(file),
      (error: Error) => error.message.includes(shard) && words.test(error.message),
      String(words),
    );
  for (const at of [whole.length - 40, whole.length - 300, whole.length - 1]) {
    const changed = Buffer.from(whole);
    changed[at] ^= 1;
    fs.writeFileSync(shard, changed);
    fails(
      /was changed since it was written: its checksum must be .*; remove it and .*train\.json, and run again what made it/,
    );
  }
  fs.copyFileSync(shardFile(file, 0), shard);
  fails(/is not the shard that .*train\.json names; remove .*train\.json and render this split again/);
  fs.rmSync(shard);
  fails(/ENOENT/);
  fs.writeFileSync(shard, whole);
  const { checksum: _, ...index } = JSON.parse(fs.readFileSync(file, 'utf8'));
  index.shards[1].images = 7;
  fs.writeFileSync(file, JSON.stringify(index));
  fails(/holds 6 images of 2 px and 2 shapes of 3 points, but .* promises 7/);
  index.shards.pop();
  fs.writeFileSync(file, JSON.stringify(index));
  assert.throws(() => openDataset(file), /train\.json promises 11 images, but its shards hold 5/);
});

test('a whole shard is known by what it was made from', (t) => {
  const file = path.join(temporaryFolder(t), 'train.json');
  twoShards(file);
  const shard = shardFile(file, 1);
  assert.equal(isShardOf(shard, 'part 1'), true);
  assert.equal(isShardOf(shard, 'part 2'), false);
  assert.equal(isShardOf(shardFile(file, 2), 'part 1'), false);
  fs.truncateSync(shard, fs.statSync(shard).size - 1);
  assert.equal(isShardOf(shard, 'part 1'), false);
});

test('shards hold whole subjects, in order, and eight mebibytes of images at most', () => {
  // 54 images of 227 px fit, and 55 of 224
  assert.deepEqual(planShards([30, 25, 1, 54, 55], 224), [
    [0, 2],
    [2, 4],
    [4, 5],
  ]);
  assert.deepEqual(planShards([3, 100, 3], 224), [
    [0, 1],
    [1, 2],
    [2, 3],
  ]);
  assert.deepEqual(planShards([2, 2], 4000), [
    [0, 1],
    [1, 2],
  ]);
});

test('a shard whose arrays do not fit each other is an error that names it', (t) => {
  const index = path.join(temporaryFolder(t), 'odd.json');
  writeDataset(index, DATASET);
  const file = shardFile(index, 0);
  const good = readArrays(file);
  const without = (name: string): Arrays => Object.fromEntries(Object.entries(good).filter(([key]) => key !== name));
  const cases: [Arrays, RegExp][] = [
    [without('images'), /must hold an array "images" of type Uint8Array/],
    [without('translations'), /must hold an array "translations" of type Float32Array/],
    [
      { ...good, subjects: { data: new Float32Array(5), shape: [5] } },
      /must hold an array "subjects" of type Uint32Array/,
    ],
    [{ ...good, subjects: { data: new Uint32Array(4), shape: [4] } }, /a subject and a pose for each of its 5 images/],
    [{ ...good, rotations: { data: new Float32Array(15), shape: [5, 3] } }, /a subject and a pose for each of its 5/],
    [
      { ...good, translations: { data: new Float32Array(12), shape: [4, 3] } },
      /a subject and a pose for each of its 5/,
    ],
    [
      { ...good, subjects: { data: Uint32Array.of(0, 1, 0, 2, 0), shape: [5] } },
      /image 3 shows subject 2, but there are 2/,
    ],
    [{ ...good, images: { data: new Uint8Array(60), shape: [5, 12] } }, /images must be \[images, size, size, 3\]/],
    [{ ...good, shapes: { data: new Float32Array(18), shape: [2, 9] } }, /shapes must be \[subjects, points, 3\]/],
    [{ ...good, mirror: { data: Uint32Array.of(1, 2, 0), shape: [3] } }, /mirror must pair the 3 points of its shapes/],
  ];
  for (const [arrays, words] of cases) {
    writeArrays(file, arrays);
    assert.throws(
      () => writeIndex(index, 1),
      (error: Error) => error.message.startsWith(file) && words.test(error.message),
      String(words),
    );
  }
});
