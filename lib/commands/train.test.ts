import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { openDataset, restrictPoints } from 'lib/dataset';
import { readHistory, type TrainingHistory } from 'lib/experiment';
import { writeJson } from 'lib/files';
import { restrict } from 'lib/morphable-model';
import { balancedWeights, readCheckpoint, startingTermScales } from 'lib/training';
import { madeUpRun } from './made-up-run.fixture';
import { trainLoss } from './train';

const contents = (folder: string) =>
  Object.fromEntries(
    fs.readdirSync(folder).map((name) => [name, fs.readFileSync(path.join(folder, name)).toString('hex')]),
  );
/** Long enough for two checkpoints, at steps 200 and 201. */
const LONG = { training: { steps: 201, batchSize: 1, learningRate: 0.01 } };
/** What the clock does not change. */
const timeless = ({ seconds: _, ...history }: TrainingHistory) => history;

test('leaves a checkpoint, a history, and the weights of the best validation score', async (t) => {
  const { folder, files } = await madeUpRun(t, LONG);
  await trainLoss(folder, 'mrl-2');
  const own = files.training({ name: 'mrl', views: 2 });
  const history = readHistory(own.history);
  assert.deepEqual(
    history.validations.map(({ step }) => step),
    [200, 201],
  );
  assert.deepEqual(history.losses.at(-1)?.step, 201);
  assert.deepEqual(history.weights, {});
  const best = history.validations.reduce((a, b) => (b.score < a.score ? b : a));
  assert.equal(readCheckpoint(own.weights).step, best.step);
  assert.deepEqual(readCheckpoint(own.weights), readCheckpoint(own.best));
  assert.equal(readCheckpoint(own.checkpoint).step, 201);
});

test('the weights that it leaves are the best, not the last', async (t) => {
  const { folder, files } = await madeUpRun(t, LONG);
  const own = files.training({ name: 'xqt' });
  await killedAtSecondCheckpoint(t, own.checkpoint, () => trainLoss(folder, 'xqt'));
  // a first validation that none can beat
  fs.copyFileSync(own.checkpoint, own.best);
  const { validations, ...history } = readHistory(own.history);
  writeJson(own.history, { ...history, validations: [{ ...validations[0], score: 0 }] });
  await trainLoss(folder, 'xqt');
  assert.deepEqual([readCheckpoint(own.checkpoint).step, readCheckpoint(own.weights).step], [201, 200]);
});

test('a multiterm loss’s weights balance its terms, on the points that the losses use', async (t) => {
  const { folder, files, model } = await madeUpRun(t, { lossPoints: 10 });
  await trainLoss(folder, 'xqt');
  // every third of the model's 30 points
  const indices = Uint32Array.from({ length: 10 }, (_, i) => 3 * i);
  const train = restrictPoints(openDataset(files.dataset('train')), indices);
  const { beta, gamma } = balancedWeights(startingTermScales(train, restrict(model, indices)));
  const { weights } = readHistory(files.training({ name: 'xqt' }).history);
  assert.deepEqual(Object.keys(weights), ['beta', 'gamma']);
  assert.ok(Math.abs(weights.beta / beta - 1) < 1e-9 && Math.abs(weights.gamma / gamma - 1) < 1e-9);
});

test('a training that is over is not trained again', async (t) => {
  const { folder, files } = await madeUpRun(t);
  await trainLoss(folder, 'xqt');
  const own = path.dirname(files.training({ name: 'xqt' }).history);
  const before = contents(own);
  assert.deepEqual(Object.keys(before).sort(), ['best.arrays', 'checkpoint.arrays', 'history.json', 'weights.arrays']);
  await trainLoss(folder, 'xqt');
  assert.deepEqual(contents(own), before);
});

/** Kills a training at its worst moment: history and best weights are of the last step already, the checkpoint is not. */
async function killedAtSecondCheckpoint(t: TestContext, file: string, training: () => Promise<void>): Promise<void> {
  const rename = fs.renameSync;
  let checkpoints = 0;
  const killed = t.mock.method(fs, 'renameSync', (from: string, to: string) => {
    if (to === file && ++checkpoints === 2) throw new Error('killed');
    rename(from, to);
  });
  await assert.rejects(training(), /killed/);
  killed.mock.restore();
}

test('a training killed before its last checkpoint goes on to the weights and history of an unbroken one', async (t) => {
  const { folder, files } = await madeUpRun(t, LONG);
  const own = files.training({ name: 'xqt' });
  const results = () => ({
    history: timeless(readHistory(own.history)),
    checkpoint: readCheckpoint(own.checkpoint),
    weights: readCheckpoint(own.weights),
  });
  await trainLoss(folder, 'xqt');
  const unbroken = results();
  fs.rmSync(path.dirname(own.history), { recursive: true });

  await killedAtSecondCheckpoint(t, own.checkpoint, () => trainLoss(folder, 'xqt'));
  assert.equal(readCheckpoint(own.checkpoint).step, 200);
  assert.equal(readHistory(own.history).validations.at(-1)?.step, 201);
  assert.equal(fs.existsSync(own.weights), false);

  await trainLoss(folder, 'xqt');
  assert.deepEqual(results(), unbroken);
});

test('a checkpoint of another profile or dataset is not gone on from', async (t) => {
  const { folder, files, profile } = await madeUpRun(t);
  const own = files.training({ name: 'xqt' });
  await trainLoss(folder, 'xqt');
  const first = readCheckpoint(own.weights);
  writeJson(path.join(folder, 'run.json'), { profile: { ...profile, seed: 2 }, heads: { source: 'population' } });
  await trainLoss(folder, 'xqt');
  const second = readCheckpoint(own.weights);
  assert.notDeepEqual(second, first);
  assert.equal(readHistory(own.history).validations.length, 1);
  fs.copyFileSync(files.dataset('test'), files.dataset('train'));
  await trainLoss(folder, 'xqt');
  assert.notDeepEqual(readCheckpoint(own.weights), second);
});

test('says which losses there are', async (t) => {
  const { folder } = await madeUpRun(t);
  await assert.rejects(trainLoss(folder, 'srl'), /loss must be one of xqt, mrl-2, but is srl/);
});
