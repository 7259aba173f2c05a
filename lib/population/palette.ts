import type { Random } from 'lib/random';
import { clamp } from './interpolation';

/** Linear RGB, 0 to 1. */
export type Colour = readonly [number, number, number];
export type Sex = 'man' | 'woman';

/** The colours of one person. */
export interface Palette {
  skin: Colour;
  lip: Colour;
  hair: Colour;
  iris: Colour;
  /** how far the hairline is moved back, cm */
  recession: number;
  /** how densely hair covers the scalp, 0 to 1 */
  hairCover: number;
  /** how dark the beard's shadow is, 0 to 1 */
  beard: number;
  /** added to the brow's half width, cm, and how dark it is, 0 to 1 */
  browWidth: number;
  browCover: number;
  /** how red cheeks, nose and ears are, 0 to 1 */
  flush: number;
}

/** From little to much melanin: light is absorbed more, and red the least of it. */
const SKIN: readonly Colour[] = [
  [0.64, 0.43, 0.34],
  [0.56, 0.35, 0.26],
  [0.47, 0.27, 0.18],
  [0.3, 0.155, 0.095],
  [0.15, 0.075, 0.048],
  [0.075, 0.04, 0.028],
];
/** Black, two browns, dark blond, blond, red. */
const HAIR: readonly Colour[] = [
  [0.012, 0.009, 0.008],
  [0.03, 0.018, 0.012],
  [0.08, 0.045, 0.025],
  [0.22, 0.13, 0.06],
  [0.4, 0.27, 0.13],
  [0.18, 0.06, 0.025],
];
/** What hair is mixed with in age. */
const GREY: Colour = [0.3, 0.29, 0.28];
/** Two browns, hazel, blue, grey-green. */
const IRIS: readonly Colour[] = [
  [0.05, 0.025, 0.012],
  [0.11, 0.06, 0.025],
  [0.09, 0.085, 0.04],
  [0.07, 0.11, 0.15],
  [0.1, 0.125, 0.13],
];

/** Mixes two colours; `share` is of the second. */
function mixColours(a: Colour, b: Colour, share: number): Colour {
  return [a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share, a[2] + (b[2] - a[2]) * share];
}

/**
 * Draws the colours of a person: skin along the line of melanin (a little more often light than dark), with hair, iris and lips
 * that go with it. Light hair and eyes come with light skin only; grey hair is about one in eight; men may have receding hair and
 * a beard.
 */
export function randomPalette(random: Random, sex: Sex): Palette {
  const { uniform, normal } = random;
  const between = (low: number, high: number) => low + (high - low) * uniform();
  const melanin = uniform() ** 1.25;
  const place = melanin * (SKIN.length - 1.001);
  const step = Math.floor(place);
  const shade = (value: number) => value * (1 + 0.03 * normal());
  const [red, green, blue] = mixColours(SKIN[step], SKIN[step + 1], place - step);
  const skin: Colour = [shade(red), shade(green), shade(blue)];

  const isDark = melanin > 0.3;
  const age = uniform();
  const coloured = HAIR[random.integer(isDark ? 2 : HAIR.length)];
  const hair = mixColours(coloured, GREY, age > 0.87 ? between(0.3, 1) : 0);
  const iris = IRIS[random.integer(isDark ? 2 : IRIS.length)];
  const isMan = sex === 'man';
  // the redder lips of some women are paint
  const paint = !isMan && uniform() < 0.35 ? between(0.15, 0.55) : 0;
  const bare: Colour = [
    skin[0] * (0.82 - 0.05 * melanin),
    skin[1] * (0.5 + 0.15 * melanin),
    skin[2] * (0.55 + 0.15 * melanin),
  ];
  return {
    skin,
    lip: mixColours(bare, [0.3, 0.07, 0.075], paint),
    hair,
    iris,
    recession: isMan && uniform() < 0.25 + 0.5 * age ? between(0.2, 0.6 + 1.6 * age) : between(-0.25, 0.25),
    hairCover: isMan && uniform() < 0.1 + 0.3 * age ? between(0.2, 0.85) : 1,
    beard: isMan ? (uniform() < 0.3 ? between(0.4, 0.85) : between(0, 0.3)) : 0,
    browWidth: (isMan ? 0.03 : -0.06) + 0.04 * normal(),
    browCover: clamp((isMan ? 0.8 : 0.68) + 0.1 * normal(), 0.3, 1),
    flush: between(0.35, 0.85),
  };
}
