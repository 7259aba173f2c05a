import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { defaultCamera, type Pose, quaternionFromAxisAngle, rotate } from 'lib/geometry';
import { instance, type ShapeBasis } from 'lib/morphable-model';
import { createRandom } from 'lib/random';
import ndarray from 'ndarray';
import { meanPose } from './mean-pose';
import { reprojectionError } from './metrics';
import {
  errorsByAngle,
  type MeanErrors,
  mean,
  meanErrors,
  type Prediction,
  type ReconstructionErrors,
  reconstructionErrors,
  validationScore,
} from './reconstruction-errors';
import { smallDataset } from './small-dataset.fixture';

const FRONTAL: Pose = { rotation: [1, 0, 0, 0], translation: [0, 0, -60] };
const near = (actual: number, expected: number, tolerance = 1e-5) =>
  assert.ok(Math.abs(actual - expected) <= tolerance, `is ${actual}, expected ${expected} within ${tolerance}`);

/** Two points at (±6, 0, 0); a coefficient of 1 moves both up by 2 cm · √4 · 1/2 each. */
const BASIS: ShapeBasis = {
  mean: ndarray(Float32Array.of(6, 0, 0, -6, 0, 0), [2, 3]),
  components: ndarray(Float32Array.of(0, 0.5, 0, 0, 0.5, 0), [1, 6]),
  variances: Float64Array.of(4),
};
const MEAN_SHAPE = [6, 0, 0, -6, 0, 0];
const predict = (coefficient: number, pose: Pose): Prediction => ({ coefficients: Float32Array.of(coefficient), pose });

function randomCase(seed: string | number, imageSize: number) {
  const random = createRandom(seed);
  const { normal } = random;
  const pose = (): Pose => {
    const rotation = quaternionFromAxisAngle([normal(), normal(), normal()], 0.5 * normal());
    const [x, y, z] = rotate(rotation, [normal(), normal(), 60 + 3 * normal()]);
    return { rotation, translation: [-x, -y, -z] };
  };
  const shapes = [0, 1].map(() => Array.from({ length: 6 }, () => 5 * normal()));
  const images = Array.from({ length: 6 }, (_, i) => ({ subject: i % 2, pose: pose() }));
  const predictions = images.map(() => predict(normal(), pose()));
  return { dataset: smallDataset(shapes, images, imageSize), predictions };
}

test('one image whose shape, place and turn are off has the errors that are worked by hand', () => {
  const dataset = smallDataset([MEAN_SHAPE], [{ subject: 0, pose: FRONTAL }]);
  // both points 1 cm up, the camera 10 cm nearer and rolled by 180 degrees about its axis
  const rolled: Pose = { rotation: [0, 0, 0, 1], translation: [0, 0, -50] };
  const errors = reconstructionErrors(dataset, BASIS, [predict(1, rolled)]);
  near(errors.shapeMillimetres[0], 10);
  near(errors.translationCentimetres[0], 10);
  near(errors.rotationDegrees[0], 180);
  // from (∓50, 0) px beside the middle to (±60, 10) px: the roll turns left to right and up to down
  near(errors.reprojectionPixels[0], Math.hypot(110, 10), 1e-4);
  assert.deepEqual(errors.cameraAngleDegrees, [0]);
  assert.deepEqual(errors.clampedShare, [0]);
});

test('each image has its own subject’s shape, pose and camera angle', () => {
  const side: Pose = { rotation: quaternionFromAxisAngle([0, 1, 0], -Math.PI / 2), translation: [60, 0, 0] };
  const dataset = smallDataset(
    [MEAN_SHAPE, [6, 0, 3, -6, 0, 3]],
    [
      { subject: 1, pose: FRONTAL },
      { subject: 0, pose: side },
    ],
  );
  const errors = reconstructionErrors(dataset, BASIS, [predict(0, side), predict(0, side)]);
  near(errors.shapeMillimetres[0], 30);
  near(errors.shapeMillimetres[1], 0);
  assert.deepEqual(errors.cameraAngleDegrees, [0, 90]);
  near(errors.rotationDegrees[0], 90);
  near(errors.rotationDegrees[1], 0);
});

test('pixels are those of a 224 px image, whatever the size of the split’s images', () => {
  const large = randomCase('sizes', 224);
  const small = randomCase('sizes', 64);
  const at224 = reconstructionErrors(large.dataset, BASIS, large.predictions).reprojectionPixels;
  assert.deepEqual(reconstructionErrors(small.dataset, BASIS, small.predictions).reprojectionPixels, at224);
  // measured in the 64 px image, times 224 / 64
  const { dataset, predictions } = small;
  predictions.forEach(({ coefficients, pose }, i) => {
    const truth = {
      shape: ndarray(dataset.shapes.slice(6 * dataset.subjects[i], 6 * dataset.subjects[i] + 6), [2, 3]),
      pose: {
        rotation: [...dataset.rotations.slice(4 * i, 4 * i + 4)] as unknown as Pose['rotation'],
        translation: [...dataset.translations.slice(3 * i, 3 * i + 3)] as unknown as Pose['translation'],
      },
    };
    const measured = reprojectionError(truth, { shape: instance(BASIS, coefficients), pose }, defaultCamera(64));
    assert.ok(measured > 0.1);
    near(at224[i], (measured * 224) / 64, 1e-9 * measured);
  });
});

