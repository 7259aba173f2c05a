import { curvesFigure, type Figure, showLive } from 'lib/figures';
import type { Validation } from './run-metrics';
import type { TrainingRun } from './train-run';

const ERRORS: { key: keyof Validation; name: string; unit?: string }[] = [
  { key: 'score', name: 'validation score' },
  { key: 'reprojectionPixels', name: 'reprojection error', unit: 'px' },
  { key: 'shapeMillimetres', name: 'shape error', unit: 'mm' },
  { key: 'translationCentimetres', name: 'translation error', unit: 'cm' },
  { key: 'rotationDegrees', name: 'rotation error', unit: '°' },
];

/** The loss and, once there are some, the validation errors of trainings over their steps. */
export function trainingCurves(title: string, trainings: { name: string; run: TrainingRun }[]): Figure {
  const isValidated = trainings.some(({ run }) => run.validations.length > 0);
  // a loss with learned weights may be negative
  const log = trainings.every(({ run }) => run.reports.every(({ loss }) => loss > 0));
  const panels = [
    {
      name: 'loss',
      y: { label: 'loss', log },
      series: trainings.map(({ name, run }) => ({
        name,
        x: run.reports.map(({ step }) => step),
        y: run.reports.map(({ loss }) => loss),
      })),
    },
    ...(isValidated ? ERRORS : []).map(({ key, name, unit }) => ({
      name,
      y: { label: name, unit },
      series: trainings.map(({ name, run }) => ({
        name,
        x: run.validations.map(({ step }) => step),
        y: run.validations.map((validation) => validation[key]),
      })),
    })),
  ];
  return curvesFigure({
    title,
    howToRead: 'Lower is better. Each loss has its own unit: only errors can be compared between losses.',
    x: { label: 'step' },
    panels,
  });
}

/** A person reads a curve once in a while; to draw it anew costs the notebook's page and the kernel time. */
const REDRAW_MILLISECONDS = 2000;

/**
 * Curves of a training that are drawn anew in place as it goes on, at most every two seconds; what is drawn last stays in an
 * exported page.
 *
 * @param now  a clock in milliseconds
 */
export function liveCurves(name: string, now = () => performance.now()) {
  let shown: ReturnType<typeof showLive> | undefined;
  let drawn = Number.NEGATIVE_INFINITY;
  const draw = (run: TrainingRun) => {
    drawn = now();
    const figure = trainingCurves(`Training with ${name}`, [{ name, run }]);
    if (shown) shown.update(figure);
    else shown = showLive(figure);
  };
  return {
    update: (run: TrainingRun) => {
      if (now() - drawn >= REDRAW_MILLISECONDS) draw(run);
    },
    /** Draws what there is at the end, which the last update may have left out. */
    end: draw,
  };
}
