import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { decodePicture } from 'lib/dataset';
import { readMiccCases, readStandIn, readTruth, scanError, shapeError } from 'lib/evaluation';
import {
  headFraming,
  type LossSpec,
  lossId,
  MEAN_HEAD,
  networkOf,
  type Profile,
  readRun,
  readScanEvaluation,
  readScanHeatmap,
  runFiles,
  trainedNetwork,
} from 'lib/experiment';
import { writeJson } from 'lib/files';
import { alignRigid, quaternionFromAxisAngle, transformPoints } from 'lib/geometry';
import { instance, type MorphableModel, readMorphableModel, writeMorphableModel } from 'lib/morphable-model';
import { headTemplate } from 'lib/population';
import { createRandom } from 'lib/random';
import { readWeights, reconstructionNetwork, writeCheckpoint } from 'lib/training';
import ndarray, { type NdArray } from 'ndarray';
import { TINY } from '../experiment/profile.fixture';
import { temporaryFolder } from '../files/temporary-folder.fixture';
import { evaluateScans, trueError } from './evaluate-scans';
import { cameraOf, headCrop, predictCrop } from './head-crop';
import { makeStandIn } from './stand-in';

const LOSSES: LossSpec[] = [{ name: 'coarse' }, { name: 'gal', frame: 'camera' }];

/** A run whose model is the template with three waves, and whose networks have weights of noise. */
async function runOnHeads(t: TestContext) {
  const folder = temporaryFolder(t);
  const profile: Profile = { ...TINY, imageSize: 16, losses: [...LOSSES, { name: 'srl' }] };
  writeJson(path.join(folder, 'run.json'), { profile, heads: { source: 'population' } });
  const { points, triangles } = headTemplate();
  const waves = [0, 1, 2].map((axis) => {
    const wave = points.data.map((_, i) => (i % 3 === axis ? Math.sin(points.data[i - (i % 3) + 1] / 8) : 0));
    const length = Math.hypot(...wave);
    return wave.map((v) => v / length);
  });
  const model: MorphableModel = {
    mean: points,
    triangles,
    components: ndarray(Float32Array.from(waves.flatMap((wave) => [...wave])), [3, points.data.length]),
    variances: Float64Array.of(900, 400, 100),
  };
  const files = runFiles(folder);
  await writeMorphableModel(files.model, model);
  for (const loss of LOSSES) {
    const random = createRandom(loss.name);
    const network = reconstructionNetwork(model, networkOf(profile, loss), random);
    const weights = (await readWeights(network)).map((w) => w.map((v) => v + 0.02 * random.normal()));
    network.dispose();
    writeCheckpoint(files.training(loss, 1).weights, { step: 1, weights, firstMoments: [], secondMoments: [] });
  }
  return { folder, files };
}

