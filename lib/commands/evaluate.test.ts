import assert from 'node:assert/strict';
import fs from 'node:fs';
import { test } from 'node:test';
import { openDataset, poseOf, shapeOf, symmetrize, writeDataset } from 'lib/dataset';
import { meanErrors, meanPose, reconstructionErrors } from 'lib/evaluation';
import { type LossSpec, lossOf, readEvaluation, readFloors, readSummary } from 'lib/experiment';
import { project } from 'lib/morphable-model';
import ndarray from 'ndarray';
import { evaluate, evaluateFloors } from './evaluate';
import { madeUpRun } from './made-up-run.fixture';
import { summarize } from './summarize';
import { trainLoss } from './train';

const near = (a: number, b: number, tolerance = 1e-4) =>
  assert.ok(Math.abs(a - b) <= tolerance * (1 + Math.abs(b)), `${a} should be ${b}`);

test('evaluation and summary hold each network’s and both floors’ errors on the test images', async (t) => {
  const training = { steps: 4, batchSize: 2, learningRate: 0.001, seeds: [1, 5] };
  const { folder, files, model, profile } = await madeUpRun(t, { training });
  const train = openDataset(files.dataset('train'));
  writeDataset(files.dataset('train'), { ...train, mirror: Uint32Array.from({ length: 30 }, (_, n) => n) });
  const losses = ['xqt', 'mrl-2'].map((id) => lossOf(profile, id));
  const [xqt, mrl] = losses;
  for (const id of ['xqt', 'mrl-2'])
    for (const seed of training.seeds) {
      await trainLoss(folder, id, seed);
      await evaluate(folder, id, seed);
    }
  await evaluateFloors(folder);
  const { subjects, ...floors } = readFloors(files.floors);
  const errorsOf = (loss: LossSpec, seed: number) => readEvaluation(files.evaluation(loss, seed));
  const data = openDataset(files.dataset('test'));
  assert.deepEqual(subjects, [...data.subjects]);
  const all = losses.flatMap((loss) => training.seeds.map((seed) => errorsOf(loss, seed)));
  for (const errors of [...all, floors.meanHead, floors.projection])
    for (const values of Object.values(errors)) assert.equal(values.length, 8);

  // the mean head stands in the training set's mean pose, mirrored images included, never in the test set's
  const pose = meanPose(symmetrize(openDataset(files.dataset('train'))));
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
    assert.ok(floors.projection.shapeMillimetres[image] < errorsOf(xqt, 1).shapeMillimetres[image]);
  }
  assert.equal(poseOf(data, 0).rotation.length, 4);

  summarize(folder);
  const summary = readSummary(files.summary);
  assert.deepEqual(summary.subjects, profile.subjects);
  assert.deepEqual(summary.images, { train: 12, validation: 4, test: 8 });
  const seeds = [
    [1, 4],
    [5, 4],
  ];
  assert.deepEqual(
    summary.rows.map(({ loss, steps, epochs, seeds }) => [
      loss,
      steps,
      epochs,
      seeds.map(({ seed, chosenStep }) => [seed, chosenStep]),
    ]),
    [
      // 4 steps of 2 images, of 12 and their mirror images
      ['xqt', 4, 8 / 24, seeds],
      ['mrl-2', 4, 8 / 24, seeds],
    ],
  );
  const meanHead = meanErrors(floors.meanHead);
  for (const { loss, errors, spread, shapeDeviation, shapeGain, byAngle, seeds: ofLoss } of summary.rows) {
    const [one, five] = [1, 5].map((seed) => errorsOf(lossOf(profile, loss), seed));
    assert.deepEqual(
      ofLoss.map((seed) => seed.errors),
      [one, five].map(meanErrors),
    );
    for (const key of ['shapeMillimetres', 'rotationDegrees', 'reprojectionPixels'] as const) {
      const [a, b] = ofLoss.map((seed) => seed.errors[key]);
      near(errors[key], (a + b) / 2, 1e-9);
      // with n - 1 the deviation of two numbers is their difference by √2
      near(spread?.[key] ?? Number.NaN, Math.abs(a - b) / Math.SQRT2, 1e-9);
      assert.ok(Math.abs(a - b) > 1e-4, 'seeds that give the same would tell nothing');
    }
    const shape = one.shapeMillimetres.map((v, image) => (v + five.shapeMillimetres[image]) / 2);
    const variance = shape.reduce((sum, v) => sum + (v - errors.shapeMillimetres) ** 2 / 8, 0);
    near(shapeDeviation, Math.sqrt(variance), 1e-9);
    near(shapeGain.share, 1 - errors.shapeMillimetres / meanHead.shapeMillimetres, 1e-9);
    assert.ok(shapeGain.low < shapeGain.share && shapeGain.share < shapeGain.high);
    assert.equal(
      byAngle.shapeMillimetres.reduce((sum, bin) => sum + bin.images, 0),
      8,
    );
  }
  assert.deepEqual(summary.floors.meanHead, meanErrors(floors.meanHead));
  assert.equal(summary.provenance.seed, profile.seed);
  assert.equal(summary.provenance.node, process.version);
  assert.ok(summary.findings.length > 0);

  const file = files.evaluation(mrl, 5);
  fs.rmSync(file);
  assert.throws(
    () => summarize(folder),
    ({ message }: Error) => message.includes(file),
  );
});
