import {
  borderPoints,
  type ClosestPoints,
  closestPointBuffers,
  isOnBorder,
  type SurfaceIndex,
  vertexNormals,
} from 'lib/mesh';

/** Which matches count; see `RegistrationOptions`. */
export interface MatchLimits {
  /** cm */
  distance: number;
  /** The cosine of the largest angle between the normals. */
  cosine: number;
}

/** For each point of the template, where on the scan it belongs at present. */
export interface Matches {
  closest: ClosestPoints;
  /** [N, 3], the scan's unit normal there */
  normals: Float64Array;
  /** [N], 0 for a rejected match */
  weights: Float64Array;
  rejected: number;
}

/**
 * Returns a function that matches points of the template, wherever they are, to a scan.
 *
 * @param count  how many points each call gives; each call writes over the last one's answer
 */
export function matcher(
  index: SurfaceIndex,
  count: number,
  limits: MatchLimits,
): (points: Float64Array, pointNormals: Float32Array) => Matches {
  const scan = index.mesh;
  const scanNormals = vertexNormals(scan).data;
  const onBorder = borderPoints(scan);
  const corners = scan.triangles.data;
  const closest = closestPointBuffers(count);
  const normals = new Float64Array(3 * count);
  const weights = new Float64Array(count);

  /** The scan's normal at match n, between its vertices'; false where they cancel each other. */
  const interpolateNormal = (n: number): boolean => {
    let length = 0;
    for (let c = 0; c < 3; c++) {
      let sum = 0;
      for (let k = 0; k < 3; k++)
        sum += closest.weights[3 * n + k] * scanNormals[3 * corners[3 * closest.triangles[n] + k] + c];
      normals[3 * n + c] = sum;
      length += sum * sum;
    }
    length = Math.sqrt(length);
    if (length < 1e-6) return false;
    for (let c = 0; c < 3; c++) normals[3 * n + c] /= length;
    return true;
  };

  return (points, own) => {
    index.closestPoints(points, closest);
    let rejected = 0;
    for (let n = 0; n < count; n++) {
      const isKept =
        interpolateNormal(n) && closest.distances[n] <= limits.distance && !isOnBorder(closest, n, scan, onBorder);
      const cosine =
        own[3 * n] * normals[3 * n] + own[3 * n + 1] * normals[3 * n + 1] + own[3 * n + 2] * normals[3 * n + 2];
      weights[n] = isKept && cosine >= limits.cosine ? 1 : 0;
      if (weights[n] === 0) rejected++;
    }
    weighRobustly(closest.distances, weights);
    return { closest, normals, weights, rejected };
  };
}

/**
 * Multiplies each weight by Cauchy's 1 / (1 + (r / s)²), s = 2.385 times the standard deviation of the distances r.
 *
 * The deviation is 1.4826 times the median of the distances that count, as for normal errors; Cauchy's estimate with this
 * constant is 95 % as exact on them as the mean. It falls with the distances, but not below `LEAST_SCALE`: what the stiffness
 * still holds back from a good scan is no outlier, and without that floor it would stay behind for ever.
 */
function weighRobustly(distances: Float64Array, weights: Float64Array): void {
  const sorted = distances.filter((_, n) => weights[n] > 0).sort();
  const scale = Math.max(LEAST_SCALE, 2.385 * 1.4826 * (sorted[sorted.length >> 1] ?? 0));
  for (let n = 0; n < weights.length; n++) weights[n] /= 1 + (distances[n] / scale) ** 2;
}

/** cm: above a scanner's noise of up to 1 mm, below the size of what is no head. */
const LEAST_SCALE = 0.5;
