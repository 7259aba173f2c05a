import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { Worker } from 'node:worker_threads';
import type { Scalar } from '@tensorflow/tfjs-node-gpu';
import {
  batch,
  imageBatch,
  openDataset,
  pictureLoader,
  pictureOf,
  poseOf,
  shapeOf,
  shardFile,
  writeDataset,
} from 'lib/dataset';
import { readArrays } from 'lib/files';
import { createRandom } from 'lib/random';
import { tf } from 'lib/tensorflow';
import { temporaryFolder } from '../files/temporary-folder.fixture';
import { saveBreakingBatch } from './breaking-batch';
import { listOf, setWeights } from './checkpoint';
import { type NetworkOutput, reconstructionNetwork } from './network';
import { objectives, startingLogVariances } from './objectives';
import { newestState } from './run-checkpoints';
import { outcome, tinyRun } from './tiny-run.fixture';
import { tinyDataset, tinyNetwork } from './tiny-training.fixture';
import { type Objective, stepChanges, stepImages, TrainingFailure } from './train';
import { type RunOptions, trainRun } from './train-run';

const xqt = objectives.xqt(40, 1);
const SEED = 3;
const steps = createRandom(SEED).fork('training').fork('steps');
/** The step, counted from 1, that breaks: nothing but its random number tells it. */
const CHOSEN = 17;
const itsNumber = steps.fork(`step ${CHOSEN - 1}`).uniform();
/** XQT, with something else at the chosen step. */
const breaking =
  (atChosen: (loss: Scalar, output: NetworkOutput) => Scalar): Objective =>
  (truth, output, random) => {
    const loss = xqt(truth, output, random);
    return random.uniform() === itsNumber ? atChosen(loss, output) : loss;
  };
const broken = (t: TestContext, objective: Objective, given: Partial<RunOptions> = {}) => {
  t.mock.method(console, 'warn', () => {});
  const folder = temporaryFolder(t);
  const options = tinyRun({ seed: SEED, loss: { name: 'breaking', objective }, ...given });
  return { folder, options, file: path.join(folder, 'breaking-batch.arrays') };
};

const notANumber = breaking((loss) => tf.mul(loss, Number.NaN));
/** A loss of the same size with a gradient that is no number: that of √0 times 0. */
const badGradient = breaking((loss, { coefficients }) =>
  tf.add(loss, tf.mul(tf.sqrt(tf.sum(tf.mul(coefficients, 0))), 0)),
);
const exploding = breaking((loss) => tf.mul(loss, 1e6));

for (const [name, objective, reason] of [
  ['a loss that is no number', notANumber, /^the loss is NaN by step \d+: a smaller learning rate may help\./],
  ['a gradient that is no number', badGradient, /^the weights are no longer finite by step \d+: /],
  ['a loss that explodes', exploding, /^the loss explodes \(it is \S+, and the limit \S+\) by step \d+: /],
] as const)
  test(`${name} stops the training, with the batch saved and named`, async (t) => {
    const { folder, options, file } = broken(t, objective, { reportEvery: 1 + (name.includes('explodes') ? 0 : 4) });
    await assert.rejects(trainRun(folder, options), ({ message }: Error) => {
      assert.match(message, reason);
      assert.ok(message.endsWith(`The batch of step ${CHOSEN} and the weights before it are in ${file}`), message);
      return true;
    });
    const arrays = readArrays(file);
    assert.equal(arrays.step.data[0], CHOSEN - 1);
    const { dataset } = options;
    assert.equal(arrays.indices.data.length, 5);
    arrays.indices.data.forEach((image, b) => {
      const pixels = Float32Array.from(pictureOf(dataset, image), (byte) => byte / 127.5 - 1);
      assert.deepEqual(arrays.images.data.slice(b * 768, (b + 1) * 768), pixels);
      assert.deepEqual(arrays.shapes.data.slice(b * 24, (b + 1) * 24), shapeOf(dataset, image));
      const { rotation, translation } = poseOf(dataset, image);
      assert.deepEqual([...arrays.rotations.data.slice(b * 4, (b + 1) * 4)], [...rotation]);
      assert.deepEqual([...arrays.translations.data.slice(b * 3, (b + 1) * 3)], [...translation]);
    });
    // with these weights the batch breaks the objective, or its gradient, again
    const network = reconstructionNetwork(options.basis, options.network, createRandom(0));
    const weights = listOf('weights', arrays);
    assert.ok(weights.every((w) => w.every(Number.isFinite)));
    setWeights(network, weights);
    tf.tidy(() => {
      const { images, truth } = batch(dataset, arrays.indices.data);
      const { value, grads } = tf.variableGrads(
        () => objective(truth, network.forward(images), steps.fork(`step ${CHOSEN - 1}`)),
        network.variables,
      );
      const [loss] = value.dataSync();
      const gradient = Object.values(grads).every((g) => g.dataSync().every(Number.isFinite));
      if (objective === notANumber) assert.ok(Number.isNaN(loss));
      else if (objective === badGradient) assert.deepEqual([Number.isFinite(loss), gradient], [true, false]);
      else assert.ok(loss > 1e6);
    });
    network.dispose();
    // the checkpoint before it stays, and the same call breaks at the same step again
    const last = newestState(folder, assert.fail)?.checkpoint.step;
    assert.equal(last, Math.floor((CHOSEN - 1) / 6) * 6);
    await assert.rejects(trainRun(folder, options), new RegExp(`The batch of step ${CHOSEN} `));
  });