test('people of both layouts are made, read, predicted and measured, again from where it stopped', async (t) => {
  const root = temporaryFolder(t);
  const { folder, files } = await runOnHeads(t);
  const [micc, faces] = ['micc', 'facewarehouse'].map((name) => path.join(root, name));
  await makeStandIn({ layout: 'micc', out: micc, count: 2 });
  await makeStandIn({ layout: 'facewarehouse', out: faces, count: 1, seed: 4 });
  assert.equal(readStandIn(micc)?.count, 2);

  const evaluation = await evaluateScans(folder, micc);
  assert.deepEqual(evaluation, readScanEvaluation(files.scanEvaluation('micc-stand-in')));
  assert.deepEqual([evaluation.dataset, evaluation.seed, evaluation.leftOut], ['micc-stand-in', 1, []]);
  // SRL has no network
  assert.deepEqual(
    evaluation.losses.map(({ loss }) => loss),
    ['coarse', 'gal-camera'],
  );
  assert.deepEqual(evaluation.standIn, { heads: 'second-population', seed: 1, count: 2 });
  for (const { failure, errors } of evaluation.cases) {
    assert.equal(failure, undefined);
    assert.deepEqual(Object.keys(errors), ['coarse', 'gal-camera', MEAN_HEAD]);
    for (const { protocols, trueMillimetres } of Object.values(errors)) {
      assert.deepEqual(Object.keys(protocols), ['paper', 'similarity-95mm', 'now']);
      for (const outcome of Object.values(protocols)) {
        assert.ok(!('failure' in outcome), JSON.stringify(outcome));
        assert.ok(outcome.converged && outcome.meanMillimetres > 0.3 && outcome.meanMillimetres < 20);
      }
      // the right point is never nearer than the nearest one, but for the motions, which differ
      const { paper } = protocols;
      assert.ok(paper && !('failure' in paper) && trueMillimetres && trueMillimetres > 0.9 * paper.meanMillimetres);
    }
  }

  // one of them by hand
  const run = readRun(folder);
  const model = await readMorphableModel(files.model);
  const [, second] = readMiccCases(micc, path.join(micc, 'annotations')).cases;
  const truth = readTruth(micc, 'subject_2');
  assert.ok(truth);
  const picture = await decodePicture(second.picture);
  const crop = headCrop(second.picture, picture, cameraOf(picture).camera, truth.box, headFraming(run, model.mean));
  const network = trainedNetwork(folder, LOSSES[1], 1, model);
  const { coefficients } = await predictCrop(network, crop);
  network.dispose();
  const points = instance(model, coefficients);
  const places = Object.entries(headTemplate().landmarks).map(([name, v]) => [
    name,
    [0, 1, 2].map((i) => points.get(v, i)),
  ]);
  const error = scanError(
    { mesh: { points, triangles: model.triangles }, landmarks: Object.fromEntries(places) },
    second.readScan(),
    'paper',
  );
  const { paper } = evaluation.cases[1].errors['gal-camera'].protocols;
  assert.ok(paper && !('failure' in paper));
  assert.equal(paper.meanMillimetres, Number(error.meanMillimetres.toPrecision(5)));
  assert.notDeepEqual(evaluation.cases[0].errors['gal-camera'], evaluation.cases[1].errors['gal-camera']);
  const heatmap = readScanHeatmap(files.scanCase('micc-stand-in', 'subject_2').heatmap);
  assert.deepEqual(heatmap.coefficients[1], coefficients);
  assert.deepEqual([...heatmap.seen.pixels], [...crop.crop.pixels]);
  heatmap.distances[1].forEach((d, n) => {
    const exact = error.alignment.distancesMillimetres[n];
    assert.ok(Number.isNaN(exact) ? Number.isNaN(d) : Math.abs(d - Math.min(25.4, exact)) < 0.051);
  });

  // what is there is kept, what is not or was made from others is made
  const results = evaluation.cases.map(({ name }) => files.scanCase('micc-stand-in', name).result);
  const { checksum: _, ...kept } = JSON.parse(fs.readFileSync(results[0], 'utf8'));
  const figure = files.scanCase('micc-stand-in', evaluation.cases[1].name).heatmap;
  const drawn = fs.readFileSync(figure);
  writeJson(results[0], { ...kept, picture: 'kept' });
  fs.writeFileSync(results[1], 'broken');
  assert.deepEqual((await evaluateScans(folder, micc)).cases, [{ ...kept, picture: 'kept' }, evaluation.cases[1]]);
  fs.writeFileSync(figure, 'broken');
  await evaluateScans(folder, micc);
  assert.deepEqual(fs.readFileSync(figure), drawn);

  const warehouse = await evaluateScans(folder, faces);
  assert.equal(warehouse.dataset, 'facewarehouse-stand-in');
  assert.equal(warehouse.cases[0].failure, undefined);
  const boxes = path.join(root, 'boxes.json');
  writeJson(boxes, { Tester_2: { box: [100, 100, 200, 250] } });
  const [other] = (await evaluateScans(folder, faces, { boxes })).cases;
  assert.match(other.failure ?? '', /boxes\.json must say where the head is, but has no Tester_1$/);
  assert.deepEqual(other.errors, {});
  assert.notEqual(other.madeFrom, warehouse.cases[0].madeFrom);

  // who fails of others' people is told by name, and when all fail the exit code says so
  const cases = readMiccCases(micc, path.join(micc, 'annotations')).cases;
  for (const person of cases) fs.writeFileSync(person.picture, 'no picture');
  // of a stand-in, whose files were written whole, it is damage
  await assert.rejects(
    evaluateScans(folder, micc),
    /frame\d+\.jpg was changed since it was written; remove .*subject_1\.arrays and .*stand-in\.json, and run again/,
  );
  fs.rmSync(path.join(micc, 'stand-in.json'));
  const program = path.join(__dirname, 'reconstruct.mjs');
  const args = ['evaluate', '--run', folder, '--scans', micc];
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], { encoding: 'utf8' });
  assert.equal(status, 1, stderr);
  assert.match(stdout, /^Coarse: no result$/m);
  for (const { name } of cases)
    assert.match(
      stderr,
      new RegExp(`^not evaluated: ${name}: .*frame\\d+\\.jpg: must be a JPEG or PNG picture, but is none$`, 'm'),
    );
});

