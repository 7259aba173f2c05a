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
 * How much a move that changes no squared distance counts beside one that does.
 *
 * With 0 the step would be undefined where a motion changes none (a sphere's turn), with 1 it is nearly the classical one.
 */
const ALONG = 0.01;

/**
 * The motion after one step of Newton's on the sum of the kept pairs' squared distances.
 *
 * A turn ω about the centre c of the moved points, a shift τ and a growth σ move a point by v = ω x q + τ + σ q, to first order, q
 * being the point less c. The squared distance to a surface of triangles is quadratic wherever the nearest point stays on the same
 * triangle, edge or corner, with half its second derivatives W = m m^T for a triangle of normal m, 1 - e e^T for an edge of
 * direction e, and 1 for a corner. With r the moved point less the scan's, the step minimizes
 *
 *   Σ_n∈K 2 r_n · v_n + v_n · (W_n + ALONG (1 - W_n)) v_n.
 *
 * @returns undefined where the kept points are one, which can be turned as one likes
 */
export function fastStep(pairs: Pairs, fitSize: boolean): Similarity | undefined {
  const { moved, kept, keptCount } = pairs;
  const centre = [0, 0, 0];
  for (let n = 0; n < kept.length; n++)
    if (kept[n] === 1) for (let k = 0; k < 3; k++) centre[k] += moved[3 * n + k] / keptCount;
  const { left, right } = normalEquations(pairs, centre, fitSize ? 7 : 6);
  const factors = new CholeskyDecomposition(left);
  if (!factors.isPositiveDefinite()) return undefined;
  const [p, q, r, x, y, z, growth = 0] = factors.solve(right).to1DArray();
  const angle = Math.hypot(p, q, r);
  const turn = quaternionFromAxisAngle(angle > 0 ? [p / angle, q / angle, r / angle] : [1, 0, 0], angle);
  const factor = Math.exp(growth);
  const { scale, rotation, translation } = pairs.motion;
  const arm = rotate(turn, translation.map((t, k) => t - centre[k]) as unknown as Vector3);
  return {
    scale: factor * scale,
    rotation: normalizeQuaternion(multiplyQuaternions(turn, rotation)),
    translation: arm.map((a, k) => centre[k] + factor * a + [x, y, z][k]) as unknown as Vector3,
  };
}

/** Of `fastStep`'s sum, in (ω, τ, σ) or without the last. */
function normalEquations({ moved, onScan, axes, corners, kept }: Pairs, centre: number[], unknowns: number) {
  const squares = new Float64Array(unknowns * unknowns);
  const right = new Float64Array(unknowns);
  const row = new Float64Array(7);
  let [x, y, z] = [0, 0, 0];
  // (u, v, w) · (ω x q + τ + σ q) = row · (ω, τ, σ), with q = (x, y, z)
  const setRow = (u: number, v: number, w: number): void => {
    row[0] = y * w - z * v;
    row[1] = z * u - x * w;
    row[2] = x * v - y * u;
    row[3] = u;
    row[4] = v;
    row[5] = w;
    row[6] = x * u + y * v + z * w;
  };
  const addSquare = (weight: number): void => {
    for (let a = 0; a < unknowns; a++)
      for (let b = 0; b <= a; b++) squares[unknowns * a + b] += weight * row[a] * row[b];
  };
  for (let n = 0; n < kept.length; n++) {
    if (kept[n] === 0) continue;
    const i = 3 * n;
    [x, y, z] = [moved[i] - centre[0], moved[i + 1] - centre[1], moved[i + 2] - centre[2]];
    setRow(moved[i] - onScan[i], moved[i + 1] - onScan[i + 1], moved[i + 2] - onScan[i + 2]);
    for (let a = 0; a < unknowns; a++) right[a] -= row[a];
    for (let k = 0; k < 3; k++) {
      setRow(k === 0 ? 1 : 0, k === 1 ? 1 : 0, k === 2 ? 1 : 0);
      addSquare(corners[n] === 3 ? ALONG : 1);
    }
    if (corners[n] === 1) continue;
    setRow(axes[i], axes[i + 1], axes[i + 2]);
    addSquare(corners[n] === 3 ? 1 - ALONG : ALONG - 1);
  }
  for (let a = 0; a < unknowns; a++) for (let b = 0; b < a; b++) squares[unknowns * b + a] = squares[unknowns * a + b];
  return { left: Matrix.from1DArray(unknowns, unknowns, squares), right: Matrix.columnVector(right) };
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
