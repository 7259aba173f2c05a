import fs from 'node:fs';
import { openDataset, restrictPoints } from 'lib/dataset';
import { checksum } from 'lib/files';
import { readMorphableModel, restrict } from 'lib/morphable-model';
import type { RunOptions } from 'lib/training';
import { evenlySpread, readRun, runFiles } from './run';

/**
 * What all trainings of a run have in common: the model and both splits on the points that losses use, the network, the
 * schedule and the seed. With a loss they are the options of `trainRun`.
 */
export async function trainingInputs(runFolder: string): Promise<Omit<RunOptions, 'loss'>> {
  const { profile } = readRun(runFolder);
  const files = runFiles(runFolder);
  const sources = [files.model, files.dataset('train'), files.dataset('validation')];
  const model = await readMorphableModel(files.model);
  const indices = evenlySpread(model.mean.shape[0], profile.lossPoints);
  return {
    basis: restrict(model, indices),
    dataset: restrictPoints(openDataset(files.dataset('train')), indices),
    validation: restrictPoints(openDataset(files.dataset('validation')), indices),
    data: checksum(sources.map((file) => checksum(fs.readFileSync(file))).join(' ')),
    network: { ...profile.network, imageSize: profile.imageSize },
    ...profile.training,
    seed: profile.seed,
  };
}
