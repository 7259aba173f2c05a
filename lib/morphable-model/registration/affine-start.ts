import type { SurfaceIndex } from 'lib/mesh';
import { CholeskyDecomposition, Matrix } from 'ml-matrix';
import type { NdArray } from 'ndarray';
import { type MatchLimits, matcher } from './matches';
import { surfaceErrorMillimetres } from './quality';
import { TANGENTIAL } from './registration-problem';

/** An affine map's twelve numbers: y_c = Σ_a m[3 a + c] (x, y, z, 1)_a. */
type AffineMap = Float64Array;

/** So many of the points decide: twelve numbers need no more. */
const SAMPLES = 1500;
const MOST_STEPS = 20;
/** A map that leaves more than the first share of the distance after so many steps will not leave less than the second at the end. */
const TRIAL_STEPS = 5;
const TRIAL_SHARE = 0.3;
const EXPLAINED_SHARE = 1e-4;
/** All landmarks together count as much as this share of the points: enough to hold what slides along a smooth surface. */
const LANDMARK_SHARE = 0.1;
/** How much staying at the last step's map counts beside the points, for a surface so flat that matches leave a map free. */
const STAYING_SHARE = 1e-6;

/**
 * The template on the scan by an affine map, when such a map explains the scan; undefined when it does not.
 *
 * Iterative closest points with the distance across the surface: a step is the least-squares problem of the matches and the
 * landmarks in the twelve numbers of the map. The map explains the scan when it leaves less than 1e-4 of the distance that the
 * start had. Otherwise it is not wanted: on a scan that is no affine image, what a map gains across the surface it loses along
 * it, and the correspondences of the steps that follow would be the worse for it.
 *
 * @param points     [N, 3] cm, after the start from the landmarks
 * @param normals    [N, 3], of those points
 * @param landmarks  [L], and [L, 3] cm where they belong
 */
export function affineExplanation(
  points: Float64Array,
  normals: Float32Array,
  index: SurfaceIndex,
  landmarks: ArrayLike<number>,
  places: NdArray<Float32Array>,
  limits: MatchLimits,
): Float64Array | undefined {
  const every = Math.max(1, Math.floor(points.length / 3 / SAMPLES));
  const count = Math.ceil(points.length / 3 / every);
  const sampled = new Float64Array(3 * count);
  const sampledNormals = new Float32Array(3 * count);
  for (let n = 0; n < count; n++)
    for (let c = 0; c < 3; c++) {
      sampled[3 * n + c] = points[3 * n * every + c];
      sampledNormals[3 * n + c] = normals[3 * n * every + c];
    }
  const match = matcher(index, count, limits);
  const now = sampled.slice();
  let map: AffineMap = Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0);
  let atStart = 0;
  for (let step = 0; step <= MOST_STEPS; step++) {
    const matches = match(now, sampledNormals);
    const distance = surfaceErrorMillimetres(matches);
    if (step === 0) atStart = distance;
    if (step >= TRIAL_STEPS && !(distance < TRIAL_SHARE * atStart)) return undefined;
    if (step > 0 && distance < EXPLAINED_SHARE * atStart) break;
    if (step === MOST_STEPS) return undefined;
    const equations = new NormalEquations(map, STAYING_SHARE * count);
    const { closest, normals: across, weights } = matches;
    for (let n = 0; n < count; n++) {
      if (weights[n] === 0) continue;
      equations.add(sampled, n, closest.points, n, weights[n] * TANGENTIAL);
      equations.addAcross(sampled, n, closest.points, across, weights[n] * (1 - TANGENTIAL));
    }
    const pull = (LANDMARK_SHARE * count) / landmarks.length;
    for (let k = 0; k < landmarks.length; k++) {
      const place = Float64Array.of(places.get(k, 0), places.get(k, 1), places.get(k, 2));
      equations.add(points, landmarks[k], place, 0, pull);
    }
    map = equations.solve();
    applyMap(map, sampled, now);
  }
  const mapped = new Float64Array(points.length);
  applyMap(map, points, mapped);
  return mapped;
}

function applyMap(map: AffineMap, points: Float64Array, into: Float64Array): void {
  for (let i = 0; i < points.length; i += 3)
    for (let c = 0; c < 3; c++)
      into[i + c] = points[i] * map[c] + points[i + 1] * map[3 + c] + points[i + 2] * map[6 + c] + map[9 + c];
}

/** The least-squares problem in the twelve numbers of a map. */
class NormalEquations {
  private readonly matrix = new Float64Array(144);
  private readonly right = new Float64Array(12);
  private readonly row = new Float64Array(12);

  /** weight |map - last|² */
  constructor(last: AffineMap, weight: number) {
    for (let k = 0; k < 12; k++) {
      this.matrix[13 * k] = weight;
      this.right[k] = weight * last[k];
    }
  }

  /** weight |map(p_n) - u_m|² */
  add(points: Float64Array, n: number, places: Float64Array, m: number, weight: number): void {
    for (let c = 0; c < 3; c++) {
      this.row.fill(0);
      for (let a = 0; a < 3; a++) this.row[3 * a + c] = points[3 * n + a];
      this.row[9 + c] = 1;
      this.addRow(places[3 * m + c], weight);
    }
  }

  /** weight (m_n · (map(p_n) - u_n))² */
  addAcross(points: Float64Array, n: number, places: Float64Array, normals: Float64Array, weight: number): void {
    let value = 0;
    for (let c = 0; c < 3; c++) {
      const m = normals[3 * n + c];
      for (let a = 0; a < 3; a++) this.row[3 * a + c] = m * points[3 * n + a];
      this.row[9 + c] = m;
      value += m * places[3 * n + c];
    }
    this.addRow(value, weight);
  }

  solve(): AffineMap {
    for (let i = 0; i < 12; i++) for (let j = 0; j < i; j++) this.matrix[12 * j + i] = this.matrix[12 * i + j];
    const matrix = Matrix.from1DArray(12, 12, this.matrix);
    const solution = new CholeskyDecomposition(matrix).solve(Matrix.columnVector(this.right));
    return Float64Array.from(solution.to1DArray());
  }

  private addRow(value: number, weight: number): void {
    for (let i = 0; i < 12; i++) {
      const scaled = weight * this.row[i];
      if (scaled === 0) continue;
      for (let j = 0; j <= i; j++) this.matrix[12 * i + j] += scaled * this.row[j];
      this.right[i] += scaled * value;
    }
  }
}
