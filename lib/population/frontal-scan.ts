import { type Pose, transformPoints, type Vector3 } from 'lib/geometry';
import { type TriangleMesh, triangleMesh, vertexNormals } from 'lib/mesh';
import type { Random } from 'lib/random';
import { randomScanPose } from './scan-pose';
import { smoothField } from './smooth-field';

/** A scan of a face from the front, in its scanner's frame. */
export interface FrontalScan {
  /** cm */
  mesh: TriangleMesh;
  /** takes the head's own coordinates to the scanner's */
  scanFromModel: Pose;
  /** Which of the scan's vertices a hand clicked on for each landmark. */
  landmarks: Record<string, number>;
}

/** What lies farther behind the foremost point, the nose's tip, or farther below it, is not scanned, cm. */
const BEHIND = 14.5;
const BELOW = 10.5;
/** How far a vertex is moved along the surface at most, as a share of its shortest edge: less than half, so that nothing folds. */
const SLIDE = 0.25;
/** Deviations of the waves that a scanner's calibration leaves and of the noise of a point, and the waves' length, cm. */
const WAVES = 0.02;
const WAVE_LENGTH = 1.5;
const NOISE = 0.015;
/** How many holes are tried; one whose border would come nearer than `FROM_LANDMARK` to a landmark is not made. */
const HOLES = 6;
/** cm */
const HOLE_RADII = [0.3, 0.9] as const;
const FROM_LANDMARK = 1;
/** Standard deviation along each axis of where a hand clicks, cm. */
const HAND = 0.08;

/**
 * Scans the face and the ears of a head, with another scanner than `scanHead`'s.
 *
 * The scan has its own vertices: those of the head slide along the surface, and get waves and noise along the normal. Some round
 * holes are left out, none at a landmark. Then all is moved to the scanner's frame: any rotation, and up to 60 cm along each axis.
 *
 * @param head       in the model frame, cm
 * @param landmarks  vertices of the head
 * @param random     is not advanced: everything comes from its forks
 */
export function frontalScan(head: TriangleMesh, landmarks: Record<string, number>, random: Random): FrontalScan {
  const front = frontOf(head);
  const { points, triangles } = front;
  const normals = vertexNormals(front).data;
  const moved = points.data.slice();
  const edges = shortestEdges(front);
  const waves = smoothField(points.data, WAVE_LENGTH, random.fork('waves'));
  const [slide, noise] = [random.fork('slide'), random.fork('noise')];
  for (let i = 0; i < moved.length; i += 3) {
    const n = [normals[i], normals[i + 1], normals[i + 2]];
    const step = [0, 1, 2].map(() => SLIDE * edges[i / 3] * (2 * slide.uniform() - 1));
    const along = step[0] * n[0] + step[1] * n[1] + step[2] * n[2];
    const out = WAVES * waves[i] + NOISE * noise.normal();
    // a step in a cube is up to sqrt(3) times as long
    for (let k = 0; k < 3; k++) moved[i + k] += (step[k] - along * n[k]) / Math.sqrt(3) + out * n[k];
  }
  const places = Object.entries(landmarks).map(([name, v]) => [name, placeOf(head, v)] as const);
  const kept = triangles.data.filter(
    holesIn(
      moved,
      triangles.data,
      places.map(([, place]) => place),
      random.fork('holes'),
    ),
  );
  const scan = withoutSpareVertices(moved, kept);
  const scanFromModel = randomScanPose(random.fork('pose'));
  const hand = random.fork('hand');
  const clicked = places.map(([name, place]) => {
    const aim = place.map((v) => v + HAND * hand.normal());
    return [name, nearestVertex(scan.points.data, aim)];
  });
  return {
    mesh: { points: transformPoints(scan.points, scanFromModel), triangles: scan.triangles },
    scanFromModel,
    landmarks: Object.fromEntries(clicked),
  };
}

const placeOf = ({ points }: TriangleMesh, v: number): Vector3 => [
  points.get(v, 0),
  points.get(v, 1),
  points.get(v, 2),
];

/** The triangles that are wholly in the scanner's reach. */
function frontOf({ points, triangles }: TriangleMesh): TriangleMesh {
  const { data } = points;
  let tip = 0;
  for (let v = 0; v < points.shape[0]; v++) if (data[3 * v + 2] < data[3 * tip + 2]) tip = v;
  const [y, z] = [data[3 * tip + 1], data[3 * tip + 2]];
  const isSeen = (v: number) => data[3 * v + 2] < z + BEHIND && data[3 * v + 1] > y - BELOW;
  const kept = triangles.data.filter((_, i, all) => [0, 1, 2].every((k) => isSeen(all[i - (i % 3) + k])));
  return withoutSpareVertices(data, kept);
}

/** [points] cm */
function shortestEdges({ points: { data: p }, triangles: { data: corners } }: TriangleMesh): Float64Array {
  const shortest = new Float64Array(p.length / 3).fill(Number.POSITIVE_INFINITY);
  for (let i = 0; i < corners.length; i++) {
    const [a, b] = [corners[i], corners[i - (i % 3) + ((i + 1) % 3)]];
    const length = Math.hypot(p[3 * a] - p[3 * b], p[3 * a + 1] - p[3 * b + 1], p[3 * a + 2] - p[3 * b + 2]);
    shortest[a] = Math.min(shortest[a], length);
    shortest[b] = Math.min(shortest[b], length);
  }
  return shortest;
}

/** Says of each corner of the triangles whether its triangle is outside of all holes. */
function holesIn(points: Float32Array, corners: Uint32Array, landmarks: readonly Vector3[], random: Random) {
  const away = (v: number, place: ArrayLike<number>) =>
    Math.hypot(points[3 * v] - place[0], points[3 * v + 1] - place[1], points[3 * v + 2] - place[2]);
  const holes: { place: Float32Array; radius: number }[] = [];
  for (let h = 0; h < HOLES; h++) {
    const v = random.integer(points.length / 3);
    const radius = HOLE_RADII[0] + (HOLE_RADII[1] - HOLE_RADII[0]) * random.uniform();
    if (landmarks.every((place) => away(v, place) > radius + FROM_LANDMARK))
      holes.push({ place: points.slice(3 * v, 3 * v + 3), radius });
  }
  const isLost = Uint8Array.from({ length: points.length / 3 }, (_, v) =>
    holes.some(({ place, radius }) => away(v, place) < radius) ? 1 : 0,
  );
  return (_: number, i: number): boolean => [0, 1, 2].every((k) => isLost[corners[i - (i % 3) + k]] === 0);
}

function withoutSpareVertices(points: Float32Array, corners: Uint32Array): TriangleMesh {
  const place = new Map<number, number>();
  const used: number[] = [];
  const triangles = corners.map((v) => {
    let at = place.get(v);
    if (at === undefined) {
      at = place.size;
      place.set(v, at);
      used.push(points[3 * v], points[3 * v + 1], points[3 * v + 2]);
    }
    return at;
  });
  return triangleMesh(Float32Array.from(used), triangles);
}

function nearestVertex(points: Float32Array, [x, y, z]: readonly number[]): number {
  let [best, least] = [0, Number.POSITIVE_INFINITY];
  for (let i = 0; i < points.length; i += 3) {
    const away = Math.hypot(points[i] - x, points[i + 1] - y, points[i + 2] - z);
    if (away >= least) continue;
    [best, least] = [i / 3, away];
  }
  return best;
}
