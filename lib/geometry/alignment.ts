import { Matrix, SingularValueDecomposition } from 'ml-matrix';
import type { NdArray } from 'ndarray';
import ndarray from 'ndarray';
import type { Pose } from './pose';
import { type Matrix3, quaternionFromMatrix, rotationMatrix, type Vector3 } from './quaternion';

type Points = NdArray<Float32Array | Float64Array>;

/**
 * The rigid motion that brings `source` nearest to `target`: argmin over R, t of Σ |R s_n + t - g_n|².
 *
 * R = V diag(1, 1, det V U^T) U^T for the singular value decomposition U S V^T of the 3 x 3 covariance (Kabsch 1976); the
 * determinant keeps R from being a reflection.
 *
 * @param source  [N, 3], at least three points that do not lie on one line
 * @param target  [N, 3], point n belongs to point n
 * @throws {RangeError} when the counts differ or are less than three, or the points of either lie on one line
 */
export function alignRigid(source: Points, target: Points): Pose {
  const { rotation, from, to } = bestRotation(source, target);
  const turned = turn(rotationMatrix(rotation), from);
  return { rotation, translation: [to[0] - turned[0], to[1] - turned[1], to[2] - turned[2]] };
}

/** A motion with a change of size, y = s R(q) x + t. */
export interface Similarity extends Pose {
  scale: number;
}

/**
 * The similarity that brings `source` nearest to `target`: argmin over s, R, t of Σ |s R x_n + t - g_n|².
 *
 * R is that of `alignRigid`; s = Σ ± S_i / Σ |x_n - x̄|², with the sign of the last singular value where R needed its determinant
 * mended. Evaluation keeps size, which is part of a head's shape; this is for scans whose unit is unknown.
 *
 * @param source  [N, 3], at least three points that do not lie on one line
 * @param target  [N, 3], point n belongs to point n
 * @throws {RangeError} as `alignRigid` does
 *
 * Reference: Umeyama 1991.
 */
export function alignSimilarity(source: Points, target: Points): Similarity {
  const { rotation, from, to, covariance } = bestRotation(source, target);
  let spread = 0;
  for (let n = 0; n < source.shape[0]; n++) for (let i = 0; i < 3; i++) spread += (source.get(n, i) - from[i]) ** 2;
  const scale = covariance / spread;
  const turned = turn(rotationMatrix(rotation), from);
  return { scale, rotation, translation: [0, 1, 2].map((i) => to[i] - scale * turned[i]) as unknown as Vector3 };
}

/** The rotation about the centroids, and the covariance Σ (R (x_n - x̄)) · (g_n - ḡ) that it reaches. */
function bestRotation(source: Points, target: Points) {
  const count = source.shape[0];
  if (count < 3 || target.shape[0] !== count)
    throw new RangeError(
      `source and target must hold the same three or more points, but hold ${count} and ${target.shape[0]}`,
    );
  const from = centroid(source);
  const to = centroid(target);
  const covariance = Matrix.zeros(3, 3);
  for (let n = 0; n < count; n++)
    for (let i = 0; i < 3; i++)
      for (let j = 0; j < 3; j++)
        covariance.set(i, j, covariance.get(i, j) + (source.get(n, i) - from[i]) * (target.get(n, j) - to[j]));
  const { leftSingularVectors: U, rightSingularVectors: V, diagonal } = new SingularValueDecomposition(covariance);
  // float32 points of a line are up to about 1e-7 of its length beside it
  if (!(diagonal[1] > 1e-6 * diagonal[0]))
    throw new RangeError('source and target must not lie on one line: the rotation about it is free');
  const flip = determinant(V.mmul(U.transpose())) < 0 ? -1 : 1;
  const rotation = quaternionFromMatrix(
    V.mmul(Matrix.diag([1, 1, flip]))
      .mmul(U.transpose())
      .to1DArray(),
  );
  return { rotation, from, to, covariance: diagonal[0] + diagonal[1] + flip * diagonal[2] };
}

/** s R x + t for all points, as new float32 points [N, 3]; the scale s is 1 where a motion has none. */
export function transformPoints(
  points: Points,
  { rotation, translation, scale = 1 }: Pose & { scale?: number },
): NdArray<Float32Array> {
  const r = rotationMatrix(rotation);
  const result = new Float32Array(3 * points.shape[0]);
  for (let n = 0; n < points.shape[0]; n++) {
    const moved = turn(r, [points.get(n, 0), points.get(n, 1), points.get(n, 2)]);
    for (let i = 0; i < 3; i++) result[3 * n + i] = scale * moved[i] + translation[i];
  }
  return ndarray(result, [points.shape[0], 3]);
}

/** The mean of the points [N, 3], in their unit. */
export function centroid(points: Points): Vector3 {
  const sum = [0, 0, 0];
  for (let n = 0; n < points.shape[0]; n++) for (let i = 0; i < 3; i++) sum[i] += points.get(n, i);
  return sum.map((s) => s / points.shape[0]) as unknown as Vector3;
}

/**
 * Generalized Procrustes analysis: all shapes aligned to their own mean, found by turns of aligning and averaging.
 *
 * With `alignRigid` size is kept, since it is part of a head's shape; with `alignSimilarity` all get the reference's. The mean
 * starts as `reference`, moved so that its centroid is the origin, and is aligned to that after each turn, so that the model's
 * frame stays the reference's.
 *
 * @param shapes     each [N, 3]
 * @param reference  [N, 3], gives the frame
 * @param align      `alignRigid` (default) or `alignSimilarity`
 * @returns          the mean; align any other shape to it with the same function
 * @throws {RangeError} when there are no shapes, or one has other points than the reference or lies on one line
 *
 * Stops when the mean moves by less than 1e-4 cm (root mean square), at most after 20 turns; three are usual.
 * Reference: Gower 1975.
 */
export function generalizedProcrustes(
  shapes: Points[],
  reference: Points,
  align: typeof alignRigid | typeof alignSimilarity = alignRigid,
): NdArray<Float32Array> {
  if (shapes.length === 0) throw new RangeError('shapes must hold at least one, but are empty');
  const [cx, cy, cz] = centroid(reference);
  const start = transformPoints(reference, { rotation: [1, 0, 0, 0], translation: [-cx, -cy, -cz] });
  let mean = start;
  for (let turn = 0; turn < 20; turn++) {
    const sum = new Float64Array(start.data.length);
    for (const shape of shapes) {
      const { data } = transformPoints(shape, align(shape, mean));
      for (let i = 0; i < sum.length; i++) sum[i] += data[i];
    }
    const average = ndarray(
      sum.map((s) => s / shapes.length),
      start.shape,
    );
    const next = transformPoints(average, align(average, start));
    const moved = Math.sqrt(next.data.reduce((total, v, i) => total + (v - mean.data[i]) ** 2, 0) / start.shape[0]);
    mean = next;
    if (moved < 1e-4) break;
  }
  return mean;
}

const turn = (r: Matrix3, [x, y, z]: Vector3): Vector3 => [
  r[0] * x + r[1] * y + r[2] * z,
  r[3] * x + r[4] * y + r[5] * z,
  r[6] * x + r[7] * y + r[8] * z,
];

function determinant(m: Matrix): number {
  const [a, b, c, d, e, f, g, h, i] = m.to1DArray();
  return a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
}
