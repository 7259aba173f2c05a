import fs from 'node:fs';
import path from 'node:path';
import { meanErrors, meanPose, reconstructionErrors, validationScore } from 'lib/evaluation';
import {
  lossTitle,
  profileLoss,
  readRun,
  readSearch,
  SEARCHED_LOSSES,
  type Search,
  type SearchedLoss,
  trainingInputs,
  trialSteps,
} from 'lib/experiment';
import { showProgress } from 'lib/figures';
import { checksum, writeJson } from 'lib/files';
import { createRandom } from 'lib/random';
import {
  balancedWeights,
  cosineDecay,
  type Objective,
  predictAll,
  reconstructionNetwork,
  type SearchSpace,
  searchWeights,
  startingTermScales,
  train,
} from 'lib/training';

/** Set-up's Python, and the program that holds Optuna. */
const OPTUNA = [path.join('.venv', 'bin', 'python'), path.join('environment', 'search', 'optuna_child.py')].map(
  (file) => path.join(__dirname, '..', '..', file),
);

const WEIGHTS = { coarse: ['alpha'], xqt: ['beta', 'gamma'] } as const;

/**
 * Searches a multiterm loss's weights and learning rate on the validation split, and writes what came of it once all trials are
 * made (section 4.4).
 *
 * A trial is a short training with the first of the profile's seeds: the first weights and the order of images are the same for all. The
 * weights' bounds are a tenth and ten times those that balance the loss's terms. What was made from the same is not made again.
 *
 * @param options.worker   make so many trials at most beside other programs that search the same; wait for nothing and write
 *                         nothing
 * @param options.storage  where the trials are kept, as for `searchWeights`; a journal of the run by default
 * @throws {Error} when the profile has no search, and when no trial has a score, with the first one's reason
 */
export async function tuneLoss(
  runFolder: string,
  id: string,
  options: { worker?: number; storage?: string } = {},
): Promise<void> {
  const loss = asSearched(id);
  const { profile, files } = readRun(runFolder);
  if (!profile.search)
    throw new Error(
      `${runFolder}/run.json: profile.search must say how many trials, how short and between which rates`,
    );
  const own = files.search(loss);
  const inputs = await trainingInputs(runFolder);
  const { trials, learningRate } = profile.search;
  const balanced = balancedWeights(startingTermScales(inputs.dataset, inputs.basis));
  const balancedOwn = Object.fromEntries(WEIGHTS[loss].map((name) => [name, balanced[name]]));
  const space: SearchSpace = {
    ...Object.fromEntries(Object.entries(balancedOwn).map(([name, weight]) => [name, [weight / 10, weight * 10]])),
    learningRate,
  };
  const steps = trialSteps(profile, profile.search);
  const { data, network, batchSize, augmentation, seed } = inputs;
  const points = inputs.basis.mean.shape[0];
  const madeFrom = checksum(JSON.stringify({ data, points, network, batchSize, augmentation, seed, steps, space }));
  const known = fs.existsSync(own.result) ? readSearch(own.result) : undefined;
  if (known?.madeFrom === madeFrom && known.trials.length >= trials) return;

  const progress = showProgress(`${lossTitle({ name: loss })}: search`, trials);
  let done = 0;
  let best = '';
  const { best: found, ...result } = await searchWeights({
    space,
    trials,
    // trials of other data or another network are none of this search
    studyName: `${loss} ${madeFrom}`,
    storage: options.storage ?? own.journal,
    seed,
    optuna: OPTUNA,
    help: options.worker,
    evaluate: (parameters, trial, signal) =>
      trialScore(
        inputs,
        profileLoss({ name: loss }, inputs, parameters).objective,
        parameters.learningRate,
        steps,
        signal,
        (step) => progress.update(done, `trial ${trial}: ${step} of ${steps} steps${best}`),
      ),
    onProgress: (now) => {
      done = now.done;
      best = now.best ? `, best score ${now.best.score.toPrecision(4)}` : '';
      progress.update(done, best.replace(', ', ''));
    },
  });
  progress.end();
  if (options.worker) return;
  if (!found) {
    const failed = result.trials.find((trial) => trial.state === 'failed');
    throw new Error(`none of the ${trials} trials of ${loss} has a score; the first failed: ${failed?.failure}`);
  }
  const written: Search = {
    loss,
    madeFrom,
    seed,
    steps,
    balancedWeights: balancedOwn,
    bounds: space as Search['bounds'],
    best: found,
    ...result,
  };
  writeJson(own.result, written);
}

function asSearched(id: string): SearchedLoss {
  const loss = SEARCHED_LOSSES.find((name) => name === id);
  if (!loss) throw new Error(`loss must be one of ${SEARCHED_LOSSES.join(', ')}, which have weights, but is ${id}`);
  return loss;
}

/** Trains a network and returns its score on validation at the end, where the mean predictor's is 3. */
async function trialScore(
  {
    basis,
    dataset,
    validation,
    network: options,
    batchSize,
    augmentation,
    seed,
  }: Awaited<ReturnType<typeof trainingInputs>>,
  objective: Objective,
  learningRate: number,
  steps: number,
  signal: AbortSignal,
  onStep: (step: number) => void,
): Promise<number> {
  const random = createRandom(seed).fork('training');
  const network = reconstructionNetwork(basis, options, random.fork('network'));
  try {
    await train(network, {
      dataset,
      objective,
      steps,
      batchSize,
      augmentation,
      learningRate: cosineDecay(learningRate, steps),
      random: random.fork('steps'),
      onProgress: ({ step }) => onStep(step),
      signal,
    });
    signal.throwIfAborted();
    const pose = meanPose(dataset);
    const blind = Array.from(validation.subjects, () => ({ coefficients: new Float32Array(0), pose }));
    const [errors, meanPredictor] = [await predictAll(network, validation), blind].map((predictions) =>
      meanErrors(reconstructionErrors(validation, basis, predictions)),
    );
    return validationScore(errors, meanPredictor);
  } finally {
    network.dispose();
  }
}
