import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { openDataset, restrictPoints } from 'lib/dataset';
import { trainedNetwork } from 'lib/experiment';
import { checksum, writeJson } from 'lib/files';
import { restrict } from 'lib/morphable-model';
import { balancedWeights, readCheckpoint, readTrainingRun, readWeights, startingTermScales } from 'lib/training';
import { madeUpRun } from './made-up-run.fixture';
import { trainLoss } from './train';

// what a difference of weights is does not matter, and to print it takes long
const checksumOf = (file: string) => checksum(fs.readFileSync(file));
const contents = (folder: string) =>
  Object.fromEntries(fs.readdirSync(folder).map((name) => [name, checksumOf(path.join(folder, name))]));
/** What a training's folder says of it, but for what the clock changes. */
function timeless(folder: string) {
  const { reports, validations } = readTrainingRun(folder);
  return {
    reports: reports.map(({ seconds: _, imagesPerSecond: __, ...report }) => report),
    validations: validations.map(({ seconds: _, ...validation }) => validation),
  };
}

test('a multiterm loss’s weights balance its terms, on the points that the losses use', async (t) => {
  const { folder, files, model } = await madeUpRun(t, { lossPoints: 10 });
  await trainLoss(folder, 'xqt', 1);
  // every third of the model's 30 points
  const indices = Uint32Array.from({ length: 10 }, (_, i) => 3 * i);
  const train = restrictPoints(openDataset(files.dataset('train')), indices);
  const { beta, gamma } = balancedWeights(startingTermScales(train, restrict(model, indices)));
  const { settings } = readTrainingRun(files.training({ name: 'xqt' }, 1).folder).config.loss;
  assert.deepEqual(Object.keys(settings), ['beta', 'gamma']);
  assert.ok(Math.abs(Number(settings.beta) / beta - 1) < 1e-9 && Math.abs(Number(settings.gamma) / gamma - 1) < 1e-9);
});

test('a training that is over is not trained again', async (t) => {
  const { folder, files } = await madeUpRun(t);
  await trainLoss(folder, 'mrl-2', 1);
  const own = files.training({ name: 'mrl', views: 2 }, 1);
  assert.deepEqual(readTrainingRun(own.folder).config.loss.settings, {});
  const before = contents(own.folder);
  assert.deepEqual(Object.keys(before).sort(), [
    'checkpoint-4.arrays',
    'config.json',
    'events.out.tfevents.000001',
    'metrics.jsonl',
    'weights.arrays',
  ]);
  await trainLoss(folder, 'mrl-2', 1);
  assert.deepEqual(contents(own.folder), before);
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
  const { folder, files } = await madeUpRun(t, {
    training: { steps: 201, batchSize: 1, learningRate: 0.01, seeds: [1] },
  });
  const { folder: inside, weights } = files.training({ name: 'xqt' }, 1);
  const checkpoint = (step: number) => path.join(inside, `checkpoint-${step}.arrays`);
  const results = () => ({
    metrics: timeless(inside),
    checkpoint: checksumOf(checkpoint(201)),
    weights: checksumOf(weights),
  });
  await trainLoss(folder, 'xqt', 1);
  const unbroken = results();

  await t.test('writes down both, and leaves weights of the better', () => {
    const { reports, validations } = unbroken.metrics;
    assert.deepEqual(
      validations.map(({ step }) => step),
      [200, 201],
    );
    assert.equal(reports.at(-1)?.step, 201);
    assert.equal(readCheckpoint(checkpoint(201)).step, 201);
    assert.equal(readCheckpoint(weights).step, validations[0].score <= validations[1].score ? 200 : 201);
  });

  fs.rmSync(inside, { recursive: true });
  await killedAtSecondCheckpoint(t, () => trainLoss(folder, 'xqt', 1));
  const killed = path.join(folder, 'killed');
  fs.cpSync(inside, killed, { recursive: true });

  await t.test('goes on after a kill to the weights and metrics of the unbroken one', async () => {
    assert.deepEqual(
      [200, 201].map((step) => fs.existsSync(checkpoint(step))),
      [true, false],
    );
    assert.equal(readTrainingRun(inside).validations.at(-1)?.step, 201);
    assert.equal(fs.existsSync(weights), false);
    await trainLoss(folder, 'xqt', 1);
    assert.deepEqual(results(), unbroken);
  });

  await t.test('leaves the best weights, not the last', async () => {
    fs.rmSync(inside, { recursive: true });
    fs.renameSync(killed, inside);
    // a first validation that none can beat
    const metrics = path.join(inside, 'metrics.jsonl');
    const better = fs
      .readFileSync(metrics, 'utf8')
      .replace(/("step":200,"score":)[\d.]+(.*),"checksum":"[^"]*"/, '$10$2');
    fs.writeFileSync(metrics, better);
    await trainLoss(folder, 'xqt', 1);
    assert.equal(readTrainingRun(inside).validations[0].score, 0);
    assert.deepEqual([fs.existsSync(checkpoint(201)), readCheckpoint(weights).step], [true, 200]);
  });
});

