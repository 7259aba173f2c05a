import { earHull } from './ear';
import { clamp, distanceAbove, smoothStep } from './interpolation';

/** Edges as (forward, y) pairs on the side view: hair grows above the hairline, beard below its edge. */
export const HAIRLINE = [
  [9.5, 7.2],
  [8.2, 7.3],
  [6.6, 6.3],
  [5.4, 4.4],
  [4.7, 2.4],
  [3.0, 1.5],
  [2.4, -0.9],
  [1.5, -1.2],
  [0.9, 0.9],
  [-2.8, 0.9],
  [-3.6, -3.2],
  [-5, -5.3],
  [-10, -6],
] as const;
const BEARD_EDGE = [
  [10, -5],
  [9.2, -5.4],
  [8.3, -6.8],
  [6.6, -6.5],
  [4.2, -5],
  [2.6, -2.6],
  [1.5, -1.2],
] as const;

/** Distance in cm into the hair (positive) from its edge: the hairline, or the ear. */
export function distanceIntoHair(x: number, y: number, forward: number): number {
  return Math.min(distanceAbove(HAIRLINE, forward, y), 1.5 * earHull.distance(x, y, forward) + 0.1);
}

/** How much hair thickens the scalp, 0 to 1. */
export function hairThickness(x: number, y: number, forward: number): number {
  return (
    smoothStep(-1.1, 1.3, distanceAbove(HAIRLINE, forward, y)) * smoothStep(-0.1, 0.6, earHull.distance(x, y, forward))
  );
}

/** How densely a beard grows, 0 to 1; none on the ear, below the jaw and on the nape. */
export function beardDensity(x: number, y: number, forward: number): number {
  const moustache = x < 1.9 && y > -6.5;
  const inside = (moustache ? 0 : -0.3) - distanceAbove(BEARD_EDGE, clamp(forward, 1.5, 10), y);
  return (
    smoothStep(-0.5, 0.6, inside) *
    smoothStep(-13, -11.4, y) *
    smoothStep(0.6, 1.6, forward) *
    smoothStep(-0.05, 0.4, earHull.distance(x, y, forward))
  );
}
