import { type TriangleMesh, triangleMesh } from 'lib/mesh';
import ndarray from 'ndarray';

/** An open relief of the size of a face, 14 x 18 cm, with a nose and two hollows; outward is -z. */
export function reliefPoint(u: number, v: number): [number, number, number] {
  const [x, y] = [14 * (u - 0.5), 18 * (v - 0.5)];
  const bump = (cx: number, cy: number, width: number) => Math.exp(-((x - cx) ** 2 + (y - cy) ** 2) / width ** 2);
  return [
    x,
    y,
    0.05 * x * x + 0.025 * y * y - 2 * bump(0, -0.5, 1.6) + 0.7 * bump(3, 2.5, 1.5) + 0.7 * bump(-3, 2.5, 1.5),
  ];
}

type Place = (u: number, v: number) => [number, number, number];

/** A surface over the unit square in columns x rows quadrilaterals of two triangles, each diagonal turned in its own way. */
export function grid(place: Place, columns: number, rows: number, shift = 0): TriangleMesh {
  const points: number[] = [];
  for (let row = 0; row <= rows; row++)
    for (let column = 0; column <= columns; column++) {
      // inner lines are moved by part of a step, so that two grids share no points
      const inner = (i: number, count: number) => (i === 0 || i === count ? i : i + shift) / count;
      points.push(...place(inner(column, columns), inner(row, rows)));
    }
  const triangles: number[] = [];
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      const a = row * (columns + 1) + column;
      const [b, c, d] = [a + 1, a + columns + 1, a + columns + 2];
      triangles.push(...((row + column) % 2 === 0 ? [a, c, b, b, c, d] : [a, c, d, a, d, b]));
    }
  return triangleMesh(Float32Array.from(points), Uint32Array.from(triangles));
}

export const COLUMNS = 28;
export const ROWS = 36;
/** Points of `template`: corners of the eyes' and the mouth's places, the nose's tip, chin and forehead. */
export const LANDMARKS = [
  [8, 23],
  [12, 23],
  [16, 23],
  [20, 23],
  [14, 17],
  [10, 11],
  [18, 11],
].map(([column, row]) => row * (COLUMNS + 1) + column);

export const template = () => ({ mesh: grid(reliefPoint, COLUMNS, ROWS), landmarks: LANDMARKS });

/** A scan of the relief after `deform`, with twice as many points elsewhere, and the true places of the template's points. */
export function scanOf(deform: (p: [number, number, number]) => [number, number, number]) {
  const place: Place = (u, v) => deform(reliefPoint(u, v));
  const truth = grid(place, COLUMNS, ROWS).points;
  const landmarks = LANDMARKS.flatMap((n) => [0, 1, 2].map((c) => truth.get(n, c)));
  return {
    truth,
    scan: {
      mesh: grid(place, 2 * COLUMNS + 1, 2 * ROWS + 1, 0.3),
      landmarks: ndarray(Float32Array.from(landmarks), [LANDMARKS.length, 3]),
    },
  };
}

/** Another face's relief: wider below, a longer nose, the chin to the side; up to 1 cm. */
export function otherFace([x, y, z]: [number, number, number]): [number, number, number] {
  const wave = Math.sin(y / 4);
  return [
    x * (1.03 - 0.03 * wave) + 0.2 * Math.cos(y / 5),
    y + 0.3 * Math.sin(x / 5) + 0.2 * wave,
    z - 0.6 * Math.exp(-(x * x + (y + 1) ** 2) / 9) + 0.3 * Math.cos(x / 4 + y / 6),
  ];
}

/** Mean distance between points of the same number, mm. */
export function meanMillimetres(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i += 3) sum += Math.hypot(a[i] - b[i], a[i + 1] - b[i + 1], a[i + 2] - b[i + 2]);
  return (30 * sum) / a.length;
}
