import type { Scalar } from '@tensorflow/tfjs-node-gpu';
import { createRandom } from 'lib/random';
import { Adam, tf } from 'lib/tensorflow';
import ndarray from 'ndarray';
import { reconstructionNetwork } from './network';
import { objectives } from './objectives';
import { trainingStep } from './train';

const [BATCH, SIZE, POINTS, COMPONENTS] = [32, 64, 2000, 100];

/**
 * A training step: forward, GAL in the camera frame, backward, Adam; small encoder, 64 px, batch 32, 2,000 points, 100
 * components. The batch's tensors are there already, on both sides; environment/bench/torch_step.py is the other.
 */
export const benches = [
  {
    name: 'step',
    unit: 'ms a step',
    peers: [{ name: 'PyTorch 2.13', script: 'torch_step.py' }],
    /** Steps in one measured block. */
    block: 20,
    start: startSteps,
  },
];

/** Returns a function that does a number of steps and waits for the last. */
function startSteps(): (steps: number) => Promise<void> {
  const random = createRandom('bench');
  const normals = (count: number, scale: number) => Float32Array.from({ length: count }, () => scale * random.normal());
  const basis = {
    mean: ndarray(normals(3 * POINTS, 5), [POINTS, 3]),
    components: ndarray(normals(COMPONENTS * 3 * POINTS, 1), [COMPONENTS, 3 * POINTS]),
    variances: new Float64Array(COMPONENTS).fill(0.0025),
  };
  const network = reconstructionNetwork(
    basis,
    { encoder: 'small', imageSize: SIZE, poseOutput: 'head-centre', coefficientScale: 0.1 },
    random,
  );
  const adam = new Adam(network.variables);
  const images = tf.tensor4d(
    Float32Array.from({ length: BATCH * SIZE * SIZE * 3 }, () => 2 * random.uniform() - 1),
    [BATCH, SIZE, SIZE, 3],
  );
  const truth = {
    shape: tf.tensor3d(normals(BATCH * POINTS * 3, 5), [BATCH, POINTS, 3]),
    rotation: tf.tensor2d(
      normals(BATCH * 4, 0.1).map((v, i) => (i % 4 === 0 ? 1 : v)),
      [BATCH, 4],
    ),
    translation: tf.tensor2d(
      normals(BATCH * 3, 1).map((v, i) => (i % 3 === 2 ? v - 60 : v)),
      [BATCH, 3],
    ),
  };
  const objective = objectives.gal('camera');
  return async (steps) => {
    let last: Scalar | undefined;
    for (let i = 0; i < steps; i++) {
      last?.dispose();
      last = trainingStep(network, adam, { images, truth }, objective, random, 1e-4);
    }
    await last?.data();
    last?.dispose();
  };
}
