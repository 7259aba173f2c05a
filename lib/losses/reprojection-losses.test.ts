import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Camera } from 'lib/geometry';
import { createRandom } from 'lib/random';
import { tf } from 'lib/tensorflow';
import {
  assertGradients,
  assertLoss,
  CAMERA,
  gradientsOf,
  lossValue,
  type Numbers,
  naiveMultiview,
  naiveSingleView,
  randomNumbers,
  randomViews,
  tensorsOf,
  type ViewNumbers,
  viewTensorsOf,
  withUnitQuaternions,
} from './naive-losses.fixture';
import type { Norm } from './reconstruction';
import { multiviewReprojectionLoss, singleViewReprojectionLoss } from './reprojection-losses';

const NORMS = ['l1', 'squared'] as const;
/** Another principal point and focal length, so that neither is taken from elsewhere. */
const OTHER_CAMERA: Camera = { focalLengthPixels: 321, principalPointPixels: [50, 70] };

const single = (truth: Numbers, predicted: Numbers, camera = CAMERA, options?: { norm?: Norm }) =>
  lossValue(() => singleViewReprojectionLoss(tensorsOf(truth), tensorsOf(predicted), camera, options));
const multi = (
  truth: Numbers,
  predicted: Numbers,
  views: ViewNumbers,
  camera = CAMERA,
  options?: { norm?: Norm; includeTrueView?: boolean },
) =>
  lossValue(() =>
    multiviewReprojectionLoss(tensorsOf(truth), tensorsOf(predicted), viewTensorsOf(views), camera, options),
  );

const onePoint = (shape: number[], translation: number[]): Numbers => ({
  batch: 1,
  points: 1,
  shape,
  rotation: [1, 0, 0, 0],
  translation,
});

/** The views with the true cameras as one more for each head. */
function withTrueViews(views: ViewNumbers, truth: Numbers): ViewNumbers {
  const append = (of: number[], own: number[], size: number) =>
    Array.from({ length: truth.batch }, (_, b) => [
      ...of.slice(b * views.count * size, (b + 1) * views.count * size),
      ...own.slice(b * size, (b + 1) * size),
    ]).flat();
  return {
    count: views.count + 1,
    rotation: append(views.rotation, truth.rotation, 4),
    translation: append(views.translation, truth.translation, 3),
  };
}

test('SRL of one point under a camera that is 6 cm too high and 10 cm too near is 35 px', () => {
  // seen at (-50, 0) px from the middle, and, from the wrong camera, (6, -6, 50) cm at (-60, +60) px
  const [truth, predicted] = [onePoint([6, 0, 0], [0, 0, -60]), onePoint([6, 0, 0], [0, 6, -50])];
  assertLoss(single(truth, predicted), (10 + 60) / 2);
  assertLoss(single(truth, predicted, CAMERA, { norm: 'squared' }), (100 + 3600) / 2);
  // half the focal length, half the pixels
  assertLoss(single(truth, predicted, { ...CAMERA, focalLengthPixels: 250 }), 35 / 2);
});

test('MRL of one point under a camera that is 6 cm too high is 27.5 px in two views, and 80/3 with the true one', () => {
  const [truth, predicted] = [onePoint([6, 0, 0], [0, 0, -60]), onePoint([6, 0, 0], [0, 6, -60])];
  // D moves the head down by 6 cm: 60 px from 50 cm before it, 50 px from the ear 60 cm beside the point
  const views: ViewNumbers = { count: 2, rotation: [1, 0, 0, 0, 1, 0, -1, 0], translation: [0, 0, -50, 66, 0, 0] };
  assertLoss(multi(truth, predicted, views), (60 / 2 + 50 / 2) / 2);
  assertLoss(multi(truth, predicted, views, CAMERA, { norm: 'squared' }), (3600 / 2 + 2500 / 2) / 2);
  // 50 px also from the true camera
  assertLoss(multi(truth, predicted, views, CAMERA, { includeTrueView: true }), (30 + 25 + 25) / 3);
});

