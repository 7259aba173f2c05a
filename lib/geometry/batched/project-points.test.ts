import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Tensor, Tensor2D, Tensor3D } from '@tensorflow/tfjs-node-gpu';
import {
  type Camera,
  defaultCamera,
  type Pose,
  projectPoints as projectOnCpu,
  type Quaternion,
  type Vector3,
} from 'lib/geometry';
import { createRandom } from 'lib/random';
import { tf } from 'lib/tensorflow';
import {
  assertNear,
  centralDifferences,
  naiveProject,
  randomCameraPose,
  randomPoints,
} from '../naive-geometry.fixture';
import { projectPoints } from './project-points';

const CAMERA: Camera = { focalLengthPixels: 321, principalPointPixels: [50, 70] };

function randomBatch(seed: string, batch: number, count: number) {
  const random = createRandom(seed);
  const heads = Array.from({ length: batch }, () => randomPoints(random, count));
  const poses = Array.from({ length: batch }, () => randomCameraPose(random));
  return { heads, poses };
}

function tensorsOf({ heads, poses }: ReturnType<typeof randomBatch>): [Tensor3D, Tensor2D, Tensor2D] {
  return [
    tf.tensor3d(Float32Array.from(heads.flatMap((head) => [...head.data])), [heads.length, ...heads[0].shape] as [
      number,
      number,
      number,
    ]),
    tf.tensor2d(poses.map(({ rotation }) => [...rotation])),
    tf.tensor2d(poses.map(({ translation }) => [...translation])),
  ];
}

test('the frontal camera sees the origin in the middle, +x to the left and +y up', () => {
  const seen = tf.tidy(() =>
    projectPoints(
      tf.tensor3d([
        [
          [0, 0, 0],
          [6, 0, 0],
          [0, 6, 0],
          [6, 0, -10],
        ],
      ]),
      tf.tensor2d([[1, 0, 0, 0]]),
      tf.tensor2d([[0, 0, -60]]),
      defaultCamera(224),
    ).dataSync(),
  );
  assertNear(seen, [112, 112, 62, 112, 112, 62, 52, 112], 1e-5);
});

test('a batch is projected as each head by its own camera on the CPU', () => {
  const drawn = randomBatch('projection', 3, 20);
  const seen = tf.tidy(() => projectPoints(...tensorsOf(drawn), CAMERA).dataSync());
  const expected = drawn.heads.flatMap((head, b) => [...projectOnCpu(head, drawn.poses[b], CAMERA).data]);
  assertNear(seen, expected, 1e-3);
});

test('gradients to shape, rotation and translation are those of central differences', () => {
  const drawn = randomBatch('gradients', 2, 4);
  const random = createRandom('weights');
  const weights = Float32Array.from({ length: 16 }, random.normal);
  const [shape, rotation, translation] = tensorsOf(drawn);
  const numbers = [shape, rotation, translation].map((tensor) => [...tensor.dataSync()]);
  /** The same weighted sum of pixels with one of the three arguments replaced. */
  const naive = (replaced: number) => (values: number[]) => {
    const [x, q, t] = numbers.map((n, i) => (i === replaced ? values : n));
    return weights.reduce((sum, weight, i) => {
      const [b, n] = [Math.floor(i / 8), Math.floor(i / 2)];
      const pose: Pose = {
        rotation: q.slice(4 * b, 4 * b + 4) as unknown as Quaternion,
        translation: t.slice(3 * b, 3 * b + 3) as unknown as Vector3,
      };
      return sum + weight * naiveProject(x.slice(3 * n, 3 * n + 3) as unknown as Vector3, pose, CAMERA)[i % 2];
    }, 0);
  };
  const gradients = tf.tidy(() =>
    tf
      .grads((x: Tensor, q: Tensor, t: Tensor) =>
        tf.sum(
          tf.mul(projectPoints(x as Tensor3D, q as Tensor2D, t as Tensor2D, CAMERA), tf.tensor3d(weights, [2, 4, 2])),
        ),
      )([shape, rotation, translation])
      .map((gradient) => gradient.dataSync()),
  );
  gradients.forEach((gradient, i) => {
    const expected = centralDifferences(naive(i), numbers[i]);
    assertNear(gradient, expected, 1e-4 * Math.max(...expected.map(Math.abs)));
  });
  tf.dispose([shape, rotation, translation]);
});

test('a head behind the camera has finite pixels and gradients, none along the depth', () => {
  const [pixels, gradient] = tf.tidy(() => {
    const shape = tf.tensor3d([[[2, 3, -80]]]);
    const q = tf.tensor2d([[1, 0, 0, 0]]);
    const t = tf.tensor2d([[0, 0, -60]]);
    const project = (x: Tensor) => projectPoints(x as Tensor3D, q, t, CAMERA);
    return [
      project(shape).dataSync(),
      tf
        .grad((x) => tf.sum(project(x)))(shape)
        .dataSync(),
    ];
  });
  // depth -20 counts as 5: 50 - 321 * 2 / 5, 70 - 321 * 3 / 5; a centimetre aside is 321 / 5 px
  assertNear(pixels, [-78.4, -122.6], 1e-4);
  assertNear(gradient, [-64.2, -64.2, 0], 1e-4);
});

test('leaves one tensor behind, the one that it returns', () => {
  const [shape, rotation, translation] = tensorsOf(randomBatch('memory', 2, 3));
  const before = tf.memory().numTensors;
  const made = projectPoints(shape, rotation, translation, CAMERA);
  assert.equal(tf.memory().numTensors, before + 1);
  tf.dispose([made, shape, rotation, translation]);
});

test('names what is wrong with the camera or the quaternions', () => {
  const [shape, rotation, translation] = tensorsOf(randomBatch('errors', 2, 3));
  assert.throws(() => projectPoints(shape, rotation, translation, { ...CAMERA, minDepth: -1 }), {
    name: 'RangeError',
    message: 'minDepth must be positive, in cm, but is -1',
  });
  assert.throws(
    () => projectPoints(shape, translation, translation, CAMERA),
    /quaternions must be \[batch, 4\], but are \[2,3\]/,
  );
  tf.dispose([shape, rotation, translation]);
});
