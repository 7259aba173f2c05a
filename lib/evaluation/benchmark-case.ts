import fs from 'node:fs';
import { FileError } from 'lib/files';
import type { Vector3 } from 'lib/geometry';
import { readObj, type TriangleMesh } from 'lib/mesh';
import type { LandmarkName } from 'lib/population';
import { asymmetry, implausibleDistances } from './landmark-distances';

/** Whether a file's vertex numbers call the first vertex 0 or 1. */
export type FirstVertex = 0 | 1;

/** A photograph and the scan of the same person, from a public data set. */
export interface BenchmarkCase {
  /** Of the person in the data set, such as `subject_12` or `Tester_3`. */
  name: string;
  subject: number;
  /** The file of the picture that the authors chose. */
  picture: string;
  /** The files of the scan; more than one where the annotations do not say which they mean, and then the first that fits counts. */
  scans: string[];
  /** The landmarks' numbers as they are annotated. */
  vertices: Partial<Record<LandmarkName, number>>;
  /**
   * Reads the scan, anew with each call.
   *
   * @throws {Error} that names case, file and distances, when no scan can be read or has a face where the landmarks are
   */
  readScan(): BenchmarkScan;
}

/** In cm, in the scan's own frame: a prediction is aligned to it by the landmarks. */
export interface BenchmarkScan {
  file: string;
  mesh: TriangleMesh;
  landmarks: Partial<Record<LandmarkName, Vector3>>;
}

/** What a data set has for the paper's evaluation. */
export interface BenchmarkCases {
  cases: BenchmarkCase[];
  /** Whom the annotations themselves leave without what a case needs, and why. */
  leftOut: { name: string; why: string }[];
}

/** cm in a unit of length. */
const CENTIMETRES = { micrometres: 1e-4, millimetres: 0.1, centimetres: 1, decimetres: 10, metres: 100 };

/** How a data set's scans are to be read. */
interface ScanForm {
  unit: keyof typeof CENTIMETRES;
  firstVertex: FirstVertex;
  /** The annotations' file, for errors. */
  annotation: string;
  /** How many vertices each scan has, where all have the same. */
  points?: number;
}

/** A case whose scan is read when it is asked for. */
export function benchmarkCase(description: Omit<BenchmarkCase, 'readScan'>, form: ScanForm): BenchmarkCase {
  return {
    ...description,
    readScan() {
      const refusals: string[] = [];
      for (const file of description.scans)
        try {
          return readLandmarkedScan(file, description, form);
        } catch (error) {
          if (!(error instanceof FileError)) throw error;
          refusals.push(error.message);
        }
      throw new Error(`${description.name} has no scan that fits its landmarks:\n  ${refusals.join('\n  ')}`);
    },
  };
}

function readLandmarkedScan(
  file: string,
  { vertices }: Pick<BenchmarkCase, 'vertices'>,
  { unit, firstVertex, annotation, points }: ScanForm,
): BenchmarkScan {
  const mesh = readObj(file);
  const count = mesh.points.shape[0];
  if (points !== undefined && count !== points)
    throw new FileError(file, `must have ${points} vertices, but has ${count}`);
  const asWritten = landmarksAt(mesh, vertices, firstVertex, 1);
  const outside = Object.entries(vertices).find(([name]) => !asWritten[name as LandmarkName]);
  if (outside)
    throw new FileError(
      file,
      `must have the vertex ${outside[1]}, counted from ${firstVertex}, of ${annotation}, but has ${count} vertices`,
    );
  const scale = CENTIMETRES[unit];
  const landmarks = landmarksAt(mesh, vertices, firstVertex, scale);
  const problems = implausibleDistances(landmarks);
  if (problems.length > 0)
    throw new FileError(
      file,
      `is taken to be in ${unit}, where the landmarks of ${annotation}, counted from ${firstVertex}, are no face's: ${problems.join('; ')}. ${otherReadings(mesh, vertices)}`,
    );
  const { data } = mesh.points;
  for (let i = 0; i < data.length; i++) data[i] *= scale;
  return { file, mesh, landmarks };
}

/** Places of vertices, times `scale`; those that the mesh does not have are left out. */
function landmarksAt(
  { points }: TriangleMesh,
  vertices: BenchmarkCase['vertices'],
  firstVertex: FirstVertex,
  scale: number,
): BenchmarkScan['landmarks'] {
  const landmarks: BenchmarkScan['landmarks'] = {};
  for (const [name, vertex] of Object.entries(vertices)) {
    const v = vertex - firstVertex;
    if (v < 0 || v >= points.shape[0]) continue;
    landmarks[name as LandmarkName] = [0, 1, 2].map((i) => scale * points.get(v, i)) as unknown as Vector3;
  }
  return landmarks;
}

/** In which unit, and counted from what, the landmarks would be a face's: what a user can look into. */
function otherReadings(mesh: TriangleMesh, vertices: BenchmarkCase['vertices']): string {
  const plausible: string[] = [];
  for (const [unit, scale] of Object.entries(CENTIMETRES))
    for (const first of [0, 1] as const) {
      const landmarks = landmarksAt(mesh, vertices, first, scale);
      if (Object.keys(landmarks).length < Object.keys(vertices).length) continue;
      if (implausibleDistances(landmarks).length === 0) plausible.push(`in ${unit} and counted from ${first}`);
    }
  return plausible.length > 0
    ? `They would be ${plausible.join(', or ')}.`
    : 'They would be in no other unit, counted from 0 or from 1: the landmarks are not of this scan.';
}

/**
 * How symmetric the landmarks are, mean over the cases in mm, when their numbers begin at 0 and when they begin at 1: the right
 * way of counting has the smaller number.
 *
 * For each case: the difference of the distances from a landmark of the midline to the right and to the left landmark of a pair.
 * A face has 1 to 2 mm of it. A vertex beside the one that was meant adds to it, by as much as vertices that follow one another
 * are apart; where they are neighbours the two numbers are alike, and the choice matters as little to an alignment that ICP
 * refines. Reads all scans.
 *
 * @returns  infinity where a number has no vertex
 */
export function compareNumberings(cases: BenchmarkCase[]): { fromZero: number; fromOne: number } {
  const sums = [0, 0];
  for (const { vertices, readScan } of cases) {
    const { mesh } = readScan();
    for (const first of [0, 1] as const) {
      const landmarks = landmarksAt(mesh, vertices, first, 1);
      const isWhole = Object.keys(landmarks).length === Object.keys(vertices).length;
      sums[first] += isWhole ? asymmetry(landmarks) : Number.POSITIVE_INFINITY;
    }
  }
  return { fromZero: sums[0] / cases.length, fromOne: sums[1] / cases.length };
}

/** The public pages of the annotations, as of their README files. */
export const ANNOTATIONS_PAGE = 'https://github.com/eduardramon/hyperparams-free-3D-losses';

/** Whether a folder is there and holds something of such a name: else a user has named another one. */
export const holdsAny = (folder: string, name: RegExp): boolean =>
  fs.statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true &&
  fs.readdirSync(folder).some((entry) => name.test(entry));

/** One error for all that is missing or wrong, with the way to get it. */
export function incomplete(dataset: string, problems: string[], howToGet: string): Error {
  const things = problems.length === 1 ? 'one thing is' : `${problems.length} things are`;
  return new Error(`${dataset} is not whole; ${things} missing or wrong:\n  ${problems.join('\n  ')}\n${howToGet}`);
}
