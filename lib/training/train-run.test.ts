import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { createRandom } from 'lib/random';
import { tf } from 'lib/tensorflow';
import { temporaryFolder } from '../files/temporary-folder.fixture';
import { readCheckpoint } from './checkpoint';
import { readTrainingRun } from './compare-runs';
import { objectives } from './objectives';
import { outcome, tinyRun } from './tiny-run.fixture';
import { tinyDataset } from './tiny-training.fixture';
import type { Objective } from './train';
import { type RunOptions, trainRun } from './train-run';

const checkpoint = (folder: string, step: number) => path.join(folder, `checkpoint-${step}.arrays`);
const xqt = objectives.xqt(40, 1);

test('a training leaves its configuration, a line for each report and validation, and the best weights', async (t) => {
  const folder = path.join(temporaryFolder(t), 'new', 'run');
  const before = tf.memory().numTensors;
  const seen: number[] = [];
  const run = await trainRun(folder, tinyRun({ onProgress: ({ reports }) => seen.push(reports.length) }));
  assert.equal(tf.memory().numTensors, before);
  assert.deepEqual(readTrainingRun(folder), run);
  assert.equal(run.finished, true);
  assert.deepEqual(
    run.reports.map(({ step }) => step),
    [3, 6, 9, 12, 15, 18, 21, 24],
  );
  assert.deepEqual(
    run.validations.map(({ step }) => step),
    [6, 12, 18, 24],
  );
  // at a report, and once more at a validation
  assert.deepEqual(seen, [1, 2, 2, 3, 4, 4, 5, 6, 6, 7, 8, 8]);
  // the rate of step 12, counted from 0: 0.01 times half of 1 + cos(90°)... of step 11 at the report after 12 steps
  assert.ok(Math.abs(run.reports[3].learningRate - 0.005 * (1 + Math.cos((Math.PI * 11) / 24))) < 1e-12);
  assert.ok(run.reports.every(({ imagesPerSecond, loss }) => imagesPerSecond > 0 && loss > 0));
  const times = run.reports.map(({ seconds }) => seconds);
  assert.deepEqual(
    times,
    [...times].sort((a, b) => a - b),
  );
  const best = run.validations.reduce((a, b) => (b.score < a.score ? b : a));
  const weights = readCheckpoint(path.join(folder, 'weights.arrays'));
  assert.equal(weights.step, best.step);
  assert.equal(run.config.loss.name, 'tiny');
  assert.deepEqual(fs.readdirSync(folder).sort(), [
    'checkpoint-18.arrays',
    'checkpoint-24.arrays',
    'config.json',
    'events.out.tfevents.000001',
    'metrics.jsonl',
    'weights.arrays',
  ]);
});

test('a training that is over is not trained again', async (t) => {
  const folder = temporaryFolder(t);
  const run = await trainRun(folder, tinyRun());
  const before = outcome(folder);
  const again = await trainRun(folder, tinyRun({ onProgress: () => assert.fail('a step was done') }));
  assert.deepEqual([again, outcome(folder)], [run, before]);
  // but weights that are gone are made anew, from the last checkpoint
  fs.rmSync(path.join(folder, 'weights.arrays'));
  await trainRun(folder, tinyRun());
  assert.deepEqual(outcome(folder), before);
});

/** What the training is when it is not broken off. */
async function unbroken(t: TestContext) {
  const folder = temporaryFolder(t);
  await trainRun(folder, tinyRun());
  return outcome(folder);
}

/** A training stopped after a report. */
async function stoppedAfter(folder: string, step: number, given: Partial<RunOptions> = {}) {
  const controller = new AbortController();
  const onProgress: RunOptions['onProgress'] = ({ reports }) => {
    if (reports.at(-1)?.step === step) controller.abort();
  };
  return trainRun(folder, tinyRun({ onProgress, signal: controller.signal, ...given }));
}

