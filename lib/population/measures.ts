import type { NdArray } from 'ndarray';
import type { FieldName } from './fields';
import type { LandmarkName, Landmarks } from './landmarks';

type Normal = readonly [mean: number, standardDeviation: number];

interface Measure {
  /** the coordinate of `from` minus that of `to` along `axis` (0 x, 1 y, 2 z); more than 0 */
  from: LandmarkName;
  to: LandmarkName;
  axis: 0 | 1 | 2;
  /** mm */
  men: Normal;
  women: Normal;
  /** the field of shape that mainly changes it */
  field: FieldName;
}

/**
 * What a population of adults must measure, in millimetres.
 *
 * The first eight are those of ANSUR II (4,082 men and 1,986 women of the US Army, 2012); the others are quoted from NIOSH's
 * survey of respirator users (2003, 3,997 workers) and have not been checked against its tables. The landmarks are ours, on
 * a model: `supramastoid` stands for the place behind the ear from which its protrusion is taken.
 */
export const MEASURES = {
  headLength: measure('opisthocranion', 'glabella', 2, [199.5, 7], [189.8, 7.4], 'head length'),
  headBreadth: measure('eurionRight', 'eurionLeft', 0, [154.3, 5.5], [147.8, 5.2], 'head breadth'),
  bizygomaticBreadth: measure('zygionRight', 'zygionLeft', 0, [142.6, 6.2], [133.8, 5.6], 'bizygomatic breadth'),
  mentonSellionLength: measure('sellion', 'menton', 1, [122.6, 6.7], [113.1, 6.1], 'face height'),
  interpupillaryBreadth: measure('pupilRight', 'pupilLeft', 0, [64, 3.4], [61.7, 3.6], 'eye distance'),
  tragionToTopOfHead: measure('vertex', 'tragionRight', 1, [131.1, 6.2], [126.5, 6.5], 'cranial height'),
  earLength: measure('superauraleRight', 'subauraleRight', 1, [64.2, 4.5], [59.4, 3.9], 'ear size'),
  earProtrusion: measure('postauraleRight', 'supramastoidRight', 0, [23.2, 3], [20.4, 2.7], 'ear protrusion'),
  bigonialBreadth: measure('gonionRight', 'gonionLeft', 0, [120.4, 10.4], [110.1, 8.9], 'jaw width'),
  lipLength: measure('cheilionRight', 'cheilionLeft', 0, [51.1, 4.2], [48, 4], 'lip width'),
  noseBreadth: measure('alareRight', 'alareLeft', 0, [36.6, 4.1], [33.2, 3.9], 'nose breadth'),
  noseProtrusion: measure('subnasale', 'pronasale', 2, [21.1, 2.7], [19.8, 2.7], 'nose protrusion'),
  subnasaleSellionLength: measure('sellion', 'subnasale', 1, [52, 4.1], [48.2, 3.8], 'nose length'),
} as const satisfies Record<string, Measure>;

export type MeasureName = keyof typeof MEASURES;
export const MEASURE_NAMES = Object.keys(MEASURES) as MeasureName[];

/** Correlations within a sex, from ANSUR II; of the other pairs none is known here. */
export const CORRELATIONS: readonly (readonly [MeasureName, MeasureName, number])[] = [
  ['headLength', 'headBreadth', 0.19],
  ['headLength', 'bizygomaticBreadth', 0.18],
  ['headLength', 'mentonSellionLength', 0.31],
  ['headLength', 'interpupillaryBreadth', 0.29],
  ['headBreadth', 'bizygomaticBreadth', 0.64],
  ['headBreadth', 'mentonSellionLength', 0.17],
  ['headBreadth', 'interpupillaryBreadth', 0.3],
  ['bizygomaticBreadth', 'mentonSellionLength', 0.2],
  ['bizygomaticBreadth', 'interpupillaryBreadth', 0.45],
  ['mentonSellionLength', 'interpupillaryBreadth', 0.18],
];

function measure(
  from: LandmarkName,
  to: LandmarkName,
  axis: 0 | 1 | 2,
  men: Normal,
  women: Normal,
  field: FieldName,
): Measure {
  return { from, to, axis, men, women, field };
}

/**
 * The measures of a head or, since each is a difference of two coordinates, of a displacement of one.
 *
 * @param points  [points, 3], flat, cm
 * @returns       in the order of `MEASURE_NAMES`, cm
 */
export function measuresOf(points: Float32Array, landmarks: Landmarks): number[] {
  return MEASURE_NAMES.map((name) => {
    const { from, to, axis } = MEASURES[name];
    return points[3 * landmarks[from] + axis] - points[3 * landmarks[to] + axis];
  });
}

/**
 * Measures a head between its landmarks, in millimetres.
 *
 * Each is a distance along one axis of the model frame, as a calliper that is held level or upright reads it.
 *
 * @param points    [points, 3] cm, in the template's order
 * @param template  of the same population
 * @throws {RangeError} when the head has another number of points
 */
export function headMeasures(
  points: NdArray<Float32Array>,
  template: { landmarks: Landmarks; mirror: Uint32Array },
): Record<MeasureName, number> {
  const count = template.mirror.length;
  if (points.dimension !== 2 || points.shape[0] !== count || points.shape[1] !== 3)
    throw new RangeError(`points must be [${count}, 3], but are [${points.shape.join(', ')}]`);
  const { landmarks } = template;
  const millimetres = (name: MeasureName) => {
    const { from, to, axis } = MEASURES[name];
    return 10 * (points.get(landmarks[from], axis) - points.get(landmarks[to], axis));
  };
  return Object.fromEntries(MEASURE_NAMES.map((name) => [name, millimetres(name)])) as Record<MeasureName, number>;
}
