import { invertPose, type Pose, rotationMatrix, type Similarity } from 'lib/geometry';
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
  /** [N, 3], unit: the direction in which the moved point leaves the scan's. */
  away: Float64Array;
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

/** cm: nearer than float32 coordinates half a metre away are exact, the direction between two points is one of rounding. */
const TOUCHING = 1e-5;

/** Room for the pairs of `count` points. */
export function pairBuffers(count: number): Pairs {
  const rows = () => new Float64Array(3 * count);
  return {
    motion: { scale: 1, rotation: [1, 0, 0, 0], translation: [0, 0, 0] },
    own: rows(),
    moved: rows(),
    onScan: rows(),
    away: rows(),
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
    const { own, moved, onScan, away, distances, counts, closest } = into;
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
      const [x, y, z] = [moved[i] - onScan[i], moved[i + 1] - onScan[i + 1], moved[i + 2] - onScan[i + 2]];
      const distance = Math.sqrt(x * x + y * y + z * z);
      distances[n] = distance;
      if (distance > TOUCHING) {
        away[i] = x / distance;
        away[i + 1] = y / distance;
        away[i + 2] = z / distance;
      } else writeNormal(surface, closest.triangles[n], direction, motion, away, i);
      counts[n] = border && isOnBorder(closest, n, surface.mesh, border) ? 0 : 1;
    }
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

/** The normal of the surface's triangle in the scan's frame: which of its two signs is no matter where the distance is 0. */
function writeNormal(
  { mesh }: SurfaceIndex,
  triangle: number,
  direction: Seeking['direction'],
  { rotation }: Pose,
  into: Float64Array,
  at: number,
): void {
  const p = mesh.points.data;
  const [a, b, c] = [0, 1, 2].map((k) => 3 * mesh.triangles.data[3 * triangle + k]);
  const [ux, uy, uz] = [p[b] - p[a], p[b + 1] - p[a + 1], p[b + 2] - p[a + 2]];
  const [vx, vy, vz] = [p[c] - p[a], p[c + 1] - p[a + 1], p[c + 2] - p[a + 2]];
  const [x, y, z] = [uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx];
  const length = Math.sqrt(x * x + y * y + z * z);
  const r = direction === 'scan to prediction' ? rotationMatrix(rotation) : [1, 0, 0, 0, 1, 0, 0, 0, 1];
  for (let k = 0; k < 3; k++) into[at + k] = (r[3 * k] * x + r[3 * k + 1] * y + r[3 * k + 2] * z) / length;
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
