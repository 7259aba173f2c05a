import type { Random } from 'lib/random';
import ndarray from 'ndarray';
import { clamp } from './interpolation';
import { paintHead } from './paint';
import type { Colour, Palette } from './palette';
import type { Head } from './sample-head';
import { smoothField } from './smooth-field';
import type { HeadTemplate } from './template';

/**
 * Draws a person of a second population, from which no training comes: it stands in for the people of another data set.
 *
 * Its heads are the template deformed by another Gaussian process than `headPopulation`'s: x' = S x + u(x).
 *
 * | | the first population | the second |
 * |---|---|---|
 * | kernel | squared exponential, 8, 4 and 2 cm | Matérn 5/2, 6 and 2.5 cm |
 * | deviations of y and z in the plane x = 0; of all coordinates at the sides about 0.7 of them | 0.3, 0.14 and 0.05 cm, the smaller scales weaker away from the face | 0.28 and 0.1 cm everywhere |
 * | named fields, traits, two sexes | yes | none |
 * | measures | those of ANSUR II and NIOSH | free: S is diagonal, heads are 4 % broader, 3 % lower and 4 % shorter than the template |
 * | skin | one line of melanin | any mixture of five other tones; blotches |
 * | hair, eyes, lips, beard | as they go with skin and sex | each by itself; dyed hair and painted lips |
 *
 * Points and triangles are the template's, so that where each point is is known: that is what a stand-in is for.
 *
 * @param random  is not advanced: everything comes from its forks, so one generator gives one person; fork it for many
 */
export function sampleSecondHead(template: HeadTemplate, random: Random): Head {
  const { uniform } = random.fork('sex');
  const palette = secondPalette(random.fork('palette'));
  const albedo = paintHead(template, palette, random.fork('paint'));
  const blotches = smoothField(template.points.data, BLOTCH_LENGTH, random.fork('blotches'));
  for (let i = 0; i < albedo.length; i++)
    if (blotches[i - (i % 3)] > BLOTCH_FROM) albedo[i] *= i % 3 === 0 ? BLOTCH[0] : BLOTCH[1];
  return {
    sex: uniform() < 0.5 ? 'man' : 'woman',
    points: ndarray(secondShape(template, random.fork('shape')), template.points.shape),
    coefficients: new Float32Array(0),
    albedo,
    occlusion: template.occlusion,
    gloss: template.regions.gloss,
    palette,
  };
}

/** Mean and deviation of the stretch along x, y and z. */
const STRETCH = [
  [1.04, 0.035],
  [0.97, 0.03],
  [0.96, 0.03],
] as const;
/** Length scale and deviation, cm: of each coordinate at the sides, where a point and its image move independently. */
const SCALES = [
  { length: 6, deviation: 0.2 },
  { length: 2.5, deviation: 0.07 },
] as const;
/** Left-right differences, as a share of what both sides have in common. */
const ASYMMETRY = 0.2;
/** Nobody is drawn beyond this many standard deviations. */
const FARTHEST = 2.5;

/** Length scale, cm; where the field is above this, in standard deviations; what is left there of red, and of green and blue. */
const BLOTCH_LENGTH = 0.9;
const BLOTCH_FROM = 1.3;
const BLOTCH = [0.85, 0.72] as const;

function secondShape({ points: { data }, mirror }: HeadTemplate, random: Random): Float32Array {
  const stretch = random.fork('stretch');
  const factors = STRETCH.map(([mean, deviation]) => mean + deviation * clamp(stretch.normal(), -FARTHEST, FARTHEST));
  const shape = Float32Array.from(data, (v, i) => factors[i % 3] * v);
  for (const [s, { length, deviation }] of SCALES.entries()) {
    const field = smoothField(data, length, random.fork(s));
    for (let i = 0; i < shape.length; i++) {
      // the mirror image of the field: its x changes sign
      const other = (i % 3 === 0 ? -1 : 1) * field[3 * mirror[Math.floor(i / 3)] + (i % 3)];
      shape[i] += (deviation * (field[i] + other + ASYMMETRY * (field[i] - other))) / Math.SQRT2;
    }
  }
  return shape;
}

/** Olive, yellow, ruddy, ashen and violet brown, linear RGB: beside the first population's line of melanin. */
const SKIN: readonly Colour[] = [
  [0.5, 0.4, 0.22],
  [0.62, 0.5, 0.3],
  [0.5, 0.24, 0.21],
  [0.2, 0.16, 0.13],
  [0.12, 0.06, 0.065],
];
/** White, blue, green, violet and orange. */
const DYED: readonly Colour[] = [
  [0.55, 0.54, 0.52],
  [0.04, 0.08, 0.3],
  [0.05, 0.2, 0.08],
  [0.18, 0.04, 0.2],
  [0.4, 0.14, 0.03],
];

function secondPalette(random: Random): Palette {
  const between = (low: number, high: number) => low + (high - low) * random.uniform();
  const shares = SKIN.map(() => -Math.log(1 - random.uniform()));
  const total = shares.reduce((a, b) => a + b);
  const shade = between(0.7, 1.2);
  const colour = (of: (channel: number) => number): Colour => [of(0), of(1), of(2)];
  const skin = colour((c) =>
    Math.min(1, (shade * SKIN.reduce((sum, tone, k) => sum + shares[k] * tone[c], 0)) / total),
  );
  const isDyed = random.uniform() < 0.35;
  const dye = DYED[random.integer(DYED.length)];
  const grey = between(0.01, 0.35);
  const paint = random.uniform() < 0.4 ? between(0.4, 0.9) : 0;
  const lipstick: Colour = [between(0.1, 0.5), between(0.01, 0.1), between(0.02, 0.25)];
  return {
    skin,
    lip: colour((c) => (1 - paint) * skin[c] * (c === 0 ? 0.95 : 0.75) + paint * lipstick[c]),
    hair: isDyed ? dye : colour((c) => grey * (1 - 0.1 * c)),
    iris: colour(() => between(0.03, 0.25)),
    recession: between(-0.4, 1.8),
    hairCover: random.uniform() < 0.3 ? between(0, 0.5) : 1,
    beard: random.uniform() < 0.35 ? between(0.5, 1) : 0,
    browWidth: 0.08 * random.normal(),
    browCover: between(0.1, 1),
    flush: between(0, 1),
  };
}
