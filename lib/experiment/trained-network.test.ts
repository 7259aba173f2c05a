import assert from 'node:assert/strict';
import { test } from 'node:test';
import { writeArrays } from 'lib/files';
import { tf } from 'lib/tensorflow';
import { checkpointArrays } from 'lib/training';
import { madeUpRun } from '../commands/made-up-run.fixture';
import { trainedNetwork } from './trained-network';

test('weights that are not there, or of another network, leave no tensor behind', async (t) => {
  const { folder, files, model } = await madeUpRun(t);
  const loss = { name: 'xqt' } as const;
  const find = () => trainedNetwork(folder, loss, 1, model);
  const before = tf.memory().numTensors;
  assert.throws(find, /weights\.arrays/);
  assert.equal(tf.memory().numTensors, before);
  const other = { step: 1, weights: [Float32Array.of(1)], firstMoments: [], secondMoments: [] };
  writeArrays(files.training(loss, 1).weights, checkpointArrays(other));
  assert.throws(find, /weights must have the network's sizes/);
  assert.equal(tf.memory().numTensors, before);
});
