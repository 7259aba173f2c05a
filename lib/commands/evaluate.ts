import { type Dataset, imageCount, openDataset, poseOf, shapeOf, symmetrize } from 'lib/dataset';
import { meanPose, type ReconstructionErrors, reconstructionErrors } from 'lib/evaluation';
import { type Floors, lossOf, readRun, readRunModel, trainedNetwork } from 'lib/experiment';
import { writeJson } from 'lib/files';
import { coefficients } from 'lib/morphable-model';
import { predictAll } from 'lib/training';
import ndarray from 'ndarray';

/** Measures a trained network on the test split: writes each image's errors. */
export async function evaluate(runFolder: string, id: string, seed: number): Promise<void> {
  const { profile, files } = readRun(runFolder);
  const loss = lossOf(profile, id, seed);
  const model = await readRunModel(files);
  const test = openDataset(files.dataset('test'));
  const network = trainedNetwork(runFolder, loss, seed, model);
  const errors = reconstructionErrors(test, model, await predictAll(network, test));
  network.dispose();
  writeJson(files.evaluation(loss, seed), rounded(errors));
}

/**
 * Measures what needs no learning on the test split: the mean head with the mean pose of the training set, and the truth's
 * projection on the components with the true pose.
 */
export async function evaluateFloors(runFolder: string): Promise<void> {
  const { files } = readRun(runFolder);
  const model = await readRunModel(files);
  const test = openDataset(files.dataset('test'));
  const train = openDataset(files.dataset('train'));
  // as a training sees it
  const pose = meanPose(train.mirror ? symmetrize(train) : train);
  const blind = Array.from(test.subjects, () => ({ coefficients: new Float32Array(0), pose }));
  const [meanHead, projection] = [blind, projections(test, model)].map((predictions) =>
    rounded(reconstructionErrors(test, model, predictions)),
  );
  writeJson(files.floors, { subjects: [...test.subjects], meanHead, projection } satisfies Floors);
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
