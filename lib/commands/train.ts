import fs from 'node:fs';
import path from 'node:path';
import type { Variable } from '@tensorflow/tfjs-node-gpu';
import { openDataset, restrictPoints, symmetrize } from 'lib/dataset';
import { type MeanErrors, meanErrors, meanPose, reconstructionErrors, validationScore } from 'lib/evaluation';
import {
  evenlySpread,
  type LossSpec,
  lossId,
  lossTitle,
  networkOf,
  readHistory,
  readRun,
  runFiles,
  scheduleOf,
  type TrainingHistory,
} from 'lib/experiment';
import { showProgress } from 'lib/figures';
import { checksum, writeJson } from 'lib/files';
import { defaultCamera } from 'lib/geometry';
import { readMorphableModel, restrict } from 'lib/morphable-model';
import { createRandom } from 'lib/random';
import {
  balancedWeights,
  type Checkpoint,
  cosineDecay,
  type Objective,
  objectives,
  predictAll,
  readCheckpoint,
  reconstructionNetwork,
  startingLogVariances,
  startingTermScales,
  train,
  viewSamplers,
  withVariables,
  writeCheckpoint,
} from 'lib/training';

/**
 * Trains the network with one loss and one seed of the run's profile, from its last checkpoint where there is one. The weights that it
 * leaves are those of the checkpoint with the best validation score.
 */
export async function trainLoss(runFolder: string, id: string, seed: number): Promise<void> {
  const { profile } = readRun(runFolder);
  const loss = profile.losses.find((l) => lossId(l) === id);
  if (!loss) throw new Error(`loss must be one of ${profile.losses.map(lossId).join(', ')}, but is ${id}`);
  const files = runFiles(runFolder);
  if (!profile.training.seeds.includes(seed))
    throw new Error(`seed must be one of ${profile.training.seeds.join(', ')}, but is ${seed}`);
  const own = files.training(loss, seed);
  const model = await readMorphableModel(files.model);
  const indices = evenlySpread(model.mean.shape[0], profile.lossPoints);
  const basis = restrict(model, indices);
  const rendered = openDataset(files.dataset('train'));
  const dataset = restrictPoints(rendered.mirror ? symmetrize(rendered) : rendered, indices);
  const validation = restrictPoints(openDataset(files.dataset('validation')), indices);

  // the same first weights and the same order of images for every loss: only the loss differs
  const random = createRandom(profile.seed).fork('training').fork(seed);
  const { objective, weights, variables } = objectiveOf(loss, dataset, basis, profile.imageSize);
  const network = withVariables(
    reconstructionNetwork(basis, networkOf(profile, loss), random.fork('network')),
    variables ?? [],
  );

  const blind = { coefficients: new Float32Array(0), pose: meanPose(dataset) };
  const meanPredictor = meanErrors(
    reconstructionErrors(
      validation,
      basis,
      Array.from(validation.subjects, () => blind),
    ),
  );
  const validate = async () =>
    meanErrors(reconstructionErrors(validation, basis, await predictAll(network, validation)));

  const { steps, batchSize, learningRate } = scheduleOf(profile, loss);
  const madeFrom = fingerprint([
    path.join(runFolder, 'run.json'),
    files.model,
    files.dataset('train'),
    files.dataset('validation'),
  ]);
  const broken = fs.existsSync(own.checkpoint) && fs.existsSync(own.history) ? readHistory(own.history) : undefined;
  // a checkpoint of another profile, model or dataset is no start for this training
  const resumeFrom = broken?.madeFrom === madeFrom ? readCheckpoint(own.checkpoint) : undefined;
  const history: TrainingHistory =
    broken && resumeFrom
      ? upTo(broken, resumeFrom.step)
      : { madeFrom, weights, losses: [], validations: [], seconds: 0 };
  const before = history.seconds;
  const started = performance.now();
  const progress = showProgress(`${lossTitle(loss)}: training`, steps);

  const keep = async (checkpoint: Checkpoint, errors: MeanErrors) => {
    const score = validationScore(errors, meanPredictor);
    const best = Math.min(...history.validations.map((v) => v.score));
    history.validations.push({ step: checkpoint.step, score, ...errors });
    history.seconds = before + (performance.now() - started) / 1000;
    // the checkpoint last: what a broken run finds with it is never older than itself
    if (score < best) writeCheckpoint(own.best, checkpoint);
    writeJson(own.history, history);
    writeCheckpoint(own.checkpoint, checkpoint);
  };

  await train(network, {
    dataset,
    objective,
    steps,
    batchSize,
    learningRate: cosineDecay(learningRate, steps),
    random: random.fork('steps'),
    resumeFrom,
    onProgress: ({ step, loss: value }) => {
      history.losses.push({ step, value });
      progress.update(step, `loss ${value.toPrecision(4)}`);
    },
    onCheckpoint: async (checkpoint) => keep(checkpoint, await validate()),
  });
  progress.end();
  writeCheckpoint(own.weights, readCheckpoint(own.best));
  network.dispose();
}

const fingerprint = (files: string[]): string =>
  checksum(files.map((file) => checksum(fs.readFileSync(file))).join(' '));

const upTo = (history: TrainingHistory, step: number): TrainingHistory => ({
  ...history,
  losses: history.losses.filter((l) => l.step <= step),
  validations: history.validations.filter((v) => v.step <= step),
});

function objectiveOf(
  loss: LossSpec,
  dataset: Parameters<typeof startingTermScales>[0],
  basis: Parameters<typeof startingTermScales>[1],
  imageSize: number,
): { objective: Objective; weights: Record<string, number>; variables?: Variable[] } {
  const camera = defaultCamera(imageSize);
  const weights = balancedWeights(startingTermScales(dataset, basis));
  switch (loss.name) {
    case 'coarse':
      return { objective: objectives.coarse(weights.alpha), weights: { alpha: weights.alpha } };
    case 'xqt':
      return {
        objective: objectives.xqt(weights.beta, weights.gamma),
        weights: { beta: weights.beta, gamma: weights.gamma },
      };
    case 'learned-weighting': {
      const logVariances = startingLogVariances();
      return { objective: objectives.learnedWeighting(logVariances), weights: {}, variables: [logVariances] };
    }
    case 'gal':
      return { objective: objectives.gal(loss.frame, loss.norm), weights: {} };
    case 'srl':
      return { objective: objectives.srl(camera, loss), weights: {} };
    case 'mrl': {
      const sampler = viewSamplers[loss.viewSampler ?? 'training-poses'](dataset);
      return { objective: objectives.mrl(camera, loss.views, sampler, loss.norm), weights: {} };
    }
  }
}
