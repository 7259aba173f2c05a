import {
  alignRigid,
  alignSimilarity,
  multiplyQuaternions,
  normalizeQuaternion,
  quaternionFromAxisAngle,
  rotate,
  rotationMatrix,
  type Similarity,
  type Vector3,
} from 'lib/geometry';
import { CholeskyDecomposition, Matrix } from 'ml-matrix';
import ndarray from 'ndarray';
import type { Pairs } from './closest-pairs';

/**
 * How much moving along the surfaces counts beside moving across them.
 *
 * 0 would be Chen and Medioni's step, undefined where a motion changes no distance (a sphere's turn), 1 nearly the classical one,
 * which hardly slides.
 */
const ALONG = 0.01;

/**
 * The motion after one step of Gauss and Newton on the distances of the kept pairs.
 *
 * A turn ω about the centre c of the moved points, a shift τ and a growth σ change a distance, to first order, by u · (ω x q + τ + σ q),
 * q being the point less c and u the unit vector away from the scan; so the step minimizes
 *
 *   Σ_n∈K (d_n + u_n · v_n)² + ALONG |v_n - (u_n · v_n) u_n|²,   v_n = ω x q_n + τ + σ q_n.
 *
 * The nearest point's own change has no first-order part, so this is exact Gauss-Newton for Σ d², of the distance to the surface, and
 * not of that to a plane.
 *
 * @returns undefined where the kept points are one, which can be turned as one likes
 */
export function fastStep(
  { motion, moved, away, distances, kept, keptCount }: Pairs,
  fitSize: boolean,
): Similarity | undefined {
  const centre = [0, 0, 0];
  for (let n = 0; n < kept.length; n++)
    if (kept[n] === 1) for (let k = 0; k < 3; k++) centre[k] += moved[3 * n + k] / keptCount;
  const unknowns = fitSize ? 7 : 6;
  const left = new Float64Array(49);
  const right = new Float64Array(7);
  const g = new Float64Array(7);
  // Σ q q^T, for the part along the surfaces
  const spread = new Float64Array(9);
  for (let n = 0; n < kept.length; n++) {
    if (kept[n] === 0) continue;
    const i = 3 * n;
    const [x, y, z] = [moved[i] - centre[0], moved[i + 1] - centre[1], moved[i + 2] - centre[2]];
    const [u, v, w] = [away[i], away[i + 1], away[i + 2]];
    g[0] = y * w - z * v;
    g[1] = z * u - x * w;
    g[2] = x * v - y * u;
    g[3] = u;
    g[4] = v;
    g[5] = w;
    g[6] = x * u + y * v + z * w;
    for (let a = 0; a < 7; a++) {
      right[a] -= g[a] * distances[n];
      for (let b = 0; b <= a; b++) left[7 * a + b] += (1 - ALONG) * g[a] * g[b];
    }
    spread[0] += x * x;
    spread[3] += y * x;
    spread[4] += y * y;
    spread[6] += z * x;
    spread[7] += z * y;
    spread[8] += z * z;
  }
  const squares = spread[0] + spread[4] + spread[8];
  for (let a = 0; a < 3; a++) {
    for (let b = 0; b <= a; b++) left[7 * a + b] += ALONG * ((a === b ? squares : 0) - spread[3 * a + b]);
    left[8 * (a + 3)] += ALONG * keptCount;
  }
  left[48] += ALONG * squares;
  const matrix = Matrix.zeros(unknowns, unknowns);
  for (let a = 0; a < unknowns; a++)
    for (let b = 0; b <= a; b++) {
      matrix.set(a, b, left[7 * a + b]);
      matrix.set(b, a, left[7 * a + b]);
    }
  const factors = new CholeskyDecomposition(matrix);
  if (!factors.isPositiveDefinite()) return undefined;
  const found = factors.solve(Matrix.columnVector([...right.subarray(0, unknowns)]));
  const [p, q, r, x, y, z, growth = 0] = found.to1DArray();
  const angle = Math.hypot(p, q, r);
  const turn = quaternionFromAxisAngle(angle > 0 ? [p / angle, q / angle, r / angle] : [1, 0, 0], angle);
  const factor = Math.exp(growth);
  const shift = [x, y, z];
  const arm = rotate(turn, motion.translation.map((t, k) => t - centre[k]) as unknown as Vector3);
  return {
    scale: factor * motion.scale,
    rotation: normalizeQuaternion(multiplyQuaternions(turn, motion.rotation)),
    translation: arm.map((a, k) => centre[k] + factor * a + shift[k]) as unknown as Vector3,
  };
}

/**
 * The best motion for the kept pairs as they are: it does not raise their sum of squares, and nearer points lower it further.
 *
 * @throws {RangeError} when the kept points lie on one line
 */
export function classicalStep({ motion, own, onScan, kept, keptCount }: Pairs, fitSize: boolean): Similarity {
  const of = (rows: Float64Array, scale: number) =>
    ndarray(
      rows.filter((_, i) => kept[Math.floor(i / 3)] === 1).map((v) => scale * v),
      [keptCount, 3],
    );
  const places = of(onScan, 1);
  return fitSize
    ? alignSimilarity(of(own, 1), places)
    : { scale: motion.scale, ...alignRigid(of(own, motion.scale), places) };
}

/** Root mean square of how far the kept points move from one motion to the next, cm. */
export function distanceMoved({ own, moved, kept, keptCount }: Pairs, next: Similarity): number {
  const r = rotationMatrix(next.rotation);
  let sum = 0;
  for (let n = 0; n < kept.length; n++) {
    if (kept[n] === 0) continue;
    const i = 3 * n;
    for (let k = 0; k < 3; k++) {
      const place = r[3 * k] * own[i] + r[3 * k + 1] * own[i + 1] + r[3 * k + 2] * own[i + 2];
      sum += (next.scale * place + next.translation[k] - moved[i + k]) ** 2;
    }
  }
  return Math.sqrt(sum / keptCount);
}
