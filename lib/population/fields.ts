/** (|x|, y, forward) in cm; the other side moves as the mirror image. */
type Triple = readonly [number, number, number];

interface Field {
  /** middle of the place that moves */
  centre: Triple;
  /** standard deviations of the bell in cm along each axis */
  reach: Triple;
  /** cm at the centre */
  move: Triple;
  /** stretch about the centre: cm a cm, along each axis */
  grow: Triple;
}

const field = (centre: Triple, reach: Triple, move: Triple, grow: Triple = [0, 0, 0]): Field => ({
  centre,
  reach,
  move,
  grow,
});

/** A reach that takes in the whole head. */
const ALL = Number.POSITIVE_INFINITY;

/** The ways in which heads differ, by name. The amounts are of one standard deviation, before measures are fitted. */
export const FIELDS = {
  'overall size': field([0, 0, 0], [ALL, ALL, ALL], [0, 0, 0], [0.014, 0.014, 0.014]),
  'head length': field([0, 0, 0], [ALL, ALL, ALL], [0, 0, 0], [0, 0, 0.03]),
  'head breadth': field([0, 4, 0], [ALL, 7, ALL], [0, 0, 0], [0.03, 0, 0]),
  'cranial height': field([0, 12, -1], [ALL, 6, ALL], [0, 0.35, 0]),
  occiput: field([0, 2, -9.5], [6, 5, 4.5], [0, 0, -0.18]),
  'forehead slope': field([0, 6.5, 8], [6, 3, 4], [0, 0, 0.25]),
  'forehead breadth': field([5, 4, 5.5], [2.8, 4, 3.2], [0.2, 0, 0.14]),
  'occipital breadth': field([5, 3, -6], [3.2, 5, 3.6], [0.26, 0, -0.22]),
  'frontal breadth': field([5.2, 2.6, 7], [1.8, 2, 2.4], [0.22, 0, 0]),
  'brow ridge': field([1.9, 1.8, 8.6], [2, 0.9, 1.6], [0, 0, 0.16]),
  'brow height': field([2.7, 2, 8.2], [2.2, 0.8, 2], [0, 0.16, 0]),
  'temple hollow': field([6, 1, 4.5], [1.8, 2.2, 2.2], [-0.18, 0, 0]),
  'face height': field([0, -13, 0], [ALL, 6.5, ALL], [0, -0.5, 0]),
  'lower face height': field([0, -12, 6], [ALL, 3, 9], [0, -0.22, 0]),
  'bizygomatic breadth': field([6, -2, 3], [2.4, 3, 4], [0.25, 0, 0]),
  cheekbone: field([4.5, -2.4, 6.6], [1.6, 1.3, 1.6], [0.1, 0, 0.22]),
  'cheek fullness': field([4.3, -5.8, 6.2], [1.9, 2.2, 2.4], [0.2, 0, 0.16]),
  'jaw width': field([5.5, -7.2, 2.2], [2.8, 3.2, 4.2], [0.4, 0, 0]),
  'jaw angle height': field([5.5, -7.8, 2], [2, 2, 2.5], [0, 0.3, 0]),
  'mandible protrusion': field([0, -9.5, 8], [4, 2.4, 5], [0, 0, 0.28]),
  'chin protrusion': field([0, -10.3, 9], [2, 1.3, 2.2], [0, 0, 0.28]),
  'chin width': field([1.7, -10.3, 8.3], [1.7, 1.6, 2.2], [0.2, 0, 0]),
  'chin length': field([0, -11.2, 8.5], [2.6, 1.2, 2.6], [0, -0.22, 0]),
  'submental fullness': field([0, -12.2, 5], [3, 1.5, 2.6], [0, -0.3, 0]),
  'maxilla protrusion': field([0, -6.2, 9.6], [3, 1.7, 3], [0, 0, 0.22]),
  'eye distance': field([3.15, 0, 8], [1.6, 1.6, 2.4], [0.17, 0, 0]),
  'eye size': field([3.15, 0, 8], [1.3, 0.9, 1.6], [0, 0, 0], [0.05, 0.09, 0.05]),
  'eye depth': field([3.15, 0, 8], [1.5, 1.1, 1.8], [0, 0, 0.14]),
  'outer eye corner height': field([4.6, 0.1, 7.6], [1, 0.8, 1.4], [0, 0.12, 0]),
  'lid fold': field([3.2, 0.95, 8.2], [1.5, 0.35, 1.2], [0, -0.07, 0.08]),
  'under-eye': field([3.1, -1, 8], [1.5, 0.5, 1.2], [0, 0, 0.08]),
  'nose length': field([0, -4.8, 10.5], [1.9, 2.1, 2.6], [0, -0.25, 0]),
  'nose breadth': field([1.3, -4.1, 9.9], [0.9, 1.1, 1.4], [0.17, 0, 0]),
  'nose protrusion': field([0, -3.3, 9.3], [2, 2.6, 4], [0, 0, 0], [0, 0, 0.1]),
  'nose bridge height': field([0, -0.9, 9.7], [0.9, 1.6, 1.6], [0, 0, 0.2]),
  'nose bridge width': field([0.75, -1.4, 8.9], [0.8, 1.7, 1.1], [0.12, 0, 0]),
  'nose root width': field([0.82, 0.2, 8.6], [0.75, 1.2, 1.2], [0.1, 0, 0]),
  'nose hump': field([0, -1.7, 10.2], [0.8, 0.8, 1.3], [0, 0, 0.09]),
  'nose root depth': field([0, 0.6, 9], [1, 0.7, 1.2], [0, 0, 0.12]),
  'nose tip angle': field([0, -3.9, 11.3], [1.4, 1.5, 1.8], [0, 0.09, 0]),
  'nose tip size': field([0, -3.6, 10.7], [1.2, 1.1, 1.4], [0, 0, 0], [0.13, 0.09, 0.06]),
  'nose wing height': field([1.3, -4.1, 9.9], [0.8, 0.8, 1.2], [0, 0.1, 0]),
  'lip width': field([2.5, -7, 9], [1.2, 1.3, 1.8], [0.2, 0, 0]),
  'upper lip fullness': field([0, -6.4, 10], [1.9, 0.5, 1.2], [0, 0.09, 0.1]),
  'lower lip fullness': field([0, -7.7, 9.9], [1.9, 0.55, 1.2], [0, -0.1, 0.1]),
  'mouth height': field([0, -7, 9.6], [3.2, 1.5, 3], [0, 0.17, 0]),
  'mouth corner height': field([2.5, -7, 9], [1, 0.7, 1.4], [0, 0.09, 0]),
  'ear size': field([7.6, -1.6, -1.2], [1.1, 3.6, 2], [0, 0, 0], [0, 0.09, 0.09]),
  'ear protrusion': field([8.4, -1.4, -2.2], [0.9, 3, 1.5], [0.25, 0, 0]),
  'ear height': field([7.8, -1.6, -1.2], [1.2, 4, 2.4], [0, 0.2, 0]),
  'neck girth': field([0, -16, -1.5], [ALL, 4.5, ALL], [0, 0, 0], [0.06, 0, 0.05]),
  larynx: field([0, -14.2, 3.6], [1, 1.4, 1.4], [0, 0, 0.15]),
} as const satisfies Record<string, Field>;