test('a checkpoint of another profile or dataset is not gone on from', async (t) => {
  const { folder, files, profile } = await madeUpRun(t);
  const own = files.training({ name: 'xqt' }, 1);
  await trainLoss(folder, 'xqt', 1);
  const first = readCheckpoint(own.weights);
  const training = { ...profile.training, learningRate: 0.002 };
  writeJson(path.join(folder, 'run.json'), { profile: { ...profile, training }, heads: { source: 'population' } });
  await trainLoss(folder, 'xqt', 1);
  const second = readCheckpoint(own.weights);
  assert.notDeepEqual(second, first);
  const { config, validations } = readTrainingRun(own.folder);
  assert.deepEqual([validations.length, config.learningRate], [1, 0.002]);
  fs.copyFileSync(files.dataset('test'), files.dataset('train'));
  await trainLoss(folder, 'xqt', 1);
  assert.notDeepEqual(readCheckpoint(own.weights), second);
});

test('Ctrl-C stops after the step under way with a checkpoint, and says how to go on', async (t) => {
  const { folder, files } = await madeUpRun(t, {
    training: { steps: 400, batchSize: 2, learningRate: 0.001, seeds: [1] },
  });
  const { folder: inside, weights } = files.training({ name: 'xqt' }, 1);
  const program = path.join(__dirname, 'reconstruct.mjs');
  const child = spawn(process.execPath, [program, 'train', '--run', folder, '--loss', 'xqt', '--seed', '1'], {
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
  assert.equal(fs.existsSync(weights), false);
  await trainLoss(folder, 'xqt', 1);
  assert.equal(readTrainingRun(inside).reports.at(-1)?.step, 400);
});

test('says which losses and seeds there are', async (t) => {
  const { folder } = await madeUpRun(t);
  await assert.rejects(trainLoss(folder, 'srl', 1), /loss must be one of xqt, mrl-2, but is srl/);
  await assert.rejects(trainLoss(folder, 'xqt', 2), /seed must be one of 1, but is 2/);
});

test('a network trained with weights that are learned beside it is found again without them', async (t) => {
  const loss = { name: 'learned-weighting' } as const;
  const { folder, files, model } = await madeUpRun(t, { losses: [loss] });
  await trainLoss(folder, 'learned-weighting', 1);
  const network = trainedNetwork(folder, loss, 1, model);
  const kept = readCheckpoint(files.training(loss, 1).weights).weights;
  assert.equal(kept.length, network.variables.length + 1);
  // they have moved from [0, -3, 0]
  assert.ok(kept.at(-1)?.every((v, i) => v !== [0, -3, 0][i] && Math.abs(v - [0, -3, 0][i]) < 0.1));
  assert.deepEqual(await readWeights(network), kept.slice(0, -1));
  network.dispose();
});
