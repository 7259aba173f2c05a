import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Scalar } from '@tensorflow/tfjs-node-gpu';
import { type Augmentation, batch, poseOf, turnedRotation } from 'lib/dataset';
import { createRandom } from 'lib/random';
import { Adam, tf } from 'lib/tensorflow';
import { type Checkpoint, readWeights } from './checkpoint';
import type { Network } from './network';
import { objectives } from './objectives';
import { tinyDataset, tinyNetwork } from './tiny-training.fixture';
import {
  cosineDecay,
  type Objective,
  stepChanges,
  stepImages,
  type TrainingOptions,
  train,
  trainingStep,
} from './train';

const DATASET = tinyDataset();
const xqt = objectives.xqt(40, 1);

/** Ten steps on pictures of noise; every random number that a step is given moves the loss. */
const options = (given: Partial<TrainingOptions> = {}): TrainingOptions => ({
  dataset: DATASET,
  objective: (truth, output, random) => tf.mul(xqt(truth, output, random), 0.5 + random.uniform()) as Scalar,
  steps: 10,
  batchSize: 5,
  learningRate: cosineDecay(0.01, 10),
  random: createRandom('steps'),
  ...given,
});
const trained = async (given: Partial<TrainingOptions>, network: Network = tinyNetwork()) => {
  await train(network, options(given));
  const weights = await readWeights(network);
  network.dispose();
  return weights;
};

test('a network learns a few pictures by heart: its loss falls', async () => {
  const losses: number[] = [];
  const given = { objective: xqt, steps: 40, learningRate: () => 0.01, batchSize: 12, reportEvery: 1 };
  await trained({ ...given, onProgress: ({ loss }) => void losses.push(loss) });
  assert.ok(losses[9] < 0.9 * losses[0], `10 steps took the loss from ${losses[0]} to ${losses[9]}`);
  assert.ok(losses[39] < 0.5 * losses[0], `40 steps took the loss from ${losses[0]} to ${losses[39]}`);
});

test('after one step the gradient reaches every variable', () => {
  const network = tinyNetwork();
  const adam = new Adam(network.variables);
  tf.tidy(() => {
    const all = batch(DATASET, [0, 1, 2, 3]);
    // at the start the heads' last weights are 0 and let no gradient through to what is before them
    trainingStep(network, adam, all, xqt, createRandom(0), 0.01);
    const { grads } = tf.variableGrads(
      () => xqt(all.truth, network.forward(all.images), createRandom(0)),
      network.variables,
    );
    for (const variable of network.variables) {
      const largest = tf.max(tf.abs(grads[variable.name])).dataSync()[0];
      assert.ok(largest > 0, `no gradient reaches [${variable.shape}]`);
    }
  });
  adam.dispose();
  network.dispose();
});

test('a step returns the objective before it, and moves the weights against the gradient', () => {
  const network = tinyNetwork();
  const adam = new Adam(network.variables);
  tf.tidy(() => {
    const all = batch(DATASET, [0, 1, 2, 3]);
    const value = () => xqt(all.truth, network.forward(all.images), createRandom(0)).dataSync()[0];
    const before = value();
    assert.equal(trainingStep(network, adam, all, xqt, createRandom(0), 0.001).dataSync()[0], before);
    assert.ok(value() < before);
  });
  adam.dispose();
  network.dispose();
});

test('what an objective does not look at does not move', async () => {
  const network = tinyNetwork();
  const before = await readWeights(network);
  await train(
    network,
    options({ objective: (truth, output) => tf.losses.meanSquaredError(truth.shape, output.shape) }),
  );
  const moved = (await readWeights(network)).map((w, i) => w.some((value, k) => value !== before[i][k]));
  // four convolutions, then four variables for each of the heads of shape, rotation and translation
  assert.deepEqual(moved, [...new Array(12).fill(true), ...new Array(8).fill(false)]);
  network.dispose();
});

test('a training broken off at a checkpoint goes on to the same weights, to the bit', async () => {
  const checkpoints: Checkpoint[] = [];
  const keep = { checkpointEvery: 4, onCheckpoint: (checkpoint: Checkpoint) => void checkpoints.push(checkpoint) };
  const unbroken = await trained(keep);
  assert.deepEqual(
    checkpoints.map(({ step }) => step),
    [4, 8, 10],
  );
  assert.deepEqual(checkpoints[2].weights, unbroken);
  // from other first weights, so that only the checkpoint can have brought the right ones
  const resumed = await trained({ resumeFrom: checkpoints[0] }, tinyNetwork({}, 'other first weights'));
  assert.deepEqual(resumed, unbroken);
  assert.notDeepEqual(checkpoints[0].weights, unbroken);
});

const AUGMENTATION: Augmentation = { rollDegrees: 10, turnDegrees: 1, colour: 0.1 };

test('images are changed anew at each step, their rotations with them, and a training goes on with the same changes', async () => {
  const seen: number[][] = [];
  const noting: Objective = (truth, output, random) => {
    seen.push([...truth.rotation.dataSync()]);
    return xqt(truth, output, random);
  };
  const given = { augmentation: AUGMENTATION, objective: noting };
  const checkpoints: Checkpoint[] = [];
  const changed = await trained({
    ...given,
    checkpointEvery: 4,
    onCheckpoint: (checkpoint) => void checkpoints.push(checkpoint),
  });
  const all = options(given);
  const [order, changes] = [stepImages(all), stepChanges(all)];
  for (let step = 0; step < 10; step++) {
    const expected = [...order(step)].flatMap((image, b) => [
      ...turnedRotation(poseOf(DATASET, image).rotation, (changes as NonNullable<typeof changes>)(step)[b]),
    ]);
    assert.deepEqual(seen[step], [...Float32Array.from(expected)], `step ${step}`);
  }
  assert.equal(new Set(seen.flatMap((rotations) => rotations.filter((_, i) => i % 4 === 1))).size, 50);
  assert.deepEqual(await trained({ ...given, resumeFrom: checkpoints[0] }, tinyNetwork({}, 'others')), changed);
  // the network is shown the changed pictures, and not only told of their rotations
  const toldOnly = tinyNetwork();
  let step = 0;
  const unseen: Objective = (truth, output, random) =>
    xqt({ ...truth, rotation: tf.tensor2d(seen[step++], [5, 4]) }, output, random);
  await train(toldOnly, options({ objective: unseen }));
  assert.notDeepEqual(await readWeights(toldOnly), changed);
  toldOnly.dispose();
});

