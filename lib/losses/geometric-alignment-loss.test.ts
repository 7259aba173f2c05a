import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Scalar } from '@tensorflow/tfjs-node-gpu';
import fc from 'fast-check';
import { createRandom } from 'lib/random';
import { tf } from 'lib/tensorflow';
import { geometricAlignmentLoss } from './geometric-alignment-loss';
import {
  assertGradients,
  assertLoss,
  gradientsOf,
  lossValue,
  type Numbers,
  naiveGeometricAlignment,
  randomNumbers,
  tensorsOf,
  withUnitQuaternions,
} from './naive-losses.fixture';
import type { Norm } from './reconstruction';

type Options = { frame?: 'released' | 'camera'; norm?: Norm };
const loss = (truth: Numbers, predicted: Numbers, options?: Options) =>
  lossValue(() => geometricAlignmentLoss(tensorsOf(truth), tensorsOf(predicted), options));
const CASES = (['released', 'camera'] as const).flatMap((frame) =>
  (['l1', 'squared'] as const).map((norm) => ({ frame, norm })),
);

test('one point under two poses costs the mean that is worked by hand, in each frame and norm', () => {
  const truth = { batch: 1, points: 1, shape: [1, 2, 3], rotation: [1, 0, 0, 0], translation: [0, 0, -60] };
  // a quarter turn about z, x to y
  const predicted = { batch: 1, points: 1, shape: [2, 4, 3], rotation: [1, 0, 0, 1], translation: [6, 0, -50] };
  // R x + t: (1, 2, -57) and (-4, 2, 3) + (6, 0, -50) differ by (-1, 0, -10)
  assertLoss(loss(truth, predicted), 11 / 3);
  assertLoss(loss(truth, predicted, { norm: 'squared' }), 101 / 3);
  // R^T (x - t): (1, 2, 63), and (-4, 4, 53) turned back to (4, 4, 53), differ by (-3, -2, 10)
  assertLoss(loss(truth, predicted, { frame: 'camera' }), 15 / 3);
  assertLoss(loss(truth, predicted, { frame: 'camera', norm: 'squared' }), 113 / 3);
});

/** Points spread evenly over a sphere: equal steps of height hold equal areas (Archimedes). */
function sphere(radius: number): number[] {
  const [heights, around] = [200, 200];
  return Array.from({ length: heights * around }, (_, i) => {
    const y = (2 * Math.floor(i / around) + 1) / heights - 1;
    const angle = (2 * Math.PI * (i % around)) / around;
    const width = Math.sqrt(1 - y * y);
    return [radius * width * Math.cos(angle), radius * y, radius * width * Math.sin(angle)];
  }).flat();
}

test('on a 9.5 cm sphere at 60 cm, each frame makes cheap what the other makes dear', () => {
  // The costs are mean absolute values over the three coordinates, in cm. The camera turns by 3 degrees about y: in place (t
  // stays) or with its centre around the head (t turns too).
  const a = (3 * Math.PI) / 180;
  const shape = sphere(9.5);
  const camera = (turn: number, tx: number, tz: number): Numbers => ({
    batch: 1,
    points: shape.length / 3,
    shape,
    rotation: [Math.cos(turn / 2), 0, Math.sin(turn / 2), 0],
    translation: [tx, 0, tz],
  });
  const frontal = camera(0, 0, -60);
  const inPlace = camera(a, 0, -60);
  const orbit = camera(a, -60 * Math.sin(a), -60 * Math.cos(a));

  // One coordinate of a point of the sphere is uniform in [-r, r]. A turn moves x and z by a coordinate times 2 sin(a / 2)
  // each, whose mean size is half the largest, and y not at all: 2/3 * 9.5 * sin(1.5 degrees)
  const cheap = 0.1658;
  assertLoss((2 / 3) * 9.5 * Math.sin(a / 2), 0.165788);
  // The same turn about a centre 60 cm away moves x by 60 sin a on average, always to one side, and z by something uniform
  // around b = 60 (1 - cos a) with half width w = 2 * 9.5 sin(a / 2), whose mean size is (w² + b²) / 2 w; y not at all
  const [w, b] = [19 * Math.sin(a / 2), 60 * (1 - Math.cos(a))];
  const dear = 1.1319;
  assertLoss((60 * Math.sin(a) + (w * w + b * b) / (2 * w)) / 3, 1.131881);

  const near = (actual: number, expected: number) =>
    assert.ok(Math.abs(actual - expected) < 1e-4, `${actual} is not ${expected}`);
  near(loss(frontal, inPlace, { frame: 'released' }), cheap);
  near(loss(frontal, inPlace, { frame: 'camera' }), dear);
  near(loss(frontal, orbit, { frame: 'released' }), dear);
  near(loss(frontal, orbit, { frame: 'camera' }), cheap);
});

test('equals 4 x 4 matrices on homogeneous points, in each frame and norm', () => {
  const random = createRandom('alignment');
  for (const options of CASES)
    for (let i = 0; i < 10; i++) {
      const [truth, predicted] = [randomNumbers(random), randomNumbers(random)];
      assertLoss(
        loss(truth, predicted, options),
        naiveGeometricAlignment(truth, predicted, options.frame, options.norm),
      );
    }
});

test('agrees with the released formula, the mean square of T x - T^ x^ with T camera-to-model', () => {
  const random = createRandom('released');
  const [truth, predicted] = [randomNumbers(random, 4, 10), randomNumbers(random, 4, 10)].map(withUnitQuaternions);
  assertLoss(
    loss(truth, predicted, { norm: 'squared' }),
    naiveGeometricAlignment(truth, predicted, 'released', 'squared'),
  );
});

