import assert from 'node:assert/strict';
import fs from 'node:fs';
import { test } from 'node:test';
import { openDataset, writeDataset } from 'lib/dataset';
import { madeUpRun } from '../commands/made-up-run.fixture';
import { trainingInputs } from './training-inputs';

test('a run’s trainings have its model and both splits on the losses’ points, its network, schedule and seed', async (t) => {
  const { folder, profile, files, model } = await madeUpRun(t);
  const { basis, dataset, validation, network, steps, batchSize, learningRate, seed } = await trainingInputs(folder);
  assert.deepEqual({ steps, batchSize, learningRate, seeds: [seed] }, profile.training);
  assert.deepEqual(network, { ...profile.network, imageSize: 16 });
  const own = await trainingInputs(folder, { name: 'srl', steps: 9, coefficientScale: 2 }, 7);
  assert.deepEqual([own.steps, own.network.coefficientScale, own.seed], [9, 2, 7]);
  // every third of 30 points
  assert.deepEqual([basis.mean.shape, dataset.points, validation.points], [[10, 3], 10, 10]);
  assert.deepEqual(basis.mean.data.slice(3, 6), model.mean.data.slice(9, 12));
  const whole = openDataset(files.dataset('validation'));
  assert.deepEqual(validation.shapes.slice(3, 6), whole.shapes.slice(9, 12));
  const bytes = ({ images }: typeof whole) => images.subarray(0, images.length);
  assert.deepEqual(bytes(validation), bytes(whole));
  assert.equal(dataset.subjects.length, 12);
});

test('the data’s name changes with the model and with each of the splits that a training sees, and with no other', async (t) => {
  const { folder, files } = await madeUpRun(t);
  const name = async () => (await trainingInputs(folder)).data;
  const before = await name();
  fs.rmSync(files.dataset('test'));
  assert.equal(await name(), before);
  const seen = new Set([before]);
  for (const split of ['train', 'validation'] as const) {
    const dataset = openDataset(files.dataset(split));
    const images = dataset.images.subarray(0, dataset.images.length).slice();
    images[0] ^= 1;
    writeDataset(files.dataset(split), { ...dataset, images });
    seen.add(await name());
  }
  assert.equal(seen.size, 3);
});

test('training images are seen mirrored too where heads can be mirrored; validation images are not', async (t) => {
  const { folder, files } = await madeUpRun(t);
  for (const split of ['train', 'validation'] as const) {
    const dataset = openDataset(files.dataset(split));
    writeDataset(files.dataset(split), { ...dataset, mirror: Uint32Array.from({ length: 30 }, (_, n) => n) });
  }
  const { dataset, validation } = await trainingInputs(folder);
  assert.deepEqual([dataset.subjects.length, validation.subjects.length], [24, 4]);
  const [first, mirrored] = [0, 12].map((image) => dataset.translations[3 * image]);
  assert.equal(mirrored, -first);
  assert.ok(first !== 0);
});
