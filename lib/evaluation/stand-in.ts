import fs from 'node:fs';
import path from 'node:path';
import { checksum, readArrays, readJson, writeArrays, writeJson, writeWhole } from 'lib/files';
import { type TriangleMesh, triangleMesh, writeMesh } from 'lib/mesh';
import type { LandmarkName } from 'lib/population';
import ndarray, { type NdArray } from 'ndarray';
import { z } from 'zod';
import { POINTS } from './facewarehouse';
import { EAR_LANDMARKS, FACE_LANDMARKS, FURTHER_LANDMARKS } from './landmark-vertices';

export const BENCHMARK_LAYOUTS = ['micc', 'facewarehouse'] as const;
export type BenchmarkLayout = (typeof BENCHMARK_LAYOUTS)[number];

const standInSchema = z.strictObject({
  note: z.string(),
  layout: z.enum(BENCHMARK_LAYOUTS),
  /** Whose heads they are: those of `sampleSecondHead`, in correspondence with the embedded population, or ICT-FaceKit's. */
  heads: z.enum(['second-population', 'ict-facekit']),
  seed: z.number(),
  count: z.number().int().positive(),
});
/** What a made folder of a public data set's layout says of itself. */
export type StandIn = z.infer<typeof standInSchema>;

const standInFile = (folder: string): string => path.join(folder, 'stand-in.json');
const truthFile = (folder: string, name: string): string => path.join(folder, 'truth', `${name}.arrays`);

/** @returns undefined for a folder that is no stand-in, but the data set itself */
export const readStandIn = (folder: string): StandIn | undefined =>
  fs.existsSync(standInFile(folder)) ? readJson(standInFile(folder), standInSchema) : undefined;

/** What a reader of the layout must not see. */
export interface StandInTruth {
  /** Tells generators apart, so that a case of another seed is not taken for this one. */
  mark: number;
  /** [N, 3] cm, model frame: the true shape, in its source's correspondence */
  points: NdArray<Float32Array>;
  /** Around the head, crown to chin, as a hand draws it: left and upper edge, width and height, pixels. */
  box: readonly [number, number, number, number];
  /** Of MICC's video. */
  frame: number;
}

/** @returns undefined when it is not there, or broken, and so to be made again */
export function readTruth(folder: string, name: string): StandInTruth | undefined {
  const file = truthFile(folder, name);
  if (!fs.existsSync(file)) return undefined;
  try {
    const { mark, points, box, frame } = readArrays(file);
    return {
      mark: mark.data[0],
      points: ndarray(points.data as Float32Array, points.shape),
      box: [...box.data] as unknown as StandInTruth['box'],
      frame: frame.data[0],
    };
  } catch {
    return undefined;
  }
}

/** One person of a stand-in. */
export interface StandInCase {
  subject: number;
  /** The picture's file: JPEG for MICC, PNG for FaceWarehouse. */
  picture: Uint8Array;
  /** cm, in a frame of its own; for FaceWarehouse with `asRegisteredHead` */
  scan: TriangleMesh;
  /** Vertices of the scan. */
  landmarks: Partial<Record<LandmarkName, number>>;
  truth: StandInTruth;
}

/** As the data set names a person. */
export const caseName = (layout: BenchmarkLayout, subject: number): string =>
  layout === 'micc' ? `subject_${subject}` : `Tester_${subject}`;

/** What a reader of the layout reads of one person. */
function filesOf(folder: string, layout: BenchmarkLayout, { subject, truth }: Pick<StandInCase, 'subject' | 'truth'>) {
  const name = caseName(layout, subject);
  const annotations = annotationsOf(folder, layout);
  if (layout === 'micc') {
    const home = path.join(folder, `subject_${String(subject).padStart(2, '0')}`);
    return {
      picture: path.join(home, 'Video', `frame${String(truth.frame).padStart(4, '0')}.jpg`),
      scan: path.join(home, 'Model', 'frontal1', 'obj', `${name}.obj`),
      landmarks: path.join(annotations, 'cases', name, 'correspondences.txt'),
    };
  }
  const pose = path.join(folder, name, 'TrainingPose', 'pose_0');
  return { picture: `${pose}.png`, scan: `${pose}.obj`, landmarks: path.join(annotations, 'vertex_identifiers.txt') };
}

