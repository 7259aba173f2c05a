import type { Random } from 'lib/random';
import type { NdArray } from 'ndarray';
import ndarray from 'ndarray';

/** One subject: a surface with colours, in correspondence with all others of its source. */
export interface Head {
  /** [M, 3] cm, model frame, not aligned yet. The first `shapePoints` of them are its shape. */
  points: NdArray<Float32Array>;
  /** [M, 3] linear RGB */
  albedo: Float32Array;
  /** [M] ambient occlusion, 1 = open; all open when absent */
  occlusion?: Float32Array;
  /** [M] wetness, for highlights in eyes; none when absent */
  gloss?: Float32Array;
}

/** Where a dataset's heads come from. The same random generator gives the same head. */
export interface HeadSource {
  name: string;
  /** N, how many of a head's points are its shape: what a morphable model learns and errors are measured on. */
  shapePoints: number;
  /** How many of them are its skin: eyeballs of their own come last. */
  headPoints: number;
  /** [T, 3] triangles among the shape's points */
  shapeTriangles: NdArray<Uint32Array>;
  /** [N] the shape's point on the other side of the plane x = 0; absent when the source's heads have no such pairs. */
  mirror?: Uint32Array;
  /** Triangles of the whole surface, flat. */
  surfaceTriangles: Uint32Array;
  /** Whether the surface has no holes, so that a renderer may leave out what looks away. */
  closed: boolean;
  /** @param random  may be advanced: give each head a fork of its own */
  sample(random: Random): Head;
}

/** The points of a head that are its shape, not a copy. */
export const shapeOfHead = ({ points }: Head, { shapePoints }: HeadSource): NdArray<Float32Array> =>
  ndarray(points.data.subarray(0, 3 * shapePoints), [shapePoints, 3]);
