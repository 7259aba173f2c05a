import { readJson } from 'lib/files';
import { z } from 'zod';

const errors = z.strictObject({
  reprojectionPixels: z.number(),
  shapeMillimetres: z.number(),
  translationCentimetres: z.number(),
  rotationDegrees: z.number(),
  clampedShare: z.number(),
});
/** The ends of a 95 % interval over subjects (`bootstrapInterval`). */
const interval = { low: z.number(), high: z.number() };
const bins = z.array(z.strictObject({ fromDegrees: z.number(), images: z.number(), mean: z.number(), ...interval }));

const summarySchema = z.strictObject({
  profile: z.string(),
  heads: z.string(),
  subjects: z.strictObject({ train: z.number(), validation: z.number(), test: z.number() }),
  images: z.strictObject({ train: z.number(), validation: z.number(), test: z.number() }),
  rows: z.array(
    z.strictObject({
      loss: z.string(),
      title: z.string(),
      /** Means over the test images and the seeds. */
      errors,
      /** Standard deviations over the seeds' means, with n - 1; nothing for one seed. */
      spread: errors.optional(),
      /** Standard deviation over the test images. */
      shapeDeviation: z.number(),
      /** By which share the shape error is below the mean head's. */
      shapeGain: z.strictObject({ share: z.number(), ...interval }),
      byAngle: z.strictObject({ shapeMillimetres: bins, reprojectionPixels: bins }),
      steps: z.number(),
      /** How often each training image, mirrored ones included, was seen. */
      epochs: z.number(),
      /** The trials before the trainings, for a loss whose weights were searched. */
      search: z.strictObject({ trials: z.number(), seconds: z.number() }).optional(),
      seeds: z.array(
        z.strictObject({
          seed: z.number(),
          errors,
          weights: z.record(z.string(), z.number()),
          /** The step of the checkpoint that validation chose. */
          chosenStep: z.number(),
          seconds: z.number(),
        }),
      ),
    }),
  ),
  /** What needs no learning: the mean head with the mean pose, and the truth's projection on the components with the true pose. */
  floors: z.strictObject({ meanHead: errors, projection: errors }),
  findings: z.array(z.strictObject({ statement: z.string(), held: z.boolean(), numbers: z.string() })),
  provenance: z.strictObject({
    commit: z.string(),
    /** Of heads and images; those of the trainings stand in the rows. */
    seed: z.number(),
    device: z.string(),
    tensorflow: z.string(),
    node: z.string(),
    date: z.string(),
  }),
});
/** A run's results: what its table, its figures and its report are made of. Small enough for git. */
export type Summary = z.infer<typeof summarySchema>;

export const readSummary = (file: string): Summary => readJson(file, summarySchema);
