import { type Dataset, imageCount, poseOf, shapeOf } from 'lib/dataset';
import { cameraAngleDegrees, clampedShare, defaultCamera, type Pose } from 'lib/geometry';
import { instance, type ShapeBasis } from 'lib/morphable-model';
import type { Random } from 'lib/random';
import ndarray from 'ndarray';
import { bootstrapInterval } from './bootstrap';
import { reprojectionError, rotationError, shapeError, translationError } from './metrics';

/** What a network says of one image. */
export interface Prediction {
  /** standard deviations */
  coefficients: Float32Array;
  /** modelFromCamera */
  pose: Pose;
}

/** The paper's four errors of each image (section 4.3), with the camera's angle; pixels are at 224 px. */
export interface ReconstructionErrors {
  reprojectionPixels: number[];
  shapeMillimetres: number[];
  translationCentimetres: number[];
  rotationDegrees: number[];
  cameraAngleDegrees: number[];
  /** Share of predicted points nearer than the least depth, where projection clamps. */
  clampedShare: number[];
}

/** Pixels: reprojection errors are those of an image so large, whatever the network saw. */
export const REPORTED_IMAGE_SIZE = 224;

/**
 * Errors of predictions against a split's truth.
 *
 * @param basis        makes shapes of coefficients, on the same points as the split's shapes
 * @param predictions  one for each image, in order
 */
export function reconstructionErrors(
  dataset: Dataset,
  basis: ShapeBasis,
  predictions: Prediction[],
): ReconstructionErrors {
  if (predictions.length !== imageCount(dataset))
    throw new RangeError(
      `predictions must be ${imageCount(dataset)}, one for each image, but are ${predictions.length}`,
    );
  const camera = defaultCamera(REPORTED_IMAGE_SIZE);
  const errors: ReconstructionErrors = {
    reprojectionPixels: [],
    shapeMillimetres: [],
    translationCentimetres: [],
    rotationDegrees: [],
    cameraAngleDegrees: [],
    clampedShare: [],
  };
  predictions.forEach((predicted, image) => {
    const truth = { shape: ndarray(shapeOf(dataset, image), [dataset.points, 3]), pose: poseOf(dataset, image) };
    const shape = instance(basis, predicted.coefficients);
    errors.shapeMillimetres.push(shapeError(truth.shape, shape));
    errors.translationCentimetres.push(translationError(truth.pose.translation, predicted.pose.translation));
    errors.rotationDegrees.push(rotationError(truth.pose, predicted.pose));
    errors.reprojectionPixels.push(reprojectionError(truth, { shape, pose: predicted.pose }, camera));
    errors.cameraAngleDegrees.push(cameraAngleDegrees(truth.pose));
    errors.clampedShare.push(clampedShare(shape, predicted.pose, camera));
  });
  return errors;
}

/** NaN of none. */
export const mean = (values: number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

/** The means over images, the numbers of a table's row. */
export const meanErrors = (errors: ReconstructionErrors) => ({
  reprojectionPixels: mean(errors.reprojectionPixels),
  shapeMillimetres: mean(errors.shapeMillimetres),
  translationCentimetres: mean(errors.translationCentimetres),
  rotationDegrees: mean(errors.rotationDegrees),
  clampedShare: mean(errors.clampedShare),
});
export type MeanErrors = ReturnType<typeof meanErrors>;

/**
 * One number to choose by on validation: the sum of shape, translation and rotation errors, each divided by the mean
 * predictor's. The mean predictor scores 3.
 */
export const validationScore = (errors: MeanErrors, meanPredictor: MeanErrors): number =>
  errors.shapeMillimetres / meanPredictor.shapeMillimetres +
  errors.translationCentimetres / meanPredictor.translationCentimetres +
  errors.rotationDegrees / meanPredictor.rotationDegrees;

/**
 * An error's mean in bins of the camera's angle (Figure 5), with its 95 % interval; bins without an image are left out.
 *
 * @param cameraAngleDegrees  [images]
 * @param values              [images], the error
 * @param subjects            [images], whose image it is, for the interval
 */
export function errorsByAngle(
  cameraAngleDegrees: number[],
  values: number[],
  subjects: ArrayLike<number>,
  random: Random,
  binDegrees = 10,
) {
  const bins = new Map<number, number[]>();
  cameraAngleDegrees.forEach((angle, image) => {
    const bin = Math.floor(angle / binDegrees);
    bins.set(bin, [...(bins.get(bin) ?? []), image]);
  });
  return [...bins.entries()]
    .sort(([a], [b]) => a - b)
    .map(([bin, images]) => {
      const inBin = images.map((image) => values[image]);
      const whose = images.map((image) => subjects[image]);
      const interval = bootstrapInterval([inBin], whose, ([of]) => of, random.fork(`bin ${bin}`));
      return { fromDegrees: bin * binDegrees, images: images.length, mean: mean(inBin), ...interval };
    });
}
