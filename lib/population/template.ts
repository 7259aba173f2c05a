import type { TriangleMesh } from 'lib/mesh';
import ndarray, { type NdArray } from 'ndarray';
import { coarsen } from './coarsen';
import { earHull } from './ear';
import { IRIS, lidEdges } from './eye';
import { HAIRLINE } from './hair';
import { ambientOcclusion, headDistance, headGradient, projectToHead } from './head-surface';
import { distanceAbove } from './interpolation';
import { findLandmarks, type Landmarks } from './landmarks';
import { findRegions, type Regions } from './regions';
import { type DraftMesh, planes, surfaceNets } from './surface-nets';

/** The average head as anatomy gives it, and all that is known of its points. */
export interface HeadTemplate extends TriangleMesh {
  points: NdArray<Float32Array>;
  triangles: NdArray<Uint32Array>;
  /** [points] the point on the other side of the plane x = 0; a point of the plane is its own */
  mirror: Uint32Array;
  /** [points] each: what lies at a point, for colours */
  regions: Regions;
  /** [points] how much of the surroundings a point sees, 0 to 1 */
  occlusion: Float32Array;
  landmarks: Landmarks;
  /** [edges, 2], flat: the edges that a tape around the head may cross, which passes above the ears */
  tapeEdges: Uint32Array;
}

let built: HeadTemplate | undefined;

/**
 * The average human head: a closed surface of about 7,800 points, exactly symmetric, made from anatomy alone.
 *
 * It is built on the first call (some seconds) and kept for the process; treat it as read-only.
 *
 * Steps: signed distance of the parts (`anatomy.ts`) -> surface nets on a grid that is fine at the face -> edges collapsed to
 * a size map -> points slid along the surface until triangles are round -> borders of colour pulled onto edges -> mirrored.
 */
export function headTemplate(): HeadTemplate {
  built ??= buildTemplate();
  return built;
}

function buildTemplate(): HeadTemplate {
  const half = coarsen(surfaceNets(headDistance, GRID), edgeLength);
  relax(half);
  alignEyeBorders(half.points);
  const { points, triangles, mirror } = mirrored(half);
  const flat = Float32Array.from(points.flat());
  return {
    points: ndarray(flat, [points.length, 3]),
    triangles: ndarray(Uint32Array.from(triangles.flat()), [triangles.length, 3]),
    mirror,
    regions: findRegions(flat),
    occlusion: ambientOcclusion(points),
    landmarks: findLandmarks(flat, mirror),
    tapeEdges: Uint32Array.from(tapeEdges(flat, triangles)),
  };
}

const GRID = {
  xs: planes(-0.07, 9.8, (x) => (x < 2.8 ? 0.14 : x < 4.8 ? 0.18 : x < 6.4 ? 0.3 : 0.22)),
  ys: planes(-18.8, 12.6, (y) =>
    y < -12 ? 0.6 : y < -8.4 ? 0.3 : y < -4 ? 0.14 : y < 1.2 ? 0.18 : y < 2.6 ? 0.25 : 0.6,
  ),
  forwards: planes(-10.8, 12.8, (f) => (f < -3.8 ? 0.65 : f < 0.8 ? 0.24 : f < 5 ? 0.5 : f < 8.4 ? 0.2 : 0.16)),
};

/** Where detail is: [|x|, y, forward, radius, edge length within the radius], cm. Outside, edges grow by 0.17 a cm. */
const DETAIL = [
  [3.15, 0, 8.1, 1.3, 0.092],
  [0, -7, 10.2, 0.7, 0.13],
  [1.3, -7, 9.8, 0.8, 0.13],
  [2.45, -7, 9.4, 0.45, 0.11],
  [0.7, -4.6, 10.2, 0.7, 0.12],
  [1.4, -4.2, 9.8, 0.8, 0.15],
  [0, -3.8, 11, 1, 0.2],
  [0.8, 0.2, 9.1, 0.35, 0.15],
  [7.4, -1.5, -1, 2.7, 0.265],
  [7.4, -4.2, -0.8, 0.7, 0.2],
  [2.6, 2, 8.2, 1.2, 0.24],
  [2, -3, 8.8, 3.2, 0.4],
  [0, -9, 8.6, 1.5, 0.4],
] as const;

/** Wanted edge length at a point of the model frame: fine at lids, lips, nose, ears and hairline, coarse elsewhere. */
function edgeLength([x, y, z]: number[]): number {
  let length = Math.min(0.92, 0.4 + 0.3 * Math.abs(distanceAbove(HAIRLINE, -z, y)));
  for (const [cx, cy, forward, radius, within] of DETAIL) {
    const away = Math.hypot(Math.abs(x) - cx, y - cy, -z - forward) - radius;
    length = Math.min(length, within + 0.17 * Math.max(0, away));
  }
  return length;
}

