import type { Point } from './solids';

/** Where to look on the template: the nearest point to (|x|, y, forward); of x = 0, the nearest of the midline. */
const MIDLINE = {
  glabella: [0, 1.8, 9.6],
  sellion: [0, 0.3, 9.35],
  pronasale: [0, -3.65, 11.9],
  subnasale: [0, -4.68, 9.9],
  stomion: [0, -7, 10.2],
  pogonion: [0, -10.4, 9.5],
  menton: [0, -11.4, 8.8],
  vertex: [0, 11.6, -1],
  opisthocranion: [0, 2.5, -9.9],
} as const satisfies Record<string, Point>;

const PAIRS = {
  pupil: [3.12, 0.03, 8.3],
  endocanthion: [1.66, -0.05, 7.6],
  exocanthion: [4.55, 0.08, 7.4],
  alare: [1.72, -4, 10.3],
  cheilion: [2.48, -6.98, 9.45],
  zygion: [6.9, -1.8, 3],
  gonion: [5.75, -7.6, 2],
  eurion: [7.5, 4.6, -1.5],
  frontotemporale: [5.2, 2.6, 7.3],
  nasalRoot: [0.85, 0.1, 9.2],
  tragion: [7.3, -1.6, 0.3],
  superaurale: [8, 1.55, -1.6],
  subaurale: [7.4, -4.9, -0.6],
  postaurale: [9.1, -0.6, -2.4],
  supramastoid: [6.85, 0.6, -4],
} as const satisfies Record<string, Point>;

export type PairName = keyof typeof PAIRS;
export type LandmarkName = keyof typeof MIDLINE | `${PairName}Right` | `${PairName}Left`;
/** Indices of points. Right is the subject's right, at +x. */
export type Landmarks = Record<LandmarkName, number>;

/**
 * Finds the landmarks of the template; a left one is the mirror image of its right one.
 *
 * @param points  [points, 3], flat, cm, of the template
 * @param mirror  [points] each point's image
 */
export function findLandmarks(points: Float32Array, mirror: Uint32Array): Landmarks {
  const nearest = ([x, y, forward]: Point, among: (index: number) => boolean) => {
    let best = 0;
    let least = Number.POSITIVE_INFINITY;
    for (let i = 0; i < mirror.length; i++) {
      if (!among(i)) continue;
      const away = Math.hypot(points[3 * i] - x, points[3 * i + 1] - y, points[3 * i + 2] + forward);
      if (away >= least) continue;
      least = away;
      best = i;
    }
    return best;
  };
  const found: Partial<Landmarks> = {};
  for (const [name, place] of Object.entries(MIDLINE))
    found[name as keyof typeof MIDLINE] = nearest(place, (i) => mirror[i] === i);
  for (const [name, place] of Object.entries(PAIRS)) {
    const right = nearest(place, (i) => points[3 * i] > 0);
    found[`${name as PairName}Right`] = right;
    found[`${name as PairName}Left`] = mirror[right];
  }
  return found as Landmarks;
}
