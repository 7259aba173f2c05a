import { invertPose, type Matrix3, rotationMatrix, type Similarity } from 'lib/geometry';
import { borderPoints, type ClosestPoints, closestPointBuffers, isOnBorder, type SurfaceIndex } from 'lib/mesh';

/** Which matches decide: the share with the smallest distances, or those within a distance. */
export type Trim = { share: number } | { distanceMillimetres: number };

/** Two surfaces of which one's points seek the nearest points of the other. */
export interface Seeking {
  direction: 'prediction to scan' | 'scan to prediction';
  /** [N, 3] cm, flat: those of the first side, in its own frame. */
  points: Float32Array;
  /** The other side, in its own frame. */
  surface: SurfaceIndex;
  dropBorder: boolean;
  trim: Trim;
}

/** The matches of N points at a motion of the prediction. */
export interface Pairs {
  motion: Similarity;
  /** [N, 3] cm: of each pair the point on the prediction, in its own frame, and in the scan's after the motion. */
  own: Float64Array;
  moved: Float64Array;
  /** [N, 3] cm: the point on the scan. */
  onScan: Float64Array;
  /** [N, 3], unit, in the scan's frame: the normal of a match inside a triangle, the edge's direction of one on an edge. */
  axes: Float64Array;
  /** [N] How many of its triangle's corners a match lies between: 3 inside, 2 on an edge, 1 on a corner, which has no axis. */
  corners: Uint8Array;
  /** [N] cm, in the scan's size. */
  distances: Float64Array;
  /** [N] 0 where the match lies on the surface's border and that does not count, else 1. */
  counts: Uint8Array;
  /** [N] 1 where a match counts and trimming keeps it. */
  kept: Uint8Array;
  keptCount: number;
  /** What the index answered, and where it begins its next search. */
  closest: ClosestPoints;
}

/** A corner with a smaller share of a match is none of its corners. */
const ON_EDGE = 1e-9;

/** Room for the pairs of `count` points. */
export function pairBuffers(count: number): Pairs {
  const rows = () => new Float64Array(3 * count);
  return {
    motion: { scale: 1, rotation: [1, 0, 0, 0], translation: [0, 0, 0] },
    own: rows(),
    moved: rows(),
    onScan: rows(),
    axes: rows(),
    corners: new Uint8Array(count),
    distances: new Float64Array(count),
    counts: new Uint8Array(count),
    kept: new Uint8Array(count),
    keptCount: 0,
    closest: closestPointBuffers(count),
  };
}

/**
 * Returns a function that finds the pairs at a motion and writes them into `into`, which begins its search where it stood.
 *
 * Whichever side seeks, a pair's distance is |s R own + t - onScan|: for a scan's point y the nearest one of the moved prediction is
 * the moved nearest one to R^T (y - t) / s.
 */
export function pairFinder({ direction, points, surface, dropBorder, trim }: Seeking) {
  const border = dropBorder ? borderOf(surface) : undefined;
  const query = new Float64Array(points.length);
  return (motion: Similarity, into: Pairs): Pairs => {
    const { own, moved, onScan, distances, counts, closest } = into;
    into.motion = motion;
    if (direction === 'prediction to scan') {
      own.set(points);
      move(own, motion, moved);
      surface.closestPoints(moved, closest);
      onScan.set(closest.points);
    } else {
      onScan.set(points);
      move(onScan, inverse(motion), query);
      surface.closestPoints(query, closest);
      own.set(closest.points);
      move(own, motion, moved);
    }
    for (let n = 0; n < distances.length; n++) {
      const i = 3 * n;
      distances[n] = Math.hypot(moved[i] - onScan[i], moved[i + 1] - onScan[i + 1], moved[i + 2] - onScan[i + 2]);
      counts[n] = border && isOnBorder(closest, n, surface.mesh, border) ? 0 : 1;
    }
    writeAxes(surface, into, direction === 'scan to prediction' ? rotationMatrix(motion.rotation) : undefined);
    keepNearest(into, trim);
    return into;
  };
}

const borders = new WeakMap<SurfaceIndex, Uint8Array>();

/** Found on the first call, which takes a third of the time of an index, and kept with the index. */
function borderOf(surface: SurfaceIndex): Uint8Array {
  let border = borders.get(surface);
  if (!border) {
    border = borderPoints(surface.mesh);
    borders.set(surface, border);
  }
  return border;
}

/**
 * Which part of its triangle each match lies on, and that part's axis.
 *
 * @param turn  from the surface's frame to the scan's, where they differ
 */
function writeAxes({ mesh }: SurfaceIndex, { closest, axes, corners }: Pairs, turn?: Matrix3): void {
  const p = mesh.points.data;
  const [u, v, axis] = [new Float64Array(3), new Float64Array(3), new Float64Array(3)];
  for (let n = 0; n < corners.length; n++) {
    const t = 3 * closest.triangles[n];
    const between = [0, 1, 2].filter((k) => closest.weights[3 * n + k] > ON_EDGE);
    corners[n] = between.length;
    if (between.length === 1) continue;
    const [a, b, c] = [...between, 0].map((k) => 3 * mesh.triangles.data[t + k]);
    for (let k = 0; k < 3; k++) {
      u[k] = p[b + k] - p[a + k];
      v[k] = p[c + k] - p[a + k];
    }
    if (between.length === 2) axis.set(u);
    else for (let k = 0; k < 3; k++) axis[k] = u[(k + 1) % 3] * v[(k + 2) % 3] - u[(k + 2) % 3] * v[(k + 1) % 3];
    const length = Math.hypot(axis[0], axis[1], axis[2]);
    for (let k = 0; k < 3; k++)
      axes[3 * n + k] = turn
        ? (turn[3 * k] * axis[0] + turn[3 * k + 1] * axis[1] + turn[3 * k + 2] * axis[2]) / length
        : axis[k] / length;
  }
}

/** Chooses K among the matches that count; of equal distances at the edge all are kept. */
function keepNearest(pairs: Pairs, trim: Trim): void {
  const { distances, counts, kept } = pairs;
  let farthest: number;
  if ('share' in trim) {
    const sorted = distances.filter((_, n) => counts[n] === 1).sort();
    farthest = sorted[Math.max(0, Math.ceil(trim.share * sorted.length) - 1)] ?? 0;
  } else farthest = trim.distanceMillimetres / 10;
  pairs.keptCount = 0;
  for (let n = 0; n < kept.length; n++) {
    kept[n] = counts[n] === 1 && distances[n] <= farthest ? 1 : 0;
    pairs.keptCount += kept[n];
  }
}

/** Sum of the squared distances of the pairs that `kept` names, cm². */
export function squaredSum({ distances }: Pairs, kept: Uint8Array): number {
  let sum = 0;
  for (let n = 0; n < kept.length; n++) if (kept[n] === 1) sum += distances[n] ** 2;
  return sum;
}

function move(points: Float64Array, { scale, rotation, translation }: Similarity, into: Float64Array): void {
  const r = rotationMatrix(rotation).map((v) => scale * v);
  for (let i = 0; i < points.length; i += 3) {
    const [x, y, z] = [points[i], points[i + 1], points[i + 2]];
    for (let k = 0; k < 3; k++) into[i + k] = r[3 * k] * x + r[3 * k + 1] * y + r[3 * k + 2] * z + translation[k];
  }
}

function inverse({ scale, rotation, translation }: Similarity): Similarity {
  const pose = invertPose({ rotation, translation });
  const [x, y, z] = pose.translation;
  return { scale: 1 / scale, rotation: pose.rotation, translation: [x / scale, y / scale, z / scale] };
}
