import type { Random } from 'lib/random';
import { type RefinedSurface, refinedPoints } from './refine-surface';

/** Places on a surface of triangles. */
export interface SurfaceSamples {
  /** [samples] the triangle in which a sample lies */
  triangle: Uint32Array;
  /** [samples, 3] weights of the triangle's corners, which sum to 1 */
  weights: Float32Array;
}

/** Samples of a surface, and triangles of their own between them. */
export interface Tessellation {
  samples: SurfaceSamples;
  /** [triangles, 3] indices of samples */
  triangles: Uint32Array;
  /** [points of the surface] the sample that is nearest along the surface */
  nearest: Uint32Array;
}

/**
 * Tessellates a surface anew, without a use of its own points: samples at random, no two nearer than `spacing`, and between
 * them the dual of their Voronoi cells.
 *
 * The cells are grown along the edges of the refined surface (Dijkstra 1959); where three cells meet in one of its
 * triangles, their samples make a triangle. Samples on the two sides of a sheet or slit do not see each other: neither the
 * spacing (normals must agree) nor the cells, which grow along the surface, take one side for the other.
 *
 * @param points     [points, 3], flat, cm, of a closed surface
 * @param triangles  [triangles, 3], flat
 * @param refined    the same surface with edges of at most about `spacing`: a coarser one leaves samples without a triangle
 * @param spacing    cm
 *
 * Reference: the dual of geodesic Voronoi cells as in Peyré and Cohen 2006, "Geodesic remeshing using front propagation".
 */
export function tessellate(
  points: Float32Array,
  triangles: Uint32Array,
  refined: RefinedSurface,
  spacing: number,
  random: Random,
): Tessellation {
  const fine = refinedPoints(points, refined);
  const seeds = scatter(fine, refined.triangles, spacing, random);
  const owners = growCells(fine, refined.triangles, seeds);
  return {
    samples: samplesOf(seeds, points, triangles, refined.origin),
    triangles: dualTriangles(refined.triangles, owners, seeds.triangle.length),
    nearest: owners.slice(0, refined.original),
  };
}

/** Values at samples, mixed from those at the corners of their triangles. */
export function interpolate(
  { triangle, weights }: SurfaceSamples,
  triangles: Uint32Array,
  values: Float32Array,
  channels: number,
): Float32Array {
  const mixed = new Float32Array(triangle.length * channels);
  for (let s = 0; s < triangle.length; s++)
    for (let corner = 0; corner < 3; corner++) {
      const from = triangles[3 * triangle[s] + corner] * channels;
      const weight = weights[3 * s + corner];
      for (let c = 0; c < channels; c++) mixed[s * channels + c] += weight * values[from + c];
    }
  return mixed;
}

interface Seeds {
  /** the fine triangle of each */
  triangle: Uint32Array;
  /** [seeds, 3] cm */
  places: Float32Array;
}

