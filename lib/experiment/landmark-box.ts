import { alignSimilarity, type Pixel, transformPoints } from 'lib/geometry';
import { headTemplate, type LandmarkName } from 'lib/population';
import ndarray, { type NdArray } from 'ndarray';
import type { HeadBox } from './head-framing';

/** Each alignment brings the scale nearer; after so many it changes by far less than a percent. */
const ITERATIONS = 60;
/** Fewer may lie on a plane through the eye, which says nothing of the size. */
const LEAST_LANDMARKS = 4;

/**
 * The box of a head, crown to chin and ear to ear as if it faced the camera, from where some of its landmarks are in a picture.
 *
 * The mean head is brought onto the landmarks by scaled orthography: min over s, R, t of Σ |s (R x_n)_xy + t_xy - p_n|², with
 * p = (-u, -v), since the camera's +x is the image's left and +y up. The depths that no picture tells are those of the head
 * itself: in turns, the similarity that aligns the head to (p_n, z_n), then new z_n (alternating least squares).
 *
 * @param mean       of a model of the embedded population
 * @param landmarks  pixels, by the names of the population's landmarks, such as pronasale or cheilionLeft
 * @throws {RangeError} when the model has other points, a name is unknown, there are fewer than four landmarks, or all are at one
 *                      place
 *
 * Limits: perspective is left out, so a near head's box is off by some percent, which changes nothing but how large the network
 * sees it.
 */
export function boxOfLandmarks(mean: NdArray<Float32Array>, landmarks: Record<string, Pixel>): HeadBox {
  const template = headTemplate();
  if (mean.shape[0] !== template.points.shape[0])
    throw new RangeError('landmarks must be of a run on the embedded population: for others give a box');
  const names = Object.keys(landmarks);
  const unknown = names.find((name) => !Object.hasOwn(template.landmarks, name));
  if (unknown !== undefined)
    throw new RangeError(
      `landmarks must be among ${Object.keys(template.landmarks).join(', ')}, but one is ${unknown}`,
    );
  if (names.length < LEAST_LANDMARKS)
    throw new RangeError(`landmarks must be at least ${LEAST_LANDMARKS}, but are ${names.length}`);
  const indices = names.map((name) => template.landmarks[name as LandmarkName]);
  const head = rowsOf(indices.map((index) => [0, 1, 2].map((axis) => mean.get(index, axis))));
  const pixels = names.map((name) => landmarks[name].map((v) => -v));
  // facing the camera, as large as the landmarks are spread
  const [wide, far] = [spread(pixels), spread(indices.map((_, n) => [head.get(n, 0), head.get(n, 1)]))];
  if (!(wide > 0))
    throw new RangeError(`landmarks must not be at one place, but all are at ${landmarks[names[0]].join(', ')}`);
  let depths = indices.map((_, n) => (wide / far) * head.get(n, 2));
  let aligned = alignSimilarity(head, rowsOf(pixels.map((p, n) => [...p, depths[n]])));
  for (let i = 0; i < ITERATIONS; i++) {
    const moved = transformPoints(head, aligned);
    depths = indices.map((_, n) => moved.get(n, 2));
    aligned = alignSimilarity(head, rowsOf(pixels.map((p, n) => [...p, depths[n]])));
  }
  const { scale, translation } = aligned;
  const at = (name: LandmarkName, axis: 0 | 1) => scale * mean.get(template.landmarks[name], axis);
  const [halfWidth, crown, chin] = [at('postauraleRight', 0), at('vertex', 1), at('menton', 1)];
  return [-translation[0] - halfWidth, -translation[1] - crown, 2 * halfWidth, crown - chin];
}

const rowsOf = (rows: number[][]): NdArray<Float64Array> => ndarray(Float64Array.from(rows.flat()), [rows.length, 3]);

/** The root of the mean squared distance from the mean. */
function spread(points: number[][]): number {
  const middle = [0, 1].map((axis) => points.reduce((sum, p) => sum + p[axis], 0) / points.length);
  return Math.sqrt(
    points.reduce((sum, p) => sum + (p[0] - middle[0]) ** 2 + (p[1] - middle[1]) ** 2, 0) / points.length,
  );
}
