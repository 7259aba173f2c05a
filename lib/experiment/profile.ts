import path from 'node:path';
import { readJson } from 'lib/files';
import { z } from 'zod';

/** The largest of ours has 2,000 bytes. */
const MOST_BYTES = 2 ** 16;
const NAME = /^[a-z0-9-]+$/;
const count = z.number().int().positive();
const splits = <T extends z.ZodType>(value: T) => z.strictObject({ train: value, validation: value, test: value });

export const SPLITS = ['train', 'validation', 'test'] as const;
export type Split = (typeof SPLITS)[number];

/** A standard deviation. */
const spread = z.number().nonnegative();

const encoder = z.enum(['small', 'light', 'medium', 'vgg16']);
const poseOutput = z.enum(['camera-centre', 'head-centre']);
const norm = z.enum(['l1', 'squared']);
/** What one loss may have otherwise than its profile. */
const otherwise = {
  encoder: encoder.optional(),
  poseOutput: poseOutput.optional(),
  coefficientScale: z.number().positive().optional(),
  learningRate: z.number().positive().optional(),
  steps: count.optional(),
};
const lossSchema = z.discriminatedUnion('name', [
  z.strictObject({ name: z.literal('coarse'), ...otherwise }),
  z.strictObject({ name: z.literal('xqt'), ...otherwise }),
  z.strictObject({ name: z.literal('learned-weighting'), ...otherwise }),
  z.strictObject({
    name: z.literal('gal'),
    frame: z.enum(['camera', 'released']),
    norm: norm.optional(),
    ...otherwise,
  }),
  z.strictObject({
    name: z.literal('srl'),
    norm: norm.optional(),
    /** γ of `coefficientPenalty`, in pixels of the profile's images (their squares for the squared norm). */
    penalty: z.number().positive().optional(),
    ...otherwise,
  }),
  z.strictObject({
    name: z.literal('mrl'),
    views: count,
    norm: norm.optional(),
    /** Where virtual views come from; the training set's own poses where nothing is said. */
    viewSampler: z.enum(['training-poses', 'spherical-cap', 'ring']).optional(),
    ...otherwise,
  }),
]);
export type LossSpec = z.infer<typeof lossSchema>;

/** In what losses of one name may differ. */
export type LossOption = { [Name in LossSpec['name']]: keyof Extract<LossSpec, { name: Name }> }[LossSpec['name']];

/** A loss's name in file names: gal-camera, mrl-2, srl.penalty-0.1. */
export function lossId(loss: LossSpec): string {
  const name = loss.name === 'gal' ? `gal-${loss.frame}` : loss.name === 'mrl' ? `mrl-${loss.views}` : loss.name;
  return [name, ...variations(loss).map(({ id }) => id)].join('.');
}

/**
 * A loss's name for people.
 *
 * @param without  an option that the name does not tell, so that losses which differ in it alone have one name
 */
export function lossTitle(loss: LossSpec, without?: LossOption): string {
  const told = variations(loss).filter(({ option }) => option !== without);
  const paper = loss.name === 'gal' && without === 'frame' ? 'GAL' : paperTitle(loss);
  return [paper, ...told.map(({ title }) => title)].join(', ');
}

/** Of losses that differ in their options only, the first: those that a run's figures and findings are about. */
export const mainLosses = (losses: LossSpec[]): LossSpec[] =>
  losses.filter((loss, i) => losses.findIndex((other) => paperTitle(other) === paperTitle(loss)) === i);

function paperTitle(loss: LossSpec): string {
  switch (loss.name) {
    case 'coarse':
      return 'Coarse';
    case 'xqt':
      return 'XQT';
    case 'learned-weighting':
      return 'Learned weighting';
    case 'gal':
      return `GAL, ${loss.frame} frame`;
    case 'srl':
      return 'SRL';
    case 'mrl':
      return `MRL, ${loss.views} ${loss.views === 1 ? 'view' : 'views'}`;
  }
}

/** In what a loss is not as its profile and the paper have it. */
function variations(loss: LossSpec): { option: LossOption; id: string; title: string }[] {
  const { encoder, poseOutput, coefficientScale, learningRate, steps } = loss;
  const list: ReturnType<typeof variations> = [];
  const say = (option: LossOption, id: string, title: string) => list.push({ option, id, title });
  if ('norm' in loss && loss.norm) say('norm', loss.norm, loss.norm);
  if ('penalty' in loss && loss.penalty) say('penalty', `penalty-${loss.penalty}`, `penalty ${loss.penalty}`);
  if ('viewSampler' in loss && loss.viewSampler)
    say('viewSampler', loss.viewSampler, `${loss.viewSampler.replace('-', ' ')} views`);
  if (encoder) say('encoder', encoder, `${encoder} encoder`);
  if (poseOutput) say('poseOutput', poseOutput, `${poseOutput.replace('-', ' ')} output`);
  if (coefficientScale) say('coefficientScale', `scale-${coefficientScale}`, `coefficient scale ${coefficientScale}`);
  if (learningRate) say('learningRate', `rate-${learningRate}`, `learning rate ${learningRate}`);
  if (steps) say('steps', `steps-${steps}`, `${steps} steps`);
  return list;
}

