import fs from 'node:fs';
import path from 'node:path';
import { borderPoints, SurfaceIndex, type TriangleMesh, triangleMesh, vertexNormals } from 'lib/mesh';
import { createRandom } from 'lib/random';
import ndarray, { type NdArray } from 'ndarray';
import { readIctFaceKit } from '../ict-facekit';
import type { RegistrationTemplate, Scan } from './registration-input';

/** A template, a scan of another head, and where each point of the template belongs on it. */
export interface RegistrationProblem {
  template: RegistrationTemplate;
  scan: Scan;
  truth: NdArray<Float32Array>;
}

/** numpy's default_rng(1).standard_normal(100), so that figures compare with those of other programs on the same head. */
// biome-ignore format: a hundred numbers
export const FIRST_IDENTITY = [
  0.3456, 0.8216, 0.3304, -1.3032, 0.9054, 0.4464, -0.537, 0.5811, 0.3646, 0.2941, 0.0284, 0.5467, -0.7365, -0.1629,
  -0.4821, 0.5988, 0.0397, -0.2925, -0.7819, -0.2572, 0.0081, -0.2756, 1.2941, 1.0067, -2.7112, -1.889, -0.1748, -0.4222,
  0.2136, 0.2173, 2.1178, -1.112, -0.3776, 2.0428, 0.6467, 0.6631, -0.514, -1.6481, 0.1675, 0.109, -1.2274, -0.6832,
  -0.072, -0.9448, -0.0983, 0.0955, 0.0356, -0.5063, 0.5937, 0.8912, 0.3208, -0.8182, 0.7317, -0.5014, 0.8792, -1.0718,
  0.9145, -0.0201, -1.2487, -0.3139, 0.0541, 0.2728, -0.9822, -1.1074, 0.1996, -0.4667, 0.2355, 0.7595, -1.6488, 0.2544,
  1.2246, -0.2975, -0.8108, 0.7522, 0.2534, 0.8959, -0.3452, -1.4818, -0.11, -0.4458, 0.7753, 0.1936, -1.6308, -1.1952,
  0.8838, 0.6798, -0.6402, -0.001, 0.4456, 0.4684, 0.8762, 0.2565, -0.0948, -0.2588, 1.0557, -2.2509, -0.1387, 0.033,
  -1.4253, 0.3328,
];

/** Corners of the eyes, tip of the nose and corners of the mouth, of the 68 landmarks. */
const LANDMARKS = [36, 39, 42, 45, 30, 48, 54];

/**
 * ICT-FaceKit's neutral face (9,409 points) and a scan of another identity.
 *
 * The scan has another tessellation of the same surface: each triangle is divided into four, the points inside are moved along
 * the surface by 0.1 to 0.3 of their shortest edge and put back onto it, and points and triangles come in random order.
 *
 * @param folder    holds FaceXModel
 * @param identity  100 coefficients in standard deviations; drawn from the standard normal distribution when absent
 */
export function ictProblem(folder: string, seed: string | number, identity?: readonly number[]): RegistrationProblem {
  const { neutral, modes, triangles, facePoints } = readIctFaceKit(folder);
  const random = createRandom(seed);
  const corners = triangles.data.filter((_, i, all) => {
    const t = i - (i % 3);
    return Math.max(all[t], all[t + 1], all[t + 2]) < facePoints;
  });
  const template = triangleMesh(neutral.data.slice(0, 3 * facePoints), corners);
  const truth = template.points.data.slice();
  modes.forEach((mode, k) => {
    const coefficient = identity?.[k] ?? random.normal();
    for (let i = 0; i < truth.length; i++) truth[i] += coefficient * mode[i];
  });
  const names = JSON.parse(fs.readFileSync(path.join(folder, 'FaceXModel', 'vertex_indices.json'), 'utf8'));
  const landmarks = LANDMARKS.map((i) => names.idx_to_landmark_verts[i] as number);
  const places = landmarks.flatMap((n) => [...truth.subarray(3 * n, 3 * n + 3)]);
  return {
    template: { mesh: template, landmarks },
    scan: {
      mesh: shuffle(jitter(subdivide(truth, corners), new SurfaceIndex(triangleMesh(truth, corners)), random), random),
      landmarks: ndarray(Float32Array.from(places), [landmarks.length, 3]),
    },
    truth: ndarray(truth, [facePoints, 3]),
  };
}

