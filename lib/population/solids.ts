import { clamp } from './interpolation';

/**
 * A point of the right half of the head: (|x|, y, forward) in cm, with forward = -z, the way the face looks.
 * The head is symmetric, so anatomy is written for one side.
 */
export type Point = readonly [number, number, number];

/** A solid by its distance: negative inside, 0 on the surface, about the distance in cm outside. */
export interface Solid {
  /** the solid lies within `reach` of `centre` */
  centre: Point;
  reach: number;
  distance(x: number, y: number, forward: number): number;
}

/** Row-major 3 x 3: the rows are a solid's own axes, in the head's. */
export type Axes = readonly number[];

/** Axes turned by angles in degrees about x, then y, then forward. */
export function turnedAxes([aboutX, aboutY, aboutForward]: Point): Axes {
  const [ca, cb, cc] = [aboutX, aboutY, aboutForward].map((angle) => Math.cos((angle * Math.PI) / 180));
  const [sa, sb, sc] = [aboutX, aboutY, aboutForward].map((angle) => Math.sin((angle * Math.PI) / 180));
  return [
    ...[cc * cb, cc * sb * sa + sc * ca, -cc * sb * ca + sc * sa],
    ...[-sc * cb, -sc * sb * sa + cc * ca, sc * sb * ca + cc * sa],
    ...[sb, -cb * sa, cb * ca],
  ];
}

/**
 * An ellipsoid.
 *
 * d = k (k - 1) / |g|, k = |p / radii|, g = p / radii^2: exact on the surface and to first order near it, which is where
 * the surface is looked for.
 */
export function ellipsoid(centre: Point, radii: Point, axes: Axes = turnedAxes([0, 0, 0])): Solid {
  const [cx, cy, cf] = centre;
  const [ra, rb, rc] = radii;
  const [r0, r1, r2, r3, r4, r5, r6, r7, r8] = axes;
  return {
    centre,
    reach: Math.max(...radii),
    distance(x, y, forward) {
      const dx = x - cx;
      const dy = y - cy;
      const df = forward - cf;
      const a = (r0 * dx + r1 * dy + r2 * df) / ra;
      const b = (r3 * dx + r4 * dy + r5 * df) / rb;
      const c = (r6 * dx + r7 * dy + r8 * df) / rc;
      const k = Math.sqrt(a * a + b * b + c * c);
      // at the centre the gradient is 0 / 0
      if (k < 1e-6) return -Math.min(ra, rb, rc);
      const [ga, gb, gc] = [a / ra, b / rb, c / rc];
      return (k * (k - 1)) / Math.sqrt(ga * ga + gb * gb + gc * gc);
    },
  };
}

/** A tube along a smooth curve (Catmull-Rom) through [x, y, forward, radius] points; two points make a straight cone. */
export function tube(points: readonly (readonly [number, number, number, number])[]): Solid {
  const line = points.length === 2 ? points.map((p) => [...p]) : smoothCurve(points, 6);
  const centre = [0, 1, 2].map((c) => {
    const values = line.map((p) => p[c]);
    return (Math.min(...values) + Math.max(...values)) / 2;
  }) as unknown as Point;
  const reach = Math.max(...line.map((p) => Math.hypot(p[0] - centre[0], p[1] - centre[1], p[2] - centre[2]) + p[3]));
  const pieces = line.slice(1).map((end, i) => {
    const start = line[i];
    const step = end.map((v, c) => v - start[c]);
    return { start, step, squaredLength: step[0] ** 2 + step[1] ** 2 + step[2] ** 2 };
  });
  return {
    centre,
    reach,
    distance(x, y, forward) {
      let nearest = Number.POSITIVE_INFINITY;
      for (const { start, step, squaredLength } of pieces) {
        const dx = x - start[0];
        const dy = y - start[1];
        const df = forward - start[2];
        const t = clamp((dx * step[0] + dy * step[1] + df * step[2]) / squaredLength, 0, 1);
        const ex = dx - t * step[0];
        const ey = dy - t * step[1];
        const ef = df - t * step[2];
        nearest = Math.min(nearest, Math.sqrt(ex * ex + ey * ey + ef * ef) - (start[3] + t * step[3]));
      }
      return nearest;
    },
  };
}

function smoothCurve(points: readonly (readonly number[])[], pieces: number): number[][] {
  const curve: number[][] = [];
  for (let i = 0; i + 1 < points.length; i++) {
    const before = points[Math.max(0, i - 1)];
    const [from, to] = [points[i], points[i + 1]];
    const after = points[Math.min(points.length - 1, i + 2)];
    for (let piece = 0; piece < pieces; piece++) {
      const t = piece / pieces;
      curve.push(
        from.map((p, c) => {
          const [a, b, d] = [before[c], to[c], after[c]];
          return 0.5 * (2 * p + (b - a) * t + (2 * a - 5 * p + 4 * b - d) * t ** 2 + (3 * p - a - 3 * b + d) * t ** 3);
        }),
      );
    }
  }
  return [...curve, [...points[points.length - 1]]];
}

/**
 * The smaller of two distances, with the corner between them rounded over a width of `rounding` cm.
 *
 * min(a, b) - h^2 r / 4, h = max(r - |a - b|, 0) / r (Quilez, "smooth minimum", polynomial).
 */
export function smoothMinimum(a: number, b: number, rounding: number): number {
  const h = Math.max(rounding - Math.abs(a - b), 0) / rounding;
  return Math.min(a, b) - h * h * rounding * 0.25;
}

/** One step of the build: a solid that is added to, or cut out of, what is there, with a rounded seam. */
export interface Part {
  name: string;
  /** width of the seam, cm */
  rounding: number;
  solid: Solid;
  cut: boolean;
}

export const add = (name: string, rounding: number, solid: Solid): Part => ({ name, rounding, solid, cut: false });
export const cut = (name: string, rounding: number, solid: Solid): Part => ({ name, rounding, solid, cut: true });

/** Distance to the body that the parts make, one after another, at a point. Parts too far away to matter are skipped. */
export function distanceToParts(parts: readonly Part[], x: number, y: number, forward: number): number {
  // far outside, before the first part
  let distance = 1e3;
  for (const { rounding, solid, cut: isCut } of parts) {
    const dx = x - solid.centre[0];
    const dy = y - solid.centre[1];
    const df = forward - solid.centre[2];
    const beyond = Math.sqrt(dx * dx + dy * dy + df * df) - solid.reach - rounding;
    if (isCut ? beyond > 0 && -beyond < distance - rounding : beyond > Math.max(distance, 0) + 1e-9) continue;
    const own = solid.distance(x, y, forward);
    distance = isCut ? -smoothMinimum(-distance, own, rounding) : smoothMinimum(distance, own, rounding);
  }
  return distance;
}
