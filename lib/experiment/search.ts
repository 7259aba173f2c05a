import { readJson } from 'lib/files';
import { trialSchema } from 'lib/training';
import { z } from 'zod';
import { SEARCHED_LOSSES } from './profile';

const weights = z.record(z.string(), z.number());

const searchSchema = z.strictObject({
  loss: z.enum(SEARCHED_LOSSES),
  /** Checksum of what the search was made from: data, network, schedule, seed and bounds. */
  madeFrom: z.string(),
  /** Who chose the parameters. */
  sampler: z.string(),
  seed: z.number(),
  /** Of each trial's training. */
  steps: z.number(),
  /** Those that make the loss's terms equally large at the network's start, the middle of the bounds. */
  balancedWeights: weights,
  /** Of the weights and of `learningRate`. */
  bounds: z.record(z.string(), z.tuple([z.number(), z.number()])),
  /** Its parameters are the loss's weights and `learningRate`; its score is on validation, and the mean predictor's is 3. */
  best: trialSchema.options[0],
  trials: z.array(trialSchema),
  /** Trials that were broken off and made again. */
  lost: z.number(),
});
/** What came of the search of a multiterm loss's weights and learning rate. */
export type Search = z.infer<typeof searchSchema>;

export const readSearch = (file: string): Search => readJson(file, searchSchema);
