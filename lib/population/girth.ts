import type { Landmarks } from './landmarks';

/** A linear function of the points: the sum of weights times coordinates. */
export interface Functional {
  /** of coordinates in the flat [points, 3] */
  indices: number[];
  weights: number[];
}

/** Where a tape that is level from left to right and passes over glabella and opisthocranion meets a head. */
interface TapePoint {
  /** corners of the edge and the place on it, 0 at `from` */
  from: number;
  to: number;
  t: number;
  /** in the tape's plane: x, and from the glabella (0) to the opisthocranion (their distance) */
  x: number;
  along: number;
}

/**
 * Head circumference as a tape reads it: the convex girth over glabella and opisthocranion, cm, with its derivative.
 *
 * The plane through both landmarks and parallel to the x axis cuts the edges; the tape is the convex hull of the cuts, of
 * length C = sum_j |p_j+1 - p_j|. When points move, dC = sum_j h_j . dp_j with h_j the sum of the unit vectors to p_j from its
 * two neighbours, and a cut p_j = (1 - t) a + t b moves with its edge and then slides along it back into the plane.
 *
 * @param points  [points, 3], flat, cm
 * @param edges   [edges, 2], flat: the edges that the tape may cross, without the ears'
 */
export function girth(
  points: Float32Array,
  edges: Uint32Array,
  { glabella, opisthocranion }: Pick<Landmarks, 'glabella' | 'opisthocranion'>,
): { length: number; derivative: Functional } {
  const at = (v: number) => [points[3 * v], points[3 * v + 1], points[3 * v + 2]];
  const [, gy, gz] = at(glabella);
  const [dy, dz] = [points[3 * opisthocranion + 1] - gy, points[3 * opisthocranion + 2] - gz];
  const span = Math.hypot(dy, dz);
  // unit vectors of the plane x = 0: along the tape's plane, and up from it
  const [ey, ez] = [dy / span, dz / span];
  const [ny, nz] = [ez, -ey];
  const height = (v: number) => ny * (points[3 * v + 1] - gy) + nz * (points[3 * v + 2] - gz);
  const cuts: TapePoint[] = [];
  for (let e = 0; e < edges.length; e += 2) {
    const [from, to] = [edges[e], edges[e + 1]];
    const [above, below] = [height(from), height(to)];
    if (above < 0 === below < 0) continue;
    const t = above / (above - below);
    const [ax, ay, az] = at(from);
    const [bx, by, bz] = at(to);
    const along = ey * (ay + t * (by - ay) - gy) + ez * (az + t * (bz - az) - gz);
    cuts.push({ from, to, t, x: ax + t * (bx - ax), along });
  }
  const hull = convexHull(cuts);
  let length = 0;
  const derivative: Functional = { indices: [], weights: [] };
  const put = (vertex: number, x: number, y: number, z: number) => {
    derivative.indices.push(3 * vertex, 3 * vertex + 1, 3 * vertex + 2);
    derivative.weights.push(x, y, z);
  };
  for (const [j, p] of hull.entries()) {
    const before = hull[(j + hull.length - 1) % hull.length];
    const after = hull[(j + 1) % hull.length];
    const [toBefore, toAfter] = [before, after].map((q) => Math.hypot(p.x - q.x, p.along - q.along));
    length += toAfter;
    const hx = (p.x - before.x) / toBefore + (p.x - after.x) / toAfter;
    const ha = (p.along - before.along) / toBefore + (p.along - after.along) / toAfter;
    // an edge that leaves the plane by 1 carries the cut by this much of the tape's length
    const [ax, ay, az] = at(p.from);
    const [bx, by, bz] = at(p.to);
    const rise = ny * (by - ay) + nz * (bz - az);
    const slide = (hx * (bx - ax) + ha * (ey * (by - ay) + ez * (bz - az))) / rise;
    for (const [vertex, share] of [
      [p.from, 1 - p.t],
      [p.to, p.t],
    ])
      put(vertex, share * hx, share * (ha * ey - slide * ny), share * (ha * ez - slide * nz));
    const share = p.along / span;
    put(glabella, 0, (1 - share) * slide * ny, (1 - share) * slide * nz);
    put(opisthocranion, 0, share * slide * ny, share * slide * nz);
  }
  return { length, derivative };
}

/** The convex hull of points of a plane in counterclockwise order (Andrew's monotone chain). */
export function convexHull<P extends { x: number; along: number }>(points: readonly P[]): P[] {
  const sorted = [...points].sort((a, b) => a.x - b.x || a.along - b.along);
  const chain = (order: P[]) => {
    const kept: P[] = [];
    for (const p of order) {
      while (kept.length > 1 && turn(kept[kept.length - 2], kept[kept.length - 1], p) <= 0) kept.pop();
      kept.push(p);
    }
    return kept.slice(0, -1);
  };
  return [...chain(sorted), ...chain(sorted.reverse())];
}

const turn = (a: { x: number; along: number }, b: typeof a, c: typeof a) =>
  (b.x - a.x) * (c.along - a.along) - (b.along - a.along) * (c.x - a.x);
