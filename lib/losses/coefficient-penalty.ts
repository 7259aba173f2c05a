import type { Scalar, Tensor2D } from '@tensorflow/tfjs-node-gpu';
import { tf } from 'lib/tensorflow';

/**
 * Keeps predicted shapes near the mean head (eq. 3).
 *
 * L = γ mean c², over the batch and the K coefficients. Added to SRL it is the way out of flattened shapes that section 3.4
 * rejects, since it brings a weight to choose; it is here so that the two can be compared.
 *
 * @param coefficients  [batch, K] standard deviations
 * @param weight        gamma, in the unit of the loss that it is added to. The paper weighs the sum |c|², and adds it to a sum over
 *                      2N numbers: for the same minimum beside our means γ_paper = (2N / K) γ.
 * @returns             a scalar in gamma's unit
 * @throws {RangeError} when the coefficients are no matrix or gamma is negative
 *
 * Reference: Ramon et al. 2019, section 3.1.
 */
export function coefficientPenalty(coefficients: Tensor2D, { gamma }: { gamma: number }): Scalar {
  if (coefficients.rank !== 2)
    throw new RangeError(
      `coefficients must be [batch, K], but are [${(coefficients as { shape: number[] }).shape.join(', ')}]`,
    );
  if (!(gamma >= 0 && Number.isFinite(gamma))) throw new RangeError(`gamma must be 0 or more, but is ${gamma}`);
  return tf.tidy(() => tf.mul(tf.mean(tf.square(coefficients)), gamma) as Scalar);
}