test('SRL equals K and inverted 4 x 4 matrices on homogeneous points', () => {
  const random = createRandom('single view');
  for (const norm of NORMS)
    for (const camera of [CAMERA, OTHER_CAMERA])
      for (let i = 0; i < 5; i++) {
        const [truth, predicted] = [randomNumbers(random), randomNumbers(random)];
        assertLoss(single(truth, predicted, camera, { norm }), naiveSingleView(truth, predicted, camera, norm));
      }
});

test('MRL equals K, D and inverted 4 x 4 matrices on homogeneous points, with and without the true view', () => {
  const random = createRandom('multiview');
  for (const norm of NORMS)
    for (const count of [1, 2, 3]) {
      const [truth, predicted] = [randomNumbers(random), randomNumbers(random)];
      const views = randomViews(random, 2, count);
      assertLoss(
        multi(truth, predicted, views, OTHER_CAMERA, { norm }),
        naiveMultiview(truth, predicted, views, OTHER_CAMERA, norm),
      );
      assertLoss(
        multi(truth, predicted, views, CAMERA, { norm, includeTrueView: true }),
        naiveMultiview(truth, predicted, withTrueViews(views, truth), CAMERA, norm),
      );
    }
});

test('both agree with the released formulas, means of squares with T camera-to-model and D = T T^-1', () => {
  const random = createRandom('released');
  const [truth, predicted] = [randomNumbers(random, 4, 10), randomNumbers(random, 4, 10)].map(withUnitQuaternions);
  const views = withUnitQuaternions(randomViews(random, 4, 2));
  const norm = 'squared';
  assertLoss(single(truth, predicted, CAMERA, { norm }), naiveSingleView(truth, predicted, CAMERA, norm));
  assertLoss(multi(truth, predicted, views, CAMERA, { norm }), naiveMultiview(truth, predicted, views, CAMERA, norm));
});

test('both take the l1 norm, and MRL only the views that it is given, unless told otherwise', () => {
  const random = createRandom('defaults');
  const [truth, predicted] = [randomNumbers(random), randomNumbers(random)];
  const views = randomViews(random);
  assert.equal(single(truth, predicted), single(truth, predicted, CAMERA, { norm: 'l1' }));
  assert.equal(
    multi(truth, predicted, views),
    multi(truth, predicted, views, CAMERA, { norm: 'l1', includeTrueView: false }),
  );
});

test('times 2 N and 2 N V they are the paper’s sums for one head', () => {
  const random = createRandom('sums');
  const frontal = (z: number) => ({ ...randomNumbers(random, 1, 4), rotation: [1, 0, 0, 0], translation: [0, 0, z] });
  const [truth, predicted] = [frontal(-60), frontal(-55)];
  /** The sum of |u - u^| + |v - v^| for two frontal cameras at these heights. */
  const sum = (z: number, predictedZ: number) => {
    let total = 0;
    for (let n = 0; n < 4; n++)
      for (const i of [0, 1])
        total += Math.abs(
          (500 * truth.shape[3 * n + i]) / (truth.shape[3 * n + 2] - z) -
            (500 * predicted.shape[3 * n + i]) / (predicted.shape[3 * n + 2] - predictedZ),
        );
    return total;
  };
  assertLoss(2 * 4 * single(truth, predicted), sum(-60, -55));
  // D brings the head 5 cm back, so that a view at -50 has it as a camera at -45 would
  const views = { count: 2, rotation: [1, 0, 0, 0, 1, 0, 0, 0], translation: [0, 0, -50, 0, 0, -70] };
  assertLoss(2 * 4 * 2 * multi(truth, predicted, views), sum(-50, -45) + sum(-70, -65));
});

test('both are zero at the truth, and positive when only the turn, only the place or only the shape is off', () => {
  const random = createRandom('truth');
  const [truth, other] = [randomNumbers(random), randomNumbers(random)];
  const views = randomViews(random);
  for (const norm of NORMS)
    for (const loss of [
      (predicted: Numbers) => single(truth, predicted, CAMERA, { norm }),
      (predicted: Numbers) => multi(truth, predicted, views, CAMERA, { norm }),
      (predicted: Numbers) => multi(truth, predicted, views, CAMERA, { norm, includeTrueView: true }),
    ]) {
      // D of the true pose is the identity up to float32: 1e-7 of 60 cm, or 1e-4 px
      assert.ok(loss(truth) < 1e-3, `is ${loss(truth)} at the truth`);
      for (const part of ['rotation', 'translation', 'shape'] as const)
        assert.ok(loss({ ...truth, [part]: other[part] }) > 1, `${part} is not seen`);
    }
});