test('each step has its own random numbers, which depend on the step alone', async () => {
  const drawn: number[] = [];
  const noting: Objective = (truth, output, random) => {
    drawn.push(random.uniform());
    return xqt(truth, output, random);
  };
  const random = createRandom('some seed');
  await trained({ steps: 4, objective: noting, random });
  assert.deepEqual(
    drawn,
    [0, 1, 2, 3].map((step) => random.fork(`step ${step}`).uniform()),
  );
});

test('the learning rate is asked for each step, and a rate of 0 moves nothing', async () => {
  const asked: number[] = [];
  const start = tinyNetwork();
  const before = await readWeights(start);
  const learningRate = (step: number) => {
    asked.push(step);
    return 0;
  };
  assert.deepEqual(await trained({ steps: 3, learningRate }, start), before);
  assert.deepEqual(asked, [0, 1, 2]);
});

test('reports the mean loss of the steps since the last report, the last steps too', async () => {
  const each: number[] = [];
  const reports: { step: number; steps: number; loss: number }[] = [];
  await trained({ steps: 7, reportEvery: 1, onProgress: ({ loss }) => void each.push(loss) });
  await trained({ steps: 7, reportEvery: 3, onProgress: (report) => void reports.push(report) });
  const mean = (from: number, to: number) => each.slice(from, to).reduce((a, b) => a + b) / (to - from);
  assert.deepEqual(
    reports.map(({ step, steps }) => [step, steps]),
    [
      [3, 7],
      [6, 7],
      [7, 7],
    ],
  );
  [mean(0, 3), mean(3, 6), mean(6, 7)].forEach((loss, i) => {
    assert.ok(Math.abs(reports[i].loss / loss - 1) < 1e-5, `${reports[i].loss} should be ${loss}`);
  });
});

/** From its third call on it is not a number. */
function breaking(): Objective {
  let calls = 0;
  return (truth, output, random) => tf.mul(xqt(truth, output, random), ++calls < 3 ? 1 : Number.NaN) as Scalar;
}

test('a loss that is no number stops the training, names the step, and gives its memory back', async () => {
  const network = tinyNetwork();
  const before = tf.memory().numTensors;
  await assert.rejects(
    train(network, options({ objective: breaking(), reportEvery: 1 })),
    /the loss is NaN by step 3: a smaller learning rate may help/,
  );
  assert.equal(tf.memory().numTensors, before);
  network.dispose();
});

test('a checkpoint of another network is refused, and the memory is given back', async () => {
  const network = tinyNetwork();
  const before = tf.memory().numTensors;
  const resumeFrom = { step: 1, weights: [Float32Array.of(1)], firstMoments: [], secondMoments: [] };
  await assert.rejects(
    train(network, options({ resumeFrom })),
    /weights must have the network's sizes .* another network/,
  );
  assert.equal(tf.memory().numTensors, before);
  network.dispose();
});

test('no checkpoint is taken of a training whose loss is no number, or whose weights are none', async () => {
  for (const [checkpointEvery, message, taken] of [
    [3, /the loss is NaN by step 3/, []],
    [2, /the weights are no longer finite by step 3: a smaller learning rate may help/, [2]],
  ] as const) {
    const network = tinyNetwork();
    const steps: number[] = [];
    const given = { objective: breaking(), reportEvery: 10, checkpointEvery };
    await assert.rejects(
      train(network, options({ ...given, onCheckpoint: ({ step }) => void steps.push(step) })),
      message,
    );
    assert.deepEqual(steps, taken);
    network.dispose();
  }
});

test('a signal stops after the step under way, and says how many were done', async () => {
  const network = tinyNetwork();
  const stop = new AbortController();
  const seen: number[] = [];
  const onProgress = ({ step }: { step: number }) => {
    seen.push(step);
    if (step === 4) stop.abort();
  };
  assert.equal(await train(network, options({ signal: stop.signal, reportEvery: 1, onProgress })), 4);
  assert.deepEqual(seen, [1, 2, 3, 4]);
  const before = await readWeights(network);
  assert.equal(await train(network, options({ signal: stop.signal })), 0);
  assert.deepEqual(await readWeights(network), before);
  network.dispose();
});

test('a training that is not stopped says that all steps were done, and keeps no tensor', async () => {
  const network = tinyNetwork();
  const before = tf.memory().numTensors;
  assert.equal(await train(network, options({ steps: 3 })), 3);
  assert.equal(await train(network, options({ steps: 20 })), 20);
  assert.equal(tf.memory().numTensors, before);
  network.dispose();
});

test('the learning rate falls along half a cosine', () => {
  const rate = cosineDecay(0.002, 100);
  const near = (a: number, b: number) => assert.ok(Math.abs(a - b) < 1e-12, `${a} should be ${b}`);
  near(rate(0), 0.002);
  near(rate(50), 0.001);
  near(rate(100), 0);
  // cos 60 degrees is a half
  near(rate(100 / 3), 0.0015);
});
