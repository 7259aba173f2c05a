import assert from 'node:assert/strict';
import type { Scalar, Tensor, Tensor2D, Tensor3D } from '@tensorflow/tfjs-node-gpu';
import type { Camera } from 'lib/geometry';
import type { Random } from 'lib/random';
import { tf } from 'lib/tensorflow';
import { inverse, Matrix } from 'ml-matrix';
import type { Norm, Reconstruction, Views } from './reconstruction';

/** A batch of heads and poses as plain numbers, row by row; rounded to float32, so that TensorFlow sees the same numbers. */
export interface Numbers {
  batch: number;
  points: number;
  shape: number[];
  rotation: number[];
  translation: number[];
}

/** Cameras for each head of a batch, as plain numbers. */
export interface ViewNumbers {
  count: number;
  rotation: number[];
  translation: number[];
}

export const CAMERA: Camera = { focalLengthPixels: 500, principalPointPixels: [112, 112] };

// --- random input

const normals = ({ normal }: Random, count: number, mean: (i: number) => number, deviation: number) =>
  Array.from({ length: count }, (_, i) => Math.fround(mean(i) + deviation * normal()));

/** Cameras some 60 cm before the head, turned by some 15 degrees, their quaternions not of norm 1. */
function randomPoses(random: Random, count: number) {
  const rotation = normals(random, 4 * count, (i) => (i % 4 === 0 ? 1.3 : 0), 0.17);
  return { rotation, translation: normals(random, 3 * count, (i) => (i % 3 === 2 ? -60 : 0), 4) };
}

export const randomNumbers = (random: Random, batch = 2, points = 3): Numbers => ({
  batch,
  points,
  shape: normals(random, 3 * batch * points, () => 0, 5),
  ...randomPoses(random, batch),
});

export const randomViews = (random: Random, batch = 2, count = 2): ViewNumbers => ({
  count,
  ...randomPoses(random, batch * count),
});

/** The same with quaternions of norm 1, as the labels are and as the released code expects. */
export function withUnitQuaternions<T extends { rotation: number[] }>(numbers: T): T {
  const norm = (i: number) => Math.hypot(...numbers.rotation.slice(4 * Math.floor(i / 4), 4 * Math.floor(i / 4) + 4));
  return { ...numbers, rotation: numbers.rotation.map((v, i) => Math.fround(v / norm(i))) };
}

export const tensorsOf = ({ batch, points, shape, rotation, translation }: Numbers): Reconstruction => ({
  shape: tf.tensor3d(shape, [batch, points, 3]),
  rotation: tf.tensor2d(rotation, [batch, 4]),
  translation: tf.tensor2d(translation, [batch, 3]),
});

export const viewTensorsOf = ({ count, rotation, translation }: ViewNumbers): Views => ({
  rotation: tf.tensor3d(rotation, [rotation.length / 4 / count, count, 4]),
  translation: tf.tensor3d(translation, [rotation.length / 4 / count, count, 3]),
});

// --- the losses from their equations: float64, loops, and 4 x 4 matrices that are inverted as matrices

/** T = [R(q)|t] over (0, 0, 0, 1), R from the quadratic form of q / |q|. */
function poseMatrix({ rotation, translation }: { rotation: number[]; translation: number[] }, i: number): Matrix {
  const q = rotation.slice(4 * i, 4 * i + 4);
  const norm = Math.sqrt(q[0] * q[0] + q[1] * q[1] + q[2] * q[2] + q[3] * q[3]);
  const [a, b, c, d] = q.map((v) => v / norm);
  const [x, y, z] = translation.slice(3 * i, 3 * i + 3);
  return new Matrix([
    [a * a + b * b - c * c - d * d, 2 * (b * c - a * d), 2 * (b * d + a * c), x],
    [2 * (b * c + a * d), a * a - b * b + c * c - d * d, 2 * (c * d - a * b), y],
    [2 * (b * d - a * c), 2 * (c * d + a * b), a * a - b * b - c * c + d * d, z],
    [0, 0, 0, 1],
  ]);
}

/** The points of head b as columns (x, y, z, 1). */
const homogeneous = ({ points, shape }: Numbers, b: number) =>
  new Matrix(
    Array.from({ length: points }, (_, n) => [...shape.slice(3 * (b * points + n), 3 * (b * points + n) + 3), 1]),
  ).transpose();

/** P(q, t): K times the inverse of T, divided by the depth, which is clamped. */
function projectColumns(
  T: Matrix,
  columns: Matrix,
  { focalLengthPixels: f, principalPointPixels, minDepth = 5 }: Camera,
) {
  const inCamera = inverse(T).mmul(columns);
  const pixels = Matrix.zeros(2, columns.columns);
  for (let n = 0; n < columns.columns; n++)
    for (let i = 0; i < 2; i++)
      pixels.set(i, n, principalPointPixels[i] - (f * inCamera.get(i, n)) / Math.max(inCamera.get(2, n), minDepth));
  return pixels;
}

