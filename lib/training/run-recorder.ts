import { meanErrors, meanPose, reconstructionErrors, validationScore } from 'lib/evaluation';
import type { Explosion } from './breaking-batch';
import { tensorboardEvents } from './event-file';
import { checkExplosion, explosionLimit } from './explosion';
import { type Network, predictAll } from './network';
import { type RunState, writeState } from './run-checkpoints';
import { trainingFiles } from './run-files';
import { appendMetric, type Metrics, type Validation } from './run-metrics';
import type { TrainingOptions } from './train';
import type { RunOptions, TrainingRun } from './train-run';

/**
 * Writes down what a training reports, validates and may go on from: metrics, event file, checkpoints.
 *
 * @param run    gets what is written down
 * @param state  that the training goes on from
 * @returns      callbacks for `train`, and the weights with the best validation score so far, once there is one
 */
export function recorder(
  run: TrainingRun,
  network: Network,
  { steps, batchSize, learningRate, checkpointEvery = 200 }: TrainingOptions,
  { basis, dataset, validation, onProgress }: RunOptions,
  state: RunState | undefined,
) {
  const files = trainingFiles(run.folder);
  const blind = { coefficients: new Float32Array(0), pose: meanPose(dataset) };
  const meanPredictor = meanErrors(
    reconstructionErrors(
      validation,
      basis,
      Array.from(validation.subjects, () => blind),
    ),
  );
  const before = Math.max(0, ...[...run.reports, ...run.validations].map(({ seconds }) => seconds));
  const started = performance.now();
  const seconds = () => before + (performance.now() - started) / 1000;
  const events = tensorboardEvents(run.folder, (state?.checkpoint.step ?? 0) + 1);
  let since = { step: state?.checkpoint.step ?? 0, seconds: before };
  let best = state?.best;

  const validate = async (step: number, weights: Float32Array[]) => {
    const errors = meanErrors(reconstructionErrors(validation, basis, await predictAll(network, validation)));
    const score = validationScore(errors, meanPredictor);
    if (score < Math.min(...run.validations.map((v) => v.score))) best = { step, weights };
    const line: Validation = { step, score, ...errors, seconds: seconds() };
    appendMetric(files.metrics, line);
    events(step, validationEvents(line));
    run.validations.push(line);
  };
  const callbacks: Pick<TrainingOptions, 'onProgress' | 'onCheckpoint'> = {
    onProgress: ({ step, loss }) => {
      checkExplosion(loss, explosionOf(run).limit, step);
      const imagesPerSecond = ((step - since.step) * batchSize) / (seconds() - since.seconds);
      const line = { step, loss, learningRate: learningRate(step - 1), imagesPerSecond, seconds: seconds() };
      appendMetric(files.metrics, line);
      events(step, { loss, 'learning rate': line.learningRate, 'images per second': imagesPerSecond });
      run.reports.push(line);
      since = { step, seconds: seconds() };
      onProgress?.(run);
    },
    onCheckpoint: async (checkpoint) => {
      const { step, weights } = checkpoint;
      // where the user stops a training there is a checkpoint too, and no validation
      if (step % checkpointEvery === 0 || step === steps) await validate(step, weights);
      // the checkpoint last: what a killed training finds with it is never older than itself
      writeState(run.folder, { checkpoint, best, metricLines: run.reports.length + run.validations.length });
      since = { step, seconds: seconds() };
      onProgress?.(run);
    },
  };
  return { callbacks, best: () => best as NonNullable<RunState['best']> };
}

/** What the reports so far say of when the next loss explodes. */
export const explosionOf = ({ reports }: Metrics): Explosion => ({
  limit: explosionLimit(reports.map(({ loss }) => loss)),
  afterStep: reports.at(-1)?.step ?? 0,
});

const validationEvents = (line: Validation) => ({
  'validation/score': line.score,
  'validation/reprojection (px)': line.reprojectionPixels,
  'validation/shape (mm)': line.shapeMillimetres,
  'validation/translation (cm)': line.translationCentimetres,
  'validation/rotation (degrees)': line.rotationDegrees,
});
