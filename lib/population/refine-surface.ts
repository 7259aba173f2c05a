/** A surface cut into smaller triangles without a change of its shape, for any positions of its points. */
export interface RefinedSurface {
  /** points of the surface before it was cut; they come first among the points after it */
  original: number;
  /** [new points, 2] the ends of the edge that a new point halves; they come before it */
  ends: Uint32Array;
  /** [triangles, 3] */
  triangles: Uint32Array;
  /** [triangles] the triangle before the cut in which a triangle lies */
  origin: Uint32Array;
}

/**
 * Halves edges until none is longer than `longest`; a triangle becomes two, three or four where one, two or three of its
 * edges are halved, so that no gap opens.
 *
 * @param points     [points, 3], flat, cm: how long edges are
 * @param triangles  [triangles, 3], flat
 */
export function refineSurface(points: Float32Array, triangles: Uint32Array, longest: number): RefinedSurface {
  const original = points.length / 3;
  const places = Array.from(points);
  const ends: number[] = [];
  let corners = Array.from(triangles);
  let origin = Array.from({ length: corners.length / 3 }, (_, t) => t);
  for (let halved = true; halved; ) {
    halved = false;
    const middles = new Map<number, number>();
    const middleOf = (a: number, b: number): number => {
      const [low, high] = a < b ? [a, b] : [b, a];
      const length = Math.hypot(
        places[3 * a] - places[3 * b],
        places[3 * a + 1] - places[3 * b + 1],
        places[3 * a + 2] - places[3 * b + 2],
      );
      if (length <= longest) return -1;
      const edge = low * 2 ** 26 + high;
      const known = middles.get(edge);
      if (known !== undefined) return known;
      const middle = places.length / 3;
      for (let c = 0; c < 3; c++) places.push((places[3 * low + c] + places[3 * high + c]) / 2);
      ends.push(low, high);
      middles.set(edge, middle);
      return middle;
    };
    const nextCorners: number[] = [];
    const nextOrigin: number[] = [];
    for (let t = 0; t < origin.length; t++) {
      let [a, b, c] = [corners[3 * t], corners[3 * t + 1], corners[3 * t + 2]];
      let [ab, bc, ca] = [middleOf(a, b), middleOf(b, c), middleOf(c, a)];
      const count = (ab >= 0 ? 1 : 0) + (bc >= 0 ? 1 : 0) + (ca >= 0 ? 1 : 0);
      if (count > 0) halved = true;
      // one halved edge is turned to be ab; two are turned to be ab and bc
      while (count === 1 ? ab < 0 : count === 2 && ca >= 0) [a, b, c, ab, bc, ca] = [b, c, a, bc, ca, ab];
      if (count === 0) nextCorners.push(a, b, c);
      else if (count === 1) nextCorners.push(a, ab, c, ab, b, c);
      else if (count === 2) nextCorners.push(ab, b, bc, a, ab, bc, a, bc, c);
      else nextCorners.push(a, ab, ca, ab, b, bc, bc, c, ca, ab, bc, ca);
      for (let piece = 0; piece <= count; piece++) nextOrigin.push(origin[t]);
    }
    [corners, origin] = [nextCorners, nextOrigin];
  }
  return {
    original,
    ends: Uint32Array.from(ends),
    triangles: Uint32Array.from(corners),
    origin: Uint32Array.from(origin),
  };
}

/** The points of a refined surface, [points, 3], flat, for given positions of the points before the cut. */
export function refinedPoints(points: Float32Array, { original, ends }: RefinedSurface): Float32Array {
  const all = new Float32Array(points.length + (3 * ends.length) / 2);
  all.set(points);
  for (let e = 0, i = 3 * original; e < ends.length; e += 2)
    for (let c = 0; c < 3; c++, i++) all[i] = (all[3 * ends[e] + c] + all[3 * ends[e + 1] + c]) / 2;
  return all;
}