test('a camera that turns in place by 3 degrees moves the picture of a head by its focal length times tan 3°, 26.2 px', () => {
  // the point in the middle of the image: 500 tan 3° = 26.20 px in u, nothing in v
  const a = (3 * Math.PI) / 180;
  const truth = onePoint([0, 0, 0], [0, 0, -60]);
  const turned = { ...truth, rotation: [Math.cos(a / 2), 0, Math.sin(a / 2), 0] };
  assertLoss(2 * single(truth, turned), 26.2039);
});

test('neither the norm nor the sign of a quaternion matters', () => {
  const random = createRandom('norms');
  fc.assert(
    fc.property(fc.double({ min: 0.1, max: 3, noNaN: true }), (factor) => {
      const [truth, predicted] = [randomNumbers(random), randomNumbers(random)];
      const views = randomViews(random);
      const scaled = <T extends { rotation: number[] }>(of: T) => ({
        ...of,
        rotation: of.rotation.map((v) => -factor * v),
      });
      assertLoss(single(truth, scaled(predicted)), single(truth, predicted));
      assertLoss(multi(truth, scaled(predicted), scaled(views)), multi(truth, predicted, views));
    }),
    { seed: 1, numRuns: 20 },
  );
});

test('MRL whose only view is the true camera is SRL, since D brings the predicted camera to it', () => {
  const random = createRandom('own view');
  fc.assert(
    fc.property(fc.constantFrom(...NORMS), (norm) => {
      const [truth, predicted] = [randomNumbers(random), randomNumbers(random)];
      const own = { count: 1, rotation: truth.rotation, translation: truth.translation };
      assertLoss(multi(truth, predicted, own, CAMERA, { norm }), single(truth, predicted, CAMERA, { norm }));
    }),
    { seed: 1, numRuns: 20 },
  );
});

test('MRL is the mean of its views, in any order', () => {
  const random = createRandom('views');
  const [truth, predicted] = [randomNumbers(random, 1), randomNumbers(random, 1)];
  const views = randomViews(random, 1, 3);
  const only = (...which: number[]): ViewNumbers => ({
    count: which.length,
    rotation: which.flatMap((v) => views.rotation.slice(4 * v, 4 * v + 4)),
    translation: which.flatMap((v) => views.translation.slice(3 * v, 3 * v + 3)),
  });
  const each = [0, 1, 2].map((v) => multi(truth, predicted, only(v)));
  assertLoss(multi(truth, predicted, views), (each[0] + each[1] + each[2]) / 3);
  assertLoss(multi(truth, predicted, only(2, 0, 1)), multi(truth, predicted, views));
});

test('gradients of SRL to shape, turn and place are those of central differences', () => {
  const random = createRandom('single gradients');
  for (const norm of NORMS) {
    const [truth, predicted] = [randomNumbers(random), randomNumbers(random)];
    assertGradients(
      (tensors) => singleViewReprojectionLoss(tensorsOf(truth), tensors, CAMERA, { norm }),
      (numbers) => naiveSingleView(truth, numbers, CAMERA, norm),
      predicted,
    );
  }
});

test('gradients of MRL to shape, turn and place are those of central differences, with and without the true view', () => {
  const random = createRandom('multiview gradients');
  for (const norm of NORMS)
    for (const includeTrueView of [false, true]) {
      const [truth, predicted] = [randomNumbers(random), randomNumbers(random)];
      const views = randomViews(random);
      assertGradients(
        (tensors) =>
          multiviewReprojectionLoss(tensorsOf(truth), tensors, viewTensorsOf(views), CAMERA, { norm, includeTrueView }),
        (numbers) =>
          naiveMultiview(truth, numbers, includeTrueView ? withTrueViews(views, truth) : views, CAMERA, norm),
        predicted,
      );
    }
});

