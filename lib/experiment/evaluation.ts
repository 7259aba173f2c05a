import { readJson } from 'lib/files';
import { z } from 'zod';

const values = z.array(z.number());
const errors = z.strictObject({
  reprojectionPixels: values,
  shapeMillimetres: values,
  translationCentimetres: values,
  rotationDegrees: values,
  cameraAngleDegrees: values,
  clampedShare: values,
});

const floorsSchema = z.strictObject({
  /** Whose each test image is. */
  subjects: values,
  meanHead: errors,
  projection: errors,
});
/** Each test image's errors, of what needs no learning. */
export type Floors = z.infer<typeof floorsSchema>;

/** @param file  `floors` of a run's files */
export const readFloors = (file: string): Floors => readJson(file, floorsSchema);

/**
 * Each test image's errors, of one trained network.
 *
 * @param file  `evaluation` of a run's files
 */
export const readEvaluation = (file: string): z.infer<typeof errors> => readJson(file, errors);
