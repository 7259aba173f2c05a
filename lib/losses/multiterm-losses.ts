import type { Scalar, Tensor1D } from '@tensorflow/tfjs-node-gpu';
import { unitQuaternions } from 'lib/geometry/batched';
import { tf } from 'lib/tensorflow';
import { checkReconstructions, meanNorm, type Reconstruction } from './reconstruction';

/**
 * Shape and pose as two weighted terms (Coarse, eq. 11).
 *
 * L = mean |x - x̂|² + α mean |[q, t] - [q̂, t̂]|²; means over the batch and over the 3N and the 7 numbers.
 *
 * Quaternions are compared as they are, so both must have q0 >= 0; the prediction's is normalized first.
 *
 * @param truth      shape [batch, points, 3] cm, rotation [batch, 4] unit quaternions, translation [batch, 3] cm
 * @param predicted  the same shapes; the gradient flows into all three
 * @param weights    alpha, cm² for one unit of the pose's mean square. The paper weighs sums: α_paper = (3N / 7) α.
 * @returns          a scalar in cm². Times 3N it is the paper's sum for one head.
 * @throws {RangeError} when the shapes do not fit or alpha is negative
 *
 * Reference: Ramon et al. 2019, section 4.4, after Richardson et al. 2017.
 */
export function coarseLoss(truth: Reconstruction, predicted: Reconstruction, { alpha }: { alpha: number }): Scalar {
  checkWeights({ alpha });
  return tf.tidy(() => {
    const [x, q, t] = squaredTerms(truth, predicted);
    // the mean over the seven numbers of [q, t], from the means over four and over three
    const pose = tf.add(tf.mul(q, 4 / 7), tf.mul(t, 3 / 7));
    return tf.add(x, tf.mul(pose, alpha)) as Scalar;
  });
}

/**
 * Shape, rotation and translation as three weighted terms (XQT, eq. 12).
 *
 * L = mean |x - x̂|² + β mean |q - q̂|² + γ mean |t - t̂|²; means over the batch and over 3N, 4 and 3 numbers.
 *
 * @param truth      shape [batch, points, 3] cm, rotation [batch, 4] unit quaternions with q0 >= 0, translation [batch, 3] cm
 * @param predicted  the same shapes; the gradient flows into all three
 * @param weights    beta in cm², gamma without unit. The paper weighs sums: β_paper = (3N / 4) β, γ_paper = N γ.
 * @returns          a scalar in cm². Times 3N it is the paper's sum for one head.
 * @throws {RangeError} when the shapes do not fit or a weight is negative
 *
 * Reference: Ramon et al. 2019, section 4.4, after Richardson et al. 2016 and Kendall et al. 2015.
 */
export function xqtLoss(
  truth: Reconstruction,
  predicted: Reconstruction,
  { beta, gamma }: { beta: number; gamma: number },
): Scalar {
  checkWeights({ beta, gamma });
  return tf.tidy(() => {
    const [x, q, t] = squaredTerms(truth, predicted);
    return tf.addN([x, tf.mul(q, beta), tf.mul(t, gamma)]) as Scalar;
  });
}

/**
 * Shape, rotation and translation as three terms whose weights are learned with the network (Kendall et al. 2017).
 *
 * L = Σ_i exp(-s_i) L_i + s_i, with XQT's mean squares L_x, L_q and L_t, and s_i the logarithm of what each term is expected
 * to be: at the minimum over s, s_i = log L_i. No weight is searched, but the loss may be negative, and what it means
 * changes while it is trained.
 *
 * @param truth      shape [batch, points, 3] cm, rotation [batch, 4] unit quaternions with q0 >= 0, translation [batch, 3] cm
 * @param predicted  the same shapes; the gradient flows into all three
 * @param weights    logVariances [3], in the order x, q, t; the gradient flows into them too. Usual start: [0, -3, 0].
 * @returns          a scalar without unit
 * @throws {RangeError} when the shapes do not fit or the logVariances are not three
 *
 * Reference: Kendall and Cipolla, Geometric loss functions for camera pose regression with deep learning, CVPR 2017, eq. 7.
 */
export function learnedWeightingLoss(
  truth: Reconstruction,
  predicted: Reconstruction,
  { logVariances }: { logVariances: Tensor1D },
): Scalar {
  if (logVariances.rank !== 1 || logVariances.size !== 3)
    throw new RangeError(`logVariances must be [3] in the order x, q, t, but are [${logVariances.shape.join(', ')}]`);
  return tf.tidy(() => {
    const terms = tf.stack(squaredTerms(truth, predicted));
    return tf.sum(tf.add(tf.mul(terms, tf.exp(tf.neg(logVariances))), logVariances)) as Scalar;
  });
}

/**
 * The mean squares of the three terms that multiterm losses weigh: of x in cm², of q, and of t in cm².
 *
 * Their ratios at the network's start are the weights that balance the terms' scales (section 4.4).
 *
 * @param truth      shape [batch, points, 3] cm, rotation [batch, 4] unit quaternions with q0 >= 0, translation [batch, 3] cm
 * @param predicted  the same shapes; the gradient flows into all three
 * @throws {RangeError} when the shapes do not fit
 */
export function squaredTerms(truth: Reconstruction, predicted: Reconstruction): [x: Scalar, q: Scalar, t: Scalar] {
  checkReconstructions(truth, predicted);
  return tf.tidy(() => {
    return [
      meanNorm(tf.sub(truth.shape, predicted.shape), 'squared'),
      meanNorm(tf.sub(truth.rotation, unitQuaternions(predicted.rotation)), 'squared'),
      meanNorm(tf.sub(truth.translation, predicted.translation), 'squared'),
    ];
  });
}

function checkWeights(weights: Record<string, number>): void {
  for (const [name, value] of Object.entries(weights))
    if (!(value >= 0 && Number.isFinite(value))) throw new RangeError(`${name} must be 0 or more, but is ${value}`);
}
