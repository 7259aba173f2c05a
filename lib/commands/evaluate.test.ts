import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openDataset, poseOf, shapeOf } from 'lib/dataset';
import { meanErrors, meanPose, reconstructionErrors } from 'lib/evaluation';
import { readEvaluation, readSummary, runFiles } from 'lib/experiment';
import { writeJson } from 'lib/files';
import { project } from 'lib/morphable-model';
import ndarray from 'ndarray';
import { evaluate } from './evaluate';
import { madeUpRun } from './made-up-run.fixture';
import { summarize } from './summarize';
import { trainLoss } from './train';

const near = (a: number, b: number, tolerance = 1e-4) =>
  assert.ok(Math.abs(a - b) <= tolerance * (1 + Math.abs(b)), `${a} should be ${b}`);

test('evaluation and summary hold each network’s and both floors’ errors on the test images', async (t) => {
  const { folder, files, model, profile } = await madeUpRun(t);
  for (const loss of ['xqt', 'mrl-2']) await trainLoss(folder, loss);
  await evaluate(folder);
  const { networks, floors } = readEvaluation(files.evaluation);
  const data = openDataset(files.dataset('test'));
  assert.deepEqual(Object.keys(networks), ['xqt', 'mrl-2']);
  for (const errors of [...Object.values(networks), floors.meanHead, floors.projection])
    for (const values of Object.values(errors)) assert.equal(values.length, 8);

  // the mean head stands in the training set's mean pose, never in the test set's
  const pose = meanPose(openDataset(files.dataset('train')));
  const blind = Array.from({ length: 8 }, () => ({ coefficients: new Float32Array(0), pose }));
  reconstructionErrors(data, model, blind).reprojectionPixels.forEach((v, i) => {
    near(floors.meanHead.reprojectionPixels[i], v);
  });

  // the projection has the true pose and what the components cannot describe
  assert.deepEqual(floors.projection.translationCentimetres, new Array(8).fill(0));
  for (const image of [0, 5]) {
    const truth = ndarray(shapeOf(data, image), [30, 3]);
    const nearest = project(model, truth);
    let sum = 0;
    for (let n = 0; n < 30; n++)
      sum += Math.hypot(...[0, 1, 2].map((axis) => truth.get(n, axis) - nearest.get(n, axis)));
    near(floors.projection.shapeMillimetres[image], (10 * sum) / 30);
    assert.ok(floors.projection.shapeMillimetres[image] > 0.1, 'a floor of nothing would tell nothing');
    assert.ok(floors.projection.shapeMillimetres[image] < networks.xqt.shapeMillimetres[image]);
  }
  assert.equal(poseOf(data, 0).rotation.length, 4);

  summarize(folder);
  const summary = readSummary(files.summary);
  assert.deepEqual(summary.images, { train: 12, validation: 4, test: 8 });
  assert.deepEqual(
    summary.rows.map(({ loss, steps, chosenStep }) => [loss, steps, chosenStep]),
    [
      ['xqt', 4, 4],
      ['mrl-2', 4, 4],
    ],
  );
  for (const { loss, errors, shapeDeviation, byAngle } of summary.rows) {
    assert.deepEqual(errors, meanErrors(networks[loss]));
    const { shapeMillimetres } = networks[loss];
    const variance = shapeMillimetres.reduce((sum, v) => sum + (v - errors.shapeMillimetres) ** 2 / 8, 0);
    near(shapeDeviation, Math.sqrt(variance), 1e-9);
    assert.equal(
      byAngle.shapeMillimetres.reduce((sum, bin) => sum + bin.images, 0),
      8,
    );
  }
  assert.deepEqual(summary.floors.meanHead, meanErrors(floors.meanHead));
  assert.equal(summary.provenance.seed, profile.seed);
  assert.equal(summary.provenance.node, process.version);
  assert.ok(summary.findings.length > 0);

  writeJson(files.evaluation, { networks: { xqt: networks.xqt }, floors });
  assert.throws(() => summarize(folder), new RegExp(`${runFiles(folder).evaluation} must hold the errors of mrl-2`));
});
