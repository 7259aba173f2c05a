import type { Scalar } from '@tensorflow/tfjs-node-gpu';
import { defaultCamera } from 'lib/geometry';
import { trainingPoseViews } from 'lib/losses';
import { createRandom } from 'lib/random';
import { Adam, tf } from 'lib/tensorflow';
import ndarray from 'ndarray';
import { type ENCODERS, reconstructionNetwork } from './network';
import { objectives } from './objectives';
import { type Objective, trainingStep } from './train';

export const BATCH = 32;
const [SIZE, POINTS, COMPONENTS] = [64, 2000, 100];

type Encoder = keyof typeof ENCODERS;

/**
 * A training step: forward, GAL in the camera frame, backward, Adam; 64 px, batch 32, 2,000 points, 100 components. The batch's
 * tensors are there already, on both sides; environment/bench/torch_step.py is the other, in both of PyTorch's layouts.
 */
const beside = (encoder: Encoder) =>
  ['channels_first', 'channels_last'].map((layout) => ({
    name: `PyTorch 2.13 ${layout}`,
    script: 'torch_step.py',
    args: [encoder, layout],
  }));

export const benches = [
  {
    name: 'step small encoder',
    unit: 'ms a step',
    peers: beside('small'),
    /** Steps in one measured block. */
    block: 20,
    start: () => {
      const steps = startSteps('small');
      return (count: number) => steps(objectives.gal('camera'), count);
    },
  },
  {
    name: 'step light encoder',
    unit: 'ms a step',
    peers: beside('light'),
    block: 10,
    start: () => {
      const steps = startSteps('light');
      return (count: number) => steps(objectives.gal('camera'), count);
    },
  },
  {
    name: 'step VGG-16',
    unit: 'ms a step',
    peers: beside('vgg16'),
    block: 2,
    rounds: 3,
    start: () => {
      const steps = startSteps('vgg16');
      return (count: number) => steps(objectives.gal('camera'), count);
    },
  },
  {
    name: 'step VGG-16 with MRL, 2 views, and one with GAL',
    unit: 'ms for both',
    block: 2,
    rounds: 3,
    start: () => {
      const steps = startSteps('vgg16');
      const random = createRandom('poses');
      const rotations = Float32Array.from({ length: 400 }, (_, i) => (i % 4 === 0 ? 1 : 0.1 * random.normal()));
      const translations = Float32Array.from({ length: 300 }, (_, i) => (i % 3 === 2 ? -60 : 0));
      const mrl = objectives.mrl(defaultCamera(SIZE), 2, trainingPoseViews(rotations, translations));
      const seconds = { gal: 0, mrl: 0 };
      return async (count: number) => {
        // by turns, so that a change of the machine's speed meets both
        for (let i = 0; i < count; i++)
          for (const [name, objective] of [['gal', objectives.gal('camera')] as const, ['mrl', mrl] as const]) {
            const since = performance.now();
            await steps(objective, 1);
            seconds[name] += performance.now() - since;
          }
        return [{ name: 'MRL over GAL', value: seconds.mrl / seconds.gal, unit: 'times' }];
      };
    },
  },
];

/** Returns a function that does a number of steps and waits for the last. */
export function startSteps(
  encoder: Encoder,
  size = SIZE,
  points = POINTS,
): (objective: Objective, steps: number) => Promise<void> {
  const random = createRandom('bench');
  const normals = (count: number, scale: number) => Float32Array.from({ length: count }, () => scale * random.normal());
  const basis = {
    mean: ndarray(normals(3 * points, 5), [points, 3]),
    components: ndarray(normals(COMPONENTS * 3 * points, 1), [COMPONENTS, 3 * points]),
    variances: new Float64Array(COMPONENTS).fill(0.0025),
  };
  const network = reconstructionNetwork(
    basis,
    { encoder, imageSize: size, poseOutput: 'head-centre', coefficientScale: 0.1 },
    random,
  );
  const adam = new Adam(network.variables);
  const images = tf.tensor4d(
    Float32Array.from({ length: BATCH * size * size * 3 }, () => 2 * random.uniform() - 1),
    [BATCH, size, size, 3],
  );
  const truth = {
    shape: tf.tensor3d(normals(BATCH * points * 3, 5), [BATCH, points, 3]),
    rotation: tf.tensor2d(
      normals(BATCH * 4, 0.1).map((v, i) => (i % 4 === 0 ? 1 : v)),
      [BATCH, 4],
    ),
    translation: tf.tensor2d(
      normals(BATCH * 3, 1).map((v, i) => (i % 3 === 2 ? v - 60 : v)),
      [BATCH, 3],
    ),
  };
  return async (objective, steps) => {
    let last: Scalar | undefined;
    for (let i = 0; i < steps; i++) {
      last?.dispose();
      last = trainingStep(network, adam, { images, truth }, objective, random, 1e-4);
    }
    await last?.data();
    last?.dispose();
  };
}
