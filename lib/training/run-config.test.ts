import assert from 'node:assert/strict';
import { test } from 'node:test';
import { temporaryFolder } from '../files/temporary-folder.fixture';
import { type Asked, differences, hasConfig, readConfig, sourceOf, writeConfig } from './run-config';
import { OPTIONS } from './tiny-training.fixture';

const ASKED: Asked = {
  loss: { name: 'Coarse', settings: { alpha: 0.5 }, source: sourceOf(() => 1) },
  network: OPTIONS,
  points: 8,
  steps: 300,
  batchSize: 32,
  learningRate: 1e-4,
  checkpointEvery: 200,
  seed: 1,
  data: 'abc',
};

test('a configuration comes back as it was asked, with what it ran on', (t) => {
  const folder = temporaryFolder(t);
  assert.equal(hasConfig(folder), false);
  const written = writeConfig(folder, ASKED, [], 0);
  assert.deepEqual(readConfig(folder), written);
  const { ranOn, ...asked } = written;
  assert.deepEqual(asked, ASKED);
  assert.equal(ranOn.length, 1);
  assert.match(`${ranOn[0].node} ${ranOn[0].tensorflow} ${ranOn[0].device}`, /^v\d+\.\d+\.\d+ \d+\.\d+\.\d+ [cg]pu: /);
  // on the same machine no entry is added, on another one is
  assert.deepEqual(writeConfig(folder, ASKED, ranOn, 200).ranOn, ranOn);
  const moved = writeConfig(folder, ASKED, [{ ...ranOn[0], device: 'gpu: CUDA' }], 200).ranOn;
  assert.deepEqual(moved, [
    { ...ranOn[0], device: 'gpu: CUDA' },
    { ...ranOn[0], fromStep: 200 },
  ]);
  assert.deepEqual(readConfig(folder).ranOn, moved);
});

test('every field in which two trainings differ is named with its values', () => {
  assert.deepEqual(differences(ASKED, ASKED), []);
  const other: Asked = {
    ...ASKED,
    loss: { name: 'XQT', settings: { beta: 3 }, source: sourceOf(() => 2) },
    network: { ...OPTIONS, poseOutput: 'camera-centre' },
    learningRate: 1e-3,
  };
  assert.deepEqual(differences(ASKED, other), [
    { field: 'loss.settings.alpha', a: '0.5', b: 'none' },
    { field: 'loss.name', a: 'Coarse', b: 'XQT' },
    { field: 'loss.source', a: ASKED.loss.source, b: other.loss.source },
    { field: 'network.poseOutput', a: 'head-centre', b: 'camera-centre' },
    { field: 'learningRate', a: '0.0001', b: '0.001' },
    { field: 'loss.settings.beta', a: 'none', b: '3' },
  ]);
  for (const [field, value] of Object.entries({
    points: 9,
    steps: 301,
    batchSize: 31,
    checkpointEvery: 9,
    seed: 2,
    data: 'abd',
  }))
    assert.deepEqual(
      differences(ASKED, { ...ASKED, [field]: value }).map((row) => row.field),
      [field],
    );
});

test('an objective is told by its text', () => {
  const one = (x: number) => 2 * x;
  assert.equal(
    sourceOf(one),
    sourceOf((x: number) => 2 * x),
  );
  assert.notEqual(
    sourceOf(one),
    sourceOf((x: number) => 3 * x),
  );
});
