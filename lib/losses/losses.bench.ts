import type { Scalar, Tensor, Tensor2D, Tensor3D } from '@tensorflow/tfjs-node-gpu';
import { defaultCamera } from 'lib/geometry';
import { createRandom } from 'lib/random';
import { tf } from 'lib/tensorflow';
import { geometricAlignmentLoss } from './geometric-alignment-loss';
import type { Reconstruction, Views } from './reconstruction';
import { multiviewReprojectionLoss, singleViewReprojectionLoss } from './reprojection-losses';

const BATCH = 32;
/** The narrow face and the whole head of ICT-FaceKit. */
const POINTS = [6_706, 26_719];
const CAMERA = defaultCamera(224);

type Loss = (truth: Reconstruction, predicted: Reconstruction) => Scalar;

/**
 * A loss and its gradients to shape, rotation and translation, for a batch of 32 heads; environment/bench/torch_losses.py is
 * the other side, once as it is and once compiled.
 */
export const benches = POINTS.flatMap((points) => [
  bench('GAL', points, (truth, predicted) => geometricAlignmentLoss(truth, predicted)),
  bench('SRL', points, (truth, predicted) => singleViewReprojectionLoss(truth, predicted, CAMERA)),
  ...[1, 2, 4, 8].map((count) => {
    let views: Views | undefined;
    return bench(`MRL${count}`, points, (truth, predicted) => {
      views ??= randomPoses(createRandom('views'), count);
      return multiviewReprojectionLoss(truth, predicted, views, CAMERA);
    });
  }),
]);

function bench(loss: string, points: number, compute: Loss) {
  return {
    name: `losses ${loss} ${points}`,
    unit: 'ms forward and backward',
    peers: ['eager', 'compiled'].map((mode) => ({
      name: `PyTorch ${mode}`,
      script: 'torch_losses.py',
      args: [loss, String(points), mode],
    })),
    block: 10,
    start: () => startGradients(points, compute),
  };
}

function randomPoses({ normal }: ReturnType<typeof createRandom>, views: number): Views {
  return tf.tidy(() => ({
    rotation: tf.keep(
      tf.tensor3d(
        Array.from({ length: 4 * BATCH * views }, (_, i) => (i % 4 === 0 ? 1 : 0) + 0.15 * normal()),
        [BATCH, views, 4],
      ),
    ),
    translation: tf.keep(
      tf.tensor3d(
        Array.from({ length: 3 * BATCH * views }, (_, i) => (i % 3 === 2 ? -60 : 0) + 4 * normal()),
        [BATCH, views, 3],
      ),
    ),
  }));
}

/** Returns a function that computes loss and gradients a number of times and waits for the last. */
function startGradients(points: number, compute: Loss): (times: number) => Promise<void> {
  const random = createRandom('bench');
  const reconstruction = (): Reconstruction => {
    const { rotation, translation } = randomPoses(random, 1);
    return {
      shape: tf.tensor3d(
        Float32Array.from({ length: BATCH * points * 3 }, () => 5 * random.normal()),
        [BATCH, points, 3],
      ),
      rotation: tf.reshape(rotation, [BATCH, 4]) as Tensor2D,
      translation: tf.reshape(translation, [BATCH, 3]) as Tensor2D,
    };
  };
  const [truth, predicted] = [reconstruction(), reconstruction()];
  const gradients = tf.valueAndGrads((shape: Tensor, rotation: Tensor, translation: Tensor) =>
    compute(truth, {
      shape: shape as Tensor3D,
      rotation: rotation as Tensor2D,
      translation: translation as Tensor2D,
    }),
  );
  return async (times) => {
    for (let i = 0; i < times; i++) {
      const { value, grads } = gradients([predicted.shape, predicted.rotation, predicted.translation]);
      if (i === times - 1) await value.data();
      tf.dispose([value, ...grads]);
    }
  };
}
