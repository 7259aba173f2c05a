import assert from 'node:assert/strict';
import fs from 'node:fs';
import { test } from 'node:test';
import { openDataset, writeDataset } from 'lib/dataset';
import { madeUpRun } from '../commands/made-up-run.fixture';
import { trainingInputs } from './training-inputs';

test('a run’s trainings have its model and both splits on the losses’ points, its network, schedule and seed', async (t) => {
  const { folder, profile, files, model } = await madeUpRun(t, { seed: 7 });
  const { basis, dataset, validation, network, steps, batchSize, learningRate, seed } = await trainingInputs(folder);
  assert.deepEqual({ steps, batchSize, learningRate }, profile.training);
  assert.deepEqual([network, seed], [{ ...profile.network, imageSize: 16 }, 7]);
  // every third of 30 points
  assert.deepEqual([basis.mean.shape, dataset.points, validation.points], [[10, 3], 10, 10]);
  assert.deepEqual(basis.mean.data.slice(3, 6), model.mean.data.slice(9, 12));
  const whole = openDataset(files.dataset('validation'));
  assert.deepEqual(validation.shapes.slice(3, 6), whole.shapes.slice(9, 12));
  assert.deepEqual(validation.images, whole.images);
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
    dataset.images[0] ^= 1;
    writeDataset(files.dataset(split), dataset);
    seen.add(await name());
  }
  assert.equal(seen.size, 3);
});
