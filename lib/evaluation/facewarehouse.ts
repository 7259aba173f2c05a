import fs from 'node:fs';
import path from 'node:path';
import { FileError } from 'lib/files';
import type { LandmarkName } from 'lib/population';
import {
  ANNOTATIONS_PAGE,
  type BenchmarkCase,
  type BenchmarkCases,
  benchmarkCase,
  type FirstVertex,
  holdsAny,
  incomplete,
} from './benchmark-case';
import { anatomicalVertices, EAR_LANDMARKS, FACE_LANDMARKS, readLandmarkVertices } from './landmark-vertices';

const HOW_TO_GET = `FaceWarehouse is licensed: its owners give it at http://kunzhou.net/zjugaps/facewarehouse/
The annotations are the folder data of ${ANNOTATIONS_PAGE}`;

const PEOPLE = 150;
/** All heads are the same template, moved. */
export const POINTS = 11510;

/**
 * Lists the cases of FaceWarehouse (Cao et al. 2014) on which section 4.7 evaluates: for each of its 150 people the picture and
 * the registered head of the neutral expression, `Tester_7/TrainingPose/pose_0.png` and `pose_0.obj`. Heads are read only by a
 * case's `readScan`, which refuses one that has not the template's 11,510 vertices, or whose landmarks' distances are no face's.
 *
 * The unit is nowhere said. Public code draws the heads in a window from -1.1 to 1.1, where a head is 1.5 dm wide, and multiplies
 * by ten to work in cm: they are taken to be in decimetres, and an error says which other unit would fit.
 *
 * @param folder       that holds `Tester_1` to `Tester_150`
 * @param annotations  the authors' repository, which holds `data/facewarehouse/vertex_identifiers.txt`
 * @param options.tragi        true for all six annotated landmarks; the paper's four when absent
 * @param options.firstVertex  whether the annotations call the first vertex 0 (default) or 1. The file cannot tell; libraries that
 *                     index arrays count from 0. The template is symmetric, so `compareNumberings` tells from the heads.
 * @param options.people       how many there are, from Tester_1 on; 150, or fewer in a stand-in
 * @throws {Error} that lists all that is missing or wrong, which files were expected where, and how to get them
 */
export function readFaceWarehouseCases(
  folder: string,
  annotations: string,
  {
    tragi = false,
    firstVertex = 0,
    people = PEOPLE,
  }: { tragi?: boolean; firstVertex?: FirstVertex; people?: number } = {},
): BenchmarkCases {
  const annotation = path.join(annotations, 'data', 'facewarehouse', 'vertex_identifiers.txt');
  const problems: string[] = [];
  let vertices: Partial<Record<LandmarkName, number>> = {};
  try {
    const names = tragi ? { ...FACE_LANDMARKS, ...EAR_LANDMARKS } : FACE_LANDMARKS;
    vertices = anatomicalVertices<LandmarkName>(annotation, readLandmarkVertices(annotation), names);
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    problems.push(error.message);
  }
  const cases: BenchmarkCase[] = [];
  if (!holdsAny(folder, /^Tester_\d/))
    problems.push(`${folder} must be a folder of Tester_1 to Tester_${people}, but is none`);
  else
    for (let subject = 1; subject <= people; subject++) {
      const name = `Tester_${subject}`;
      const [picture, scan] = ['.png', '.obj'].map((ending) =>
        path.join(folder, name, 'TrainingPose', `pose_0${ending}`),
      );
      for (const [file, what] of [
        [picture, 'picture'],
        [scan, 'registered head'],
      ])
        if (!fs.existsSync(file)) problems.push(`${file} is not there: the neutral ${what} of ${name}`);
      cases.push(
        benchmarkCase(
          { name, subject, picture, scans: [scan], vertices },
          { unit: 'decimetres', firstVertex, annotation, points: POINTS },
        ),
      );
    }
  if (problems.length > 0) throw incomplete('FaceWarehouse', problems, HOW_TO_GET);
  return { cases, leftOut: [] };
}
