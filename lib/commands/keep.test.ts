import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { openDataset, shapeOf } from 'lib/dataset';
import type { Prediction } from 'lib/evaluation';
import { readRun, readScanEvaluations, trainedNetwork } from 'lib/experiment';
import { writeJson } from 'lib/files';
import { readMesh } from 'lib/mesh';
import { readMorphableModel } from 'lib/morphable-model';
import { predictAll } from 'lib/training';
import { madeUpEvaluation } from '../experiment/scan-evaluation.fixture';
import { temporaryFolder } from '../files/temporary-folder.fixture';
import { keepSmallRun } from './keep';
import { madeUpRun } from './made-up-run.fixture';
import { trainLoss } from './train';

test('a small copy of a run is read as the run itself, and predicts nearly the same from less room', async (t) => {
  const training = { steps: 12, batchSize: 2, learningRate: 0.001, seeds: [5, 1] };
  const { folder, files, profile } = await madeUpRun(t, { training });
  for (const loss of ['xqt', 'mrl-2']) await trainLoss(folder, loss, 5);
  const to = path.join(temporaryFolder(t), 'small');
  const effects = await keepSmallRun(folder, { to, networks: ['xqt', 'mrl-2'], heads: ['mrl-2'] });

  const small = readRun(to);
  assert.deepEqual(small.profile, profile);
  const data = openDataset(files.dataset('test'));
  const loss = profile.losses.find(({ name }) => name === 'mrl');
  assert.ok(loss);
  const predictions: Prediction[][] = [];
  for (const run of [folder, to]) {
    const network = trainedNetwork(run, loss, 5, await readMorphableModel(readRun(run).files.model));
    predictions.push(await predictAll(network, data));
    network.dispose();
  }
  let [change, size] = [0, 0];
  predictions[0].forEach(({ coefficients }, image) => {
    coefficients.forEach((v, k) => {
      change = Math.max(change, Math.abs(v - predictions[1][image].coefficients[k]));
      size = Math.max(size, Math.abs(v));
    });
  });
  assert.ok(change > 0, 'the weights are rounded');
  assert.ok(change < 0.02 * size, `coefficients of ${size} change by ${change}`);
  const bytes = [folder, to].map((run) => fs.statSync(readRun(run).files.training(loss, 5).weights).size);
  assert.ok(bytes[1] < 0.5 * bytes[0], `${bytes}`);

  assert.deepEqual(Object.keys(effects), ['xqt', 'mrl-2']);
  for (const { shapeMillimetres, reprojectionPixels } of Object.values(effects))
    for (const [before, after] of [shapeMillimetres, reprojectionPixels]) {
      assert.ok(before > 0.1);
      assert.ok(Math.abs(after - before) < 0.01 * before, `${before} becomes ${after}`);
    }
  const { checksum: _, ...written } = JSON.parse(fs.readFileSync(path.join(to, 'rounding.json'), 'utf8'));
  assert.deepEqual(written, effects);

  // the true head of Figure 3 is one of the test split's, and the network's is another
  assert.deepEqual(fs.readdirSync(path.join(to, 'profile-heads')).sort(), ['mrl-2.ply', 'truth.ply']);
  const points = ['truth', 'mrl-2'].map((name) => [...readMesh(small.files.profileHead(name)).points.data]);
  assert.ok(Array.from({ length: 8 }, (_, i) => [...shapeOf(data, i)]).some((shape) => same(shape, points[0])));
  assert.ok(!same(points[0], points[1]));
});

const same = (a: number[], b: number[]): boolean => a.length === b.length && a.every((v, i) => v === b[i]);

test('of other people’s scans the results are kept, and the heatmaps of the five that Figure 7 shows', async (t) => {
  const { folder, files } = await madeUpRun(t);
  const given = [madeUpEvaluation('micc', 5), madeUpEvaluation('facewarehouse', 5)];
  for (const evaluation of given) {
    writeJson(files.scanEvaluation(evaluation.dataset), evaluation);
    for (const { name } of evaluation.cases)
      fs.mkdirSync(path.dirname(files.scanCase(evaluation.dataset, name).heatmap), { recursive: true });
    for (const { name } of evaluation.cases) fs.writeFileSync(files.scanCase(evaluation.dataset, name).heatmap, name);
  }
  const to = path.join(temporaryFolder(t), 'small');
  await keepSmallRun(folder, { to, networks: [], heads: [] });
  const small = readRun(to).files;
  assert.deepEqual(readScanEvaluations(small), given);
  const kept = fs
    .readdirSync(small.scanEvaluations, { recursive: true })
    .map(String)
    .filter((file) => file.endsWith('.arrays'));
  const names = [1, 2, 3]
    .map((i) => `micc-stand-in/subject_${i}`)
    .concat([1, 2].map((i) => `facewarehouse-stand-in/Tester_${i}`));
  assert.deepEqual(kept.sort(), names.map((name) => `${name}.arrays`).sort());
  assert.equal(fs.readFileSync(small.scanCase('micc-stand-in', 'subject_2').heatmap, 'utf8'), 'subject_2');
});

test('a loss that the run does not have is refused, with those that it has', async (t) => {
  const { folder } = await madeUpRun(t);
  const to = temporaryFolder(t);
  for (const options of [
    { networks: ['xqt', 'gal'], heads: [] },
    { networks: [], heads: ['gal'] },
  ])
    await assert.rejects(keepSmallRun(folder, { to, ...options }), /loss must be one of .*xqt.*, but is gal$/);
  assert.deepEqual(fs.readdirSync(to), []);
});

test('a run is not rounded in its own place', async (t) => {
  const { folder, files } = await madeUpRun(t);
  const before = fs.readFileSync(files.model);
  await assert.rejects(
    keepSmallRun(folder, { to: `${folder}/dataset/..`, networks: [], heads: [] }),
    /must be another folder than the run's, whose model and weights would be rounded$/,
  );
  assert.deepEqual(fs.readFileSync(files.model), before);
});
