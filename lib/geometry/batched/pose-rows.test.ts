import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Tensor, Tensor2D, Tensor3D } from '@tensorflow/tfjs-node-gpu';
import { composePoses, invertPose, type Pose, type Quaternion, rotationMatrix, type Vector3 } from 'lib/geometry';
import { createRandom } from 'lib/random';
import { tf } from 'lib/tensorflow';
import { assertNear, centralDifferences, naiveTransform, randomCameraPose } from '../naive-geometry.fixture';
import { composeRows, inversePoseRows, poseRows } from './pose-rows';

const tensorsOf = (poses: Pose[]): [Tensor2D, Tensor2D] => [
  tf.tensor2d(poses.map(({ rotation }) => [...rotation])),
  tf.tensor2d(poses.map(({ translation }) => [...translation])),
];
const rowsOf = (make: (rotation: Tensor2D, translation: Tensor2D) => Tensor, ...poses: Pose[]) =>
  tf.tidy(() => make(...tensorsOf(poses)).dataSync());
const expectedRows = (pose: Pose) => {
  const R = rotationMatrix(pose.rotation);
  return [0, 1, 2].flatMap((i) => [...R.slice(3 * i, 3 * i + 3), pose.translation[i]]);
};

test('a quarter turn about z at (1, 2, 3): its rows and those of its inverse, worked by hand', () => {
  const pose: Pose = { rotation: [1, 0, 0, 1], translation: [1, 2, 3] };
  assertNear(rowsOf(poseRows, pose), [0, -1, 0, 1, 1, 0, 0, 2, 0, 0, 1, 3], 1e-6);
  // R^T t = (2, -1, 3)
  assertNear(rowsOf(inversePoseRows, pose), [0, 1, 0, -2, -1, 0, 0, 1, 0, 0, 1, -3], 1e-6);
});

test('rows, inverses and products of a batch are those of the CPU', () => {
  const random = createRandom('pose rows');
  const [first, second] = [0, 1].map(() => Array.from({ length: 7 }, () => randomCameraPose(random)));
  assertNear(rowsOf(poseRows, ...first), first.flatMap(expectedRows), 1e-4);
  assertNear(
    rowsOf(inversePoseRows, ...first),
    first.flatMap((pose) => expectedRows(invertPose(pose))),
    1e-4,
  );
  const products = tf.tidy(() => composeRows(poseRows(...tensorsOf(first)), poseRows(...tensorsOf(second))).dataSync());
  assertNear(
    products,
    first.flatMap((pose, i) => expectedRows(composePoses(pose, second[i]))),
    1e-4,
  );
});

test('composes rows of any number: two of them after a motion', () => {
  const rows = tf.tidy(() =>
    composeRows(
      tf.tensor3d([
        [
          [1, 0, 0, 5],
          [0, 1, 1, 0],
        ],
      ]),
      poseRows(...tensorsOf([{ rotation: [1, 0, 0, 1], translation: [1, 2, 3] }])),
    ).dataSync(),
  );
  assertNear(rows, [0, -1, 0, 6, 1, 0, 1, 5], 1e-6);
});

test('gradients through an inverse and a product are those of central differences', () => {
  const random = createRandom('gradients of rows');
  const [first, second] = [randomCameraPose(random), randomCameraPose(random)];
  const weights = Float32Array.from({ length: 12 }, random.normal);
  const [q, t] = [first.rotation.map(Math.fround), first.translation.map(Math.fround)];
  const naive = (rotation: number[], translation: number[]) => {
    const inverse = invertPose({
      rotation: rotation as unknown as Quaternion,
      translation: translation as unknown as Vector3,
    });
    // the columns of R_2 R^-1 and its shift are where the axes and the origin go
    const shift = naiveTransform(composePoses(second, inverse), [0, 0, 0]);
    const axes = (
      [
        [1, 0, 0],
        [0, 1, 0],
        [0, 0, 1],
      ] as const
    ).map((axis) => naiveTransform(composePoses(second, inverse), axis).map((v, i) => v - shift[i]));
    return [0, 1, 2].reduce((sum, i) => {
      const row = [axes[0][i], axes[1][i], axes[2][i], shift[i]];
      return sum + row.reduce((total, v, c) => total + weights[4 * i + c] * v, 0);
    }, 0);
  };
  const gradients = tf.tidy(() =>
    tf
      .grads((rotation: Tensor, translation: Tensor) =>
        tf.sum(
          tf.mul(
            composeRows(
              poseRows(...tensorsOf([second])),
              inversePoseRows(rotation as Tensor2D, translation as Tensor2D) as Tensor3D,
            ),
            tf.tensor3d(weights, [1, 3, 4]),
          ),
        ),
      )([tf.tensor2d([q]), tf.tensor2d([t])])
      .map((gradient) => gradient.dataSync()),
  );
  const expected = [
    centralDifferences((values) => naive(values, t), q),
    centralDifferences((values) => naive(q, values), t),
  ];
  gradients.forEach((gradient, i) => {
    const largest = Math.max(...expected[i].map(Math.abs));
    assert.ok(largest > 0.1);
    assertNear(gradient, expected[i], 1e-4 * largest);
  });
});

test('each leaves one tensor behind, the one that it returns', () => {
  const [rotation, translation] = tensorsOf([randomCameraPose(createRandom('memory'))]);
  const rows = poseRows(rotation, translation);
  for (const make of [
    () => poseRows(rotation, translation),
    () => inversePoseRows(rotation, translation),
    () => composeRows(rows, rows),
  ]) {
    const before = tf.memory().numTensors;
    const made = make();
    assert.equal(tf.memory().numTensors, before + 1);
    made.dispose();
  }
  tf.dispose([rotation, translation, rows]);
});
