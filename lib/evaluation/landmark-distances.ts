import type { Vector3 } from 'lib/geometry';
import type { LandmarkName } from 'lib/population';

/** cm */
type Landmarks = Partial<Record<LandmarkName, Vector3>>;

/**
 * Least and most distance between two landmarks of an adult, mm.
 *
 * Sixty heads of `lib/population`, which has the measures of ANSUR II and NIOSH, span 29 to 41, 44 to 63, 64 to 84, 19 to 29,
 * 127 to 170 and 115 to 141: the bounds are 12 to 37 % beyond. A scan in a wrong unit misses them tenfold.
 */
const DISTANCES: [LandmarkName, LandmarkName, number, number][] = [
  ['endocanthionRight', 'endocanthionLeft', 20, 52],
  ['endocanthionRight', 'subnasale', 35, 75],
  ['endocanthionLeft', 'subnasale', 35, 75],
  ['endocanthionRight', 'stomion', 50, 105],
  ['endocanthionLeft', 'stomion', 50, 105],
  ['subnasale', 'stomion', 12, 38],
  ['tragionRight', 'tragionLeft', 105, 190],
  ['tragionRight', 'subnasale', 95, 160],
  ['tragionLeft', 'subnasale', 95, 160],
];
/** By how much a landmark of the midline may be nearer to one side, mm; that of the population's heads is at most 4. */
const MOST_DIFFERENCE = 12;

const MIDLINE = ['subnasale', 'stomion'] as const;
const SIDES = [
  ['endocanthionRight', 'endocanthionLeft'],
  ['tragionRight', 'tragionLeft'],
] as const;

/** What no adult's face has, a sentence each; of the landmarks that are there. */
export function implausibleDistances(landmarks: Landmarks): string[] {
  const problems: string[] = [];
  for (const [a, b, least, most] of DISTANCES) {
    const [from, to] = [landmarks[a], landmarks[b]];
    if (!from || !to) continue;
    const millimetres = 10 * distance(from, to);
    if (!(millimetres >= least && millimetres <= most))
      problems.push(`${a} to ${b} must be ${least} to ${most} mm, but is ${millimetres.toFixed(1)}`);
  }
  for (const { middle, sides, right, left } of sideDistances(landmarks))
    if (Math.abs(right - left) > MOST_DIFFERENCE)
      problems.push(
        `${middle} must be as far from ${sides.join(' as from ')} within ${MOST_DIFFERENCE} mm, but is ${right.toFixed(1)} and ${left.toFixed(1)} mm away`,
      );
  return problems;
}

/** How differently far the midline's landmarks are from both sides, on average, mm: some of it is the face's own. */
export function asymmetry(landmarks: Landmarks): number {
  const differences = sideDistances(landmarks).map(({ right, left }) => Math.abs(right - left));
  return differences.reduce((sum, difference) => sum + difference, 0) / differences.length;
}

function sideDistances(landmarks: Landmarks) {
  return MIDLINE.flatMap((middle) =>
    SIDES.flatMap((sides) => {
      const [centre, right, left] = [middle, ...sides].map((name) => landmarks[name]);
      if (!centre || !right || !left) return [];
      return [{ middle, sides, right: 10 * distance(centre, right), left: 10 * distance(centre, left) }];
    }),
  );
}

const distance = (a: Vector3, b: Vector3): number => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
