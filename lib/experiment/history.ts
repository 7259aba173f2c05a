import { readJson } from 'lib/files';
import { z } from 'zod';

/** What a training writes down as it goes. */
const historySchema = z.strictObject({
  /** Checksum of what the training was made from: profile, model and data. */
  madeFrom: z.string(),
  /** A multiterm loss's weights; empty for the others. */
  weights: z.record(z.string(), z.number()),
  /** The loss itself, in its own unit, a mean over the steps since the last entry. */
  losses: z.array(z.strictObject({ step: z.number(), value: z.number() })),
  /** Errors on the validation split, on the points that the losses use, and the score that chooses a checkpoint. */
  validations: z.array(
    z.strictObject({
      step: z.number(),
      score: z.number(),
      reprojectionPixels: z.number(),
      shapeMillimetres: z.number(),
      translationCentimetres: z.number(),
      rotationDegrees: z.number(),
      clampedShare: z.number(),
    }),
  ),
  /** Time spent on steps and validation, over all goes of a training that was broken off. */
  seconds: z.number(),
});
export type TrainingHistory = z.infer<typeof historySchema>;

export const readHistory = (file: string): TrainingHistory => readJson(file, historySchema);
