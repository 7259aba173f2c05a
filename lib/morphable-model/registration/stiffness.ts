import { edgeCross } from 'lib/mesh';
import { type SparseMatrix, sumEntries } from './sparse-matrix';

/**
 * The matrix S of a surface's stiffness: d^T S d = ∫ |∇d|² over the surface, for a field d that is linear on each triangle.
 *
 * S_ij = -(cot a + cot b) / 2 for the angles a and b opposite to the edge ij, S_ii = -Σ_j S_ij. Because it is an integral, it does
 * not depend on how finely the surface is divided, nor, for a field of lengths, on its size.
 *
 * @param points     [N, 3] cm
 * @param triangles  [T, 3]
 *
 * A sliver's cotangents are kept within 1e3, so that a triangle without area binds its corners and nothing is infinite.
 * Reference: Pinkall and Polthier 1993, "Computing discrete minimal surfaces and their conjugates".
 */
export function stiffnessMatrix(points: Float64Array, triangles: Uint32Array): SparseMatrix {
  const entries = 4 * triangles.length;
  const rows = new Uint32Array(entries);
  const columns = new Uint32Array(entries);
  const values = new Float64Array(entries);
  let k = 0;
  const add = (row: number, column: number, value: number): void => {
    rows[k] = row;
    columns[k] = column;
    values[k++] = value;
  };
  for (let i = 0; i < triangles.length; i++) {
    const t = i - (i % 3);
    const corner = triangles[i];
    const from = triangles[t + ((i + 1) % 3)];
    const to = triangles[t + ((i + 2) % 3)];
    const half = cotangent(points, corner, from, to) / 2;
    add(from, to, -half);
    add(to, from, -half);
    add(from, from, half);
    add(to, to, half);
  }
  return sumEntries(points.length / 3, rows, columns, values);
}

/** The cotangent of a triangle's angle at one corner. */
function cotangent(p: Float64Array, corner: number, from: number, to: number): number {
  const [a, b, c] = [3 * corner, 3 * from, 3 * to];
  const [ux, uy, uz] = [p[b] - p[a], p[b + 1] - p[a + 1], p[b + 2] - p[a + 2]];
  const [vx, vy, vz] = [p[c] - p[a], p[c + 1] - p[a + 1], p[c + 2] - p[a + 2]];
  const dot = ux * vx + uy * vy + uz * vz;
  const cross = Math.hypot(uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx);
  return dot === 0 ? 0 : Math.max(-MOST, Math.min(MOST, dot / cross));
}

const MOST = 1e3;

/** The area that belongs to each point, a third of its triangles', cm². */
export function pointAreas(p: Float64Array, triangles: Uint32Array): Float64Array {
  const areas = new Float64Array(p.length / 3);
  for (let t = 0; t < triangles.length; t += 3) {
    const third = Math.hypot(...edgeCross(p, triangles, t)) / 6;
    for (let k = 0; k < 3; k++) areas[triangles[t + k]] += third;
  }
  return areas;
}
