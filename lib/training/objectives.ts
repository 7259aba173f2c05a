import type { Tensor1D, Variable } from '@tensorflow/tfjs-node-gpu';
import { type Dataset, imageCount, poseOf, shapeOf } from 'lib/dataset';
import type { Camera } from 'lib/geometry';
import {
  coarseLoss,
  coefficientPenalty,
  geometricAlignmentLoss,
  learnedWeightingLoss,
  multiviewReprojectionLoss,
  type Norm,
  ringViews,
  singleViewReprojectionLoss,
  sphericalCapViews,
  trainingPoseViews,
  type ViewSampler,
  xqtLoss,
} from 'lib/losses';
import type { ShapeBasis } from 'lib/morphable-model';
import { tf } from 'lib/tensorflow';
import type { Network } from './network';
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

/** The losses as objectives of a training, by the name that profiles give them; norms are l1 where nothing is said. */
export const objectives = {
  coarse:
    (alpha: number): Objective =>
    (truth, output) =>
      coarseLoss(truth, output, { alpha }),
  xqt:
    (beta: number, gamma: number): Objective =>
    (truth, output) =>
      xqtLoss(truth, output, { beta, gamma }),
  /** @param logVariances  [3], trained with the network: `withVariables` */
  learnedWeighting:
    (logVariances: Variable): Objective =>
    (truth, output) =>
      learnedWeightingLoss(truth, output, { logVariances: logVariances as unknown as Tensor1D }),
  gal:
    (frame: 'camera' | 'released', norm?: Norm): Objective =>
    (truth, output) =>
      geometricAlignmentLoss(truth, output, { frame, norm }),
  /** @param penalty  γ of `coefficientPenalty`, in the loss's own unit */
  srl:
    (camera: Camera, { norm, penalty }: { norm?: Norm; penalty?: number } = {}): Objective =>
    (truth, output) => {
      const loss = singleViewReprojectionLoss(truth, output, camera, { norm });
      return penalty ? tf.add(loss, coefficientPenalty(output.coefficients, { gamma: penalty })) : loss;
    },
  /** V virtual views for each head and step. */
  mrl:
    (camera: Camera, views: number, sample: ViewSampler, norm?: Norm): Objective =>
    (truth, output, random) =>
      multiviewReprojectionLoss(truth, output, sample(random, truth.shape.shape[0], views), camera, { norm }),
};

/** Of a ring of virtual cameras, between -z and each. */
const RING_DEGREES = 45;

/** Where MRL's virtual views come from, by the name that profiles give it. */
export const viewSamplers = {
  'training-poses': ({ rotations, translations }: Dataset) => trainingPoseViews(rotations, translations),
  'spherical-cap': ({ translations }: Dataset) => sphericalCapViews(translations),
  ring: () => ringViews(RING_DEGREES),
};

/** The start of learned weighting's log-variances of x, q and t (Kendall et al. 2017). */
const LOG_VARIANCES = [0, -3, 0];

export const startingLogVariances = (): Variable => tf.tidy(() => tf.variable(tf.tensor1d(LOG_VARIANCES)));

/** A network whose training moves a loss's own variables too; they stand behind the network's, and stay the caller's. */
export const withVariables = (network: Network, own: Variable[]): Network => ({
  ...network,
  variables: [...network.variables, ...own],
});
