import path from 'node:path';
import { readJson, withWayOut } from 'lib/files';
import { type MorphableModel, readMorphableModel } from 'lib/morphable-model';
import { z } from 'zod';
import { type LossSpec, lossId, profileSchema, type SearchedLoss, type Split } from './profile';

const headsSchema = z.discriminatedUnion('source', [
  z.strictObject({ source: z.literal('population') }),
  z.strictObject({ source: z.literal('ict-facekit'), folder: z.string() }),
]);
/** Whose heads a run uses: our own population, or ICT-FaceKit from a folder that the user brings. */
export type Heads = z.infer<typeof headsSchema>;

const runSchema = z.strictObject({ profile: profileSchema, heads: headsSchema });
/** What a run was asked to do, which its folder holds as run.json, and where it keeps everything that came of it. */
export type Run = z.infer<typeof runSchema> & { files: RunFiles };

/** Reads what the run in a folder was asked to do. */
export function readRun(folder: string): Run {
  const run = readJson(path.join(folder, 'run.json'), runSchema);
  const { shares } = run.profile;
  // environment/reproduce.mjs keeps runs in PROFILE/SOURCE
  const shared = shares && path.join(folder, '..', '..', shares.profile, path.basename(folder));
  const files = runFiles(folder, {
    heads: shared,
    model: shares?.model ? shared : undefined,
    images: shares?.images ? shared : undefined,
  });
  return { ...run, files };
}

const modelFactsSchema = z.strictObject({
  source: z.string(),
  subjects: z.number(),
  /** Training scans whose registration failed, and why; they are not in the model. */
  failed: z.array(z.strictObject({ scan: z.string(), failure: z.string() })),
  points: z.number(),
  triangles: z.number(),
  /** Share of all variance, by component. */
  explainedVariance: z.array(z.number()),
});

/** What is known of a run's model beside the model itself. */
export const readModelFacts = (file: string) => readJson(file, modelFactsSchema);

/** A run's morphable model. @throws {Error} that names the file that is missing or damaged, and what to do */
export const readRunModel = ({ model }: Pick<RunFiles, 'model'>): Promise<MorphableModel> =>
  readMorphableModel(model).catch((error) => {
    throw withWayOut(model, error);
  });

export type RunFiles = ReturnType<typeof runFiles>;

/** Where a run keeps its things: in its folder, but for the heads, their model and the images that it shares with another run. */
export const runFiles = (
  folder: string,
  { heads = folder, model = folder, images = folder }: { heads?: string; model?: string; images?: string } = {},
) => ({
  /** Scans with landmarks; what is true of them; the template registered to them. */
  scans: (split: Split) => path.join(heads, 'scans', split),
  truth: (split: Split) => path.join(heads, 'truth', split),
  registered: (split: Split) => path.join(heads, 'registered', split),
  /** How registered heads differ from the true ones. */
  registration: path.join(heads, 'registration.json'),
  model: path.join(model, 'model.h5'),
  modelFacts: path.join(model, 'model.json'),
  /** The index of a split's shards, which lie beside it. */
  dataset: (split: Split) => path.join(images, 'dataset', `${split}.json`),
  training: (loss: LossSpec, seed: number) => {
    const own = path.join(folder, 'training', lossId(loss), `seed-${seed}`);
    return {
      /** For `trainRun`. */
      folder: own,
      /** Those with the best validation score, once the training is over. */
      weights: path.join(own, 'weights.arrays'),
    };
  },
  search: (loss: SearchedLoss) => ({
    journal: path.join(folder, 'search', `${loss}.journal`),
    result: path.join(folder, 'search', `${loss}.json`),
  }),
  /** What a loss's network made of the test image seen most from the side, or the truth (`reconstruct keep`). */
  profileHead: (name: string) => path.join(folder, 'profile-heads', `${name}.ply`),
  /** Each test image's errors: a trained network's, and of what needs no learning. */
  evaluation: (loss: LossSpec, seed: number) => path.join(folder, 'evaluation', lossId(loss), `seed-${seed}.json`),
  floors: path.join(folder, 'evaluation', 'floors.json'),
  /** What the run's networks make of the people of a data set with scans (section 4.7). */
  scanEvaluations: path.join(folder, 'generalization'),
  scanEvaluation: (dataset: string) => path.join(folder, 'generalization', `${dataset}.json`),
  /** Of one person: what came of it, and for a figure the prediction of each loss. */
  scanCase: (dataset: string, name: string) => ({
    result: path.join(folder, 'generalization', dataset, `${name}.json`),
    heatmap: path.join(folder, 'generalization', dataset, `${name}.arrays`),
  }),
  summary: path.join(folder, 'summary.json'),
  report: path.join(folder, 'report.html'),
  /** Pages of the executed notebooks. */
  notebooks: path.join(folder, 'notebooks'),
});

/** `count` of the numbers 0 ... total - 1, evenly spread; all of them when count is larger. */
export const evenlySpread = (total: number, count: number): Uint32Array =>
  Uint32Array.from({ length: Math.min(count, total) }, (_, i) => Math.floor((i * total) / Math.min(count, total)));
