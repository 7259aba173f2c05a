import type { Random } from 'lib/random';
import type { LandmarkName } from './landmarks';

/** What a person can place on a scan by eye. */
export const SCAN_LANDMARKS = [
  'sellion',
  'pronasale',
  'subnasale',
  'stomion',
  'pogonion',
  'menton',
  'endocanthionRight',
  'endocanthionLeft',
  'exocanthionRight',
  'exocanthionLeft',
  'alareRight',
  'alareLeft',
  'cheilionRight',
  'cheilionLeft',
  'tragionRight',
  'tragionLeft',
] as const satisfies readonly LandmarkName[];

/** A landmark further than this along its normal from the scan's surface is not placed; cm. */
const REACH = 0.5;

/**
 * Places a landmark on a scan as a hand does: off by a normal error in the surface's tangent plane, then on the surface, where
 * the line along the normal through the erring place meets it.
 *
 * @param place      the true place, cm
 * @param normal     outward unit normal there
 * @param distance   root mean square of the error in the plane, cm: each of its two coordinates has it over the square root of 2
 * @param points     [points, 3], flat, cm, of the scan
 * @param triangles  [triangles, 3], flat
 * @returns          undefined where the line meets no surface within half a centimetre: in a hole
 */
export function placeLandmark(
  place: ArrayLike<number>,
  normal: ArrayLike<number>,
  distance: number,
  points: ArrayLike<number>,
  triangles: ArrayLike<number>,
  random: Random,
): [number, number, number] | undefined {
  const error = [0, 1, 2].map(() => (distance / Math.SQRT2) * random.normal());
  const height = error[0] * normal[0] + error[1] * normal[1] + error[2] * normal[2];
  const start = error.map((e, c) => place[c] + e - height * normal[c]);
  let nearest: number | undefined;
  for (let t = 0; t < triangles.length; t += 3) {
    const along = heightOfTriangle(start, normal, points, 3 * triangles[t], 3 * triangles[t + 1], 3 * triangles[t + 2]);
    if (Math.abs(along) < Math.abs(nearest ?? REACH)) nearest = along;
  }
  if (nearest === undefined) return undefined;
  const found = nearest;
  const [x, y, z] = start.map((v, c) => v + found * normal[c]);
  return [x, y, z];
}

/** Where a line meets a triangle, in units of its direction; infinite where it does not (Möller and Trumbore 1997). */
function heightOfTriangle(
  start: ArrayLike<number>,
  direction: ArrayLike<number>,
  points: ArrayLike<number>,
  a: number,
  b: number,
  c: number,
): number {
  const [sx, sy, sz] = [start[0] - points[a], start[1] - points[a + 1], start[2] - points[a + 2]];
  const [ux, uy, uz] = [points[b] - points[a], points[b + 1] - points[a + 1], points[b + 2] - points[a + 2]];
  const [vx, vy, vz] = [points[c] - points[a], points[c + 1] - points[a + 1], points[c + 2] - points[a + 2]];
  const [dx, dy, dz] = [direction[0], direction[1], direction[2]];
  const [px, py, pz] = [dy * vz - dz * vy, dz * vx - dx * vz, dx * vy - dy * vx];
  const determinant = ux * px + uy * py + uz * pz;
  const weightB = (sx * px + sy * py + sz * pz) / determinant;
  const [qx, qy, qz] = [sy * uz - sz * uy, sz * ux - sx * uz, sx * uy - sy * ux];
  const weightC = (dx * qx + dy * qy + dz * qz) / determinant;
  if (!(weightB >= 0 && weightC >= 0 && weightB + weightC <= 1)) return Infinity;
  return (vx * qx + vy * qy + vz * qz) / determinant;
}