/** Writes what one person has in a layout, the truth last: where that is, all is. */
export function writeStandInCase(folder: string, layout: BenchmarkLayout, person: StandInCase): void {
  const { subject, picture, scan, landmarks, truth } = person;
  const files = filesOf(folder, layout, person);
  writeWhole(files.picture, picture);
  writeMesh(files.scan, scaled(scan, layout === 'micc' ? 10 : 0.1));
  writeWhole(
    files.landmarks,
    lines(landmarks, layout === 'micc' ? FACE_LANDMARKS : { ...FACE_LANDMARKS, ...EAR_LANDMARKS }),
  );
  const { points } = truth;
  const sums = Buffer.from(JSON.stringify(sumsOf(folder, Object.values(files))));
  writeArrays(truthFile(folder, caseName(layout, subject)), {
    mark: { data: Uint32Array.of(truth.mark), shape: [1] },
    points: { data: points.data, shape: points.shape },
    box: { data: Float32Array.from(truth.box), shape: [4] },
    frame: { data: Uint32Array.of(truth.frame), shape: [1] },
    // a picture has no place for a seal
    checksums: { data: Uint8Array.from(sums), shape: [sums.length] },
  });
}

/** Checksums of files by their place in a folder; of one that is not there none. */
const sumsOf = (folder: string, files: string[]): Record<string, string | undefined> =>
  Object.fromEntries(
    files.map((file) => [
      path.relative(folder, file),
      fs.existsSync(file) ? checksum(fs.readFileSync(file)) : undefined,
    ]),
  );

/**
 * Verifies that what each person of a stand-in has is as it was written.
 *
 * @throws {Error} that names the file and what to remove, so that the person is made again
 */
export function checkStandIn(folder: string, { layout, count }: Pick<StandIn, 'layout' | 'count'>): void {
  for (let subject = 1; subject <= count; subject++) {
    const truth = truthFile(folder, caseName(layout, subject));
    const fail = (what: string) => {
      throw new Error(
        `${what}; remove ${truth} and ${standInFile(folder)}, and run again what made it (npm start and npm run reproduce do so by themselves)`,
      );
    };
    // those of an earlier version have none
    let sums: Record<string, string> = {};
    try {
      const { checksums } = readArrays(truth);
      if (checksums) sums = JSON.parse(Buffer.from(checksums.data as Uint8Array).toString());
    } catch (error) {
      fail((error as Error).message.split(/; (?:remove it|run again)/)[0]);
    }
    const names = Object.keys(sums);
    const now = sumsOf(
      folder,
      names.map((name) => path.join(folder, name)),
    );
    const changed = names.find((name) => now[name] !== sums[name]);
    if (changed !== undefined)
      fail(`${path.join(folder, changed)} ${now[changed] ? 'was changed since it was written' : 'is not there'}`);
  }
}

/** Writes what lists all people of a stand-in: annotations, boxes for `reconstruct evaluate`, and last what the folder is. */
export function finishStandIn(folder: string, standIn: Omit<StandIn, 'note'>): void {
  const { layout, count } = standIn;
  const names = Array.from({ length: count }, (_, i) => caseName(layout, i + 1));
  const truths = names.map((name) => {
    const truth = readTruth(folder, name);
    if (!truth) throw new Error(`${truthFile(folder, name)} is not there: the stand-in is not whole`);
    return truth;
  });
  if (layout === 'micc')
    // of the authors' form, which has no field for a seal
    writeWhole(
      path.join(annotationsOf(folder, layout), 'annotations.json'),
      JSON.stringify({
        cases: names.map((name, i) => ({
          correspondences: `./cases/${name}/correspondences.txt`,
          frame: `./cases/${name}/frame${truths[i].frame}.jpg`,
        })),
      }),
    );
  writeJson(
    path.join(folder, 'boxes.json'),
    Object.fromEntries(names.map((name, i) => [name, { box: truths[i].box }])),
  );
  writeJson(standInFile(folder), {
    note: 'Rendered people in the layout of a public data set. These are no photographs, no scans of people, and not the data set.',
    ...standIn,
  } satisfies StandIn);
}

