import { readJson } from 'lib/files';
import { z } from 'zod';

const count = z.number().int().positive();
const splits = <T extends z.ZodType>(value: T) => z.strictObject({ train: value, validation: value, test: value });

export const SPLITS = ['train', 'validation', 'test'] as const;
export type Split = (typeof SPLITS)[number];

const lossSchema = z.discriminatedUnion('name', [
  z.strictObject({ name: z.literal('coarse') }),
  z.strictObject({ name: z.literal('xqt') }),
  z.strictObject({ name: z.literal('gal'), frame: z.enum(['camera', 'released']) }),
  z.strictObject({ name: z.literal('srl') }),
  z.strictObject({ name: z.literal('mrl'), views: count }),
]);
export type LossSpec = z.infer<typeof lossSchema>;

/** A loss's name in file names: gal-camera, mrl-2. */
export const lossId = (loss: LossSpec): string =>
  loss.name === 'gal' ? `gal-${loss.frame}` : loss.name === 'mrl' ? `mrl-${loss.views}` : loss.name;

/** A loss's name for people. */
export function lossTitle(loss: LossSpec): string {
  switch (loss.name) {
    case 'coarse':
      return 'Coarse';
    case 'xqt':
      return 'XQT';
    case 'gal':
      return `GAL, ${loss.frame} frame`;
    case 'srl':
      return 'SRL';
    case 'mrl':
      return `MRL, ${loss.views} views`;
  }
}

/** Every number of a reproduction. */
export const profileSchema = z.strictObject({
  name: z.string().regex(/^[a-z0-9-]+$/),
  description: z.string(),
  /** Of everything random; a run's results depend on it alone. */
  seed: z.number().int().nonnegative(),
  subjects: splits(count),
  /** On average; each subject gets the whole number below or above. */
  viewsPerSubject: splits(z.number().min(1)),
  views: z.strictObject({
    yawDegrees: z.number().nonnegative(),
    maxYawDegrees: z.number().positive().max(90),
    pitchDegrees: z.number().nonnegative(),
    rollDegrees: z.number().nonnegative(),
    distance: z.strictObject({ mean: z.number().min(30), deviation: z.number().nonnegative() }),
    offset: z.number().nonnegative(),
  }),
  /** Pixels */
  imageSize: count.multipleOf(16),
  components: count,
  /** How many of the shape's points the losses use, evenly spread over the model's order; errors are measured on all. */
  lossPoints: count,
  network: z.strictObject({
    encoder: z.enum(['small', 'vgg16']),
    poseOutput: z.enum(['camera-centre', 'head-centre']),
    coefficientScale: z.number().positive(),
  }),
  /** One schedule for all losses: Adam, the learning rate falls to 0 along half a cosine. */
  training: z.strictObject({ steps: count, batchSize: count, learningRate: z.number().positive() }),
  losses: z.array(lossSchema).min(1),
  /** How Coarse's and XQT's weights and learning rate are searched; as in the paper, with short trainings, where it is absent. */
  search: z
    .strictObject({
      trials: count,
      /** Of `training.steps`, for each trial. */
      stepsShare: z.number().positive().max(1),
      /** Bounds */
      learningRate: z
        .tuple([z.number().positive(), z.number().positive()])
        .refine(([low, high]) => low < high, 'the first must be below the second'),
    })
    .optional(),
});
export type Profile = z.infer<typeof profileSchema>;

/** What a profile says of the search, or the paper's 20 trials and learning rates (section 4.4) at a quarter of the steps. */
export const searchSettings = ({ search }: Profile): NonNullable<Profile['search']> =>
  search ?? { trials: 20, stepsShare: 0.25, learningRate: [1e-5, 1e-3] };

/** @throws {Error} that names the file, the field and what was expected */
export const readProfile = (file: string): Profile => readJson(file, profileSchema);
