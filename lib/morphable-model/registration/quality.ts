import { edgeCross } from 'lib/mesh';
import type { NdArray } from 'ndarray';
import type { Matches } from './matches';

/** How good a registration is. */
export interface RegistrationQuality {
  /** Mean distance from the registered points to the scan over the matches that count, mm. */
  surfaceErrorMillimetres: number;
  /** Mean distance from the registered landmarks to the scan's, mm. */
  landmarkErrorMillimetres: number;
  /** Share of the points whose match was rejected: by its distance, its normal or the scan's border. */
  rejectedShare: number;
  /** Triangles turned over: their normal points more than 90 degrees away from that of the rigid start. */
  flippedTriangles: number;
  /** Steps: one search for matches and one solve each. */
  iterations: number;
}

/**
 * Beyond these a registration must not be used. They separate failures, not good from better. On heads of ICT-FaceKit (six
 * identities, and scans with 1 mm of noise or without a fifth of their surface):
 *
 * - matches that count end 0.01 to 0.1 mm from the scan: 2 mm is another surface;
 * - landmarks with 2 mm of noise on each axis end 0.3 mm away (scans of the population), since a smooth change of shape follows
 *   them: 10 mm are out of reach, as in another unit, and landmarks of other names fold the surface;
 * - 2 % are rejected on a whole scan, 20 % with noise, 32 % with noise and holes: beyond half the stiffness guesses most points
 *   (the share is of points, which are densest in the face);
 * - at most 0.2 % of the triangles turn over: 2 % are folds.
 */
const LIMITS = { surfaceErrorMillimetres: 2, landmarkErrorMillimetres: 10, rejectedShare: 0.5, flippedShare: 0.02 };

/** Why a registration must not be used; undefined when it may be. */
export function failureOf(points: Float64Array, quality: RegistrationQuality, triangles: number): string | undefined {
  const broken = points.findIndex((coordinate) => !Number.isFinite(coordinate));
  if (broken >= 0) return `point ${Math.floor(broken / 3)} is not finite`;
  const flippedShare = quality.flippedTriangles / triangles;
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  if (quality.rejectedShare > LIMITS.rejectedShare)
    return `${percent(quality.rejectedShare)} of the points found no match on the scan, more than ${percent(LIMITS.rejectedShare)}`;
  if (quality.landmarkErrorMillimetres > LIMITS.landmarkErrorMillimetres)
    return `the landmarks are ${quality.landmarkErrorMillimetres.toFixed(1)} mm away on average, more than ${LIMITS.landmarkErrorMillimetres} mm`;
  if (flippedShare > LIMITS.flippedShare)
    return `${percent(flippedShare)} of the triangles are turned over, more than ${percent(LIMITS.flippedShare)}`;
  if (quality.surfaceErrorMillimetres > LIMITS.surfaceErrorMillimetres)
    return `the surface is ${quality.surfaceErrorMillimetres.toFixed(2)} mm away on average, more than ${LIMITS.surfaceErrorMillimetres} mm`;
  return undefined;
}

/** Mean distance over the matches that count, mm; 0 when none does. */
export function surfaceErrorMillimetres({ closest, weights }: Matches): number {
  let sum = 0;
  let count = 0;
  for (let n = 0; n < weights.length; n++) {
    if (weights[n] === 0) continue;
    sum += closest.distances[n];
    count++;
  }
  return count > 0 ? (10 * sum) / count : 0;
}

/** How many triangles of `after` point more than 90 degrees away from those of `before`. */
export function flippedTriangles(before: Float64Array, after: Float64Array, triangles: Uint32Array): number {
  let count = 0;
  for (let t = 0; t < triangles.length; t += 3) {
    const [x, y, z] = edgeCross(before, triangles, t);
    const [u, v, w] = edgeCross(after, triangles, t);
    if (x * u + y * v + z * w < 0) count++;
  }
  return count;
}

/** Mean distance from the landmarks' points to the places that they should have, mm. */
export function landmarkErrorMillimetres(
  points: Float64Array,
  landmarks: ArrayLike<number>,
  places: NdArray<Float32Array>,
): number {
  let sum = 0;
  for (let k = 0; k < landmarks.length; k++)
    sum += Math.hypot(...[0, 1, 2].map((c) => points[3 * landmarks[k] + c] - places.get(k, c)));
  return (10 * sum) / landmarks.length;
}
