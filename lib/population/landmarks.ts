import type { Point } from './solids';

/** Where to look on the template: the nearest point to (|x|, y, forward); of x = 0, the nearest of the midline. */
const MIDLINE = {
  glabella: [0, 1.8, 9.6],
  sellion: [0, 0.4, 9],
  pronasale: [0, -3.7, 11.6],
  subnasale: [0, -4.75, 9.6],
  stomion: [0, -7, 9.4],
  pogonion: [0, -10.4, 9.1],
  menton: [0, -11.4, 8.4],
  vertex: [0, 11.6, -1],
  opisthocranion: [0, 2.5, -9.9],
} as const satisfies Record<string, Point>;

const PAIRS = {
  pupil: [3.12, 0.03, 8.3],
  endocanthion: [1.66, -0.05, 7.6],
  exocanthion: [4.55, 0.08, 7.4],
  alare: [1.8, -4.1, 9.4],
  cheilion: [2.5, -6.9, 8.2],
  zygion: [6.95, -1.8, 3],
  gonion: [5.75, -7.6, 2],
  eurion: [7.5, 4.6, -1.5],
  tragion: [7.3, -1.6, 0.3],
  superaurale: [7.9, 1.55, -1.7],
  subaurale: [7.4, -4.9, -0.6],
  postaurale: [8.75, -0.6, -2.6],
  supramastoid: [7, 0.8, -4],
} as const satisfies Record<string, Point>;

type Pair = keyof typeof PAIRS;
export type LandmarkName = keyof typeof MIDLINE | `${Pair}Right` | `${Pair}Left`;
/** Indices of points. Right is the subject's right, at +x. */
export type Landmarks = Record<LandmarkName, number>;

/** @param points  [points, 3], flat, of the template */
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
    found[`${name as Pair}Right`] = right;
    found[`${name as Pair}Left`] = mirror[right];
  }
  return found as Landmarks;
}
