import ndarray, { type NdArray } from 'ndarray';
import type { TriangleMesh } from './triangle-mesh';

/**
 * Outward unit normals at the vertices, each the mean over its triangles weighted by their area.
 *
 * n_i = m_i / |m_i|, m_i = sum over the triangles (a, b, c) at i of (b - a) x (c - a): the cross product's length is twice
 * the area, so the sum is the weighted mean.
 *
 * @param mesh  points [points, 3] cm, triangles [triangles, 3]
 * @param into  an array of 3 x points numbers to write to, for a caller in a loop
 * @returns     [points, 3]; a vertex of no triangle, or of degenerate ones only, has the normal (0, 0, 0)
 * @throws {RangeError} when `into` has another length
 */
export function vertexNormals(mesh: TriangleMesh, into?: Float32Array): NdArray<Float32Array> {
  const points = mesh.points.data;
  const triangles = mesh.triangles.data;
  const normals = into ?? new Float32Array(points.length);
  if (normals.length !== points.length)
    throw new RangeError(`into must hold ${points.length} numbers, but holds ${normals.length}`);
  normals.fill(0);
  for (let t = 0; t < triangles.length; t += 3) {
    const a = 3 * triangles[t];
    const b = 3 * triangles[t + 1];
    const c = 3 * triangles[t + 2];
    const ax = points[a];
    const ay = points[a + 1];
    const az = points[a + 2];
    const ux = points[b] - ax;
    const uy = points[b + 1] - ay;
    const uz = points[b + 2] - az;
    const vx = points[c] - ax;
    const vy = points[c + 1] - ay;
    const vz = points[c + 2] - az;
    const nx = uy * vz - uz * vy;
    const ny = uz * vx - ux * vz;
    const nz = ux * vy - uy * vx;
    normals[a] += nx;
    normals[a + 1] += ny;
    normals[a + 2] += nz;
    normals[b] += nx;
    normals[b + 1] += ny;
    normals[b + 2] += nz;
    normals[c] += nx;
    normals[c + 1] += ny;
    normals[c + 2] += nz;
  }
  for (let i = 0; i < normals.length; i += 3) {
    const length = Math.sqrt(normals[i] ** 2 + normals[i + 1] ** 2 + normals[i + 2] ** 2);
    if (length === 0) continue;
    normals[i] /= length;
    normals[i + 1] /= length;
    normals[i + 2] /= length;
  }
  return ndarray(normals, mesh.points.shape);
}
