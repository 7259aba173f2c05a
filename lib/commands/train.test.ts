import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { openDataset, restrictPoints } from 'lib/dataset';
import { readHistory, type TrainingHistory } from 'lib/experiment';
import { checksum, writeJson } from 'lib/files';
import { restrict } from 'lib/morphable-model';
import { balancedWeights, readCheckpoint, readTrainingRun, startingTermScales } from 'lib/training';
import { madeUpRun } from './made-up-run.fixture';
import { trainLoss } from './train';

// what a difference of weights is does not matter, and to print it takes long
const checksumOf = (file: string) => checksum(fs.readFileSync(file));
const contents = (folder: string) =>
  Object.fromEntries(fs.readdirSync(folder).map((name) => [name, checksumOf(path.join(folder, name))]));
/** What the clock does not change. */
const timeless = ({ seconds: _, ...history }: TrainingHistory) => history;

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
  await trainLoss(folder, 'mrl-2');
  const { history } = files.training({ name: 'mrl', views: 2 });
  assert.deepEqual(readHistory(history).weights, {});
  const before = contents(path.dirname(history));
  assert.deepEqual(Object.keys(before).sort(), [
    'checkpoint-4.arrays',
    'config.json',
    'events.out.tfevents.000001',
    'history.json',
    'metrics.jsonl',
    'weights.arrays',
  ]);
  await trainLoss(folder, 'mrl-2');
  assert.deepEqual(contents(path.dirname(history)), before);
});

/** Kills a training at its worst moment: the metrics are of the last step already, the checkpoint is not. */
async function killedAtSecondCheckpoint(t: TestContext, training: () => Promise<void>): Promise<void> {
  const rename = fs.renameSync;
  let checkpoints = 0;
  const killed = t.mock.method(fs, 'renameSync', (from: string, to: string) => {
    if (path.basename(to).startsWith('checkpoint-') && ++checkpoints === 2) throw new Error('killed');
    rename(from, to);
  });
  await assert.rejects(training(), /killed/);
  killed.mock.restore();
}

test('a training of two checkpoints', async (t) => {
  const { folder, files } = await madeUpRun(t, { training: { steps: 201, batchSize: 1, learningRate: 0.01 } });
  const { history, weights } = files.training({ name: 'xqt' });
  const inside = path.dirname(history);
  const checkpoint = (step: number) => path.join(inside, `checkpoint-${step}.arrays`);
  const results = () => ({
    history: timeless(readHistory(history)),
    checkpoint: checksumOf(checkpoint(201)),
    weights: checksumOf(weights),
  });
  await trainLoss(folder, 'xqt');
  const unbroken = results();

  await t.test('writes down both, and leaves weights of the better', () => {
    const { losses, validations } = unbroken.history;
    assert.deepEqual(
      validations.map(({ step }) => step),
      [200, 201],
    );
    assert.equal(losses.at(-1)?.step, 201);
    assert.equal(readCheckpoint(checkpoint(201)).step, 201);
    assert.equal(readCheckpoint(weights).step, validations[0].score <= validations[1].score ? 200 : 201);
  });

  fs.rmSync(inside, { recursive: true });
  await killedAtSecondCheckpoint(t, () => trainLoss(folder, 'xqt'));
  const killed = path.join(folder, 'killed');
  fs.cpSync(inside, killed, { recursive: true });

  await t.test('goes on after a kill to the weights and history of the unbroken one', async () => {
    assert.deepEqual(
      [200, 201].map((step) => fs.existsSync(checkpoint(step))),
      [true, false],
    );
    assert.equal(readTrainingRun(inside).validations.at(-1)?.step, 201);
    assert.equal(fs.existsSync(weights), false);
    await trainLoss(folder, 'xqt');
    assert.deepEqual(results(), unbroken);
  });

  await t.test('leaves the best weights, not the last', async () => {
    fs.rmSync(inside, { recursive: true });
    fs.renameSync(killed, inside);
    // a first validation that none can beat
    const metrics = path.join(inside, 'metrics.jsonl');
    fs.writeFileSync(metrics, fs.readFileSync(metrics, 'utf8').replace(/("step":200,"score":)[\d.]+/, '$10'));
    await trainLoss(folder, 'xqt');
    assert.equal(readHistory(history).validations[0].score, 0);
    assert.deepEqual([fs.existsSync(checkpoint(201)), readCheckpoint(weights).step], [true, 200]);
  });
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
  assert.equal(readTrainingRun(path.dirname(own.history)).config.seed, 2);
  fs.copyFileSync(files.dataset('test'), files.dataset('train'));
  await trainLoss(folder, 'xqt');
  assert.notDeepEqual(readCheckpoint(own.weights), second);
});

test('Ctrl-C stops after the step under way with a checkpoint, and says how to go on', async (t) => {
  const { folder, files } = await madeUpRun(t, { training: { steps: 400, batchSize: 2, learningRate: 0.001 } });
  const { history, weights } = files.training({ name: 'xqt' });
  const inside = path.dirname(history);
  const program = path.join(__dirname, 'reconstruct.mjs');
  const child = spawn(process.execPath, [program, 'train', '--run', folder, '--loss', 'xqt'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  t.after(() => child.kill('SIGKILL'));
  let said = '';
  child.stderr.on('data', (text) => {
    said += text;
  });
  const exit = once(child, 'exit');
  // the first report is there
  while (!fs.existsSync(path.join(inside, 'metrics.jsonl'))) {
    assert.equal(child.exitCode, null, said);
    await setTimeout(5);
  }
  child.kill('SIGINT');
  assert.deepEqual(await exit, [130, null]);
  const { step } = readTrainingRun(inside).reports.at(-1) ?? { step: 0 };
  assert.ok(step >= 50 && step < 400, `stopped after ${step} steps`);
  assert.ok(fs.existsSync(path.join(inside, `checkpoint-${step}.arrays`)));
  assert.ok(said.includes(`stopped after step ${step}, with a checkpoint in ${inside}: the same again goes on`), said);
  assert.deepEqual([weights, history].map(fs.existsSync), [false, false]);
  await trainLoss(folder, 'xqt');
  assert.equal(readHistory(history).losses.at(-1)?.step, 400);
});

test('says which losses there are', async (t) => {
  const { folder } = await madeUpRun(t);
  await assert.rejects(trainLoss(folder, 'srl'), /loss must be one of xqt, mrl-2, but is srl/);
});