/** A random place in each fine triangle, in random order, is kept when none is kept nearer than `spacing` on its side. */
function scatter(fine: Float32Array, triangles: Uint32Array, spacing: number, random: Random): Seeds {
  const low = [Infinity, Infinity, Infinity];
  const high = [-Infinity, -Infinity, -Infinity];
  for (let i = 0; i < fine.length; i++) {
    low[i % 3] = Math.min(low[i % 3], fine[i]);
    high[i % 3] = Math.max(high[i % 3], fine[i]);
  }
  // cubes as wide as the spacing, with a margin of one: what is too near lies in the same cube or beside it
  const [lowX, lowY, lowZ] = low.map((from) => from - spacing);
  const [nx, ny, nz] = low.map((from, c) => Math.floor((high[c] - from) / spacing) + 3);
  const around = [0];
  for (let dz = -1; dz <= 1; dz++)
    for (let dy = -1; dy <= 1; dy++)
      for (let dx = -1; dx <= 1; dx++) if (dx !== 0 || dy !== 0 || dz !== 0) around.push(dx + nx * (dy + ny * dz));
  const first = new Int32Array(nx * ny * nz).fill(-1);
  const next = new Int32Array(triangles.length / 3);
  const kept = new Uint32Array(triangles.length / 3);
  const places = new Float32Array(triangles.length);
  const normals = new Float32Array(triangles.length);
  let count = 0;
  const isFree = (cell: number, x: number, y: number, z: number, mx: number, my: number, mz: number) => {
    for (let n = 0; n < around.length; n++)
      for (let s = first[cell + around[n]]; s >= 0; s = next[s]) {
        const i = 3 * s;
        if ((places[i] - x) ** 2 + (places[i + 1] - y) ** 2 + (places[i + 2] - z) ** 2 >= spacing * spacing) continue;
        if (normals[i] * mx + normals[i + 1] * my + normals[i + 2] * mz > 0) return false;
      }
    return true;
  };
  for (const t of random.permutation(triangles.length / 3)) {
    const a = 3 * triangles[3 * t];
    const b = 3 * triangles[3 * t + 1];
    const c = 3 * triangles[3 * t + 2];
    const root = Math.sqrt(random.uniform());
    const wc = root * random.uniform();
    const wb = root - wc;
    const ux = fine[b] - fine[a];
    const uy = fine[b + 1] - fine[a + 1];
    const uz = fine[b + 2] - fine[a + 2];
    const vx = fine[c] - fine[a];
    const vy = fine[c + 1] - fine[a + 1];
    const vz = fine[c + 2] - fine[a + 2];
    const x = fine[a] + wb * ux + wc * vx;
    const y = fine[a + 1] + wb * uy + wc * vy;
    const z = fine[a + 2] + wb * uz + wc * vz;
    const mx = uy * vz - uz * vy;
    const my = uz * vx - ux * vz;
    const mz = ux * vy - uy * vx;
    const column = Math.floor((x - lowX) / spacing);
    const cell = column + nx * (Math.floor((y - lowY) / spacing) + ny * Math.floor((z - lowZ) / spacing));
    if (!isFree(cell, x, y, z, mx, my, mz)) continue;
    next[count] = first[cell];
    first[cell] = count;
    kept[count] = t;
    places.set([x, y, z], 3 * count);
    normals.set([mx, my, mz], 3 * count);
    count++;
  }
  return { triangle: kept.slice(0, count), places: places.slice(0, 3 * count) };
}

/** For each fine point the seed that is nearest along edges: Dijkstra's algorithm from all seeds at once. */
function growCells(fine: Float32Array, triangles: Uint32Array, { triangle, places }: Seeds): Uint32Array {
  const count = fine.length / 3;
  // of a closed surface each edge runs once in either direction, so a point's outgoing edges lead to all its neighbours
  const start = new Uint32Array(count + 1);
  for (const v of triangles) start[v + 1]++;
  for (let v = 0; v < count; v++) start[v + 1] += start[v];
  const fill = start.slice();
  const neighbours = new Uint32Array(triangles.length);
  for (let t = 0; t < triangles.length; t += 3)
    for (let i = 0; i < 3; i++) neighbours[fill[triangles[t + i]]++] = triangles[t + ((i + 1) % 3)];

  const distance = new Float64Array(count).fill(Infinity);
  const owner = new Uint32Array(count);
  const settled = new Uint8Array(count);
  const heap = distanceHeap();
  const offer = (v: number, away: number, seed: number) => {
    if (away >= distance[v]) return;
    distance[v] = away;
    owner[v] = seed;
    heap.push(away, v);
  };
  for (let s = 0; s < triangle.length; s++)
    for (let i = 0; i < 3; i++) {
      const v = triangles[3 * triangle[s] + i];
      offer(v, distanceBetween(fine, v, places, s), s);
    }
  for (let v = heap.pop(); v >= 0; v = heap.pop()) {
    if (settled[v]) continue;
    settled[v] = 1;
    for (let n = start[v]; n < start[v + 1]; n++) {
      const w = neighbours[n];
      if (!settled[w]) offer(w, distance[v] + distanceBetween(fine, v, fine, w), owner[v]);
    }
  }
  return owner;
}

