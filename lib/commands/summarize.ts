import { execFileSync } from 'node:child_process';
import { imageCount, openDataset } from 'lib/dataset';
import { errorsByAngle, mean, meanErrors, type ReconstructionErrors } from 'lib/evaluation';
import {
  findings,
  lossId,
  lossTitle,
  readEvaluation,
  readHistory,
  readRun,
  runFiles,
  type Summary,
} from 'lib/experiment';
import { writeJson } from 'lib/files';
import { device } from 'lib/tensorflow';

/** Makes a run's table of its images' errors, checks what the paper found, and says where the numbers come from. */
export function summarize(runFolder: string): void {
  const { profile, heads } = readRun(runFolder);
  const files = runFiles(runFolder);
  const { networks, floors } = readEvaluation(files.evaluation);
  const rows = profile.losses.map((loss) => {
    const id = lossId(loss);
    const errors = networks[id];
    if (!errors)
      throw new Error(`${files.evaluation} must hold the errors of ${id}; remove it and run the same command again`);
    const history = readHistory(files.training(loss).history);
    const best = history.validations.reduce((a, b) => (b.score < a.score ? b : a));
    return {
      loss: id,
      title: lossTitle(loss),
      errors: meanErrors(errors),
      shapeDeviation: deviation(errors.shapeMillimetres),
      byAngle: {
        shapeMillimetres: errorsByAngle(errors, errors.shapeMillimetres),
        reprojectionPixels: errorsByAngle(errors, errors.reprojectionPixels),
      },
      weights: history.weights,
      steps: profile.training.steps,
      chosenStep: best.step,
      seconds: Math.round(history.seconds),
    };
  });
  const meanHead = meanErrors(floors.meanHead as ReconstructionErrors);
  const { kind, name, version } = device();
  const count = (split: 'train' | 'validation' | 'test') => imageCount(openDataset(files.dataset(split)));
  const summary: Summary = {
    profile: profile.name,
    heads: heads.source,
    images: { train: count('train'), validation: count('validation'), test: count('test') },
    rows,
    floors: { meanHead, projection: meanErrors(floors.projection) },
    findings: findings(rows, meanHead),
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

function deviation(values: number[]): number {
  const centre = mean(values);
  return Math.sqrt(mean(values.map((v) => (v - centre) ** 2)));
}

/** The commit of the workspace's files, with a plus when some were changed since. */
function commit(): string {
  try {
    const git = (...args: string[]) =>
      execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
    return git('rev-parse', '--short=12', 'HEAD') + (git('status', '--porcelain', '--untracked-files=no') ? '+' : '');
  } catch {
    return 'unknown: not a git checkout';
  }
}