/** Every number of a reproduction. */
export const profileSchema = z.strictObject({
  name: z.string().regex(NAME),
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
  /**
   * What aligns the registered scans to their mean (Procrustes analysis): with 'rigid', where nothing is said, sizes are part of
   * a head's shape; with 'similarity' all heads get the mean's size, and cameras see them so.
   */
  procrustes: z.enum(['rigid', 'similarity']).optional(),
  components: count,
  /** How many of the shape's points the losses use, evenly spread over the model's order; errors are measured on all. */
  lossPoints: count,
  network: z.strictObject({
    encoder,
    poseOutput,
    coefficientScale: z.number().positive(),
  }),
  /**
   * One schedule for all losses: Adam, the learning rate falls to 0 along half a cosine. Each loss is trained once with each of
   * the seeds, which choose first weights, the order of images and virtual views.
   */
  training: z.strictObject({
    steps: count,
    batchSize: count,
    learningRate: z.number().positive(),
    seeds: z.array(z.number().int().nonnegative()).min(1),
    /** How images are changed each time that they are seen (`Augmentation`). */
    augmentation: z.strictObject({ rollDegrees: spread, turnDegrees: spread, colour: spread }).optional(),
  }),
  losses: z
    .array(lossSchema)
    .min(1)
    .refine((losses) => new Set(losses.map(lossId)).size === losses.length, 'must not name a loss twice'),
  /** Whose heads a run of this profile uses, and whether their morphable model and images too (`readProfile`). */
  shares: z.strictObject({ profile: z.string(), model: z.boolean(), images: z.boolean() }).optional(),
  /** How Coarse's and XQT's weights and learning rate are searched; without it their weights balance the terms at the start. */
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
  /** How many made people of each public data set's layout the networks are tried on (section 4.7); none when absent. */
  generalization: z.strictObject({ cases: count.max(150) }).optional(),
});
export type Profile = z.infer<typeof profileSchema>;

/**
 * A loss of a profile by its name in file names.
 *
 * @param seed  must be one of the profile's, where it is given
 * @throws {Error} when the profile has no such loss or seed, with those that it has
 */
export function lossOf({ losses, training }: Profile, id: string, seed?: number): LossSpec {
  const loss = losses.find((one) => lossId(one) === id);
  if (!loss) throw new Error(`loss must be one of ${losses.map(lossId).join(', ')}, but is ${id}`);
  if (seed !== undefined && !training.seeds.includes(seed))
    throw new Error(`seed must be one of ${training.seeds.join(', ')}, but is ${seed}`);
  return loss;
}

type Otherwise = Pick<LossSpec, keyof typeof otherwise>;
/** The network of a loss: the profile's, but for what the loss has otherwise. */
export const networkOf = (
  { network, imageSize }: Profile,
  { encoder, poseOutput, coefficientScale }: Otherwise = {},
) => ({
  ...network,
  ...(encoder && { encoder }),
  ...(poseOutput && { poseOutput }),
  ...(coefficientScale && { coefficientScale }),
  imageSize,
});
/** The schedule of a loss, and the profile's seeds: the profile's, but for what the loss has otherwise. */
export const scheduleOf = ({ training }: Profile, { learningRate, steps }: Otherwise = {}) => ({
  ...training,
  ...(learningRate && { learningRate }),
  ...(steps && { steps }),
});

/** Steps between two validations of a training, each with a checkpoint. */
export const stepsPerValidation = (steps: number): number => Math.max(200, Math.round(steps / 10));

/** Steps of a trial of the profile's search. */
export const trialSteps = ({ training }: Pick<Profile, 'training'>, { stepsShare }: { stepsShare: number }): number =>
  Math.max(1, Math.round(training.steps * stepsShare));

/** The multiterm losses, whose weights are searched where a profile has a search. */
export const SEARCHED_LOSSES = ['coarse', 'xqt'] as const;
export type SearchedLoss = (typeof SEARCHED_LOSSES)[number];

const { training, network } = profileSchema.shape;
/** What a profile that shares another one's heads may have otherwise. */
const derivedSchema = profileSchema
  .omit({ seed: true, subjects: true, components: true, shares: true })
  .partial()
  .required({ name: true, description: true })
  .extend({
    extends: z.string().regex(NAME),
    network: network.partial().optional(),
    training: training.partial().optional(),
  });

/**
 * Reads a profile. One that says `extends: "other"` holds only what it has otherwise than the profile other.json beside it; the
 * heads of its runs are the other's, and so are their morphable model and images, unless it says something else about them.
 *
 * @throws {Error} that names the file, the field and what was expected
 */
export function readProfile(file: string): Profile {
  const read = <T>(from: string, schema: z.ZodType<T>) => readJson(from, schema, MOST_BYTES);
  if (!read(file, z.looseObject({})).extends) return read(file, profileSchema.omit({ shares: true }));
  const { extends: other, ...own } = read(file, derivedSchema);
  const otherFile = path.join(path.dirname(file), `${other}.json`);
  if (read(otherFile, z.looseObject({})).extends)
    throw new Error(`${file}: extends must name a profile that extends none, but is ${other}`);
  // what a profile is tried on is its own affair
  const { generalization: _, ...base } = readProfile(otherFile);
  return {
    ...base,
    ...own,
    network: { ...base.network, ...own.network },
    training: { ...base.training, ...own.training },
    shares: {
      profile: base.name,
      model: !own.procrustes,
      images: !(own.procrustes || own.imageSize || own.views || own.viewsPerSubject),
    },
  };
}