test('a stopped training has a checkpoint of the step under way, and goes on to the same weights and metrics', async (t) => {
  const folder = temporaryFolder(t);
  const run = await stoppedAfter(folder, 9);
  assert.equal(run.finished, false);
  assert.equal(run.reports.at(-1)?.step, 9);
  assert.deepEqual(fs.readdirSync(folder).sort(), [
    'checkpoint-6.arrays',
    'checkpoint-9.arrays',
    'config.json',
    'events.out.tfevents.000001',
    'metrics.jsonl',
  ]);
  const again = await trainRun(folder, tinyRun());
  assert.deepEqual(outcome(folder), await unbroken(t));
  assert.equal(again.reports.length, 8);
  // stopped before it has begun, it does nothing
  const other = path.join(folder, 'other');
  await trainRun(other, tinyRun({ signal: AbortSignal.abort() }));
  assert.deepEqual(fs.readdirSync(other), ['config.json']);
});

test('a stop between two reports reports its steps, and no step twice', async (t) => {
  const folder = temporaryFolder(t);
  // reports come at 5, 6, 10, ...: the stop is heard after step 7
  const controller = new AbortController();
  let calls = 0;
  const counting: Objective = (truth, output, random) => {
    if (++calls === 7) controller.abort();
    return tf.mul(xqt(truth, output, random), 0.5 + random.uniform());
  };
  const given = { reportEvery: 5, loss: { name: 'tiny', objective: counting } };
  await trainRun(folder, tinyRun({ ...given, signal: controller.signal }));
  assert.ok(fs.existsSync(checkpoint(folder, 7)));
  const { reports } = await trainRun(folder, tinyRun(given));
  assert.deepEqual(
    reports.map(({ step }) => step),
    [5, 6, 7, 10, 12, 15, 18, 20, 24],
  );
  assert.equal((await unbroken(t))['weights.arrays'], outcome(folder)['weights.arrays']);
});

test('a damaged checkpoint is passed over for the one before it, and the warning says so', async (t) => {
  const folder = temporaryFolder(t);
  await stoppedAfter(folder, 15);
  const content = fs.readFileSync(checkpoint(folder, 15));
  content[content.length - 9] ^= 1;
  fs.writeFileSync(checkpoint(folder, 15), content);
  const warn = t.mock.method(console, 'warn', () => {});
  await trainRun(folder, tinyRun());
  assert.equal(warn.mock.callCount(), 1);
  assert.match(
    String(warn.mock.calls[0].arguments[0]),
    /checkpoint-15\.arrays: was changed since it was written.*\nThe checkpoint before it is used\.$/,
  );
  assert.deepEqual(outcome(folder), await unbroken(t));
});

test('metrics that lack the best checkpoint’s validation are not gone on from', async (t) => {
  const folder = temporaryFolder(t);
  await stoppedAfter(folder, 9);
  const file = path.join(folder, 'metrics.jsonl');
  const lines = fs.readFileSync(file, 'utf8').split('\n');
  fs.writeFileSync(file, '');
  await assert.rejects(
    trainRun(folder, tinyRun()),
    /metrics\.jsonl must hold the validation of step 6; remove .* anew/,
  );
  // the report of step 9 is gone, with the end of its line
  fs.writeFileSync(file, `${lines.slice(0, -2).join('\n')}\n`);
  await assert.rejects(
    trainRun(folder, tinyRun()),
    /metrics\.jsonl must hold 4 lines up to step 9, but holds 3: it was cut off; remove .* to train anew$/,
  );
});

test('a training that is over says so only while its metrics have their end', async (t) => {
  const folder = temporaryFolder(t);
  await trainRun(folder, tinyRun());
  const file = path.join(folder, 'metrics.jsonl');
  const lines = fs.readFileSync(file, 'utf8').split('\n');
  fs.writeFileSync(file, `${lines.slice(0, -2).join('\n')}\n`);
  assert.throws(
    () => readTrainingRun(folder),
    /metrics\.jsonl must end with the validation of step 24, but its last is of step 18: it was cut off; remove .* anew$/,
  );
});

test('another training is refused and says what differs, or replaces the one there if that is asked for', async (t) => {
  const folder = temporaryFolder(t);
  await stoppedAfter(folder, 9);
  const before = outcome(folder);
  const other = { seed: 2, loss: { ...tinyRun().loss, settings: { alpha: 3 } } };
  await assert.rejects(
    trainRun(folder, tinyRun(other)),
    (error: Error) =>
      error.message ===
      `${folder} holds another training: its seed is 1, and asked for is 2; its loss.settings.alpha is none, and asked for is 3. Name another folder, or remove this one to train anew`,
  );
  assert.deepEqual(outcome(folder), before);
  fs.writeFileSync(path.join(folder, 'notes.txt'), 'kept');
  const run = await trainRun(folder, tinyRun({ ...other, replace: true }));
  assert.deepEqual([run.config.seed, run.reports.length], [2, 8]);
  assert.ok(fs.existsSync(path.join(folder, 'notes.txt')));
  assert.deepEqual(
    fs.readdirSync(folder).filter((name) => name.includes('tfevents')),
    ['events.out.tfevents.000001'],
  );
});

