import fs from 'node:fs';
import { openDataset, restrictPoints, symmetrize } from 'lib/dataset';
import { checksum } from 'lib/files';
import { restrict } from 'lib/morphable-model';
import type { RunOptions } from 'lib/training';
import { type LossSpec, networkOf, scheduleOf } from './profile';
import { evenlySpread, readRun, readRunModel } from './run';

/**
 * What a training of a run starts from: the model and both splits on the points that losses use, the network, the schedule and
 * the seed. The training images are mirrored too where the heads have a mirror map. With a loss for `loss` these are the options
 * of `trainRun`.
 *
 * @param spec  a loss of the profile, for what it has otherwise than the profile; without one all is as the profile has it
 * @param seed  the profile's first by default
 */
export async function trainingInputs(
  runFolder: string,
  spec?: LossSpec,
  seed?: number,
): Promise<Omit<RunOptions, 'loss'>> {
  const { profile, files } = readRun(runFolder);
  const sources = [files.model, files.dataset('train'), files.dataset('validation')];
  const model = await readRunModel(files);
  const indices = evenlySpread(model.mean.shape[0], profile.lossPoints);
  const rendered = openDataset(files.dataset('train'));
  const { seeds, ...schedule } = scheduleOf(profile, spec);
  return {
    basis: restrict(model, indices),
    dataset: restrictPoints(rendered.mirror ? symmetrize(rendered) : rendered, indices),
    validation: restrictPoints(openDataset(files.dataset('validation')), indices),
    data: checksum(sources.map((file) => checksum(fs.readFileSync(file))).join(' ')),
    network: networkOf(profile, spec),
    ...schedule,
    seed: seed ?? seeds[0],
  };
}
