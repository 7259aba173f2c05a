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

const evaluationSchema = z.strictObject({
  /** Whose each test image is. */
  subjects: values,
  /** By loss and seed: the errors of each test image. */
  networks: z.record(z.string(), z.record(z.string(), errors)),
  floors: z.strictObject({ meanHead: errors, projection: errors }),
});
/** Each test image's errors, of every trained network and of what needs no learning. */
export type Evaluation = z.infer<typeof evaluationSchema>;

export const readEvaluation = (file: string): Evaluation => readJson(file, evaluationSchema);