test('a head behind the camera counts as at the least depth, with finite gradients', () => {
  const truth = onePoint([6, 0, 0], [0, 0, -60]);
  const behind = onePoint([6, 0, 0], [0, 0, 60]);
  // -50 px, and 500 * 6 / 5 = -600 px
  assertLoss(single(truth, behind), 550 / 2);
  assertLoss(single(truth, behind, { ...CAMERA, minDepth: 10 }), 250 / 2);
  // D brings the head 120 cm nearer, behind the view
  const view = { count: 1, rotation: [1, 0, 0, 0], translation: [0, 0, -60] };
  assertLoss(multi(truth, behind, view), 550 / 2);
  for (const gradients of [
    gradientsOf((tensors) => singleViewReprojectionLoss(tensorsOf(truth), tensors, CAMERA), behind),
    gradientsOf((tensors) => multiviewReprojectionLoss(tensorsOf(truth), tensors, viewTensorsOf(view), CAMERA), behind),
  ]) {
    assert.ok(gradients.every((g) => Array.from(g).every(Number.isFinite)));
    // 500 / 5 px for a centimetre aside, in the mean over u and v
    assert.ok(Math.abs(gradients[0][0] - 50) < 1e-3, `is ${gradients[0][0]}`);
    // a clamped depth does not move the picture: the slope would be 500 * 6 / 5² / 2 = 60 px for a centimetre
    assert.ok(Math.abs(gradients[0][2]) < 1e-3, `is ${gradients[0][2]}`);
    assert.ok(Math.abs(gradients[2][2]) < 1e-3, `is ${gradients[2][2]}`);
  }
});

test('a zero quaternion is an error', () => {
  const random = createRandom('singular');
  const [truth, predicted] = [randomNumbers(random), randomNumbers(random)];
  const zero = { ...predicted, rotation: new Array(8).fill(0) };
  const message = /^RangeError: a quaternion must be finite and not zero, but number 0 is \[0, 0, 0, 0\]$/;
  assert.throws(() => single(truth, zero), message);
  assert.throws(() => multi(truth, zero, randomViews(random)), message);
  assert.throws(() => multi(truth, predicted, { ...randomViews(random), rotation: new Array(16).fill(0) }), message);
});

test('each leaves one tensor behind, the one that it returns', () => {
  const random = createRandom('memory');
  const [truth, predicted] = [tensorsOf(randomNumbers(random)), tensorsOf(randomNumbers(random))];
  const views = viewTensorsOf(randomViews(random));
  for (const make of [
    () => singleViewReprojectionLoss(truth, predicted, CAMERA),
    () => multiviewReprojectionLoss(truth, predicted, views, CAMERA, { includeTrueView: true }),
  ]) {
    const before = tf.memory().numTensors;
    assert.deepEqual(make().shape, []);
    assert.equal(tf.memory().numTensors, before + 1);
  }
});

test('names the argument that is wrong', () => {
  const random = createRandom('errors');
  const [truth, predicted] = [randomNumbers(random), randomNumbers(random)];
  const views = randomViews(random);
  const badCamera = { ...CAMERA, focalLengthPixels: 0 };
  const other = randomNumbers(random, 2, 4);
  assert.throws(
    () => single(truth, other),
    /^RangeError: predicted\.shape must be .* here \[2, 3, 3\], but is \[2, 4, 3\]$/,
  );
  assert.throws(() => multi(truth, other, views), /^RangeError: predicted\.shape must be/);
  assert.throws(
    () => single(truth, predicted, badCamera),
    /^RangeError: focalLengthPixels must be positive, but is 0$/,
  );
  assert.throws(() => multi(truth, predicted, views, badCamera), /^RangeError: focalLengthPixels must be positive/);
  assert.throws(() => multi(truth, predicted, randomViews(random, 3)), /^RangeError: views\.rotation must be/);
  assert.throws(() => single(truth, predicted, CAMERA, { norm: 'l2' as 'l1' }), /norm must be 'l1' or 'squared'/);
  assert.throws(() => multi(truth, predicted, views, CAMERA, { norm: 'l2' as 'l1' }), /norm must be 'l1' or 'squared'/);
});
