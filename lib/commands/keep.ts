import fs from 'node:fs';
import path from 'node:path';
import { openDataset, shapeOf } from 'lib/dataset';
import { meanErrors, reconstructionErrors } from 'lib/evaluation';
import {
  type LossSpec,
  lossId,
  lossOf,
  mostProfileImage,
  type RunFiles,
  readRun,
  readRunModel,
  readScanEvaluations,
  runFiles,
  shownCases,
  trainedNetwork,
} from 'lib/experiment';
import { writeArrays, writeJson, writeWhole } from 'lib/files';
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

export interface KeepOptions {
  /** Where the copy goes. */
  to: string;
  /** Names of losses, such as gal-camera, whose networks are copied, and whose heads are. */
  networks: string[];
  heads: string[];
}

/**
 * Copies what notebooks need of a run into a folder that is small enough for git. It holds run.json, the model, and the networks
 * of some losses with the profile's first seed where a run's folder has them; of the test image seen most from the side
 * (Figure 3) the true head and what some losses' networks make of it, in profile-heads; in generalization what came of scans of
 * other people, with the heatmaps of Figure 7; and in rounding.json the effect of what follows.
 *
 * The model's components and the weights are rounded to multiples of a power of two, and packed.
 *
 * @throws {Error} when `to` is the run's own folder, or the profile has no such loss, before anything is written
 */
export async function keepSmallRun(
  runFolder: string,
  { to, networks, heads: shown }: KeepOptions,
): Promise<Record<string, RoundingEffect>> {
  if (path.resolve(to) === path.resolve(runFolder))
    throw new Error(`${to} must be another folder than the run's, whose model and weights would be rounded`);
  const { profile, heads, files } = readRun(runFolder);
  const [seed] = profile.training.seeds;
  const [kept, seen] = [networks, shown].map((ids) => ids.map((id) => lossOf(profile, id)));
  const model = await readRunModel(files);
  const test = openDataset(files.dataset('test'));
  const small = runFiles(to);
  const predictionsOf = (folder: string, loss: LossSpec, itsModel: MorphableModel) => {
    const network = trainedNetwork(folder, loss, seed, itsModel);
    return predictAll(network, test).finally(() => network.dispose());
  };

  // the copy shares nothing with another run
  writeJson(path.join(to, 'run.json'), { profile: { ...profile, shares: undefined }, heads });
  await writeMorphableModel(small.model, withRoundedComponents(model), { gzip: true });
  const smallModel = await readMorphableModel(small.model);
  const effects: Record<string, RoundingEffect> = {};
  for (const loss of kept) {
    const checkpoint = readCheckpoint(files.training(loss, seed).weights);
    const weights = checkpoint.weights.map(roundedWeights);
    writeArrays(small.training(loss, seed).weights, checkpointArrays({ ...checkpoint, weights }), { gzip: true });
    const errorsOf = async (folder: string, itsModel: MorphableModel) =>
      meanErrors(reconstructionErrors(test, itsModel, await predictionsOf(folder, loss, itsModel)));
    const [before, after] = [await errorsOf(runFolder, model), await errorsOf(to, smallModel)];
    effects[lossId(loss)] = {
      shapeMillimetres: [before.shapeMillimetres, after.shapeMillimetres],
      reprojectionPixels: [before.reprojectionPixels, after.reprojectionPixels],
    };
  }
  writeJson(path.join(to, 'rounding.json'), effects);
  keepScanEvaluations(files, small);

  const image = mostProfileImage(test);
  const { triangles } = model;
  writeMesh(small.profileHead('truth'), { points: ndarray(shapeOf(test, image), [test.points, 3]), triangles });
  for (const loss of seen) {
    const { coefficients } = (await predictionsOf(runFolder, loss, model))[image];
    writeMesh(small.profileHead(lossId(loss)), { points: instance(model, coefficients), triangles });
  }
  return effects;
}

/** What came of other people's scans, and of their heatmaps those that Figure 7 shows. */
function keepScanEvaluations(files: RunFiles, small: RunFiles): void {
  const evaluations = readScanEvaluations(files);
  // without spaces half as large
  for (const evaluation of evaluations)
    writeWhole(small.scanEvaluation(evaluation.dataset), `${JSON.stringify(evaluation)}\n`);
  for (const { evaluation, name } of shownCases(evaluations)) {
    const [from, into] = [files, small].map((each) => each.scanCase(evaluation.dataset, name).heatmap);
    writeWhole(into, fs.readFileSync(from));
  }
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
