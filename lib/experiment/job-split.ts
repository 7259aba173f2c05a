import { readJson } from 'lib/files';
import { z } from 'zod';
import { type Profile, SPLITS, type Split } from './profile';

const count = z.number().int().positive();

/** The stages that share a split's people among jobs. */
export const CHUNKED_STAGES = ['scan', 'register', 'render'] as const;
export type ChunkedStage = (typeof CHUNKED_STAGES)[number];

const splitSchema = z.strictObject({
  /** So many that the start of a job, some seconds on a cluster, is little beside its work. */
  peoplePerJob: z.strictObject({ scan: count, register: count, render: count }),
  /** Each trial of a search is a job; a trial learns from those that have ended, so not all should run at once. */
  trialsAtOnce: count,
});
/** How a cluster's profile of the workflow splits the work: profiles/NAME/split.json of environment/workflow. */
export type JobSplit = z.infer<typeof splitSchema>;

/** @throws {Error} that names the file, the field and what was expected */
export const readJobSplit = (file: string): JobSplit => readJson(file, splitSchema);

/** How many jobs each stage has for each split. */
export type ChunkCounts = Record<ChunkedStage, Record<Split, number>>;

/**
 * Into how many jobs each stage's people are split.
 *
 * On one machine that is a multiple of its cores, whatever the people: training, which has most of the work, in small pieces, so
 * that no core is idle for long while another has the last of it.
 *
 * @param how  a cluster's split, or the number of cores of the one machine
 */
export function chunkCounts({ subjects }: Pick<Profile, 'subjects'>, how: JobSplit | { cores: number }): ChunkCounts {
  const jobs = (stage: ChunkedStage, split: Split) =>
    'cores' in how ? how.cores * (split === 'train' ? 4 : 1) : Math.ceil(subjects[split] / how.peoplePerJob[stage]);
  const bySplit = (stage: ChunkedStage) => Object.fromEntries(SPLITS.map((split) => [split, jobs(stage, split)]));
  return Object.fromEntries(CHUNKED_STAGES.map((stage) => [stage, bySplit(stage)])) as ChunkCounts;
}