test('the share of predicted points nearer than 5 cm is counted, and the truth’s points are not', () => {
  // before the camera at z = 0: depths 4 and 6
  const basis = { ...BASIS, mean: ndarray(Float32Array.of(0, 0, 4, 1, 0, 6), [2, 3]) };
  const at = (z: number): Pose => ({ ...FRONTAL, translation: [0, 0, z] });
  const dataset = smallDataset(
    [MEAN_SHAPE],
    [0, 0, 0, 0].map((subject) => ({ subject, pose: at(10) })),
  );
  const predictions = [at(-60), at(0), at(2), at(50)].map((pose) => predict(0, pose));
  assert.deepEqual(reconstructionErrors(dataset, basis, predictions).clampedShare, [0, 0.5, 1, 1]);
  // a depth of 5 itself is not clamped
  const five = { ...BASIS, mean: ndarray(Float32Array.of(0, 0, 5, 0, 0, 5), [2, 3]) };
  assert.equal(
    reconstructionErrors(
      dataset,
      five,
      [at(0), at(0), at(0), at(0)].map((p) => predict(0, p)),
    ).clampedShare[0],
    0,
  );
});

test('a table’s row holds the means over images', () => {
  assert.equal(mean([1, 2, 6]), 3);
  const errors: ReconstructionErrors = {
    reprojectionPixels: [1, 3],
    shapeMillimetres: [2, 6],
    translationCentimetres: [3, 9],
    rotationDegrees: [4, 12],
    cameraAngleDegrees: [0, 50],
    clampedShare: [0, 1],
  };
  assert.deepEqual(meanErrors(errors), {
    reprojectionPixels: 2,
    shapeMillimetres: 4,
    translationCentimetres: 6,
    rotationDegrees: 8,
    clampedShare: 0.5,
  });
});

test('the mean predictor’s score is 3, and half of each of its errors 1.5', () => {
  const { dataset } = randomCase('score', 64);
  const pose = meanPose(dataset);
  const predictor = meanErrors(reconstructionErrors(dataset, BASIS, new Array(6).fill(predict(0, pose))));
  assert.ok(predictor.shapeMillimetres > 1 && predictor.translationCentimetres > 1 && predictor.rotationDegrees > 1);
  near(validationScore(predictor, predictor), 3, 1e-12);
  const halved = Object.fromEntries(Object.entries(predictor).map(([name, value]) => [name, value / 2])) as MeanErrors;
  near(validationScore(halved, predictor), 1.5, 1e-12);
});

test('a score is the sum of three ratios, and pixels do not count', () => {
  const row = (shapeMillimetres: number, translationCentimetres: number, rotationDegrees: number, pixels: number) => ({
    shapeMillimetres,
    translationCentimetres,
    rotationDegrees,
    reprojectionPixels: pixels,
    clampedShare: 0,
  });
  // 1/4 + 3/6 + 16/8
  assert.equal(validationScore(row(1, 3, 16, 1000), row(4, 6, 8, 1)), 2.75);
});

/** Bins of images that show a subject each, without their intervals. */
const binned = (angles: number[], values: number[], binDegrees?: number) =>
  errorsByAngle(
    angles,
    values,
    angles.map((_, image) => image),
    createRandom('intervals'),
    binDegrees,
  ).map(({ low, high, ...bin }) => bin);

test('errors fall into bins of ten degrees from their lower edge on, in order, without the empty ones', () => {
  const angles = [35, 0, 9.99, 10, 39];
  assert.deepEqual(binned(angles, [1, 2, 4, 8, 3]), [
    { fromDegrees: 0, images: 2, mean: 3 },
    { fromDegrees: 10, images: 1, mean: 8 },
    { fromDegrees: 30, images: 2, mean: 2 },
  ]);
  assert.deepEqual(binned(angles, [1, 2, 4, 8, 3], 20), [
    { fromDegrees: 0, images: 3, mean: 14 / 3 },
    { fromDegrees: 20, images: 2, mean: 2 },
  ]);
  assert.deepEqual(binned([], []), []);
});

test('a bin’s interval is over its own subjects', () => {
  // two subjects between 0 and 10 degrees, with 2 and 6; one between 10 and 20, with 9 and 9
  const [near, far] = errorsByAngle([1, 2, 11, 12], [2, 6, 9, 9], [0, 1, 2, 2], createRandom('intervals'));
  assert.deepEqual([near.mean, near.low, near.high], [4, 2, 6]);
  assert.deepEqual([far.mean, far.low, far.high], [9, 9, 9]);
});

test('bins hold every image once, and their weighted mean is the mean of all', () => {
  const cases = fc.array(
    fc.tuple(fc.double({ min: 0, max: 180, noNaN: true }), fc.double({ min: 0, max: 100, noNaN: true })),
    { minLength: 1, maxLength: 50 },
  );
  fc.assert(
    fc.property(cases, (images) => {
      const values = images.map(([, value]) => value);
      const bins = binned(
        images.map(([angle]) => angle),
        values,
      );
      assert.equal(
        bins.reduce((sum, bin) => sum + bin.images, 0),
        images.length,
      );
      near(bins.reduce((sum, bin) => sum + bin.images * bin.mean, 0) / images.length, mean(values), 1e-9);
    }),
    { seed: 1, numRuns: 100 },
  );
});

test('names how many predictions there should be', () => {
  const { dataset, predictions } = randomCase('count', 64);
  assert.throws(() => reconstructionErrors(dataset, BASIS, predictions.slice(1)), {
    name: 'RangeError',
    message: 'predictions must be 6, one for each image, but are 5',
  });
});
