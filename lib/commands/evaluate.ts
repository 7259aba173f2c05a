import { type Dataset, imageCount, openDataset, poseOf, shapeOf, symmetrize } from 'lib/dataset';
import { meanPose, type ReconstructionErrors, reconstructionErrors } from 'lib/evaluation';
import { type Evaluation, lossId, lossTitle, readRun, trainedNetwork } from 'lib/experiment';
import { showProgress } from 'lib/figures';
import { writeJson } from 'lib/files';
import { coefficients, readMorphableModel } from 'lib/morphable-model';
import { predictAll } from 'lib/training';
import ndarray from 'ndarray';

/**
 * Reads the test split, once, and writes each image's errors for each trained network and for two predictors that have not
 * learned: the mean head with the mean pose of the training set, and the truth's projection on the components.
 */
export async function evaluate(runFolder: string): Promise<void> {
  const { profile, files } = readRun(runFolder);
  const model = await readMorphableModel(files.model);
  const test = openDataset(files.dataset('test'));
  const networks: Evaluation['networks'] = {};
  const { seeds } = profile.training;
  let done = 0;
  const progress = showProgress('Evaluation on the test split', profile.losses.length * seeds.length);
  for (const loss of profile.losses) {
    networks[lossId(loss)] = {};
    for (const seed of seeds) {
      const network = trainedNetwork(runFolder, loss, seed, model);
      networks[lossId(loss)][seed] = rounded(reconstructionErrors(test, model, await predictAll(network, test)));
      network.dispose();
      progress.update(++done, lossTitle(loss));
    }
  }
  const train = openDataset(files.dataset('train'));
  // as a training sees it
  const pose = meanPose(train.mirror ? symmetrize(train) : train);
  const blind = { coefficients: new Float32Array(0), pose };
  const floors = {
    meanHead: rounded(
      reconstructionErrors(
        test,
        model,
        Array.from(test.subjects, () => blind),
      ),
    ),
    projection: rounded(reconstructionErrors(test, model, projections(test, model))),
  };
  progress.end();
  writeJson(files.evaluation, { subjects: [...test.subjects], networks, floors } satisfies Evaluation);
}

/** The truth itself, as near as the components come. */
function projections(test: Dataset, model: Parameters<typeof coefficients>[0]) {
  const known = new Map<number, Float32Array>();
  return Array.from({ length: imageCount(test) }, (_, image) => {
    const subject = test.subjects[image];
    let best = known.get(subject);
    if (!best) {
      best = Float32Array.from(coefficients(model, ndarray(shapeOf(test, image), [test.points, 3])));
      known.set(subject, best);
    }
    return { coefficients: best, pose: poseOf(test, image) };
  });
}

const rounded = (errors: ReconstructionErrors): ReconstructionErrors =>
  Object.fromEntries(
    Object.entries(errors).map(([name, values]) => [name, (values as number[]).map((v) => Number(v.toPrecision(6)))]),
  ) as unknown as ReconstructionErrors;
