import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Scalar } from '@tensorflow/tfjs-node-gpu';
import { batch, type Dataset, imageCount, poseOf, shapeOf } from 'lib/dataset';
import { defaultCamera } from 'lib/geometry';
import { squaredTerms } from 'lib/losses';
import { createRandom } from 'lib/random';
import { tf } from 'lib/tensorflow';
import {
  balancedWeights,
  objectives,
  startingLogVariances,
  startingTermScales,
  viewSamplers,
  withVariables,
} from './objectives';
import { MODEL, tinyDataset, tinyNetwork } from './tiny-training.fixture';
import type { Objective } from './train';

test('scales and weights by hand, for one image', () => {
  const dataset: Dataset = {
    imageSize: 1,
    images: new Uint8Array(3),
    subjects: Uint32Array.of(0),
    rotations: Float32Array.of(0, 1, 0, 0),
    translations: Float32Array.of(3, 0, -57),
    shapes: MODEL.mean.data.map((v) => v + 2),
    points: 8,
  };
  // shape off by 2 everywhere; q off by (-1, 1, 0, 0); t off by (3, 0, 3)
  const scales = startingTermScales(dataset, MODEL);
  assert.ok(Math.abs(scales.shape - 4) < 1e-5);
  assert.deepEqual([scales.rotation, scales.translation], [0.5, 6]);
  // the pose's mean square over its seven numbers is (4 * 0.5 + 3 * 6) / 7 = 20 / 7
  const { alpha, beta, gamma } = balancedWeights({ shape: 4, rotation: 0.5, translation: 6 });
  assert.ok(Math.abs(alpha - 1.4) < 1e-12);
  assert.deepEqual([beta, gamma], [8, 4 / 6]);
});

test('scales equal sums over all images written out', () => {
  const dataset = tinyDataset(7);
  let [shape, rotation, translation] = [0, 0, 0];
  for (let image = 0; image < imageCount(dataset); image++) {
    const pose = poseOf(dataset, image);
    shapeOf(dataset, image).forEach((v, i) => {
      shape += (v - MODEL.mean.data[i]) ** 2 / (7 * 24);
    });
    for (let i = 0; i < 4; i++) rotation += (pose.rotation[i] - [1, 0, 0, 0][i]) ** 2 / (7 * 4);
    for (let i = 0; i < 3; i++) translation += (pose.translation[i] - [0, 0, -60][i]) ** 2 / (7 * 3);
  }
  const scales = startingTermScales(dataset, MODEL);
  for (const [is, wanted] of [
    [scales.shape, shape],
    [scales.rotation, rotation],
    [scales.translation, translation],
  ])
    assert.ok(Math.abs(is - wanted) < 1e-9 * wanted && wanted > 0);
});

/** An objective of a fresh network on all images of a dataset at once. */
function atStart(dataset: Dataset, objective: Objective, seed = 'step'): number {
  const network = tinyNetwork();
  const value = tf.tidy(() => {
    const { images, truth } = batch(dataset, [...dataset.subjects.keys()]);
    return objective(truth, network.forward(images), createRandom(seed)).dataSync()[0];
  }) as unknown as number;
  network.dispose();
  return value;
}
const near = (a: number, b: number) => assert.ok(Math.abs(a - b) < 1e-4 * Math.abs(b), `${a} should be ${b}`);

test('scales are the loss’s own terms of a network that has not learned', () => {
  const dataset = tinyDataset(7);
  const scales = startingTermScales(dataset, MODEL);
  const term =
    (index: 0 | 1 | 2): Objective =>
    (truth, output) =>
      squaredTerms(truth, output)[index] as Scalar;
  near(atStart(dataset, term(0)), scales.shape);
  near(atStart(dataset, term(1)), scales.rotation);
  near(atStart(dataset, term(2)), scales.translation);
});

test('balanced weights make each term of Coarse and XQT equally large at the start', () => {
  const dataset = tinyDataset(7);
  const scales = startingTermScales(dataset, MODEL);
  const { alpha, beta, gamma } = balancedWeights(scales);
  near(atStart(dataset, objectives.coarse(alpha)), 2 * scales.shape);
  near(atStart(dataset, objectives.xqt(beta, gamma)), 3 * scales.shape);
  // each weight is on its own term
  near(atStart(dataset, objectives.xqt(beta, 0)), 2 * scales.shape);
  near(atStart(dataset, objectives.xqt(0, gamma)), 2 * scales.shape);
});

