import { TrainingFailure } from './train';

const FACTOR = 100;
const FEWEST_REPORTS = 5;

/**
 * The loss above which a training explodes: a hundred times the median size of the losses reported so far, and no less than the
 * largest of them. Infinity while fewer than five are reported.
 *
 * So a loss that starts high and falls raises no alarm, and neither does one that passes through 0, as learned weights allow.
 * Smaller leaps are left to the reader of the curve.
 */
export function explosionLimit(losses: number[]): number {
  if (losses.length < FEWEST_REPORTS) return Number.POSITIVE_INFINITY;
  const sizes = losses.map(Math.abs).sort((a, b) => a - b);
  return Math.max(FACTOR * sizes[Math.floor(sizes.length / 2)], ...losses);
}

/** @throws {TrainingFailure} when a loss is above the limit */
export function checkExplosion(loss: number, limit: number, step: number): void {
  if (loss > limit)
    throw new TrainingFailure(
      `the loss explodes (it is ${loss.toPrecision(4)}, and the limit ${limit.toPrecision(4)})`,
      step,
    );
}
