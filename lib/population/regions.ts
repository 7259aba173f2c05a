import { nostril } from './anatomy';
import { earHull } from './ear';
import { globe, IRIS, LID_CORNERS, lidEdges } from './eye';
import { beardDensity, distanceIntoHair } from './hair';
import { clamp, smoothStep } from './interpolation';

const NAMES = [
  'eye',
  'iris',
  'limbus',
  'pupil',
  'gloss',
  'lidShadow',
  'lash',
  'lip',
  'brow',
  'hair',
  'beard',
  'flush',
  'nostril',
  'socket',
] as const;
export type RegionName = (typeof NAMES)[number];

/**
 * What lies at each point of the template, [points] each. All are 0 to 1 but two, which are distances in cm into the region
 * (negative outside), so that a palette can choose where it ends: `hair` from the hairline, `brow` from the brow's edge.
 */
export type Regions = Record<RegionName, Float32Array>;

/**
 * Finds what lies at each point of the template, by places in the average head that `anatomy`, `eye`, `ear` and `hair` agree on.
 *
 * @param points  [points, 3], flat, cm
 */
export function findRegions(points: Float32Array): Regions {
  const count = points.length / 3;
  const regions = Object.fromEntries(NAMES.map((name) => [name, new Float32Array(count)])) as Regions;
  for (let i = 0; i < count; i++) {
    const found = regionsAt(Math.abs(points[3 * i]), points[3 * i + 1], -points[3 * i + 2]);
    for (const name of NAMES) regions[name][i] = found[name];
  }
  return regions;
}

/** A soft blob of height 1 around a centre. */
const blob = (dx: number, dy: number, width: number, height: number) =>
  Math.exp(-((dx / width) ** 2) - (dy / height) ** 2);

function regionsAt(x: number, y: number, forward: number): Record<RegionName, number> {
  const [upper, lower] = lidEdges(x);
  const [inner, outer] = LID_CORNERS;
  const onGlobe = forward > 6.9 && x > inner && x < outer + 0.05 && Math.abs(globe.distance(x, y, forward)) < 0.07;
  const eye = onGlobe ? smoothStep(-0.03, 0.07, Math.min(upper - y, y - lower)) : 0;
  const fromIris = Math.hypot(x - IRIS.centre[0], y - IRIS.centre[1]);
  const iris = eye * smoothStep(IRIS.outer + 0.01, IRIS.inner - 0.01, fromIris);
  const nearLid = forward > 6.8 && x > inner - 0.07 && x < outer + 0.15;
  const lash = nearLid
    ? smoothStep(0.16, 0.04, Math.abs(y - upper)) * (1 - eye) * smoothStep(-0.16, -0.04, y - upper)
    : 0;

  // the lips' outline: a Cupid's bow above, half an ellipse below
  const t = x / 2.45;
  const lipTop = -6.02 - 0.86 * t * t - 0.16 * Math.exp(-((x / 0.3) ** 2));
  const lipBottom = -6.92 - 1.12 * Math.sqrt(Math.max(0, 1 - t * t));
  const lip = forward > 7 && x < 2.6 ? smoothStep(-0.12, 0.12, Math.min(lipTop - y, y - lipBottom)) : 0;

  // the brow: an arch that thins from its inner end at 1.2 cm to its outer end at 4.9 cm
  const along = (x - 1.2) / 3.7;
  const arch = 1.7 + 0.75 * Math.sin(clamp(along, 0, 1) * 2.2) - 0.35 * along;
  const half = 0.42 * (1 - 0.55 * clamp(along, 0, 1));
  const brow = forward > 4.5 ? Math.min(half - Math.abs(y - arch), 3.7 * along + 0.15, 3.7 * (1 - along)) : -1;

  const fromEar = earHull.distance(x, y, forward);
  const flush =
    0.8 * blob(x - 3.9, y + 3.8, 2.24, 2.24) * smoothStep(3, 6, forward) +
    blob(x, y + 4, 1.41, 1.41) * smoothStep(9, 10.5, forward) +
    0.7 * smoothStep(0.3, -0.1, fromEar);
  return {
    eye,
    iris,
    limbus: 0.7 * iris * smoothStep(0.4, 0.58, fromIris),
    pupil: eye * smoothStep(IRIS.pupil + 0.09, IRIS.pupil, fromIris),
    // the lid throws a shadow on the globe, and the wet film is out of sight under its edge
    gloss: eye * smoothStep(0.04, 0.2, Math.min(upper - y, y - lower)),
    lidShadow: eye * smoothStep(0.34, 0.02, upper - y),
    lash,
    lip,
    brow,
    hair: distanceIntoHair(x, y, forward),
    beard: beardDensity(x, y, forward) * (1 - lip),
    flush: Math.min(1, flush),
    nostril: smoothStep(0.12, -0.1, nostril.distance(x, y, forward)),
    socket: blob(x - 3, y + 0.1, 1.9, 1.3) * smoothStep(5, 7, forward),
  };
}
