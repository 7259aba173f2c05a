import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { type Dataset, imageCount, openDataset, photograph, pictureOf, poseOf, shapeOf } from 'lib/dataset';
import {
  type Profile,
  readModelFacts,
  readRegistration,
  readSummary,
  runFiles,
  SPLITS,
  subjectRandom,
} from 'lib/experiment';
import { checksum, writeJson } from 'lib/files';
import { cameraCoordinates, defaultCamera, projectPoints } from 'lib/geometry';
import { readMorphableModel } from 'lib/morphable-model';
import ndarray from 'ndarray';
import { TINY } from '../experiment/profile.fixture';
import { temporaryFolder } from '../files/temporary-folder.fixture';
import { buildModel } from './build-model';
import { compareRegistration } from './compare-registration';
import { evaluate, evaluateFloors } from './evaluate';
import { writeRegisteredHeads } from './registered-heads.fixture';
import { render } from './render';
import { writeReport } from './report';
import { summarize } from './summarize';
import { trainLoss } from './train';

/** One of the training subjects fails. */
const PROFILE: Profile = { ...TINY, subjects: { ...TINY.subjects, train: 7 }, lossPoints: 200 };

/** Each subject's shape, as bytes. */
const shapes = ({ shapes: all, points }: Dataset) =>
  Array.from({ length: all.length / (3 * points) }, (_, s) =>
    Buffer.from(all.slice(3 * points * s, 3 * points * (s + 1)).buffer).toString('base64'),
  );

const NOTHING = {
  points: new Float32Array(0),
  triangles: new Uint32Array(0),
  normals: new Float32Array(0),
  albedo: new Float32Array(0),
};

/** Of the points of an image's true shape that fall into it, the share whose pixel is not as without the head. */
function coveredShare(dataset: Dataset, image: number): number {
  const { imageSize, subjects, points } = dataset;
  const shape = ndarray(shapeOf(dataset, image), [points, 3]);
  const { data } = projectPoints(shape, poseOf(dataset, image), defaultCamera(imageSize));
  const pixels = pictureOf(dataset, image);
  // of the training subjects the fourth is left out; each has two views
  const subject = [0, 1, 2, 4, 5, 6][subjects[image]];
  const random = subjectRandom(PROFILE, 'train', subject).fork(`view ${image % 2}`);
  const empty = photograph(NOTHING, poseOf(dataset, image), random, { imageSize, closed: true });
  let [inside, covered] = [0, 0];
  for (let n = 0; n < points; n += 10) {
    const [u, v] = [Math.floor(data[2 * n]), Math.floor(data[2 * n + 1])];
    if (u < 0 || v < 0 || u >= imageSize || v >= imageSize) continue;
    inside++;
    const at = 3 * (v * imageSize + u);
    if ([0, 1, 2].some((c) => Math.abs(pixels[at + c] - empty[at + c]) > 4)) covered++;
  }
  return covered / inside;
}

test('the commands make everything from heads to the report, and train again changes nothing', async (t) => {
  const folder = temporaryFolder(t);
  const files = runFiles(folder);
  writeJson(path.join(folder, 'run.json'), { profile: PROFILE, heads: { source: 'population' } });
  writeRegisteredHeads(folder, PROFILE, ['train 0003']);
  await compareRegistration(folder);
  await buildModel(folder);
  for (const split of SPLITS) await render(folder, split);

  const { splits: judged } = readRegistration(files.registration);
  assert.deepEqual(
    SPLITS.map((split) => [judged[split].scans, judged[split].failed.length]),
    [
      [7, 1],
      [2, 0],
      [4, 0],
    ],
  );

  const model = await readMorphableModel(files.model);
  const facts = readModelFacts(files.modelFacts);
  assert.equal(model.variances.length, 3);
  assert.deepEqual([facts.source, facts.subjects, facts.points], ['population', 6, model.mean.shape[0]]);
  assert.ok(facts.explainedVariance.every((share, k, all) => share > 0 && share <= (all[k - 1] ?? 1)));
  assert.ok(facts.explainedVariance.reduce((a, b) => a + b) <= 1);

  const splits = SPLITS.map((split) => openDataset(files.dataset(split)));
  assert.deepEqual(splits.map(imageCount), [12, 4, 8]);
  const all = splits.flatMap(shapes);
  assert.equal(new Set(all).size, 6 + 2 + 4, 'a head is in two splits, or twice in one');
  const [first] = splits;
  assert.equal(first.points, model.mean.shape[0]);
  assert.equal(first.mirror?.length, first.points);
  for (let image = 0; image < 12; image++) {
    const share = coveredShare(first, image);
    assert.ok(share > 0.95, `image ${image} shows the head elsewhere than its shape: ${share} of it is seen`);
    const pose = poseOf(first, image);
    const depth = cameraCoordinates(ndarray(new Float32Array(3), [1, 3]), pose).get(0, 2);
    assert.ok(depth > 40 && depth < 85, `the head of image ${image} stands at ${depth} cm`);
  }

  for (const loss of ['xqt', 'mrl-2']) await trainLoss(folder, loss, 1);
  const own = files.training({ name: 'xqt' }, 1).folder;
  const contents = () => fs.readdirSync(own).map((name) => [name, checksum(fs.readFileSync(path.join(own, name)))]);
  const before = contents();
  await trainLoss(folder, 'xqt', 1);
  assert.deepEqual(contents(), before);

  for (const loss of ['xqt', 'mrl-2']) await evaluate(folder, loss, 1);
  await evaluateFloors(folder);
  summarize(folder);
  await writeReport(folder);
  const summary = readSummary(files.summary);
  assert.deepEqual(
    summary.rows.map(({ loss }) => loss),
    ['xqt', 'mrl-2'],
  );
  for (const { errors } of summary.rows) assert.ok(Object.values(errors).every(Number.isFinite));
  const page = fs.readFileSync(files.report, 'utf8');
  for (const words of [
    'XQT',
    'MRL, 2 views',
    'What held',
    'The morphable model',
    'Scans and registration',
    summary.provenance.date,
  ])
    assert.ok(page.includes(words), `the report must hold "${words}"`);
  assert.deepEqual(
    fs.readdirSync(folder, { recursive: true }).filter((name) => String(name).endsWith('.partial')),
    [],
  );
});

test('the program names the option that is wrong, without a stack', () => {
  const program = path.join(__dirname, 'reconstruct.mjs');
  const run = (...args: string[]) => spawnSync(process.execPath, [program, ...args], { encoding: 'utf8' });
  const split = run('render', '--run', 'nowhere', '--split', 'all');
  assert.equal(split.status, 1);
  assert.match(split.stderr, /reconstruct: --split must be one of train, validation, test, but is all\n/);
  assert.doesNotMatch(split.stderr, /\n {4}at /);
});
