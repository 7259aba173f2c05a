import { add, cut, ellipsoid, type Part, type Point, tube } from './solids';

/**
 * The ear is laid out in its own plane, (backwards, up, outwards) from the hinge at its front edge, in units of
 * `size` cm; the plane flares away from the head and leans back.
 */
const HINGE: Point = [6.95, -1.6, 0.15];
const SIZE = 1.09;
const FLARE = (32 * Math.PI) / 180;
const LEAN = (9 * Math.PI) / 180;

function inHead(backwards: number, up: number, outwards: number): Point {
  const a = SIZE * (Math.cos(LEAN) * backwards + Math.sin(LEAN) * up);
  const b = SIZE * (Math.cos(LEAN) * up - Math.sin(LEAN) * backwards);
  const n = SIZE * outwards;
  return [
    HINGE[0] + Math.sin(FLARE) * a + Math.cos(FLARE) * n,
    HINGE[1] + b,
    HINGE[2] - Math.cos(FLARE) * a + Math.sin(FLARE) * n,
  ];
}

/** Rows: outwards, up, backwards, each of unit length. */
const AXES = [
  [0, 0, 1],
  [0, 1, 0],
  [1, 0, 0],
].flatMap(([a, b, n]) => inHead(a, b, n).map((v, i) => (v - HINGE[i]) / SIZE));

/** An ellipsoid with its thickness, height and width. */
const pad = (backwards: number, up: number, outwards: number, [thickness, height, width]: Point) =>
  ellipsoid(inHead(backwards, up, outwards), [SIZE * thickness, SIZE * height, SIZE * width], AXES);

const rim = (points: readonly (readonly [number, number, number, number])[]) =>
  tube(points.map(([a, b, n, radius]) => [...inHead(a, b, n), SIZE * radius] as const));

export const EAR_PARTS: Part[] = [
  add('ear root', 0.7, pad(0.35, -0.3, -0.45, [0.6, 2.0, 0.8])),
  add('ear plate', 0.4, pad(1.5, 0.25, 0, [0.3, 2.5, 1.5])),
  add('ear back', 0.5, pad(1.0, -0.4, -0.35, [0.5, 1.3, 1.1])),
  add('ear lobule', 0.5, pad(0.85, -2.2, 0.05, [0.36, 0.78, 0.74])),
  cut('ear concha', 0.3, pad(1.1, -0.45, 0.42, [0.6, 0.95, 0.72])),
  cut('ear fossa', 0.25, pad(1.75, 1.5, 0.42, [0.28, 0.7, 0.55])),
  add(
    'ear helix',
    0.24,
    rim([
      [0.6, 0.1, 0.15, 0.16],
      [0.15, 1.1, 0.25, 0.24],
      [0.6, 2.3, 0.25, 0.28],
      [1.7, 2.85, 0.25, 0.28],
      [2.75, 2.1, 0.3, 0.27],
      [3.0, 0.7, 0.3, 0.24],
      [2.6, -0.8, 0.22, 0.22],
      [1.7, -2.0, 0.12, 0.2],
    ]),
  ),
  add(
    'ear antihelix',
    0.2,
    rim([
      [1.1, 1.8, 0.1, 0.15],
      [1.95, 0.8, 0.2, 0.22],
      [2.05, -0.3, 0.22, 0.24],
      [1.5, -1.35, 0.2, 0.24],
    ]),
  ),
  add('ear tragus', 0.4, pad(0.3, -0.65, 0.25, [0.28, 0.5, 0.32])),
  add('ear antitragus', 0.4, pad(1.15, -1.55, 0.22, [0.25, 0.3, 0.35])),
];

/** Holds the whole ear, closely: hair grows outside of it. */
export const earHull = pad(1.5, 0.1, 0.2, [0.95, 3.1, 1.75]);