/** Slides points along the surface toward the mean of their neighbours, twice: rounder triangles on the same surface. */
function relax({ points, triangles }: DraftMesh): void {
  const neighbours = points.map(() => new Set<number>());
  for (const corners of triangles)
    for (let i = 0; i < 3; i++) for (const step of [1, 2]) neighbours[corners[i]].add(corners[(i + step) % 3]);
  for (const p of points) projectToHead(p);
  for (let round = 0; round < 2; round++)
    for (const [v, p] of points.entries()) {
      const onSeam = p[0] === 0;
      const sum = [0, 0, 0];
      let count = 0;
      for (const w of neighbours[v]) {
        const q = points[w];
        // a neighbour of the seam counts twice, once for its mirror image, whose x cancels
        const times = onSeam && q[0] > 0 ? 2 : 1;
        count += times;
        if (!onSeam) sum[0] += q[0];
        for (let c = 1; c < 3; c++) sum[c] += times * q[c];
      }
      const { direction } = headGradient(p);
      const toMean = sum.map((s, c) => s / count - p[c]);
      const height = toMean.reduce((total, d, c) => total + d * direction[c], 0);
      for (let c = onSeam ? 1 : 0; c < 3; c++) p[c] += 0.5 * (toMean[c] - height * direction[c]);
      projectToHead(p);
    }
}

/**
 * Lines points up along the borders at the eye, which triangles would otherwise cross at random: the lids' edges and, for
 * crisp colours, the circles of iris and pupil. A point nearer than half a millimetre to a lid's edge, seen from the front,
 * goes onto it, up or down; of the others one as near to a circle goes onto that; then it is put onto the surface, forward or
 * back.
 */
function alignEyeBorders(points: number[][]): void {
  for (const p of points) {
    if (-p[2] < 7.2 || p[0] < 1.7 || p[0] > 4.5) continue;
    const [upper, lower] = lidEdges(p[0]);
    const outside = Math.max(p[1] - upper, lower - p[1]);
    const [dx, dy] = [p[0] - IRIS.centre[0], p[1] - IRIS.centre[1]];
    const radius = Math.hypot(dx, dy);
    const circle = [IRIS.inner, IRIS.outer, IRIS.pupil].find((r) => Math.abs(radius - r) < 0.05);
    if (Math.abs(outside) < 0.05) p[1] = p[1] - upper > lower - p[1] ? upper : lower;
    else if (circle !== undefined) {
      p[0] = IRIS.centre[0] + (dx * circle) / radius;
      p[1] = IRIS.centre[1] + (dy * circle) / radius;
    } else continue;
    p[2] = -frontOfHead(p[0], p[1], 9, 6.5);
  }
}

/** How far forward the surface is at (x, y), between `outside` and `inside`, to a thousandth of a millimetre. */
function frontOfHead(x: number, y: number, outside: number, inside: number): number {
  let [front, back] = [outside, inside];
  while (front - back > 1e-4) {
    const middle = (front + back) / 2;
    if (headDistance(x, y, -middle) > 0) front = middle;
    else back = middle;
  }
  return (front + back) / 2;
}

/** Edges of the forehead and the skull, two points each, that are not of an ear; flat. */
function tapeEdges(points: Float32Array, triangles: number[][]): number[] {
  const touched = Array.from({ length: points.length / 3 }, (_, i) => {
    const [x, y, z] = points.subarray(3 * i, 3 * i + 3);
    return y > -2 && y < 8 && earHull.distance(Math.abs(x), y, -z) > 0.1;
  });
  return triangles.flatMap((corners) =>
    corners.flatMap((from, i) => {
      const to = corners[(i + 1) % 3];
      return from < to && touched[from] && touched[to] ? [from, to] : [];
    }),
  );
}

/** The half over x >= 0 and its mirror image, sharing the points of the seam. */
export function mirrored({ points, triangles }: DraftMesh): DraftMesh & { mirror: Uint32Array } {
  const all = points.map((p) => [...p]);
  const other: number[] = [];
  for (const [v, p] of points.entries()) {
    if (p[0] === 0) {
      other[v] = v;
      continue;
    }
    // projection may have carried a point across the plane: a hundredth of a millimetre keeps the sides apart
    all[v][0] = Math.max(p[0], 1e-3);
    other[v] = all.length;
    other[all.length] = v;
    all.push([-all[v][0], p[1], p[2]]);
  }
  const turned = triangles.map(([a, b, c]) => [other[a], other[c], other[b]]);
  return { points: all, triangles: [...triangles, ...turned], mirror: Uint32Array.from(other) };
}