const annotationsOf = (folder: string, layout: BenchmarkLayout): string =>
  path.join(folder, 'annotations', 'data', layout);

/** Landmarks as the authors write them, and those that they do not have by our names. */
function lines(landmarks: StandInCase['landmarks'], theirs: Record<string, LandmarkName>): string {
  const names: [string, LandmarkName][] = [
    ...Object.entries(theirs),
    ...FURTHER_LANDMARKS.map((name): [string, LandmarkName] => [name, name]),
  ];
  return names
    .flatMap(([name, ours]) => (landmarks[ours] === undefined ? [] : `${name} ${landmarks[ours]}\n`))
    .join('');
}

const scaled = ({ points, triangles }: TriangleMesh, factor: number): TriangleMesh =>
  triangleMesh(
    points.data.map((v) => factor * v),
    triangles,
  );

/**
 * A head with as many points as FaceWarehouse's template has, its face toward +z: the same surface, to whose points the middles of
 * some triangles are added, which are the same for all heads of a source.
 *
 * @param head  in the model frame
 * @throws {RangeError} when it has more points, or too few triangles
 */
export function asRegisteredHead({ points, triangles }: TriangleMesh): TriangleMesh {
  const corners = triangles.data;
  const count = corners.length / 3;
  const more = POINTS - points.shape[0];
  if (more < 0 || more > count)
    throw new RangeError(
      `head must have at most ${POINTS} points and enough triangles to come to so many, but has ${points.shape[0]} points and ${count} triangles`,
    );
  const cut = new Set(Array.from({ length: more }, (_, i) => Math.floor((i * count) / more)));
  const places = new Float32Array(3 * POINTS);
  places.set(points.data);
  const cornersOut: number[] = [];
  let next = points.shape[0];
  for (let t = 0; t < count; t++) {
    const [a, b, c] = corners.subarray(3 * t, 3 * t + 3);
    if (!cut.has(t)) {
      cornersOut.push(a, b, c);
      continue;
    }
    for (let k = 0; k < 3; k++) places[3 * next + k] = (places[3 * a + k] + places[3 * b + k] + places[3 * c + k]) / 3;
    cornersOut.push(a, b, next, b, c, next, c, a, next);
    next++;
  }
  // half a turn about y
  for (let i = 0; i < places.length; i++) if (i % 3 !== 1) places[i] = -places[i];
  return triangleMesh(places, Uint32Array.from(cornersOut));
}

/** The box around what lies above the chin, with each edge off as a hand's is: 2 % of the height, one standard deviation. */
export function drawnBox(
  pixels: NdArray<Float64Array>,
  isHead: (point: number) => boolean,
  normal: () => number,
): StandInTruth['box'] {
  let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity];
  for (let n = 0; n < pixels.shape[0]; n++) {
    if (!isHead(n)) continue;
    const [u, v] = [pixels.get(n, 0), pixels.get(n, 1)];
    [left, right, top, bottom] = [Math.min(left, u), Math.max(right, u), Math.min(top, v), Math.max(bottom, v)];
  }
  const off = (v: number) => v + 0.02 * (bottom - top) * normal();
  const [x, y] = [off(left), off(top)];
  return [x, y, off(right) - x, off(bottom) - y];
}
