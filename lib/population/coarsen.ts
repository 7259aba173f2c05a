import type { DraftMesh } from './surface-nets';

/** Edges below this share of the wanted length are collapsed; above it they would be, after the collapse, too long. */
const SHORT = 0.72;
/** A triangle may turn by at most 60 degrees in a collapse. */
const LEAST_COSINE = 0.5;

interface Collapse {
  shortness: number;
  from: number;
  to: number;
  middle: number[];
}

/**
 * Collapses edges, shortest first, until the edges are about as long as a size map asks for.
 *
 * An edge becomes its middle. Points of the seam x = 0 stay on it. A collapse that would pinch the surface (its ends share a
 * neighbour that is not opposite to the edge) or turn a triangle over is left out; a point moves at most once a pass.
 *
 * @param mesh  a half over x >= 0, open along x = 0; its arrays are changed
 * @param size  wanted edge length in cm at a point of the model frame
 */
export function coarsen({ points, triangles }: DraftMesh, size: (p: number[]) => number): DraftMesh {
  const alive: (number[] | undefined)[] = triangles;
  const fans = points.map(() => new Set<number>());
  for (const [index, triangle] of triangles.entries()) for (const v of triangle) fans[v].add(index);
  const corners = (index: number) => alive[index] as number[];
  const onSeam = (v: number) => points[v][0] === 0;
  const ring = (v: number) => new Set([...fans[v]].flatMap((index) => corners(index).filter((w) => w !== v)));

  const shortEdges = (): Collapse[] => {
    const list: Collapse[] = [];
    for (const triangle of alive) {
      if (!triangle) continue;
      for (let i = 0; i < 3; i++) {
        const [from, to] = [triangle[i], triangle[(i + 1) % 3]];
        // an edge inside the surface comes up twice, one on the seam once
        if (from > to && !(onSeam(from) && onSeam(to))) continue;
        const middle = points[from].map((v, c) => (v + points[to][c]) / 2);
        const length = Math.hypot(...points[from].map((v, c) => v - points[to][c]));
        const shortness = length / size(middle);
        if (shortness < SHORT) list.push({ shortness, from, to, middle });
      }
    }
    return list.sort((a, b) => a.shortness - b.shortness);
  };

  const keepsItsSide = (moved: number, other: number, to: number[]) =>
    [...fans[moved]].every((index) => {
      const triangle = corners(index);
      if (triangle.includes(other)) return true;
      const before = faceNormal(triangle.map((v) => points[v]));
      const after = faceNormal(triangle.map((v) => (v === moved ? to : points[v])));
      return dot(before, after) > LEAST_COSINE * Math.sqrt(dot(before, before) * dot(after, after));
    });

  // each pass halves the number of edges at most; 30 are far more than it takes
  for (let pass = 0; pass < 30; pass++) {
    const locked = new Uint8Array(points.length);
    let collapsed = 0;
    for (const edge of shortEdges()) {
      if (locked[edge.from] || locked[edge.to]) continue;
      const seams = Number(onSeam(edge.from)) + Number(onSeam(edge.to));
      const [kept, gone] = onSeam(edge.to) && !onSeam(edge.from) ? [edge.to, edge.from] : [edge.from, edge.to];
      const keptRing = ring(kept);
      const goneRing = ring(gone);
      const shared = [...keptRing].filter((v) => goneRing.has(v)).length;
      const faces = [...fans[kept]].filter((index) => fans[gone].has(index)).length;
      if (shared !== faces || (seams === 2 && faces !== 1)) continue;
      const target = seams === 1 ? points[kept].slice() : edge.middle;
      if (!keepsItsSide(kept, gone, target) || !keepsItsSide(gone, kept, target)) continue;
      points[kept] = target;
      for (const v of [...keptRing, ...goneRing]) locked[v] = 1;
      for (const index of fans[gone]) {
        const triangle = corners(index);
        if (triangle.includes(kept)) {
          for (const v of triangle) if (v !== gone) fans[v].delete(index);
          alive[index] = undefined;
        } else {
          alive[index] = triangle.map((v) => (v === gone ? kept : v));
          fans[kept].add(index);
        }
      }
      fans[gone].clear();
      collapsed++;
    }
    if (collapsed === 0) break;
  }
  return withoutUnused(
    points,
    alive.filter((triangle) => triangle !== undefined),
  );
}

function withoutUnused(points: number[][], triangles: number[][]): DraftMesh {
  const renamed = new Map<number, number>();
  const kept: number[][] = [];
  const rename = (v: number) => {
    const known = renamed.get(v);
    if (known !== undefined) return known;
    renamed.set(v, kept.length);
    kept.push(points[v]);
    return kept.length - 1;
  };
  const corners = triangles.map((triangle) => triangle.map(rename));
  return { points: kept, triangles: corners };
}

const dot = (a: number[], b: number[]) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];

function faceNormal([a, b, c]: number[][]): number[] {
  const u = [b[0] - a[0], b[1] - a[1], b[2] - a[2]];
  const w = [c[0] - a[0], c[1] - a[1], c[2] - a[2]];
  return [u[1] * w[2] - u[2] * w[1], u[2] * w[0] - u[0] * w[2], u[0] * w[1] - u[1] * w[0]];
}
