import fs from 'node:fs';
import {
  type LossSpec,
  lossId,
  lossOf,
  profileLoss,
  readRun,
  readSearch,
  SEARCHED_LOSSES,
  stepsPerValidation,
  trainingInputs,
} from 'lib/experiment';
import { showTraining } from 'lib/training';

/**
 * Trains the network with one loss and one seed of the run's profile, with searched weights and learning rate where the profile
 * has a search. It goes on from the last checkpoint where there is one; what the folder holds of another profile, model or
 * dataset is removed. The weights that it leaves are those of the checkpoint with the best validation score.
 *
 * Ctrl-C stops after the step under way with a checkpoint, and a second one at once.
 */
export async function trainLoss(runFolder: string, id: string, seed: number): Promise<void> {
  const { profile, files } = readRun(runFolder);
  const loss = lossOf(profile, id, seed);
  const inputs = await trainingInputs(runFolder, loss, seed);
  const { folder } = files.training(loss, seed);
  const found = searched(runFolder, loss);
  const run = await stoppable((signal) =>
    showTraining(folder, {
      ...inputs,
      ...(found && { learningRate: found.learningRate }),
      loss: profileLoss(loss, inputs, found),
      // ten validations show a curve; each costs what many steps do
      checkpointEvery: stepsPerValidation(inputs.steps),
      replace: true,
      signal,
    }),
  );
  // as the shell has it for a program that Ctrl-C ended
  if (!run.finished) process.exitCode = 130;
}

/** What the search of a multiterm loss found, in a run whose profile has one. */
function searched(runFolder: string, loss: LossSpec): Record<string, number> | undefined {
  const { profile, files } = readRun(runFolder);
  const own = SEARCHED_LOSSES.find((name) => name === lossId(loss));
  if (!profile.search || !own) return undefined;
  const { result } = files.search(own);
  if (!fs.existsSync(result))
    throw new Error(`${result} is not there: run "reconstruct tune --run ${runFolder} --loss ${own}" first`);
  return readSearch(result).best.parameters;
}

async function stoppable<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const stop = () => controller.abort();
  // once: the second of its kind finds no listener and ends the process
  for (const signal of STOPS) process.once(signal, stop);
  try {
    return await work(controller.signal);
  } finally {
    for (const signal of STOPS) process.off(signal, stop);
  }
}
const STOPS = ['SIGINT', 'SIGTERM'] as const;
