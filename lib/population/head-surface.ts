import { PARTS } from './anatomy';
import { hairThickness } from './hair';
import { clamp } from './interpolation';
import { distanceToParts, smoothMinimum } from './solids';

/** Height of the level cut through the neck, and the thickness of short hair, cm. */
const NECK_CUT = -18;
const HAIR = 0.18;
/** |x| is rounded over half a millimetre, so that the two sides meet without a crease. */
const FOLD = 0.05;

/** Signed distance to the average head at a point of the model frame, cm; negative inside. */
export function headDistance(x: number, y: number, z: number): number {
  const side = Math.sqrt(x * x + FOLD * FOLD);
  let distance = distanceToParts(PARTS, side, y, -z);
  if (distance < 1 && y > -8) distance -= HAIR * hairThickness(side, y, -z);
  return -smoothMinimum(-distance, y - NECK_CUT, 1.6);
}

/** Unit gradient of the distance (outwards) and its length, by central differences over `step` cm. */
export function headGradient(p: ArrayLike<number>, step = 0.02): { direction: number[]; length: number } {
  const [x, y, z] = [p[0], p[1], p[2]];
  const gradient = [
    headDistance(x + step, y, z) - headDistance(x - step, y, z),
    headDistance(x, y + step, z) - headDistance(x, y - step, z),
    headDistance(x, y, z + step) - headDistance(x, y, z - step),
  ];
  const length = Math.hypot(...gradient) || 1;
  return { direction: gradient.map((v) => v / length), length: length / (2 * step) };
}

/**
 * Moves a point onto the surface along the gradient, in place; a point of the seam x = 0 stays there.
 *
 * At most three Newton steps of at most 3 mm: the start is already near, and a longer step could leave a thin lid or ear on
 * its other side.
 */
export function projectToHead(p: number[]): void {
  for (let step = 0; step < 3; step++) {
    const distance = headDistance(p[0], p[1], p[2]);
    // 0.02 mm is far below the model's own detail
    if (Math.abs(distance) < 2e-3) return;
    const { direction, length } = headGradient(p);
    const move = clamp(distance / Math.max(length, 0.5), -0.3, 0.3);
    for (let c = p[0] === 0 ? 1 : 0; c < 3; c++) p[c] -= direction[c] * move;
  }
}

/** How much of the surroundings each point sees, 0.22 to 1, from the distance at five places along its normal. */
export function ambientOcclusion(points: readonly number[][]): Float32Array {
  return Float32Array.from(points, (p) => {
    const { direction: n } = headGradient(p, 0.05);
    let hidden = 0;
    let weight = 1;
    for (let tap = 1; tap <= 5; tap++) {
      const h = 0.3 * tap;
      hidden += (weight * (h - headDistance(p[0] + n[0] * h, p[1] + n[1] * h, p[2] + n[2] * h))) / h;
      weight *= 0.75;
    }
    return clamp(1 - 0.4 * hidden, 0.22, 1);
  });
}