test('the true error is that of the judged points, after the motion that is best for them', () => {
  const random = createRandom('true error');
  const truth = ndarray(
    Float32Array.from({ length: 60 }, () => 5 * random.normal()),
    [20, 3],
  );
  const pose = { rotation: quaternionFromAxisAngle([0, 0, 1], 0.4), translation: [3, -2, 1] as const };
  const predicted = transformPoints(truth, { ...pose, translation: [3, -2, 1] });
  const all = new Float64Array(20);
  assert.ok(trueError(predicted, truth, all) < 1e-3);
  // a point that is not judged may be anywhere
  predicted.set(7, 0, 99);
  const distances = all.map((_, n) => (n === 7 ? Number.NaN : 1));
  assert.ok(trueError(predicted, truth, distances) < 1e-3);
  predicted.set(3, 1, predicted.get(3, 1) + 2);
  const judged = [...all.keys()].filter((n) => n !== 7);
  const rows = (points: NdArray<Float32Array>) =>
    ndarray(Float32Array.from(judged.flatMap((n) => [0, 1, 2].map((i) => points.get(n, i)))), [19, 3]);
  const naive = shapeError(rows(truth), transformPoints(rows(predicted), alignRigid(rows(predicted), rows(truth))));
  assert.ok(naive > 0.5);
  assert.ok(Math.abs(trueError(predicted, truth, distances) - naive) < 1e-3 * naive);
});

test('made people are the same again, kept when they are there, and others with another seed', async (t) => {
  const root = temporaryFolder(t);
  const make = async (name: string, seed: number) => {
    const out = path.join(root, name);
    await makeStandIn({ layout: 'micc', out, count: 1, seed });
    const files = fs
      .readdirSync(out, { recursive: true })
      .map(String)
      .filter((file) => fs.statSync(path.join(out, file)).isFile());
    return {
      out,
      content: Object.fromEntries(files.sort().map((file) => [file, fs.readFileSync(path.join(out, file), 'base64')])),
    };
  };
  const first = await make('first', 1);
  assert.deepEqual((await make('second', 1)).content, first.content);
  // what is there and of the same seed is not made again: a changed picture stays; of another seed it goes
  const picture = path.join(first.out, Object.keys(first.content).find((file) => file.endsWith('.jpg')) ?? '');
  fs.writeFileSync(picture, 'mine');
  await make('first', 1);
  assert.equal(fs.readFileSync(picture, 'utf8'), 'mine');
  const { content } = await make('first', 2);
  assert.notEqual(content['truth/subject_1.arrays'], first.content['truth/subject_1.arrays']);
});

test('names what is wrong with a folder, a run and options', async (t) => {
  const { folder } = await runOnHeads(t);
  const root = temporaryFolder(t);
  await assert.rejects(
    evaluateScans(folder, path.join(root, 'none')),
    /none must hold subject_01 .* but holds neither$/,
  );
  for (const name of ['subject_01', 'Tester_1']) fs.mkdirSync(path.join(root, name));
  await assert.rejects(evaluateScans(folder, root), /but holds both: say which with --layout$/);
  await assert.rejects(evaluateScans(folder, root, { layout: 'micc' }), /MICC Florence is not whole/);
  const empty = temporaryFolder(t);
  writeJson(path.join(empty, 'run.json'), { profile: TINY, heads: { source: 'population' } });
  await assert.rejects(
    evaluateScans(empty, root),
    /^Error: the run has no trained network with seed 1: train one first$/,
  );
  assert.deepEqual(fs.readdirSync(root).sort(), ['Tester_1', 'subject_01']);
  assert.equal(lossId(LOSSES[1]), 'gal-camera');
});

test('heads of ICT-FaceKit are made in both layouts, and have no true error for a run on the population', async (t) => {
  const ict = process.env.ICT_FACEKIT;
  if (!ict) return t.skip('ICT_FACEKIT must be a folder of ICT-FaceKit');
  const root = temporaryFolder(t);
  const { folder } = await runOnHeads(t);
  for (const layout of ['micc', 'facewarehouse'] as const) {
    const out = path.join(root, layout);
    await makeStandIn({ layout, out, count: 1, model: `ict-facekit=${ict}` });
    const { dataset, cases, correlation } = await evaluateScans(folder, out);
    assert.equal(dataset, `${layout}-stand-in-ict`);
    assert.equal(cases[0].failure, undefined);
    assert.equal(correlation, undefined);
    for (const { protocols, trueMillimetres } of Object.values(cases[0].errors)) {
      assert.equal(trueMillimetres, undefined);
      for (const outcome of Object.values(protocols)) assert.ok(!('failure' in outcome), JSON.stringify(outcome));
    }
  }
});