test('a reader’s own objective trains, and is not gone on with once it is another', async (t) => {
  const folder = temporaryFolder(t);
  const huber: Objective = (truth, output) => tf.losses.huberLoss(truth.shape, output.shape);
  const loss = { name: 'Huber', objective: huber };
  await stoppedAfter(folder, 9, { loss });
  const edited: Objective = (truth, output) => tf.mul(tf.losses.huberLoss(truth.shape, output.shape), 2);
  await assert.rejects(
    trainRun(folder, tinyRun({ loss: { ...loss, objective: edited } })),
    /its loss\.source is \w{64}, and asked for is \w{64}\. Name another folder/,
  );
  // the same text again is the same function, as when a cell is run again
  const again: Objective = (truth, output) => tf.losses.huberLoss(truth.shape, output.shape);
  const run = await trainRun(folder, tinyRun({ loss: { ...loss, objective: again } }));
  assert.equal(run.finished, true);
  assert.ok(run.reports[7].loss < run.reports[0].loss);
});

test('a second writer is refused, and the error names the process that holds the folder', async (t) => {
  const folder = temporaryFolder(t);
  const first = trainRun(folder, tinyRun());
  await assert.rejects(
    trainRun(folder, tinyRun()),
    (error: Error) =>
      error.message ===
      `${folder} is being trained by this process (${process.pid}); wait for it, or stop it and try again`,
  );
  await first;
  assert.deepEqual(outcome(folder), await unbroken(t));
});

test('a call right after a stop waits for the checkpoint and goes on', async (t) => {
  const folder = temporaryFolder(t);
  const controller = new AbortController();
  const first = trainRun(folder, tinyRun({ signal: controller.signal }));
  await new Promise((resolve) => setImmediate(resolve));
  controller.abort();
  assert.equal((await trainRun(folder, tinyRun())).finished, true);
  assert.equal((await first).finished, false);
  assert.deepEqual(outcome(folder)['weights.arrays'], (await unbroken(t))['weights.arrays']);
});

test('counts that are none and splits without an image are refused before anything is written', async (t) => {
  const folder = path.join(temporaryFolder(t), 'run');
  for (const [given, message] of [
    [{ steps: 0 }, 'steps must be a whole number of at least 1, but is 0'],
    [{ batchSize: 2.5 }, 'batchSize must be a whole number of at least 1, but is 2.5'],
    [{ reportEvery: 0 }, 'reportEvery must be a whole number of at least 1, but is 0'],
    [{ checkpointEvery: Number.NaN }, 'checkpointEvery must be a whole number of at least 1, but is NaN'],
    [{ dataset: tinyDataset(0) }, 'dataset must hold at least one image, but holds none'],
    [{ validation: tinyDataset(0) }, 'validation must hold at least one image, but holds none'],
  ] as const)
    await assert.rejects(trainRun(folder, tinyRun(given)), { name: 'RangeError', message });
  assert.equal(fs.existsSync(folder), false);
});

test('what a killed writer left half written is removed', async (t) => {
  const folder = temporaryFolder(t);
  fs.writeFileSync(path.join(folder, 'checkpoint-6.arrays.4711.partial'), 'half');
  await trainRun(folder, tinyRun());
  assert.deepEqual(
    fs.readdirSync(folder).filter((name) => name.endsWith('.partial')),
    [],
  );
});

test('the order of images and the random numbers depend on the seed alone', async (t) => {
  const drawn: number[] = [];
  const noting: Objective = (truth, output, random) => {
    drawn.push(random.uniform());
    return xqt(truth, output, random);
  };
  await trainRun(temporaryFolder(t), tinyRun({ steps: 3, loss: { name: 'noting', objective: noting } }));
  const steps = createRandom(1).fork('training').fork('steps');
  assert.deepEqual(
    drawn,
    [0, 1, 2].map((step) => steps.fork(`step ${step}`).uniform()),
  );
});
