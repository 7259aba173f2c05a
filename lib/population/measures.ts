import type { NdArray } from 'ndarray';
import type { FieldName } from './fields';
import { type Functional, girth } from './girth';
import type { LandmarkName, Landmarks, PairName } from './landmarks';

type Normal = readonly [mean: number, standardDeviation: number];

interface Measure {
  /** what reads it */
  by: Calliper | 'tape';
  /** mm */
  men: Normal;
  women: Normal;
  /** the field of shape that mainly changes it */
  field: FieldName;
}

/** The coordinate of `from` minus that of `to` along `axis` (0 x, 1 y, 2 z); more than 0. */
interface Calliper {
  from: LandmarkName;
  to: LandmarkName;
  axis: 0 | 1 | 2;
}

/**
 * What a population of adults must measure, in millimetres.
 *
 * The first nine are those of ANSUR II (4,082 men and 1,986 women of the US Army, 2012); the others are quoted from NIOSH's
 * survey of respirator users (2003, 3,997 workers) and have not been checked against its tables. The landmarks are ours, on
 * a model: `supramastoid` stands for the place behind the ear from which its protrusion is taken.
 */
export const MEASURES = {
  headLength: measure(depth('opisthocranion', 'glabella'), [199.5, 7], [189.8, 7.4], 'head length'),
  headBreadth: measure(breadth('eurion'), [154.3, 5.5], [147.8, 5.2], 'head breadth'),
  headCircumference: measure('tape', [574.4, 16], [561.1, 19.4], 'occipital breadth'),
  bizygomaticBreadth: measure(breadth('zygion'), [142.6, 6.2], [133.8, 5.6], 'bizygomatic breadth'),
  mentonSellionLength: measure(height('sellion', 'menton'), [122.6, 6.7], [113.1, 6.1], 'face height'),
  interpupillaryBreadth: measure(breadth('pupil'), [64, 3.4], [61.7, 3.6], 'eye distance'),
  tragionToTopOfHead: measure(height('vertex', 'tragionRight'), [131.1, 6.2], [126.5, 6.5], 'cranial height'),
  earLength: measure(height('superauraleRight', 'subauraleRight'), [64.2, 4.5], [59.4, 3.9], 'ear size'),
  earProtrusion: measure(
    { from: 'postauraleRight', to: 'supramastoidRight', axis: 0 },
    [23.2, 3],
    [20.4, 2.7],
    'ear protrusion',
  ),
  bigonialBreadth: measure(breadth('gonion'), [120.4, 10.4], [110.1, 8.9], 'jaw width'),
  minimalFrontalBreadth: measure(breadth('frontotemporale'), [105.5, 5.7], [102.9, 5.4], 'frontal breadth'),
  lipLength: measure(breadth('cheilion'), [51.1, 4.2], [48, 4], 'lip width'),
  noseBreadth: measure(breadth('alare'), [36.6, 4.1], [33.2, 3.9], 'nose breadth'),
  nasalRootBreadth: measure(breadth('nasalRoot'), [16.6, 2.3], [16.3, 2], 'nose root width'),
  noseProtrusion: measure(depth('subnasale', 'pronasale'), [21.1, 2.7], [19.8, 2.7], 'nose protrusion'),
  subnasaleSellionLength: measure(height('sellion', 'subnasale'), [52, 4.1], [48.2, 3.8], 'nose length'),
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

function measure(by: Measure['by'], men: Normal, women: Normal, field: FieldName): Measure {
  return { by, men, women, field };
}

function breadth(pair: PairName): Calliper {
  return { from: `${pair}Right`, to: `${pair}Left`, axis: 0 };
}

function height(from: LandmarkName, to: LandmarkName): Calliper {
  return { from, to, axis: 1 };
}

/** Forward is -z, so `to` lies before `from`. */
function depth(from: LandmarkName, to: LandmarkName): Calliper {
  return { from, to, axis: 2 };
}

/** What measuring needs to know of a template. */
export interface MeasuredTemplate {
  mirror: Uint32Array;
  landmarks: Landmarks;
  /** [edges, 2], flat: the edges that a tape around the head may cross */
  tapeEdges: Uint32Array;
}

/**
 * The measures of a head and their derivatives, which for all but the tape's are the same at every head.
 *
 * @param points  [points, 3], flat, cm
 * @returns       in the order of `MEASURE_NAMES`, cm
 */
export function measuresAt(
  points: Float32Array,
  { landmarks, tapeEdges }: MeasuredTemplate,
): { values: number[]; derivatives: Functional[] } {
  const measured = MEASURE_NAMES.map((name) => {
    const { by } = MEASURES[name];
    if (by === 'tape') return girth(points, tapeEdges, landmarks);
    const derivative = {
      indices: [3 * landmarks[by.from] + by.axis, 3 * landmarks[by.to] + by.axis],
      weights: [1, -1],
    };
    return { length: applied(derivative, points), derivative };
  });
  return { values: measured.map(({ length }) => length), derivatives: measured.map(({ derivative }) => derivative) };
}

/** The value of a linear function at points or at a displacement of them. */
export function applied({ indices, weights }: Functional, points: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < indices.length; i++) sum += weights[i] * points[indices[i]];
  return sum;
}

/**
 * Measures a head, in millimetres.
 *
 * The circumference is the convex girth over glabella and opisthocranion, above the ears; every other measure is a distance
 * along one axis of the model frame between two landmarks, as a calliper that is held level or upright reads it.
 *
 * @param points    [points, 3] cm, in the template's order
 * @param template  of the same population
 * @throws {RangeError} when the head has another number of points
 */
export function headMeasures(points: NdArray<Float32Array>, template: MeasuredTemplate): Record<MeasureName, number> {
  const count = template.mirror.length;
  if (points.dimension !== 2 || points.shape[0] !== count || points.shape[1] !== 3)
    throw new RangeError(`points must be [${count}, 3], but are [${points.shape.join(', ')}]`);
  const { values } = measuresAt(points.data, template);
  return Object.fromEntries(MEASURE_NAMES.map((name, m) => [name, 10 * values[m]])) as Record<MeasureName, number>;
}
