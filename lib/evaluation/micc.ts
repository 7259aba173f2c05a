import fs from 'node:fs';
import path from 'node:path';
import {
  ANNOTATIONS_PAGE,
  type BenchmarkCase,
  type BenchmarkCases,
  benchmarkCase,
  type FirstVertex,
  holdsAny,
  incomplete,
} from './benchmark-case';
import { readMiccAnnotations } from './micc-annotations';

const HOW_TO_GET = `MICC Florence is licensed: its scans and videos are given by its owners at https://www.micc.unifi.it/resources/datasets/florence-3d-faces/
The chosen frames are in no download; they come from the videos: in each subject's folder Video, run
  ffmpeg -i Indoor-Cooperative.mjpg frame%04d.jpg
(some end with .mjpeg or .mpg), and keep the one that is named above.
The annotations are the folder data of ${ANNOTATIONS_PAGE}`;

/** In the order in which they are tried. */
const FRONTAL = ['frontal1', 'frontal2'];

/**
 * Lists the cases of MICC Florence (Bagdanov et al. 2011) on which section 4.7 evaluates: for each of 52 subjects the most frontal
 * frame of the controlled indoor video and a frontal scan with four landmarks. Scans are read only by a case's `readScan`.
 *
 * In the data set's folder, as its owners ship it, a scan is `subject_07/Model/frontal1/obj/NAME.obj`, the one OBJ file of its
 * folder. The annotations do not say whether they mean `frontal1` or `frontal2`: a case takes the first in which the four
 * vertices are where a face has them (four random vertices of a simulated scan are so 1 time in 80,000). A frame is looked for as
 * `subject_07/Video/frame0123.jpg`, where ffmpeg puts it when it is run as the annotations' README says, and as
 * `data/micc/cases/subject_7/frame123.jpg`, where annotations.json has it.
 *
 * Scans are taken to be in millimetres: public code shows them whole at a distance of 500 in a view of 60 degrees. `readScan`
 * refuses a scan in which the landmarks' distances are no face's.
 *
 * @param folder       that holds `subject_01` to `subject_53`
 * @param annotations  the authors' repository, which holds `data/micc`
 * @param options.firstVertex  whether the annotations call the first vertex 0 (default) or 1. The files cannot tell, as none names
 *                     a vertex 0; libraries that index arrays count from 0, and `compareNumberings` asks the scans.
 * @returns            the cases by number, and that subject_30 is left out: it has no frame and no landmarks of its own
 * @throws {Error} that lists all that is missing or wrong, which files were expected where, and how to get them
 */
export function readMiccCases(
  folder: string,
  annotations: string,
  { firstVertex = 0 }: { firstVertex?: FirstVertex } = {},
): BenchmarkCases {
  const { cases: annotated, leftOut, problems } = readMiccAnnotations(path.join(annotations, 'data', 'micc'));
  const cases: BenchmarkCase[] = [];
  if (!holdsAny(folder, /^subject_\d/))
    problems.push(`${folder} must be a folder of subject_01 to subject_53, but is none`);
  else
    for (const { name, subject, frame, file, vertices } of annotated) {
      const home = path.join(folder, `subject_${String(subject).padStart(2, '0')}`);
      const { scans, problem } = scansOf(home);
      if (problem) problems.push(`${problem} of ${name}`);
      const pictures = [
        path.join(home, 'Video', `frame${String(frame).padStart(4, '0')}.jpg`),
        path.join(path.dirname(file), `frame${frame}.jpg`),
      ];
      const picture = pictures.find((candidate) => fs.existsSync(candidate));
      if (!picture) problems.push(`${pictures.join(' and ')} are not there: either must be the frame of ${name}`);
      else
        cases.push(
          benchmarkCase(
            { name, subject, picture, scans, vertices },
            { unit: 'millimetres', firstVertex, annotation: file },
          ),
        );
    }
  if (problems.length > 0) throw incomplete('MICC Florence', problems, HOW_TO_GET);
  return { cases, leftOut };
}

/** The frontal scans of a subject, and what is wrong when there is none, or more than one in a folder. */
function scansOf(home: string): { scans: string[]; problem?: string } {
  const folders = FRONTAL.map((view) => path.join(home, 'Model', view, 'obj'));
  const scans: string[] = [];
  for (const folder of folders) {
    const files = fs.existsSync(folder) ? fs.readdirSync(folder).filter((file) => /\.obj$/i.test(file)) : [];
    if (files.length > 1)
      return { scans, problem: `${folder} holds ${files.sort().join(', ')}, but must hold one .obj file: the scan` };
    scans.push(...files.map((file) => path.join(folder, file)));
  }
  if (scans.length > 0) return { scans };
  return { scans, problem: `${folders.join(' and ')} hold no .obj file: either must hold the frontal scan` };
}
