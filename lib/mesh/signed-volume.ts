import type { TriangleMesh } from './triangle-mesh';

/**
 * The volume that a mesh encloses, in cubic centimetres; negative when its triangles are wound inwards.
 *
 * V = 1/6 sum over the triangles of a . (b x c): the tetrahedra to the origin, which cancel outside of the surface.
 *
 * Of an open surface the number depends on where the origin lies and means nothing by itself.
 */
export function signedVolume(mesh: TriangleMesh): number {
  const p = mesh.points.data;
  const triangles = mesh.triangles.data;
  let sum = 0;
  for (let t = 0; t < triangles.length; t += 3) {
    const a = 3 * triangles[t];
    const b = 3 * triangles[t + 1];
    const c = 3 * triangles[t + 2];
    sum += p[a] * (p[b + 1] * p[c + 2] - p[b + 2] * p[c + 1]);
    sum += p[a + 1] * (p[b + 2] * p[c] - p[b] * p[c + 2]);
    sum += p[a + 2] * (p[b] * p[c + 1] - p[b + 1] * p[c]);
  }
  return sum / 6;
}