test('GAL’s frames differ, and SRL’s error grows with the camera', () => {
  const dataset = tinyDataset(7);
  const [camera, released] = (['camera', 'released'] as const).map((frame) => atStart(dataset, objectives.gal(frame)));
  assert.ok(Math.abs(camera - released) > 0.1, `${camera}, ${released}`);
  const small = atStart(dataset, objectives.srl(defaultCamera(64)));
  near(atStart(dataset, objectives.srl(defaultCamera(128))), 2 * small);
});

test('MRL’s views are of the training set and depend on the step’s generator alone', () => {
  const dataset = tinyDataset(7);
  const mrl = objectives.mrl(defaultCamera(64), 2, viewSamplers['training-poses'](dataset));
  assert.equal(atStart(dataset, mrl), atStart(dataset, mrl));
  assert.ok(Math.abs(atStart(dataset, mrl) - atStart(dataset, mrl, 'another step')) > 1e-3);
  // of a training set with one camera only, all draws are the same
  const one = {
    ...dataset,
    rotations: dataset.rotations.subarray(0, 4),
    translations: dataset.translations.subarray(0, 3),
  };
  const still = objectives.mrl(defaultCamera(64), 2, viewSamplers['training-poses'](one));
  assert.equal(atStart(dataset, still), atStart(dataset, still, 'another step'));
});

test('MRL draws as many views for each head as asked for', () => {
  const dataset = tinyDataset(7);
  for (const views of [1, 3]) {
    let draws = 0;
    const counting = { ...createRandom(0), integer: () => draws++ % 7 };
    const objective = objectives.mrl(defaultCamera(64), views, viewSamplers['training-poses'](dataset));
    atStart(dataset, (truth, output) => objective(truth, output, counting));
    assert.equal(draws, 7 * views);
  }
});

test('each norm, penalty and source of views is another loss', () => {
  const dataset = tinyDataset(7);
  const camera = defaultCamera(64);
  const { ring, ...ofTraining } = viewSamplers;
  const samplers = [ring(), ...Object.values(ofTraining).map((of) => of(dataset))];
  const values = [
    objectives.gal('camera'),
    objectives.gal('camera', 'squared'),
    objectives.srl(camera),
    objectives.srl(camera, { norm: 'squared' }),
    ...samplers.map((sample) => objectives.mrl(camera, 2, sample)),
    objectives.mrl(camera, 2, samplers[0], 'squared'),
  ].map((objective) => atStart(dataset, objective));
  for (const [i, a] of values.entries())
    for (const b of values.slice(0, i)) assert.ok(Math.abs(a - b) > 1e-3, `${values}`);
  // at the start all coefficients are 0, and so is the penalty: moved by hand it is γ mean c²
  const penalized = (penalty?: number): Objective => {
    const srl = objectives.srl(camera, { penalty });
    return (truth, output, random) =>
      srl(truth, { ...output, coefficients: tf.add(output.coefficients, 3) as typeof output.coefficients }, random);
  };
  near(atStart(dataset, penalized(2)) - atStart(dataset, penalized()), 18);
});

test('learned weighting moves its log-variances with the network', () => {
  const dataset = tinyDataset(7);
  const before = tf.memory().numTensors;
  const own = startingLogVariances();
  const network = withVariables(tinyNetwork(), [own]);
  const objective = objectives.learnedWeighting(own);
  const { shape, rotation, translation } = startingTermScales(dataset, MODEL);
  // Σ exp(-s) L + s with s = [0, -3, 0]
  near(atStart(dataset, objective), shape + Math.exp(3) * rotation - 3 + translation);
  assert.equal(network.variables.at(-1), own);
  const gradient = tf.tidy(() => {
    const { images, truth } = batch(dataset, [0, 1]);
    const { grads } = tf.variableGrads(
      () => objective(truth, network.forward(images), createRandom(0)),
      network.variables,
    );
    return Array.from(grads[own.name].dataSync());
  }) as unknown as number[];
  // dL/ds = 1 - exp(-s) L
  assert.ok(gradient.every((g) => Math.abs(g) > 1e-2));
  network.dispose();
  own.dispose();
  assert.equal(tf.memory().numTensors, before);
});