function meanOver(batch: number, difference: (b: number) => Matrix, norm: Norm): number {
  let sum = 0;
  let count = 0;
  for (let b = 0; b < batch; b++)
    for (const value of difference(b).to1DArray()) {
      sum += norm === 'l1' ? Math.abs(value) : value * value;
      count++;
    }
  return sum / count;
}

/** Eq. 5. The released code's is 'released' and 'squared'. */
export function naiveGeometricAlignment(truth: Numbers, predicted: Numbers, frame: 'released' | 'camera', norm: Norm) {
  const moved = (head: Numbers, b: number) =>
    (frame === 'released' ? poseMatrix(head, b) : inverse(poseMatrix(head, b))).mmul(homogeneous(head, b));
  // the row of ones falls out of the difference, but must not count in the mean
  return meanOver(truth.batch, (b) => Matrix.sub(moved(truth, b), moved(predicted, b)).removeRow(3), norm);
}

/** Eq. 6 to 8. The released code's is 'squared'. */
export function naiveSingleView(truth: Numbers, predicted: Numbers, camera: Camera, norm: Norm) {
  const seen = (head: Numbers, b: number) => projectColumns(poseMatrix(head, b), homogeneous(head, b), camera);
  return meanOver(truth.batch, (b) => Matrix.sub(seen(truth, b), seen(predicted, b)), norm);
}

/** Eq. 9 and 10. The released code's is 'squared'; it, too, divides by the number of views. */
export function naiveMultiview(truth: Numbers, predicted: Numbers, views: ViewNumbers, camera: Camera, norm: Norm) {
  let sum = 0;
  for (let v = 0; v < views.count; v++)
    sum += meanOver(
      truth.batch,
      (b) => {
        const D = poseMatrix(truth, b).mmul(inverse(poseMatrix(predicted, b)));
        const view = poseMatrix(views, b * views.count + v);
        return Matrix.sub(
          projectColumns(view, homogeneous(truth, b), camera),
          projectColumns(view, D.mmul(homogeneous(predicted, b)), camera),
        );
      },
      norm,
    );
  return sum / views.count;
}

/** The sums of squares of equations 11 and 12 for the whole batch: of x, of q with q̂ brought to norm 1, and of t. */
export function naiveSquares(truth: Numbers, predicted: Numbers): [x: number, q: number, t: number] {
  const sum = (a: number[], b: number[]) => a.reduce((total, v, i) => total + (v - b[i]) ** 2, 0);
  const unit = predicted.rotation.map(
    (v, i) => v / Math.hypot(...predicted.rotation.slice(4 * Math.floor(i / 4), 4 * Math.floor(i / 4) + 4)),
  );
  return [sum(truth.shape, predicted.shape), sum(truth.rotation, unit), sum(truth.translation, predicted.translation)];
}

// --- how a loss is read and compared

/** A loss of two batches, its tensors gone. */
export const lossValue = (loss: () => Scalar): number => tf.tidy(() => loss().dataSync()[0]);

/** Equal to 20 parts in a million, of a value that is not small: a loss of zero, or of another norm, does not pass. */
export function assertLoss(actual: number, expected: number): void {
  assert.ok(expected > 0.01, `${expected} is too small to say much`);
  assert.ok(Math.abs(actual - expected) <= 2e-5 * expected, `loss is ${actual}, expected ${expected}`);
}

const PARTS = ['shape', 'rotation', 'translation'] as const;

/** TensorFlow's gradients with respect to the prediction's three parts. */
export function gradientsOf(loss: (predicted: Reconstruction) => Scalar, predicted: Numbers): ArrayLike<number>[] {
  return tf.tidy(() => {
    const { shape, rotation, translation } = tensorsOf(predicted);
    const gradients = tf.grads((x: Tensor, q: Tensor, t: Tensor) =>
      loss({ shape: x as Tensor3D, rotation: q as Tensor2D, translation: t as Tensor2D }),
    )([shape, rotation, translation]);
    return gradients.map((gradient) => gradient.dataSync());
  });
}

/** Fails unless the three gradients equal central differences of the twin, to a thousandth of each one's largest entry. */
export function assertGradients(
  loss: (predicted: Reconstruction) => Scalar,
  naive: (predicted: Numbers) => number,
  predicted: Numbers,
): void {
  const gradients = gradientsOf(loss, predicted);
  const step = 1e-5;
  PARTS.forEach((part, p) => {
    const difference = (i: number) => {
      const moved = (by: number) =>
        naive({ ...predicted, [part]: predicted[part].map((v, j) => (i === j ? v + by : v)) });
      return (moved(step) - moved(-step)) / (2 * step);
    };
    const expected = predicted[part].map((_, i) => difference(i));
    const size = Math.max(...expected.map(Math.abs));
    assert.ok(size > 1e-4, `the gradient of ${part} vanishes`);
    expected.forEach((value, i) => {
      assert.ok(
        Math.abs(gradients[p][i] - value) <= 1e-3 * size,
        `d loss / d ${part}[${i}] is ${gradients[p][i]}, expected ${value}`,
      );
    });
  });
}
