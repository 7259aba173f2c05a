import { type Dataset, imageBatch } from 'lib/dataset';
import { instance } from 'lib/morphable-model';
import { createRandom } from 'lib/random';
import { madeUpDataset } from '../dataset/dataset.fixture';
import { knownModel } from '../morphable-model/known-model.fixture';
import { type NetworkOptions, reconstructionNetwork } from './network';

/** A model of eight points and three components, for networks that learn in a second. */
export const MODEL = knownModel(8, [1, 0.5, 0.25]);

export const OPTIONS: NetworkOptions = {
  encoder: 'small',
  imageSize: 16,
  hiddenUnits: 8,
  poseOutput: 'head-centre',
  coefficientScale: 0.1,
};

export const tinyNetwork = (options: Partial<NetworkOptions> = {}, seed = 'network') =>
  reconstructionNetwork(MODEL, { ...OPTIONS, ...options }, createRandom(seed));

/** Heads of the model, on pictures of noise: enough to learn by heart. */
export function tinyDataset(images = 12, imageSize = 16): Dataset {
  const random = createRandom('heads');
  const heads = Array.from({ length: 4 }, () => instance(MODEL, [random.normal(), random.normal(), random.normal()]));
  return madeUpDataset(
    heads.map(({ data }) => data),
    { images, imageSize },
  );
}

export const tinyImages = (count: number) =>
  imageBatch(
    tinyDataset(count),
    Array.from({ length: count }, (_, i) => i),
  );
