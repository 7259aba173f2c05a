import { type Dataset, imageCount, poseOf, shapeOf } from 'lib/dataset';
import type { Camera } from 'lib/geometry';
import {
  coarseLoss,
  geometricAlignmentLoss,
  multiviewReprojectionLoss,
  singleViewReprojectionLoss,
  trainingPoseViews,
  xqtLoss,
} from 'lib/losses';
import type { ShapeBasis } from 'lib/morphable-model';
import type { Objective } from './train';

/** The mean squares of the multiterm losses' three terms for a network that has not learned yet. */
export interface TermScales {
  /** cm² */
  shape: number;
  rotation: number;
  /** cm² */
  translation: number;
}

/**
 * How large the three terms are at the network's start, where it predicts the mean head, q = [1, 0, 0, 0] and
 * t = [0, 0, -60]; means over a split.
 */
export function startingTermScales(dataset: Dataset, basis: ShapeBasis): TermScales {
  const images = imageCount(dataset);
  const scales = { shape: 0, rotation: 0, translation: 0 };
  for (let image = 0; image < images; image++) {
    const { rotation, translation } = poseOf(dataset, image);
    scales.shape += meanSquare(shapeOf(dataset, image), basis.mean.data) / images;
    scales.rotation += meanSquare(rotation, [1, 0, 0, 0]) / images;
    scales.translation += meanSquare(translation, [0, 0, -60]) / images;
  }
  return scales;
}

function meanSquare(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] - b[i]) ** 2;
  return sum / a.length;
}

/**
 * The weights that make a multiterm loss's terms equally large at the network's start (section 4.4's α_scale, β_scale and
 * γ_scale, here on means).
 */
export const balancedWeights = ({ shape, rotation, translation }: TermScales) => ({
  alpha: shape / ((4 * rotation + 3 * translation) / 7),
  beta: shape / rotation,
  gamma: shape / translation,
});

/** The five losses of the paper as objectives of a training, by the name that profiles give them. */
export const objectives = {
  coarse:
    (alpha: number): Objective =>
    (truth, output) =>
      coarseLoss(truth, output, { alpha }),
  xqt:
    (beta: number, gamma: number): Objective =>
    (truth, output) =>
      xqtLoss(truth, output, { beta, gamma }),
  gal:
    (frame: 'camera' | 'released'): Objective =>
    (truth, output) =>
      geometricAlignmentLoss(truth, output, { frame }),
  srl:
    (camera: Camera): Objective =>
    (truth, output) =>
      singleViewReprojectionLoss(truth, output, camera),
  /** V virtual views for each head and step, drawn from the training set's own poses. */
  mrl: (camera: Camera, views: number, { rotations, translations }: Dataset): Objective => {
    const sample = trainingPoseViews(rotations, translations);
    return (truth, output, random) =>
      multiviewReprojectionLoss(truth, output, sample(random, truth.shape.shape[0], views), camera);
  },
};
