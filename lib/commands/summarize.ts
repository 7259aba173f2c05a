import { execFileSync } from 'node:child_process';
import { imageCount, openDataset } from 'lib/dataset';
import {
  bootstrapInterval,
  errorsByAngle,
  type MeanErrors,
  mean,
  meanErrors,
  type ReconstructionErrors,
} from 'lib/evaluation';
import {
  findings,
  type LossSpec,
  lossId,
  lossTitle,
  mainLosses,
  type RunFiles,
  readEvaluation,
  readFloors,
  readRun,
  readSearch,
  SEARCHED_LOSSES,
  SPLITS,
  type Summary,
  scheduleOf,
} from 'lib/experiment';
import { writeJson } from 'lib/files';
import { createRandom } from 'lib/random';
import { device } from 'lib/tensorflow';
import { readTrainingRun } from 'lib/training';

/** Makes a run's table of its images' errors, checks what the paper found, and says where the numbers come from. */
export function summarize(runFolder: string): void {
  const { profile, heads, files } = readRun(runFolder);
  const { subjects, ...floors } = readFloors(files.floors);
  const meanHead = meanErrors(floors.meanHead);
  const random = createRandom(profile.seed).fork('intervals');

  const train = openDataset(files.dataset('train'));
  const imagesSeen = imageCount(train) * (train.mirror ? 2 : 1);

  const rowOf = (loss: LossSpec): Summary['rows'][number] => {
    const id = lossId(loss);
    const { steps, batchSize } = scheduleOf(profile, loss);
    const search = profile.search && costOfSearch(files, id);
    const seeds = profile.training.seeds.map((seed) => {
      const errors = readEvaluation(files.evaluation(loss, seed));
      const { config, validations } = readTrainingRun(files.training(loss, seed).folder);
      const best = validations.reduce((a, b) => (b.score < a.score ? b : a));
      return {
        seed,
        errors,
        // those of a profile's losses are numbers
        weights: config.loss.settings as Record<string, number>,
        chosenStep: best.step,
        seconds: Number(validations[validations.length - 1].seconds.toFixed(1)),
      };
    });
    const ofSeeds = seeds.map(({ errors }) => meanErrors(errors));
    const errors = meanOverSeeds(seeds.map((seed) => seed.errors));
    const byAngle = (quantity: 'shapeMillimetres' | 'reprojectionPixels') =>
      errorsByAngle(errors.cameraAngleDegrees, errors[quantity], subjects, random.fork(id).fork(quantity));
    const gain = ([own, blind]: number[]) => 1 - own / blind;
    const columns = [errors.shapeMillimetres, floors.meanHead.shapeMillimetres];
    return {
      loss: id,
      title: lossTitle(loss),
      errors: meanErrors(errors),
      ...(seeds.length > 1 && { spread: spread(ofSeeds) }),
      shapeDeviation: deviation(errors.shapeMillimetres),
      shapeGain: {
        share: gain(columns.map(mean)),
        ...bootstrapInterval(columns, subjects, gain, random.fork(id)),
      },
      byAngle: { shapeMillimetres: byAngle('shapeMillimetres'), reprojectionPixels: byAngle('reprojectionPixels') },
      steps,
      epochs: (steps * batchSize) / imagesSeen,
      ...(search && { search }),
      seeds: seeds.map((seed, i) => ({ ...seed, errors: ofSeeds[i] })),
    };
  };
  const rows = profile.losses.map(rowOf);
  const { kind, name, version } = device();
  const counts = SPLITS.map((split) => {
    const dataset = openDataset(files.dataset(split));
    return { split, images: imageCount(dataset), subjects: new Set(dataset.subjects).size };
  });
  const of = (what: 'images' | 'subjects') =>
    Object.fromEntries(counts.map((count) => [count.split, count[what]])) as Summary['images'];
  const summary: Summary = {
    profile: profile.name,
    heads: heads.source,
    subjects: of('subjects'),
    images: of('images'),
    rows,
    floors: { meanHead, projection: meanErrors(floors.projection) },
    findings: findings(
      mainLosses(profile.losses).map((loss) => rows[profile.losses.indexOf(loss)]),
      meanHead,
    ),
    provenance: {
      commit: commit(),
      seed: profile.seed,
      device: `${kind}: ${name}`,
      tensorflow: version,
      node: process.version,
      date: new Date().toISOString().slice(0, 10),
    },
  };
  writeJson(files.summary, summary);
}

function costOfSearch(files: RunFiles, id: string): { trials: number; seconds: number } | undefined {
  const loss = SEARCHED_LOSSES.find((name) => name === id);
  if (!loss) return undefined;
  const { trials } = readSearch(files.search(loss).result);
  return { trials: trials.length, seconds: Number(trials.reduce((sum, { seconds }) => sum + seconds, 0).toFixed(1)) };
}

/** Each image's errors, as means over the networks of all seeds. */
function meanOverSeeds(all: ReconstructionErrors[]): ReconstructionErrors {
  const quantities = Object.keys(all[0]) as (keyof ReconstructionErrors)[];
  return Object.fromEntries(
    quantities.map((key) => [key, all[0][key].map((_, image) => mean(all.map((errors) => errors[key][image])))]),
  ) as unknown as ReconstructionErrors;
}

/** Standard deviations of the seeds' means, with n - 1. */
function spread(ofSeeds: MeanErrors[]): MeanErrors {
  const n = ofSeeds.length;
  const quantities = Object.keys(ofSeeds[0]) as (keyof MeanErrors)[];
  return Object.fromEntries(
    quantities.map((key) => [key, deviation(ofSeeds.map((errors) => errors[key])) * Math.sqrt(n / (n - 1))]),
  ) as unknown as MeanErrors;
}

function deviation(values: number[]): number {
  const centre = mean(values);
  return Math.sqrt(mean(values.map((v) => (v - centre) ** 2)));
}

/** The commit of the workspace's files, wherever the program was started, with a plus when some were changed since. */
export function commit(): string {
  try {
    const git = (...args: string[]) =>
      execFileSync('git', args, { cwd: __dirname, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
    return git('rev-parse', '--short=12', 'HEAD') + (git('status', '--porcelain', '--untracked-files=no') ? '+' : '');
  } catch {
    return 'unknown: not a git checkout';
  }
}
