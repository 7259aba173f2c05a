import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { createRandom } from 'lib/random';
import { tf } from 'lib/tensorflow';
import { temporaryFolder } from '../files/temporary-folder.fixture';
import { batchOrder, imageBatch } from './batch';
import { type Dataset, imageCount, symmetrize } from './dataset';
import { madeUpDataset } from './dataset.fixture';
import { pictureLoader } from './picture-loader';
import { openDataset, shardFile, writeIndex, writeShard } from './shards';

const SHAPES = [
  [1, 2, 3, 4, 5, 6],
  [7, 8, 9, 10, 11, 12],
];
const part = (seed: string): Dataset => ({
  ...madeUpDataset(SHAPES, { images: 5, imageSize: 4, seed }),
  mirror: Uint32Array.of(1, 0),
});
/** The same ten images in memory and in two shards. */
function splits(folder: string): { index: string; inFiles: Dataset } {
  const index = path.join(folder, 'train.json');
  ['a', 'b'].forEach((seed, k) => {
    writeShard(shardFile(index, k), part(seed));
  });
  writeIndex(index, 2);
  return { index, inFiles: openDataset(index) };
}
/** The pixels that the thread must give, by the way that has none. */
const expected = (dataset: Dataset, images: Uint32Array) =>
  tf.tidy(() => imageBatch(dataset, images).dataSync() as Float32Array);

test('the thread gives the pixels of each step’s images, from memory and from shards, mirrored ones too', async (t) => {
  for (const dataset of [part('a'), splits(temporaryFolder(t)).inFiles].flatMap((one) => [one, symmetrize(one)])) {
    const order = batchOrder(imageCount(dataset), 3, createRandom('order'));
    const loader = pictureLoader(dataset, order);
    t.after(() => loader.close());
    for (let step = 0; step < 8; step++)
      assert.deepEqual(await loader.load(step), expected(dataset, order(step)), `step ${step}`);
  }
});

test('a step’s pixels depend on the step alone: steps may be jumped to, as when a training goes on', async (t) => {
  const dataset = symmetrize(part('a'));
  const order = batchOrder(10, 4, createRandom('order'));
  const loader = pictureLoader(dataset, order);
  t.after(() => loader.close());
  for (const step of [7, 8, 3, 30, 31, 0, 0, 1])
    assert.deepEqual(await loader.load(step), expected(dataset, order(step)), `step ${step}`);
});

/** How many requests to the thread brought no buffer to write to, so that a new one was made. */
async function newBuffers(t: TestContext, steps: number[]): Promise<number> {
  const requests = t.mock.method(Worker.prototype, 'postMessage');
  const loader = pictureLoader(part('a'), batchOrder(5, 3, createRandom('order')));
  for (const step of steps) await loader.load(step);
  await loader.close();
  requests.mock.restore();
  return requests.mock.calls.filter((call) => call.arguments[0].buffer === undefined).length;
}

test('memory is used again: four buffers serve any number of steps, and a few more where steps are jumped over', async (t) => {
  const inOrder = Array.from({ length: 100 }, (_, step) => step);
  assert.ok((await newBuffers(t, inOrder)) <= 4);
  assert.ok(
    (await newBuffers(
      t,
      inOrder.map((step) => 7 * step),
    )) <= 7,
  );
});

test('an image that cannot be read is an error that names its file', async (t) => {
  const { index, inFiles } = splits(temporaryFolder(t));
  fs.truncateSync(shardFile(index, 1), 100);
  const loader = pictureLoader(inFiles, (step) => Uint32Array.of(step, step));
  t.after(() => loader.close());
  await loader.load(4);
  await assert.rejects(loader.load(5), /0001\.arrays is cut off: an image in it is not whole/);
  // those that are there can be read still
  assert.deepEqual(await loader.load(0), expected(inFiles, Uint32Array.of(0, 0)));
});

test('an image that is not there is an error, of pictures in memory and mirrored too', async (t) => {
  for (const [dataset, images] of [
    [part('a'), 5],
    [symmetrize(part('a')), 10],
  ] as const) {
    const loader = pictureLoader(dataset, (step) => Uint32Array.of(step));
    t.after(() => loader.close());
    await loader.load(images - 1);
    await assert.rejects(loader.load(images), new RegExp(`there is no image ${images}: the split has ${images}`));
  }
});

test('after close there is no thread, and load says so', async () => {
  const loader = pictureLoader(part('a'), () => Uint32Array.of(0));
  await loader.load(0);
  await loader.close();
  await assert.rejects(loader.load(9), /the thread that reads images has ended/);
});

test('a program that forgets to close ends all the same', () => {
  const program = `
    const { pictureLoader } = require(${JSON.stringify(path.join(__dirname, 'picture-loader.ts'))});
    const images = new Uint8Array(12);
    // one that is never asked too
    pictureLoader({ images, imageSize: 2 }, () => Uint32Array.of(0));
    const loader = pictureLoader({ images, imageSize: 2 }, () => Uint32Array.of(0));
    loader.load(0).then((pixels) => console.log(pixels.length));
  `;
  const { stdout, status } = spawnSync(process.execPath, ['--import', 'tsx', '-e', program], {
    encoding: 'utf8',
    timeout: 60_000,
    cwd: path.join(__dirname, '..', '..'),
  });
  assert.deepEqual([stdout, status], ['12\n', 0]);
});
