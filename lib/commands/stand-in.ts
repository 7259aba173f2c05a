import fs from 'node:fs';
import path from 'node:path';
import { encodeJpeg, type Head, hardPhotograph, ictHeads, ictLandmarks } from 'lib/dataset';
import {
  asRegisteredHead,
  type BenchmarkLayout,
  caseName,
  drawnBox,
  finishStandIn,
  readTruth,
  type StandIn,
  writeStandInCase,
} from 'lib/evaluation';
import { showProgress } from 'lib/figures';
import { projectPoints } from 'lib/geometry';
import { encodePng, type TriangleMesh, triangleMesh, vertexNormals } from 'lib/mesh';
import { frontalScan, headTemplate, type LandmarkName, sampleSecondHead } from 'lib/population';
import { createRandom, type Random } from 'lib/random';
import ndarray from 'ndarray';

export interface StandInOptions {
  layout: BenchmarkLayout;
  /** Where it goes. */
  out: string;
  count: number;
  /** Of everything random; 1 by default. */
  seed?: number;
  /** `ict-facekit=FOLDER` for heads of ICT-FaceKit; those of the second population by default. */
  model?: string;
}

/** Pixels: about a video of 2011. */
const PICTURE_SIZE = 480;
/** As many people as the larger data set has. */
const MOST_PEOPLE = 150;

/**
 * Makes a folder of the layout of MICC Florence or FaceWarehouse with rendered people that no training saw, and what is true of
 * them beside it: other heads, skin, light, cameras and noise (`sampleSecondHead`, `hardPhotograph`, `frontalScan`).
 *
 * In the layout of MICC the picture is a JPEG of low quality, and the scan shows the front in the scanner's frame; in that of
 * FaceWarehouse the picture is a PNG, and the scan is the head itself as a mesh of 11,510 vertices. `boxes.json` says where heads
 * are in the pictures, `truth` the true shapes, and `stand-in.json`, which is written last, what the folder is.
 *
 * The same options give the same files. People that are there already are kept.
 *
 * @throws {Error} when an option is out of range, or `out` holds something that is no stand-in, before anything is written
 */
export async function makeStandIn({ layout, out, count, seed = 1, model }: StandInOptions): Promise<void> {
  if (!(count >= 1 && count <= MOST_PEOPLE)) throw new Error(`--count must be 1 to ${MOST_PEOPLE}, but is ${count}`);
  const people = peopleOf(model);
  const truth = path.join(out, 'truth');
  // first of all, so that a stand-in that was broken off is known as one
  if (!fs.existsSync(truth) && fs.existsSync(out) && fs.readdirSync(out).length > 0)
    throw new Error(
      `${out} must be empty or a stand-in, since files of a data set there would be replaced, but is neither`,
    );
  fs.mkdirSync(truth, { recursive: true });
  const random = createRandom(`stand-in ${people.heads} ${layout} ${seed}`);
  const progress = showProgress(`People in ${path.basename(out)}`, count);
  for (let subject = 1; subject <= count; subject++) {
    const own = random.fork(subject);
    const mark = own.fork('mark').integer(2 ** 32);
    if (readTruth(out, caseName(layout, subject))?.mark !== mark)
      writeStandInCase(out, layout, { subject, ...(await person(people, layout, own, mark)) });
    progress.update(subject);
  }
  finishStandIn(out, { layout, heads: people.heads, seed, count });
  progress.end();
}

interface People {
  heads: StandIn['heads'];
  surfaceTriangles: Uint32Array;
  closed: boolean;
  /** How many of the points are the shape, and how many the skin. */
  shapePoints: number;
  headPoints: number;
  landmarks: Partial<Record<LandmarkName, number>> & Record<'menton', number>;
  sample(random: Random): Head;
}

function peopleOf(model: string | undefined): People {
  if (model === undefined) {
    const template = headTemplate();
    const points = template.points.shape[0];
    return {
      heads: 'second-population',
      surfaceTriangles: template.triangles.data,
      closed: true,
      shapePoints: points,
      headPoints: points,
      landmarks: template.landmarks,
      sample: (random) => sampleSecondHead(template, random),
    };
  }
  const [, folder] = /^ict-facekit=(.+)$/.exec(model) ?? [];
  if (!folder) throw new Error(`--model must be ict-facekit=FOLDER, but is ${model}`);
  return { heads: 'ict-facekit', ...ictHeads(folder), landmarks: ictLandmarks(folder) };
}

async function person(people: People, layout: BenchmarkLayout, random: Random, mark: number) {
  const { surfaceTriangles, closed, headPoints, shapePoints, landmarks } = people;
  const head = people.sample(random.fork('person'));
  const points = head.points.data;
  const surface = {
    ...head,
    points,
    triangles: surfaceTriangles,
    normals: vertexNormals(triangleMesh(points, surfaceTriangles)).data,
  };
  const { pixels, pose, camera } = hardPhotograph(surface, random.fork('photograph'), { size: PICTURE_SIZE, closed });
  const skin = skinOf(head, people);
  const chin = head.points.get(landmarks.menton, 1);
  const box = drawnBox(
    projectPoints(skin.points, pose, camera),
    (n) => skin.points.get(n, 1) >= chin,
    random.fork('box').normal,
  );
  const truth = {
    mark,
    points: ndarray(points.slice(0, 3 * shapePoints), [shapePoints, 3]),
    box,
    frame: 1 + random.fork('frame').integer(900),
  };
  if (layout === 'facewarehouse')
    return {
      picture: encodePng(pixels, PICTURE_SIZE, PICTURE_SIZE),
      scan: asRegisteredHead(skin),
      landmarks: Object.fromEntries(Object.entries(landmarks).filter(([, v]) => v < headPoints)),
      truth,
    };
  const scan = frontalScan(skin, landmarks, random.fork('scan'));
  const quality = 35 + random.fork('quality').integer(40);
  return {
    picture: await encodeJpeg({ pixels, width: PICTURE_SIZE, height: PICTURE_SIZE }, quality),
    scan: scan.mesh,
    landmarks: scan.landmarks,
    truth,
  };
}

/** The head without eyeballs of their own. */
function skinOf(head: Head, { surfaceTriangles, headPoints }: People): TriangleMesh {
  const isSkin = (t: number) => [0, 1, 2].every((k) => surfaceTriangles[t + k] < headPoints);
  return triangleMesh(
    head.points.data.slice(0, 3 * headPoints),
    surfaceTriangles.filter((_, i) => isSkin(i - (i % 3))),
  );
}
