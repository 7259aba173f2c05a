import { curvesFigure, type Figure, tableFigure } from 'lib/figures';
import type { TrainingRun } from 'lib/training';
import { PAPER_TABLE_2 } from './paper';
import type { Summary } from './summary';

/** How much of the shapes' variance the first components hold. */
export function explainedVarianceFigure(explainedVariance: number[]): Figure {
  const cumulative = explainedVariance.map((_, k) => 100 * explainedVariance.slice(0, k + 1).reduce((a, b) => a + b));
  return curvesFigure({
    title: 'How few numbers describe a head',
    howToRead: 'The curve says what share of all variance between training heads the first components hold.',
    x: { label: 'components' },
    y: { label: 'explained variance', unit: '%', range: [0, 100] },
    series: [{ name: 'explained variance', x: cumulative.map((_, i) => i + 1), y: cumulative }],
  });
}

/** Validation errors while training, with the floors that need no learning. */
export function trainingFigure(
  trainings: { title: string; run: Pick<TrainingRun, 'validations'> }[],
  { floors }: Pick<Summary, 'floors'>,
): Figure {
  const panel = (
    name: string,
    unit: string,
    key: 'shapeMillimetres' | 'reprojectionPixels' | 'rotationDegrees' | 'translationCentimetres',
    log: boolean,
  ) => ({
    name,
    y: { label: name, unit, log },
    series: trainings.map(({ title, run }) => ({
      name: title,
      x: run.validations.map((v) => v.step),
      y: run.validations.map((v) => v[key]),
    })),
    floors: [{ name: 'mean head, mean pose', y: floors.meanHead[key] }],
  });
  return curvesFigure({
    title: 'Validation errors while training',
    howToRead: 'Lower is better; a curve that stays above the dashed line has learned nothing of that quantity.',
    x: { label: 'step' },
    panels: [
      panel('reprojection error', 'px', 'reprojectionPixels', true),
      panel('shape error', 'mm', 'shapeMillimetres', false),
      panel('translation error', 'cm', 'translationCentimetres', true),
      panel('rotation error', '°', 'rotationDegrees', true),
    ],
  });
}

/** The run's table, like the paper's Table 2. */
export function resultsFigure({ rows, floors, images }: Summary): Figure {
  const several = rows.some(({ seeds }) => seeds.length > 1);
  return tableFigure({
    title: `Errors on ${images.test} test images, like Table 2`,
    howToRead: `Bold is the best of the trained networks; below them, what needs no learning. ${several ? 'Means over the seeds ± their standard deviation. ' : ''}Pixels are at 224 px; gain is how far the shape error is below the mean head’s, with its 95 % interval over subjects; clamped is the share of predicted points too near the camera.`,
    columns: [
      { key: 'loss', label: 'loss' },
      { key: 'reprojectionPixels', label: 'reprojection', unit: 'px', best: 'lowest' },
      { key: 'shapeMillimetres', label: 'shape', unit: 'mm', best: 'lowest' },
      { key: 'gain', label: 'gain', unit: '%' },
      { key: 'translationCentimetres', label: 'translation', unit: 'cm', best: 'lowest' },
      { key: 'rotationDegrees', label: 'rotation', unit: '°', best: 'lowest' },
      { key: 'clamped', label: 'clamped', unit: '%' },
    ],
    rows: rows.map(({ title, errors, spread, shapeGain }) => ({
      loss: title,
      ...cells(errors, spread),
      gain: gainText(shapeGain),
    })),
    referenceRows: [
      { loss: 'mean head, mean pose', ...cells(floors.meanHead) },
      { loss: 'truth on the components', ...cells(floors.projection) },
    ],
  });
}

type Errors = Summary['floors']['meanHead'];

function cells({ clampedShare, ...errors }: Errors, spread?: Errors) {
  const keys = Object.keys(errors) as (keyof typeof errors)[];
  const values = keys.map((key) => [key, spread ? { value: errors[key], spread: spread[key] } : errors[key]]);
  return { ...Object.fromEntries(values), clamped: 100 * clampedShare };
}