test('a batch of changed images is saved as the network took it', async (t) => {
  let seen: ArrayLike<number> = [];
  const noting: Objective = (truth, output, random) => {
    seen = truth.rotation.dataSync();
    return notANumber(truth, output, random);
  };
  const augmentation = { rollDegrees: 10, turnDegrees: 1, colour: 0.1 };
  const { folder, options, file } = broken(t, noting, { augmentation, reportEvery: 1 });
  await assert.rejects(trainRun(folder, options), new RegExp(`The batch of step ${CHOSEN} `));
  const { rotations, images, indices } = readArrays(file);
  assert.deepEqual(rotations.data, seen);
  const { dataset, batchSize } = options;
  const all = { dataset, objective: noting, steps: 24, batchSize, learningRate: () => 0, random: steps, augmentation };
  const loader = pictureLoader(options.dataset, stepImages(all), stepChanges(all));
  assert.deepEqual(images.data, await loader.load(CHOSEN - 1));
  await loader.close();
  assert.notDeepEqual(
    images.data,
    tf.tidy(() => imageBatch(options.dataset, indices.data).dataSync()),
  );
});

test('a batch whose images cannot be read leaves no thread behind', async (t) => {
  const index = path.join(temporaryFolder(t), 'train.json');
  writeDataset(index, tinyDataset());
  const all = {
    dataset: openDataset(index),
    objective: xqt,
    steps: 24,
    batchSize: 5,
    learningRate: () => 0,
    random: steps,
  };
  fs.rmSync(shardFile(index, 0));
  const network = tinyNetwork();
  const ended = t.mock.method(Worker.prototype, 'terminate');
  await assert.rejects(
    saveBreakingBatch(`${index}.arrays`, network, all, new TrainingFailure('the loss is NaN', 0), {
      limit: Number.POSITIVE_INFINITY,
      afterStep: 0,
    }),
    /ENOENT.*0000\.arrays/,
  );
  // that of a training of no step, and that which reads the batch
  assert.equal(ended.mock.callCount(), 2);
  network.dispose();
});

test('the weights saved with a batch are those of an unbroken training before its step', async (t) => {
  const { folder, options, file } = broken(t, notANumber);
  await assert.rejects(trainRun(folder, options));
  const sound = temporaryFolder(t);
  // the same steps before the chosen one, with a stop there
  const controller = new AbortController();
  const until: RunOptions['onProgress'] = ({ reports }) => {
    if (reports.at(-1)?.step === CHOSEN - 1) controller.abort();
  };
  await trainRun(sound, { ...options, reportEvery: 1, onProgress: until, signal: controller.signal });
  assert.deepEqual(listOf('weights', readArrays(file)), newestState(sound, assert.fail)?.checkpoint.weights);
});

