import { centroid, type Pose, transformPoint, transformPoints, type Vector3 } from 'lib/geometry';
import { type TriangleMesh, triangleMesh, vertexNormals } from 'lib/mesh';
import type { Random } from 'lib/random';
import ndarray, { type NdArray } from 'ndarray';
import { smoothStep } from './interpolation';
import type { LandmarkName } from './landmarks';
import { type RefinedSurface, refineSurface } from './refine-surface';
import type { Head } from './sample-head';
import { scanColours } from './scan-colours';
import { addIslands, addSpikes, type ScanDraft } from './scan-debris';
import { placeLandmark, SCAN_LANDMARKS } from './scan-landmarks';
import { lostInHair, neckCrop } from './scan-losses';
import { randomScanPose } from './scan-pose';
import { fuseReadings, scanStations } from './scan-stations';
import type { HeadTemplate } from './template';
import { interpolate, tessellate } from './tessellate';

/** A head as a scanner, and a person who places landmarks, would give it: all that a registration may know. */
export interface Scan {
  /** in the scanner's frame, cm; open where nothing was read */
  mesh: TriangleMesh;
  /** [points, 3], flat, sRGB bytes */
  colours: Uint8Array;
  /** cm, in the scanner's frame; what lies in a hole or was cropped away is missing */
  landmarks: Partial<Record<LandmarkName, Vector3>>;
}

/** What is true of a scan. It judges a registration, which must never see it: keep it in another file. */
export interface ScanTruth {
  /** takes the head's own coordinates to the scanner's */
  scanFromModel: Pose;
  /** [points of the template, 3] cm: where each point of the template truly is in the scanner's frame */
  points: NdArray<Float32Array>;
  /** [points of the template] 1 where the scan holds the surface around a point, 0 in a hole and where it was cropped */
  visible: Uint8Array;
}

export interface ScanOptions {
  /** Frames that each station takes the mean of: the noise falls with their square root; 10 when absent. */
  frames?: number;
  /** Root mean square of the distance by which a hand misses a landmark on the surface, cm; 0.2 when absent. */
  landmarkError?: number;
}

/** Points of a scan are this far apart at the least, cm: 20,000 to 60,000 triangles; and the refined surface's edges. */
const SPACINGS = [0.18, 0.225] as const;
const LONGEST_EDGE = 0.2;

/**
 * Scans a head with a simulated structured-light sensor that is carried around it.
 *
 * A new tessellation of the head's surface (`tessellate`) is read from eleven stations (`scan-stations.ts`, `depth-sensor.ts`):
 * noise grows with distance and slant, and where no station reads, under the chin and behind the ears, a hole is left. Hair
 * loses patches, a plane cuts the neck, a few points are spikes and a few small pieces float. Then all is moved to the
 * scanner's frame: any rotation, and up to 60 cm along each axis.
 *
 * @param template  of the head's population
 * @param random    is not advanced: everything comes from its forks, so one generator gives one scan; fork it for many
 * @returns         the scan, and apart from it its truth
 * @throws {RangeError} when the head has not the template's points or an option is out of range
 *
 * Not simulated: drift of the sensor's tracking, movement of the head, edges that bulge where near and far surfaces meet, and
 * hair as more than skin with missing patches.
 */
