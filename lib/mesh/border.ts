import type { ClosestPoints } from './surface-index';
import type { TriangleMesh } from './triangle-mesh';

/**
 * The border edges of a surface: those that belong to exactly one triangle.
 *
 * A triangle without area counts like any other; an edge of three or more triangles (where the surface is no manifold) is none.
 *
 * @returns [E, 2], flat: the two points of each edge, the lower index first
 */
export const borderEdges = (mesh: TriangleMesh): Uint32Array => edgesSharedBy(mesh, (triangles) => triangles === 1);

/**
 * The edges of three triangles or more, where a surface is no manifold: it has no inside and outside there.
 *
 * @returns [E, 2], flat: the two points of each edge, the lower index first
 */
export const nonManifoldEdges = (mesh: TriangleMesh): Uint32Array => edgesSharedBy(mesh, (triangles) => triangles > 2);

function edgesSharedBy(
  { points, triangles: { data } }: TriangleMesh,
  isWanted: (triangles: number) => boolean,
): Uint32Array {
  const count = points.shape[0];
  const keys = new Float64Array(data.length);
  for (let i = 0; i < data.length; i++) {
    const from = data[i];
    const to = data[i % 3 === 2 ? i - 2 : i + 1];
    // a whole number below 2^53 for up to 2^26 points, thirty times as many as a file may have
    keys[i] = from < to ? from * count + to : to * count + from;
  }
  keys.sort();
  const edges: number[] = [];
  for (let i = 0, next = 0; i < keys.length; i = next) {
    while (next < keys.length && keys[next] === keys[i]) next++;
    if (isWanted(next - i)) edges.push(Math.floor(keys[i] / count), keys[i] % count);
  }
  return Uint32Array.from(edges);
}

/** Which points lie on a border edge: [points], 1 or 0. */
export function borderPoints(mesh: TriangleMesh): Uint8Array {
  const border = new Uint8Array(mesh.points.shape[0]);
  for (const point of borderEdges(mesh)) border[point] = 1;
  return border;
}

/**
 * Whether the nearest point of a surface to a point lies on the surface's border, beyond which there may be more of what was seen.
 *
 * An inner edge that joins two points of the border counts as border too.
 *
 * @param closest  from `SurfaceIndex.closestPoints` of the surface; `n` is the point's row
 * @param border   from `borderPoints` of the surface
 */
export function isOnBorder(
  { weights, triangles }: ClosestPoints,
  n: number,
  mesh: TriangleMesh,
  border: Uint8Array,
): boolean {
  let inside = 0;
  for (let k = 0; k < 3; k++) {
    if (weights[3 * n + k] < 1e-9) continue;
    inside++;
    if (border[mesh.triangles.data[3 * triangles[n] + k]] === 0) return false;
  }
  return inside < 3;
}