test('only the steps since the last checkpoint are done again', async (t) => {
  let calls = 0;
  const counting: Objective = (truth, output, random) => {
    calls++;
    return notANumber(truth, output, random);
  };
  const { folder, options } = broken(t, counting);
  await assert.rejects(trainRun(folder, options), new RegExp(`The batch of step ${CHOSEN} `));
  // 17 steps, after which the network's output is refused, and 13 to 17 again
  assert.equal(calls, 17 + 5);
});

test('a training that breaks before its first checkpoint is looked through from its start', async (t) => {
  const { folder, options, file } = broken(t, notANumber, { checkpointEvery: 24 });
  await assert.rejects(trainRun(folder, options), new RegExp(`The batch of step ${CHOSEN} `));
  assert.equal(readArrays(file).step.data[0], CHOSEN - 1);
});

test('an objective that does not break again is reported as such, with the batch of the step where it was seen', async (t) => {
  let calls = 0;
  const moody: Objective = (truth, output, random) =>
    tf.mul(xqt(truth, output, random), ++calls === 8 ? Number.NaN : 1);
  const { folder, options, file } = broken(t, moody);
  await assert.rejects(
    trainRun(folder, options),
    /the weights are no longer finite by step 8: .*The batch of step 8 and .*, though it did not break when the steps since the last checkpoint were done again$/,
  );
  assert.equal(readArrays(file).step.data[0], 7);
});

test('a full disk stops the training with its last checkpoint whole, and with room again it goes on to the same weights', async (t) => {
  const whole = temporaryFolder(t);
  await trainRun(whole, tinyRun());
  for (const [name, checkpoints] of [
    ['checkpoint-12.arrays', 1],
    ['metrics.jsonl', 0],
    ['events.out.tfevents.000001', 0],
    ['weights.arrays', 2],
  ] as const) {
    const folder = temporaryFolder(t);
    const restore = fullDiskAt(t, name);
    await assert.rejects(
      trainRun(folder, tinyRun()),
      (error: Error) =>
        error.message ===
        `${path.join(folder, name)} cannot be written: the disk is full (ENOSPC); free some space and run the same command again`,
    );
    restore();
    const kept = fs.readdirSync(folder).filter((file) => file.startsWith('checkpoint-'));
    assert.equal(kept.length, checkpoints, `${name}: ${kept}`);
    newestState(folder, assert.fail);
    await trainRun(folder, tinyRun());
    assert.deepEqual(outcome(folder), outcome(whole), name);
  }
});

test('a loss that learns numbers of its own begins anew with those of its start, after a full disk before the first checkpoint', async (t) => {
  const learning = () => {
    const own = startingLogVariances();
    t.after(() => own.dispose());
    return tinyRun({ loss: { name: 'learned', objective: objectives.learnedWeighting(own), variables: [own] } });
  };
  const [whole, folder] = [temporaryFolder(t), temporaryFolder(t)];
  await trainRun(whole, learning());
  const options = learning();
  const restore = fullDiskAt(t, 'metrics.jsonl');
  await assert.rejects(trainRun(folder, options), /ENOSPC/);
  restore();
  await trainRun(folder, options);
  assert.deepEqual(outcome(folder), outcome(whole));
});

/** A disk that has room for half of a file. */
function fullDiskAt(t: TestContext, name: string): () => void {
  const { openSync, writeFileSync } = fs;
  let handle = -1;
  const open = t.mock.method(fs, 'openSync', (...values: Parameters<typeof openSync>) => {
    const opened = openSync(...values);
    if (path.basename(String(values[0])).startsWith(name)) handle = opened;
    return opened;
  });
  const write = t.mock.method(fs, 'writeFileSync', (to: number, content: string | Uint8Array) => {
    if (to !== handle) return writeFileSync(to, content);
    writeFileSync(to, content.slice(0, content.length / 2));
    throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
  });
  return () => {
    open.mock.restore();
    write.mock.restore();
  };
}
