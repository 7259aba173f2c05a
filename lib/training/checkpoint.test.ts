import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { readArrays, writeArrays } from 'lib/files';
import { Adam } from 'lib/tensorflow';
import { temporaryFolder } from '../files/temporary-folder.fixture';
import {
  applyCheckpoint,
  type Checkpoint,
  readCheckpoint,
  readWeights,
  setWeights,
  takeCheckpoint,
  writeCheckpoint,
} from './checkpoint';
import { tinyNetwork } from './tiny-training.fixture';

const CHECKPOINT: Checkpoint = {
  step: 1400,
  weights: [Float32Array.of(1, 2, 3), Float32Array.of(-4)],
  firstMoments: [Float32Array.of(0.1, 0.2, 0.3), Float32Array.of(0.4)],
  secondMoments: [Float32Array.of(5, 6, 7), Float32Array.of(8)],
};

test('a checkpoint comes back from its file as it was', (t) => {
  const file = path.join(temporaryFolder(t), 'new', 'checkpoint.arrays');
  writeCheckpoint(file, CHECKPOINT);
  assert.deepEqual(readCheckpoint(file), CHECKPOINT);
});

test('more than ten variables keep their order', (t) => {
  const file = path.join(temporaryFolder(t), 'checkpoint.arrays');
  const many = Array.from({ length: 26 }, (_, i) => Float32Array.of(i));
  writeCheckpoint(file, { step: 0, weights: many, firstMoments: many, secondMoments: many });
  assert.deepEqual(readCheckpoint(file).weights, many);
});

test('a file that is no checkpoint, or lacks an array of one, is an error that names it', (t) => {
  const file = path.join(temporaryFolder(t), 'odd.arrays');
  writeCheckpoint(file, CHECKPOINT);
  const whole = readArrays(file);
  for (const name of ['step', 'weights 0', 'weights 1', 'firstMoments 1', 'secondMoments 0']) {
    writeArrays(file, Object.fromEntries(Object.entries(whole).filter(([key]) => key !== name)));
    assert.throws(
      () => readCheckpoint(file),
      (error: Error) => error.message.startsWith(file) && /it is no checkpoint/.test(error.message),
      name,
    );
  }
});

test('a checkpoint applied to another network and Adam is taken from them again', async () => {
  const [from, to] = [tinyNetwork({}, 'from'), tinyNetwork({}, 'to')];
  const [fromAdam, toAdam] = [new Adam(from.variables), new Adam(to.variables)];
  const moments = (await readWeights(from)).map((w) => w.map((_, i) => i / w.length));
  fromAdam.restore({ steps: 17, firstMoments: moments, secondMoments: moments });
  const checkpoint = await takeCheckpoint(17, from, fromAdam);
  assert.deepEqual(checkpoint.firstMoments, moments);
  applyCheckpoint(checkpoint, to, toAdam);
  assert.deepEqual(await takeCheckpoint(17, to, toAdam), checkpoint);
  assert.equal((await toAdam.state()).steps, 17);
  for (const made of [from, to, fromAdam, toAdam]) made.dispose();
});

test('weights of another network are refused, and change nothing', async () => {
  const network = tinyNetwork();
  const before = await readWeights(network);
  const other = tinyNetwork({ hiddenUnits: 9 });
  const theirs = await readWeights(other);
  assert.throws(
    () => setWeights(network, theirs),
    /weights must have the network's sizes \[432,16,.*they are of another/,
  );
  assert.throws(() => setWeights(network, before.slice(1)), /they are of another network/);
  assert.deepEqual(await readWeights(network), before);
  network.dispose();
  other.dispose();
});