function distanceBetween(from: Float32Array, a: number, to: Float32Array, b: number): number {
  const x = from[3 * a] - to[3 * b];
  const y = from[3 * a + 1] - to[3 * b + 1];
  const z = from[3 * a + 2] - to[3 * b + 2];
  return Math.sqrt(x * x + y * y + z * z);
}

/** A binary heap of points by distance. */
function distanceHeap() {
  const keys: number[] = [];
  const points: number[] = [];
  return {
    push(key: number, point: number) {
      let at = keys.length;
      keys.push(key);
      points.push(point);
      while (at > 0) {
        const parent = (at - 1) >> 1;
        if (keys[parent] <= key) break;
        keys[at] = keys[parent];
        points[at] = points[parent];
        at = parent;
      }
      keys[at] = key;
      points[at] = point;
    },
    /** the nearest point, taken out; -1 when there is none */
    pop(): number {
      if (keys.length === 0) return -1;
      const top = points[0];
      const key = keys.pop() as number;
      const point = points.pop() as number;
      if (keys.length === 0) return top;
      let at = 0;
      for (;;) {
        let child = 2 * at + 1;
        if (child >= keys.length) break;
        if (child + 1 < keys.length && keys[child + 1] < keys[child]) child++;
        if (keys[child] >= key) break;
        keys[at] = keys[child];
        points[at] = points[child];
        at = child;
      }
      keys[at] = key;
      points[at] = point;
      return top;
    },
  };
}

/** A triangle of seeds for each fine triangle whose corners belong to three of them, wound as it is. */
function dualTriangles(fineTriangles: Uint32Array, owners: Uint32Array, seeds: number): Uint32Array {
  const triangles: number[] = [];
  const used = new Set<number>();
  for (let t = 0; t < fineTriangles.length; t += 3) {
    const [a, b, c] = [owners[fineTriangles[t]], owners[fineTriangles[t + 1]], owners[fineTriangles[t + 2]]];
    if (a === b || b === c || c === a) continue;
    // two cells that meet at two places would make an edge of four triangles: the later ones are left out
    const edges = [a * seeds + b, b * seeds + c, c * seeds + a];
    if (edges.some((edge) => used.has(edge))) continue;
    for (const edge of edges) used.add(edge);
    triangles.push(a, b, c);
  }
  return Uint32Array.from(triangles);
}

/** The seeds' places as weights of the corners of the triangles before refinement. */
function samplesOf(
  { triangle, places }: Seeds,
  points: Float32Array,
  triangles: Uint32Array,
  origin: Uint32Array,
): SurfaceSamples {
  const weights = new Float32Array(places.length);
  for (let s = 0; s < triangle.length; s++) {
    const t = 3 * origin[triangle[s]];
    const [a, b, c] = [3 * triangles[t], 3 * triangles[t + 1], 3 * triangles[t + 2]];
    const edge = (from: number, to: number) => [0, 1, 2].map((i) => points[to + i] - points[from + i]);
    const [u, v] = [edge(a, b), edge(a, c)];
    const p = [0, 1, 2].map((i) => places[3 * s + i] - points[a + i]);
    const dot = (f: number[], g: number[]) => f[0] * g[0] + f[1] * g[1] + f[2] * g[2];
    const [uu, uv, vv, pu, pv] = [dot(u, u), dot(u, v), dot(v, v), dot(p, u), dot(p, v)];
    const determinant = uu * vv - uv * uv;
    const wb = (vv * pu - uv * pv) / determinant;
    const wc = (uu * pv - uv * pu) / determinant;
    weights.set([1 - wb - wc, wb, wc], 3 * s);
  }
  return { triangle: Uint32Array.from(triangle, (t) => origin[t]), weights };
}
