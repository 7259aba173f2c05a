import { currentNotebook, interruptSignal, showProgress } from 'lib/figures';
import { liveCurves } from './run-curves';
import { type RunOptions, type TrainingRun, trainRun } from './train-run';

/**
 * `trainRun` for someone who looks on: with its progress and, in a notebook, live curves and the stop button.
 *
 * Stopped, it ends after the step under way with a checkpoint, and says how to go on: by the same call again, in this kernel, in
 * another, or on the command line.
 *
 * @param options  `signal` is the notebook's stop button by default
 * @throws as `trainRun` does
 */
export async function showTraining(folder: string, options: RunOptions): Promise<TrainingRun> {
  const { loss, steps, onProgress, signal = interruptSignal() } = options;
  const progress = showProgress(`${loss.name}: training`, steps);
  const curves = currentNotebook() && liveCurves(loss.name);
  const show = (run: TrainingRun) => {
    const report = run.reports.at(-1);
    if (report) progress.update(report.step, `loss ${report.loss.toPrecision(4)}`);
    curves?.update(run);
  };
  let note = 'failed';
  try {
    const run = await trainRun(folder, {
      ...options,
      signal,
      onProgress: (run) => {
        show(run);
        onProgress?.(run);
      },
    });
    show(run);
    if (run.reports.length > 0) curves?.end(run);
    note = endOf(run);
    return run;
  } finally {
    progress.end(note);
  }
}

function endOf({ folder, finished, reports }: TrainingRun): string {
  const last = reports.at(-1);
  if (finished) return `loss ${last?.loss.toPrecision(4)}`;
  if (!last) return 'stopped before its first step';
  return `stopped after step ${last.step}, with a checkpoint in ${folder}: the same again goes on from there`;
}
