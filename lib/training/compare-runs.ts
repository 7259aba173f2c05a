import fs from 'node:fs';
import path from 'node:path';
import { type Figure, show, tableFigure } from 'lib/figures';
import { differences, readConfig } from './run-config';
import { trainingCurves } from './run-curves';
import { trainingFiles } from './run-files';
import { readMetrics } from './run-metrics';
import type { TrainingRun } from './train-run';

/**
 * Reads what a training's folder says of it, while it goes on too.
 *
 * @throws {Error} that names the file that was changed since it was written, or cut off
 */
export function readTrainingRun(folder: string): TrainingRun {
  const { metrics, weights } = trainingFiles(folder);
  const config = readConfig(folder);
  const lines = fs.existsSync(metrics) ? readMetrics(metrics) : { reports: [], validations: [] };
  const finished = fs.existsSync(weights);
  const [{ step: last } = { step: undefined }] = lines.validations.slice(-1);
  if (finished && last !== config.steps)
    throw new Error(
      `${metrics} must end with the validation of step ${config.steps}, but ${last === undefined ? 'has none' : `its last is of step ${last}`}: it was cut off; remove ${folder} to train anew`,
    );
  return { folder, config, ...lines, finished };
}

/** Shows two trainings side by side: their curves, their last errors, and what they were asked to do differently. */
export function compareRuns(a: string, b: string): void {
  for (const figure of comparison(a, b)) show(figure);
}

/** The figures that `compareRuns` shows. */
export function comparison(a: string, b: string): Figure[] {
  const runs = [a, b].map(readTrainingRun);
  const [first, second] = namesOf(runs);
  const rows = differences(runs[0].config, runs[1].config);
  return [
    trainingCurves(
      'Two trainings',
      runs.map((run, i) => ({ name: [first, second][i], run })),
    ),
    tableFigure({
      title: 'Their last validation errors',
      howToRead: 'Means over the validation split, on the points that the losses use; pixels are at 224 px.',
      columns: [
        { key: 'run', label: 'training' },
        { key: 'step', label: 'step', digits: 0 },
        { key: 'score', label: 'score', best: 'lowest' },
        { key: 'reprojectionPixels', label: 'reprojection', unit: 'px', best: 'lowest' },
        { key: 'shapeMillimetres', label: 'shape', unit: 'mm', best: 'lowest' },
        { key: 'translationCentimetres', label: 'translation', unit: 'cm', best: 'lowest' },
        { key: 'rotationDegrees', label: 'rotation', unit: '°', best: 'lowest' },
        { key: 'minutes', label: 'time', unit: 'min', digits: 1 },
      ],
      rows: runs.map(({ validations }, i) => {
        const { clampedShare: _, seconds, ...errors } = validations.at(-1) ?? { clampedShare: 0, seconds: Number.NaN };
        return { run: [first, second][i], ...errors, minutes: seconds / 60 };
      }),
    }),
    tableFigure({
      title: 'What they were asked to do differently',
      howToRead: 'Fields of config.json; what is not listed is the same.',
      columns: [
        { key: 'field', label: 'field' },
        { key: 'a', label: first },
        { key: 'b', label: second },
      ],
      rows: rows.length > 0 ? rows.map((row) => ({ ...row })) : [{ field: 'nothing', a: '', b: '' }],
    }),
  ];
}

/** The losses' names, or the folders' where these are the same. */
function namesOf(runs: TrainingRun[]): string[] {
  const losses = runs.map(({ config }) => config.loss.name);
  if (losses[0] !== losses[1]) return losses;
  return runs.map(({ folder }) =>
    path.basename(runs[0].folder) === path.basename(runs[1].folder) ? folder : path.basename(folder),
  );
}