export function scanHead(
  head: Head,
  template: HeadTemplate,
  random: Random,
  options: ScanOptions = {},
): { scan: Scan; truth: ScanTruth } {
  const { frames = 10, landmarkError = 0.2 } = options;
  const shape = template.points.shape;
  if (head.points.shape[0] !== shape[0])
    throw new RangeError(`head must have the template's ${shape[0]} points, but has ${head.points.shape[0]}`);
  if (!(Number.isInteger(frames) && frames > 0))
    throw new RangeError(`frames must be a whole number of at least 1, but is ${frames}`);
  if (!(landmarkError >= 0 && landmarkError <= 2))
    throw new RangeError(`landmarkError must be 0 to 2 cm, but is ${landmarkError}`);
  const mesh = { points: head.points, triangles: template.triangles };
  const triangles = mesh.triangles.data;
  const spacing = SPACINGS[0] + (SPACINGS[1] - SPACINGS[0]) * random.fork('spacing').uniform();
  const tessellation = tessellate(
    head.points.data,
    triangles,
    refinedTemplate(template),
    spacing,
    random.fork('samples'),
  );
  const at = (values: Float32Array, channels: number) => interpolate(tessellation.samples, triangles, values, channels);
  const samples = at(head.points.data, 3);
  const meshNormals = vertexNormals(mesh).data;
  const normals = at(meshNormals, 3);
  normalizeRows(normals);

  const stations = scanStations(centroid(head.points), random.fork('stations'));
  const { displacement, toward, read } = fuseReadings(
    mesh,
    samples,
    normals,
    stations,
    frames,
    random.fork('readings'),
  );
  const { hair, hairCover, recession } = head.palette;
  const cover = at(template.regions.hair, 1).map((into) => hairCover * smoothStep(-0.3, 0.35, into - recession));
  const lost = lostInHair(samples, cover, (hair[0] + hair[1] + hair[2]) / 3, random.fork('hair'));
  const crop = neckCrop(head.points.data, template.landmarks, random.fork('crop'));
  const isKept = (s: number) =>
    read[s] === 1 &&
    lost[s] === 0 &&
    crop.normal[0] * samples[3 * s] + crop.normal[1] * samples[3 * s + 1] + crop.normal[2] * samples[3 * s + 2] >
      crop.offset;
  const { draft, used } = keepTriangles(tessellation.triangles, samples, displacement, isKept);

  const visible = Uint8Array.from(tessellation.nearest, (s) => used[s]);
  const scanFromModel = randomScanPose(random.fork('pose'));
  const landmarks: Scan['landmarks'] = {};
  for (const name of SCAN_LANDMARKS) {
    const v = template.landmarks[name];
    if (!visible[v]) continue;
    const [place, normal] = [head.points.data, meshNormals].map((values) => values.subarray(3 * v, 3 * v + 3));
    const hand = random.fork('landmarks').fork(name);
    const placed = placeLandmark(place, normal, landmarkError, draft.points, draft.triangles, hand);
    if (placed) landmarks[name] = transformPoint(scanFromModel, placed);
  }
  addSpikes(draft, toward, random.fork('spikes'));
  addIslands(draft, toward, random.fork('islands'));

  const ofSamples = scanColours(at(head.albedo, 3), at(head.occlusion, 1), normals, toward, random.fork('colours'));
  const colours = Uint8Array.from(
    { length: 3 * draft.sample.length },
    (_, i) => ofSamples[3 * draft.sample[Math.floor(i / 3)] + (i % 3)],
  );
  const placed = ndarray(Float64Array.from(draft.points), [draft.sample.length, 3]);
  return {
    scan: {
      mesh: triangleMesh(transformPoints(placed, scanFromModel), Uint32Array.from(draft.triangles)),
      colours,
      landmarks,
    },
    truth: { scanFromModel, points: transformPoints(head.points, scanFromModel), visible },
  };
}

const refinedTemplates = new WeakMap<HeadTemplate, RefinedSurface>();

/** The template's surface in small triangles, made on the first call and kept with it. */
function refinedTemplate(template: HeadTemplate): RefinedSurface {
  let refined = refinedTemplates.get(template);
  if (!refined) {
    refined = refineSurface(template.points.data, template.triangles.data, LONGEST_EDGE);
    refinedTemplates.set(template, refined);
  }
  return refined;
}

function normalizeRows(rows: Float32Array): void {
  for (let i = 0; i < rows.length; i += 3) {
    const length = Math.hypot(rows[i], rows[i + 1], rows[i + 2]) || 1;
    for (let c = 0; c < 3; c++) rows[i + c] /= length;
  }
}

/** The triangles whose three samples are kept, with moved points, and which samples they use. */
function keepTriangles(
  triangles: Uint32Array,
  samples: Float32Array,
  displacement: Float32Array,
  isKept: (sample: number) => boolean,
): { draft: ScanDraft; used: Uint8Array } {
  const count = samples.length / 3;
  const kept = Uint8Array.from({ length: count }, (_, s) => (isKept(s) ? 1 : 0));
  const pointOf = new Int32Array(count).fill(-1);
  const draft: ScanDraft = { points: [], triangles: [], sample: [] };
  for (let t = 0; t < triangles.length; t += 3) {
    if (!kept[triangles[t]] || !kept[triangles[t + 1]] || !kept[triangles[t + 2]]) continue;
    for (let i = 0; i < 3; i++) {
      const s = triangles[t + i];
      if (pointOf[s] < 0) {
        pointOf[s] = draft.sample.length;
        draft.sample.push(s);
        for (let c = 0; c < 3; c++) draft.points.push(samples[3 * s + c] + displacement[3 * s + c]);
      }
      draft.triangles.push(pointOf[s]);
    }
  }
  return { draft, used: Uint8Array.from(pointOf, (point) => (point >= 0 ? 1 : 0)) };
}