const gainText = ({ share, low, high }: Summary['rows'][number]['shapeGain']): string =>
  `${percent(share)} (${percent(low)} to ${percent(high)})`;

const percent = (share: number): string => (100 * share).toFixed(1).replace('-', '−');

/** The paper's Table 2, to stand beside ours. */
export function paperFigure(): Figure {
  return tableFigure({
    title: 'The paper’s Table 2',
    howToRead:
      'Real photographs of 1,310 subjects, VGG-16, 100 components: compare the order of losses, not the numbers.',
    columns: [
      { key: 'loss', label: 'loss' },
      { key: 'reprojectionPixels', label: 'reprojection', unit: 'px', digits: 1, best: 'lowest' },
      { key: 'shapeMillimetres', label: 'shape', unit: 'mm', digits: 1, best: 'lowest' },
      { key: 'translationCentimetres', label: 'translation', unit: 'cm', digits: 1, best: 'lowest' },
      { key: 'rotationDegrees', label: 'rotation', unit: '°', digits: 1, best: 'lowest' },
      { key: 'minutesPerEpoch', label: 'an epoch', unit: 'min', digits: 1 },
      { key: 'epochs', label: 'epochs', digits: 0 },
      { key: 'trainings', label: 'trainings', digits: 0 },
      { key: 'totalDays', label: 'total', unit: 'days', digits: 1 },
    ],
    rows: PAPER_TABLE_2.map(({ title, loss: _, ...cells }) => ({ loss: title, ...cells })),
  });
}

/** What each loss cost, like the right half of Table 2: the trials of a search are trainings too. */
export function costFigure({ rows }: Summary): Figure {
  return tableFigure({
    title: 'What each loss cost, like Table 2',
    howToRead:
      'One training, then all that it took to have its weights; an epoch sees every training image once, mirrored ones included. Other seeds are not counted: they are there to judge, not to train.',
    columns: [
      { key: 'loss', label: 'loss' },
      { key: 'epoch', label: 'an epoch', unit: 's', digits: 1, best: 'lowest' },
      { key: 'epochs', label: 'epochs', digits: 1 },
      { key: 'trials', label: 'trials of a search', digits: 0 },
      { key: 'total', label: 'total', unit: 'min', digits: 1, best: 'lowest' },
    ],
    rows: rows.map(({ title, seeds, epochs, search }) => {
      const training = seeds.reduce((sum, { seconds }) => sum + seconds, 0) / seeds.length;
      return {
        loss: title,
        epoch: training / epochs,
        epochs,
        trials: search?.trials ?? 0,
        total: (training + (search?.seconds ?? 0)) / 60,
      };
    }),
  });
}

/** Errors by the camera's angle, like Figure 5. */
export function angleFigure({ rows }: Pick<Summary, 'rows'>): Figure {
  const series = (key: 'shapeMillimetres' | 'reprojectionPixels') =>
    rows.map(({ title, byAngle }) => ({
      name: title,
      x: byAngle[key].map((bin) => bin.fromDegrees + 5),
      y: byAngle[key].map((bin) => bin.mean),
      band: { low: byAngle[key].map((bin) => bin.low), high: byAngle[key].map((bin) => bin.high) },
    }));
  return curvesFigure({
    title: 'Errors by the camera’s angle, like Figure 5',
    howToRead:
      'Each point is the mean of a bin of 10 degrees, with the 95 % interval over subjects; a curve that rises to the right is worse on side views.',
    x: { label: 'angle between the camera and the face’s direction', unit: '°' },
    panels: [
      { name: 'Shape', y: { label: 'shape error', unit: 'mm' }, series: series('shapeMillimetres') },
      { name: 'Picture', y: { label: 'reprojection error', unit: 'px' }, series: series('reprojectionPixels') },
    ],
  });
}
