import { alignRigid, alignSimilarity, rotationMatrix, type Similarity } from 'lib/geometry';
import ndarray, { type NdArray } from 'ndarray';

/**
 * The rigid motion or the similarity that brings the template's landmarks nearest to the scan's, y = scale R x + t.
 *
 * @param points     [N, 3] cm
 * @param landmarks  [L], which of the points are the landmarks
 * @param places     [L, 3] cm, where they lie on the scan
 * @throws {RangeError} when the landmarks lie on one line
 */
export function landmarkStart(
  points: NdArray<Float32Array>,
  landmarks: ArrayLike<number>,
  places: NdArray<Float32Array>,
  kind: 'rigid' | 'similarity',
): Similarity {
  const count = landmarks.length;
  const own = Float32Array.from({ length: 3 * count }, (_, i) => points.get(landmarks[Math.floor(i / 3)], i % 3));
  const from = ndarray(own, [count, 3]);
  try {
    return kind === 'similarity' ? alignSimilarity(from, places) : { scale: 1, ...alignRigid(from, places) };
  } catch (error) {
    throw new RangeError(`the landmarks give no start: ${(error as Error).message}`);
  }
}

/** s R x + t for all points, in float64 (`transformPoints` of lib/geometry rounds to float32): [N, 3], flat. */
export function moved(
  points: NdArray<Float32Array | Float64Array>,
  { scale, rotation, translation }: Similarity,
): Float64Array {
  const r = rotationMatrix(rotation);
  const result = new Float64Array(3 * points.shape[0]);
  for (let n = 0; n < points.shape[0]; n++) {
    const [x, y, z] = [points.get(n, 0), points.get(n, 1), points.get(n, 2)];
    for (let c = 0; c < 3; c++)
      result[3 * n + c] = scale * (r[3 * c] * x + r[3 * c + 1] * y + r[3 * c + 2] * z) + translation[c];
  }
  return result;
}
