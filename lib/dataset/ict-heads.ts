import path from 'node:path';
import { checkFile, readJson } from 'lib/files';
import { readIctFaceKit } from 'lib/morphable-model';
import type { LandmarkName } from 'lib/population';
import ndarray from 'ndarray';
import { z } from 'zod';
import type { HeadSource } from './head-source';
import { mirrorMap } from './symmetrize';

/** Skin from light to dark, linear RGB. */
const SKIN = [
  [0.64, 0.43, 0.34],
  [0.47, 0.27, 0.18],
  [0.3, 0.155, 0.095],
  [0.12, 0.065, 0.042],
];
const SCLERA = [0.55, 0.52, 0.5];
/** Cosines of the angles from the eyeball's front to the borders of iris and pupil, seen from its centre. */
const IRIS = Math.cos((29 * Math.PI) / 180);
const PUPIL = Math.cos((12 * Math.PI) / 180);

/**
 * Heads drawn from ICT-FaceKit: independent standard normal coefficients for its 100 identity modes.
 *
 * The shape is the face (9,409 points); pictures also show head, neck and eyeballs. The model brings no colours, so each head
 * has one skin tone, and irises of one colour. Its neutral head is symmetric within 0.06 mm, which gives the mirror map.
 *
 * @throws {Error} as `readIctFaceKit` does
 */
export function ictHeads(folder: string): HeadSource {
  const ict = readIctFaceKit(folder);
  const faceTriangles = ict.triangles.data.filter((_, i, all) => {
    const t = i - (i % 3);
    return all[t] < ict.facePoints && all[t + 1] < ict.facePoints && all[t + 2] < ict.facePoints;
  });
  return {
    name: 'ict-facekit',
    shapePoints: ict.facePoints,
    headPoints: ict.headPoints,
    shapeTriangles: ndarray(faceTriangles, [faceTriangles.length / 3, 3]),
    mirror: mirrorMap(ndarray(ict.neutral.data.subarray(0, 3 * ict.facePoints), [ict.facePoints, 3])),
    surfaceTriangles: ict.triangles.data,
    closed: false,
    sample(random) {
      const points = Float32Array.from(ict.neutral.data);
      for (const mode of ict.modes) {
        const c = random.normal();
        for (let i = 0; i < points.length; i++) points[i] += c * mode[i];
      }
      const tone = random.uniform() * (SKIN.length - 1);
      const [light, dark] = [SKIN[Math.floor(tone)], SKIN[Math.floor(tone) + 1]];
      const skin = light.map((v, c) => v + (dark[c] - v) * (tone % 1));
      const iris = [0.05 + 0.08 * random.uniform(), 0.05 + 0.06 * random.uniform(), 0.02 + 0.12 * random.uniform()];
      const albedo = new Float32Array(points.length);
      const gloss = new Float32Array(points.length / 3);
      for (let n = 0; n < gloss.length; n++) {
        const isEye = n >= ict.headPoints;
        const front = ict.eyeFront[n];
        const colour = !isEye ? skin : front > PUPIL ? [0.01, 0.01, 0.01] : front > IRIS ? iris : SCLERA;
        albedo.set(colour, 3 * n);
        gloss[n] = isEye ? 1 : 0;
      }
      return { points: ndarray(points, ict.neutral.shape), albedo, gloss };
    },
  };
}

/** Places in the 68 landmarks of iBUG's 300-W, which ICT-FaceKit lists, counted from 0. */
const IBUG = {
  menton: 8,
  pronasale: 30,
  subnasale: 33,
  exocanthionRight: 36,
  endocanthionRight: 39,
  endocanthionLeft: 42,
  exocanthionLeft: 45,
  cheilionRight: 48,
  cheilionLeft: 54,
  // the middle of the upper lip's lower edge
  stomion: 62,
} as const satisfies Partial<Record<LandmarkName, number>>;

const MOST_BYTES = 2 ** 22;
const indicesSchema = z.looseObject({ idx_to_landmark_verts: z.array(z.number().int().nonnegative()).length(68) });

/**
 * The vertices of ICT-FaceKit's face that are some of the population's landmarks, from `FaceXModel/vertex_indices.json`.
 *
 * @throws {Error} that names the file when it is not there or lists no 68 landmarks
 *
 * Reference: Sagonas et al. 2013, "300 faces in-the-wild challenge", for their order.
 */
export function ictLandmarks(folder: string): Record<keyof typeof IBUG, number> {
  const file = path.join(folder, 'FaceXModel', 'vertex_indices.json');
  checkFile(file, MOST_BYTES);
  const { idx_to_landmark_verts: vertices } = readJson(file, indicesSchema);
  return Object.fromEntries(Object.entries(IBUG).map(([name, i]) => [name, vertices[i]])) as ReturnType<
    typeof ictLandmarks
  >;
}
