import path from 'node:path';
import { openDataset, shapeOf } from 'lib/dataset';
import { meanErrors, reconstructionErrors } from 'lib/evaluation';
import { lossId, mostProfileImage, readRun, runFiles, trainedNetwork } from 'lib/experiment';
import { writeArrays, writeJson } from 'lib/files';
import { writeMesh } from 'lib/mesh';
import { instance, type MorphableModel, readMorphableModel, writeMorphableModel } from 'lib/morphable-model';
import { checkpointArrays, predictAll, readCheckpoint } from 'lib/training';
import ndarray from 'ndarray';

/** Finer steps hardly compress; with coarser ones components are no longer orthogonal to 1e-4, and a reader would turn them. */
const COMPONENT_STEP = 2 ** -14;
/** Steps of a layer's weights in their root mean square, at least. */
const WEIGHT_STEPS = 32;
/** Smaller layers are kept as they are. */
const ROUNDED_SIZE = 10_000;

/** What rounding a network and its model does to its mean errors on the test images: before and after. */
export interface RoundingEffect {
  shapeMillimetres: [number, number];
  reprojectionPixels: [number, number];
}

/**
 * Copies what notebooks need of a run into a folder that is small enough for git. It holds run.json, the model, and the networks
 * of some losses with the profile's first seed where a run's folder has them; what these networks make of the head that is seen
 * most from the side (Figure 3), with the true one, in profile-heads; and in rounding.json the effect of what follows.
 *
 * The model's components and the weights are rounded to multiples of a power of two, and packed.
 *
 * @param losses  their names, such as gal-camera
 */
export async function keepSmallRun(
  runFolder: string,
  to: string,
  losses: string[],
): Promise<Record<string, RoundingEffect>> {
  const { profile, heads, files } = readRun(runFolder);
  const unknown = losses.find((id) => !profile.losses.some((loss) => lossId(loss) === id));
  if (unknown !== undefined)
    throw new Error(`--loss must be one of ${profile.losses.map(lossId).join(', ')}, but is ${unknown}`);
  const kept = profile.losses.filter((loss) => losses.includes(lossId(loss)));
  const [seed] = profile.training.seeds;
  const model = await readMorphableModel(files.model);
  const test = openDataset(files.dataset('test'));
  const image = mostProfileImage(test);
  const small = runFiles(to);
  const keepHead = (name: string, points: MorphableModel['mean']) =>
    writeMesh(path.join(to, 'profile-heads', `${name}.ply`), { points, triangles: model.triangles });

  // the copy shares nothing with another run
  writeJson(path.join(to, 'run.json'), { profile: { ...profile, shares: undefined }, heads });
  await writeMorphableModel(small.model, withRoundedComponents(model), { gzip: true });
  const smallModel = await readMorphableModel(small.model);
  keepHead('truth', ndarray(shapeOf(test, image), [test.points, 3]));
  const effects: Record<string, RoundingEffect> = {};
  for (const loss of kept) {
    const checkpoint = readCheckpoint(files.training(loss, seed).weights);
    const rounded = checkpointArrays({ ...checkpoint, weights: checkpoint.weights.map(roundedWeights) });
    writeArrays(small.training(loss, seed).weights, rounded, { gzip: true });
    const errors = [];
    for (const [folder, itsModel] of [[runFolder, model] as const, [to, smallModel] as const]) {
      const network = trainedNetwork(folder, loss, seed, itsModel);
      const predictions = await predictAll(network, test);
      network.dispose();
      errors.push(meanErrors(reconstructionErrors(test, itsModel, predictions)));
      if (folder === to) keepHead(lossId(loss), instance(smallModel, predictions[image].coefficients));
    }
    const [before, after] = errors;
    effects[lossId(loss)] = {
      shapeMillimetres: [before.shapeMillimetres, after.shapeMillimetres],
      reprojectionPixels: [before.reprojectionPixels, after.reprojectionPixels],
    };
  }
  writeJson(path.join(to, 'rounding.json'), effects);
  return effects;
}

const rounded = (numbers: Float32Array, step: number): Float32Array => numbers.map((v) => Math.round(v / step) * step);

function withRoundedComponents(model: MorphableModel): MorphableModel {
  const { components } = model;
  return { ...model, components: ndarray(rounded(components.data, COMPONENT_STEP), components.shape) };
}

function roundedWeights(weights: Float32Array): Float32Array {
  if (weights.length < ROUNDED_SIZE) return weights;
  const scale = Math.sqrt(weights.reduce((sum, v) => sum + v ** 2, 0) / weights.length);
  return rounded(weights, 2 ** Math.floor(Math.log2(scale / WEIGHT_STEPS)));
}