type Random = ReturnType<typeof createRandom>;

function subdivide(points: Float32Array, corners: Uint32Array): TriangleMesh {
  const all = [...points];
  const middles = new Map<string, number>();
  const middle = (a: number, b: number): number => {
    const key = a < b ? `${a} ${b}` : `${b} ${a}`;
    const known = middles.get(key);
    if (known !== undefined) return known;
    for (let c = 0; c < 3; c++) all.push((points[3 * a + c] + points[3 * b + c]) / 2);
    middles.set(key, all.length / 3 - 1);
    return all.length / 3 - 1;
  };
  const triangles: number[] = [];
  for (let t = 0; t < corners.length; t += 3) {
    const [a, b, c] = corners.subarray(t, t + 3);
    const [ab, bc, ca] = [middle(a, b), middle(b, c), middle(c, a)];
    triangles.push(a, ab, ca, ab, b, bc, ca, bc, c, ab, bc, ca);
  }
  return triangleMesh(Float32Array.from(all), Uint32Array.from(triangles));
}

function jitter(mesh: TriangleMesh, surface: SurfaceIndex, random: Random): TriangleMesh {
  const points = mesh.points.data;
  const corners = mesh.triangles.data;
  const shortest = new Float64Array(points.length / 3).fill(Number.POSITIVE_INFINITY);
  for (let i = 0; i < corners.length; i++) {
    const [a, b] = [corners[i], corners[i % 3 === 2 ? i - 2 : i + 1]];
    const length = Math.hypot(...[0, 1, 2].map((c) => points[3 * a + c] - points[3 * b + c]));
    shortest[a] = Math.min(shortest[a], length);
    shortest[b] = Math.min(shortest[b], length);
  }
  const normals = vertexNormals(mesh).data;
  const onBorder = borderPoints(mesh);
  const moved = points.slice();
  for (let n = 0; n < shortest.length; n++) {
    if (onBorder[n] === 1) continue;
    const normal = normals.subarray(3 * n, 3 * n + 3);
    const step = [random.normal(), random.normal(), random.normal()];
    const across = step[0] * normal[0] + step[1] * normal[1] + step[2] * normal[2];
    const along = step.map((v, c) => v - across * normal[c]);
    const length = ((0.1 + 0.2 * random.uniform()) * shortest[n]) / Math.hypot(...along);
    for (let c = 0; c < 3; c++) moved[3 * n + c] += length * along[c];
  }
  const onSurface = surface.closestPoints(moved).points;
  for (let i = 0; i < moved.length; i++) if (onBorder[Math.floor(i / 3)] === 0) moved[i] = onSurface[i];
  return triangleMesh(moved, mesh.triangles);
}

function shuffle({ points, triangles }: TriangleMesh, random: Random): TriangleMesh {
  const place = random.permutation(points.shape[0]);
  const moved = new Float32Array(points.data.length);
  place.forEach((to, from) => {
    moved.set(points.data.subarray(3 * from, 3 * from + 3), 3 * to);
  });
  const order = random.permutation(triangles.shape[0]);
  const corners = Uint32Array.from(
    triangles.data,
    (_, i) => place[triangles.data[3 * order[Math.floor(i / 3)] + (i % 3)]],
  );
  return triangleMesh(moved, corners);
}

/** Mean distances in mm: of points to the surface through the true ones, and to the true ones. */
export function registrationErrors(points: NdArray<Float32Array>, { template, truth }: RegistrationProblem) {
  const surface = new SurfaceIndex(triangleMesh(truth, template.mesh.triangles));
  const { distances } = surface.closestPoints(points.data);
  let correspondence = 0;
  for (let n = 0; n < distances.length; n++)
    correspondence += Math.hypot(...[0, 1, 2].map((c) => points.get(n, c) - truth.get(n, c)));
  return {
    surface: (10 * distances.reduce((sum, d) => sum + d, 0)) / distances.length,
    correspondence: (10 * correspondence) / distances.length,
  };
}