export type FieldName = keyof typeof FIELDS;
export const FIELD_NAMES = Object.keys(FIELDS) as FieldName[];

type Weights = Partial<Record<FieldName, number>>;

/** Traits that come together in people: sums of fields, each with one coefficient of its own. */
export const TRAITS = {
  adiposity: {
    'cheek fullness': 1.1,
    'submental fullness': 1.3,
    'jaw width': 0.5,
    'neck girth': 0.9,
    'nose breadth': 0.3,
    'chin protrusion': -0.3,
  },
  robustness: {
    'brow ridge': 1.1,
    'jaw width': 0.5,
    'chin width': 0.8,
    'chin length': 0.6,
    'nose protrusion': 0.5,
    'brow height': -0.8,
    'forehead slope': -0.6,
    'upper lip fullness': -0.5,
    'neck girth': 0.5,
    'overall size': 0.6,
  },
  // without it the tip would come forward alone
  'nose size': {
    'nose protrusion': 1.2,
    'nose bridge height': 0.8,
    'nose hump': 0.4,
    'nose length': 0.4,
    'nose breadth': 0.3,
    'nose tip size': 0.7,
  },
} as const satisfies Record<string, Weights>;

/** Half the difference between men and women, beyond the measures, in standard deviations of each field. */
export const MANLY: Weights = {
  'brow ridge': 0.8,
  'brow height': -0.55,
  'forehead slope': -0.45,
  'cheek fullness': -0.3,
  'chin width': 0.5,
  'chin protrusion': 0.25,
  'upper lip fullness': -0.35,
  'lower lip fullness': -0.2,
  'eye size': -0.3,
  'nose bridge height': 0.3,
  'nose tip angle': -0.4,
  'neck girth': 0.9,
  larynx: 0.9,
};

/**
 * The displacement of one field at every point: exp(-|d / reach|^2 / 2) (move + grow d), d the offset from the centre.
 *
 * @param points  [points, 3], flat, of the template
 * @returns       [points, 3], flat, cm; mirror-symmetric but for rounding, below 1e-7 cm
 */
export function fieldDisplacement(points: Float32Array, { centre, reach, move, grow }: Field): Float32Array {
  const out = new Float32Array(points.length);
  // a field of the midline is its own mirror image
  const sides = centre[0] === 0 ? [1] : [1, -1];
  for (let i = 0; i < points.length; i += 3)
    for (const side of sides) {
      const d = [side * points[i] - centre[0], points[i + 1] - centre[1], -points[i + 2] - centre[2]];
      const weight = Math.exp(-0.5 * ((d[0] / reach[0]) ** 2 + (d[1] / reach[1]) ** 2 + (d[2] / reach[2]) ** 2));
      out[i] += side * weight * (move[0] + grow[0] * d[0]);
      out[i + 1] += weight * (move[1] + grow[1] * d[1]);
      out[i + 2] -= weight * (move[2] + grow[2] * d[2]);
    }
  return out;
}