test('takes the released frame and the l1 norm unless told otherwise', () => {
  const random = createRandom('defaults');
  const [truth, predicted] = [randomNumbers(random), randomNumbers(random)];
  assert.equal(loss(truth, predicted), loss(truth, predicted, { frame: 'released', norm: 'l1' }));
  assert.notEqual(loss(truth, predicted), loss(truth, predicted, { frame: 'camera' }));
});

test('times 3 N it is the paper’s sum for one head', () => {
  const random = createRandom('sum');
  const head = () => ({ ...randomNumbers(random, 1, 4), rotation: [1, 0, 0, 0] });
  const [truth, predicted] = [head(), head()];
  // without a turn, T x - T^ x^ = x - x^ + t - t^
  const sum = truth.shape.reduce(
    (total, v, i) => total + Math.abs(v - predicted.shape[i] + truth.translation[i % 3] - predicted.translation[i % 3]),
    0,
  );
  assertLoss(3 * 4 * loss(truth, predicted), sum);
});

test('is zero at the truth, and positive when only the turn, only the place or only the shape is off', () => {
  const random = createRandom('truth');
  const [truth, other] = [randomNumbers(random), randomNumbers(random)];
  for (const options of CASES) {
    assert.equal(loss(truth, truth, options), 0);
    for (const part of ['rotation', 'translation', 'shape'] as const)
      assert.ok(loss(truth, { ...truth, [part]: other[part] }, options) > 0.05, `${part} is not seen`);
  }
});

test('neither the norm nor the sign of a quaternion matters', () => {
  const random = createRandom('norms');
  fc.assert(
    fc.property(fc.constantFrom(...CASES), fc.double({ min: 0.1, max: 3, noNaN: true }), (options, factor) => {
      const [truth, predicted] = [randomNumbers(random), randomNumbers(random)];
      const scaled = { ...predicted, rotation: predicted.rotation.map((v) => -factor * v) };
      assertLoss(loss(truth, scaled, options), loss(truth, predicted, options));
    }),
    { seed: 1, numRuns: 20 },
  );
});

test('in the camera’s frame, moving the predicted head together with its camera changes nothing', () => {
  const random = createRandom('together');
  const [truth, predicted] = [randomNumbers(random), randomNumbers(random)];
  const shift = [3, -7, 11];
  const moved = {
    ...predicted,
    shape: predicted.shape.map((v, i) => v + shift[i % 3]),
    translation: predicted.translation.map((v, i) => v + shift[i % 3]),
  };
  assertLoss(loss(truth, moved, { frame: 'camera' }), loss(truth, predicted, { frame: 'camera' }));
  assert.ok(Math.abs(loss(truth, moved) - loss(truth, predicted)) > 1);
});

test('gradients to shape, turn and place are those of central differences, in each frame and norm', () => {
  const random = createRandom('gradients');
  for (const options of CASES) {
    const [truth, predicted] = [randomNumbers(random), randomNumbers(random)];
    assertGradients(
      (tensors) => geometricAlignmentLoss(tensorsOf(truth), tensors, options),
      (numbers) => naiveGeometricAlignment(truth, numbers, options.frame, options.norm),
      predicted,
    );
  }
});

test('as a part of a sum it passes on its share of the gradient', () => {
  const random = createRandom('share');
  const [truth, predicted] = [randomNumbers(random), randomNumbers(random)];
  assertGradients(
    (tensors) => {
      const alone = geometricAlignmentLoss(tensorsOf(truth), tensors);
      return tf.add(tf.mul(alone, 3), tf.mean(tensors.shape)) as Scalar;
    },
    (numbers) =>
      3 * naiveGeometricAlignment(truth, numbers, 'released', 'l1') +
      numbers.shape.reduce((sum, v) => sum + v / numbers.shape.length, 0),
    predicted,
  );
});

test('a zero quaternion is an error, and a head behind its camera gives finite gradients', () => {
  const random = createRandom('singular');
  const [truth, predicted] = [randomNumbers(random), randomNumbers(random)];
  assert.throws(
    () => loss(truth, { ...predicted, rotation: new Array(8).fill(0) }),
    /^RangeError: a quaternion must be finite and not zero, but number 0 is \[0, 0, 0, 0\]$/,
  );
  const behind = { ...predicted, translation: predicted.translation.map((v) => -v) };
  assert.ok(
    gradientsOf((tensors) => geometricAlignmentLoss(tensorsOf(truth), tensors, { frame: 'camera' }), behind).every(
      (g) => Array.from(g).every(Number.isFinite),
    ),
  );
});

test('leaves one tensor behind, the one that it returns', () => {
  const random = createRandom('memory');
  const [truth, predicted] = [tensorsOf(randomNumbers(random)), tensorsOf(randomNumbers(random))];
  const before = tf.memory().numTensors;
  const value = geometricAlignmentLoss(truth, predicted);
  assert.equal(tf.memory().numTensors, before + 1);
  assert.deepEqual(value.shape, []);
});

test('names the argument that is wrong', () => {
  const random = createRandom('errors');
  const [truth, predicted] = [randomNumbers(random), randomNumbers(random)];
  assert.throws(
    () => loss(truth, randomNumbers(random, 2, 4)),
    /^RangeError: predicted\.shape must be \[batch, points, 3\]/,
  );
  assert.throws(() => loss(truth, predicted, { frame: 'world' as 'camera' }), {
    name: 'RangeError',
    message: "frame must be 'released' or 'camera', but is 'world'",
  });
  assert.throws(() => loss(truth, predicted, { norm: 'l2' as 'l1' }), /norm must be 'l1' or 'squared', but is 'l2'/);
});
