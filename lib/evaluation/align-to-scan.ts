import { IDENTITY, type Pose, type Similarity, transformPoints } from 'lib/geometry';
import { SurfaceIndex, type TriangleMesh } from 'lib/mesh';
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { type Pairs, pairBuffers, pairFinder, type Seeking, squaredSum, type Trim } from './closest-pairs';
import { classicalStep, distanceMoved, fastStep } from './closest-point-steps';

export interface AlignToScanOptions {
  /** Where to begin, as `alignRigid` or `alignSimilarity` of landmarks give it; where the prediction lies when absent. */
  start?: Pose & { scale?: number };
  /** Whether size is part of the shape and stays as at the start (default), or is fitted with the motion. */
  size?: 'kept' | 'fitted';
  /** Whose points seek the nearest points of the other's surface; the prediction's by default. */
  direction?: Seeking['direction'];
  /** [points of the side that seeks] 1 for those that count, 0 for others; all count when absent. */
  counts?: ArrayLike<number>;
  /** Whether a point does not count while its nearest one lies on the surface's border, beyond which there may be more; no by default. */
  dropBorder?: boolean;
  /** Which of the points that count decide; the nearest 90 % by default. */
  trim?: Trim;
  /** Steps with all points at most, and as many before them with a part; 100 by default. */
  maxSteps?: number;
}

/** Where a prediction lies on a scan, and how far apart they are there. */
export interface ScanAlignment {
  /** y = scale R x + t takes the prediction to the scan. */
  scanFromPrediction: Similarity;
  /** The prediction there, in the scan's frame. */
  aligned: TriangleMesh;
  /** [points of the side that seeks] mm, in the scan's size; NaN where a point does not count. */
  distancesMillimetres: Float64Array;
  /** Whether the next step would move less than 0.001 mm; if not, `maxSteps` did not suffice. */
  converged: boolean;
  /** Steps with all points, after those with a part of them. */
  steps: number;
}

/** Where the next step would move the points that decide by less (root mean square): a tenth of the precision that is promised. */
const STILL_MILLIMETRES = 0.001;
/** So many matches must decide at the least: seven numbers, and some to spare. */
const LEAST_MATCHES = 10;
/** About so many points, evenly from the list, go first, until they lie this still: they cost little, and end 0.1 to 0.3 mm away. */
const FIRST_POINTS = 1000;
const FIRST_STILL_MILLIMETRES = 0.05;
/** A surface whose thickness is a smaller share of its length is a plane, in float32 half a metre away. */
const FLAT = 1e-5;

/**
 * The motion that brings a predicted surface nearest to a scan whose points are others: trimmed iterative closest points.
 *
 * argmin over R, t (and s where size is fitted) of Σ_n∈K |s R x_n + t - y_n|². Of each pair one is a point of the side that seeks
 * and the other the nearest point of the other's surface; K are the pairs that `trim` keeps. Both are chosen anew after each step.
 *
 * A step is Newton's on the squared distances (`fastStep`), which lets surfaces slide along each other: heads need 5 to 15, where
 * the classical step would need hundreds, and its small steps would say nothing of the way that is left. Where it brings the pairs
 * of K no nearer, the classical step, which always does, replaces it. It ends when Newton's step would move the points of K by less
 * than 0.001 mm (root mean square), or after `maxSteps`. A thousand points go first, for time alone. Nothing is random.
 *
 * The minimum is that beside the start: whole heads come back from 20 degrees and 3 cm, not from half a turn. Trimming keeps a
 * fixed share, so that all predictions are judged alike; its authors also search for the share.
 *
 * @param prediction  is not changed
 * @param scan        cm; or its index, to be used again for other predictions
 * @throws {RangeError} when a surface has no triangles or lies in one plane, an option is out of range, or fewer than ten points
 *                      have a match that counts
 *
 * Reference: Chetverikov et al. 2002, "The trimmed iterative closest point algorithm"; Besl and McKay 1992 for the classical step;
 * Pottmann et al. 2006, "Geometry and convergence analysis of algorithms for registration of 3D shapes", for Newton's.
 */
export function alignToScan(
  prediction: TriangleMesh,
  scan: TriangleMesh | SurfaceIndex,
  options: AlignToScanOptions = {},
): ScanAlignment {
  const {
    size = 'kept',
    direction = 'prediction to scan',
    dropBorder = false,
    trim = { share: 0.9 },
    maxSteps = 100,
  } = options;
  const {
    scale = 1,
    rotation,
    translation,
  }: Pose & { scale?: number } = options.start ?? { rotation: IDENTITY, translation: [0, 0, 0] };
  const scanMesh = scan instanceof SurfaceIndex ? scan.mesh : scan;
  checkSurface('prediction', prediction);
  checkSurface('scan', scanMesh);
  const [seeker, sought] = direction === 'prediction to scan' ? [prediction, scan] : [scanMesh, prediction];
  const numbers = countedNumbers(options.counts, seeker.points.shape[0]);
  if (![scale, ...rotation, ...translation].every(Number.isFinite) || !(scale > 0))
    throw new RangeError(`start must be finite and of a scale above 0, but is ${JSON.stringify(options.start)}`);
  checkTrim(trim);
  if (!(Number.isInteger(maxSteps) && maxSteps > 0))
    throw new RangeError(`maxSteps must be a whole number of at least 1, but is ${maxSteps}`);

  const surface = sought instanceof SurfaceIndex ? sought : new SurfaceIndex(sought);
  const seeking = { direction, points: pointsOf(seeker, numbers), surface, dropBorder, trim };
  const fitSize = size === 'fitted';
  const every = Math.floor(numbers.length / FIRST_POINTS);
  let motion: Similarity = { scale, rotation, translation };
  if (every > 1) {
    const first = pointsOf(
      seeker,
      numbers.filter((_, i) => i % every === 0),
    );
    // on failure too all points go on from where these came
    motion = iterate({ ...seeking, points: first }, motion, fitSize, FIRST_STILL_MILLIMETRES, maxSteps).pairs.motion;
  }
  const { pairs, steps, converged } = iterate(seeking, motion, fitSize, STILL_MILLIMETRES, maxSteps);
  if (pairs.keptCount < LEAST_MATCHES)
    throw new RangeError(
      `prediction and scan must overlap at the start, but from ${direction} only ${pairs.keptCount} of ${numbers.length} points have a match that counts, fewer than ${LEAST_MATCHES}`,
    );
  const distancesMillimetres = new Float64Array(seeker.points.shape[0]).fill(Number.NaN);
  numbers.forEach((number, n) => {
    if (pairs.counts[n] === 1) distancesMillimetres[number] = 10 * pairs.distances[n];
  });
  const points = transformPoints(prediction.points, pairs.motion);
  return {
    scanFromPrediction: pairs.motion,
    aligned: { points, triangles: prediction.triangles },
    distancesMillimetres,
    converged,
    steps,
  };
}

/** Steps until the next would move less than `still` (mm), `most` are done, or too few matches are left to go on. */
function iterate(seeking: Seeking, start: Similarity, fitSize: boolean, still: number, most: number) {
  const count = seeking.points.length / 3;
  const find = pairFinder(seeking);
  let [pairs, next] = [find(start, pairBuffers(count)), pairBuffers(count)];
  for (let steps = 0; ; steps++) {
    if (pairs.keptCount < LEAST_MATCHES) return { pairs, steps, converged: false };
    const fast = fastStep(pairs, fitSize);
    const converged = fast !== undefined && 10 * distanceMoved(pairs, fast) < still;
    if (converged || steps === most) return { pairs, steps, converged };
    next.closest.triangles.set(pairs.closest.triangles);
    if (!fast || squaredSum(find(fast, next), pairs.kept) > squaredSum(pairs, pairs.kept))
      find(classicalStepOf(pairs, fitSize), next);
    [pairs, next] = [next, pairs];
  }
}

function classicalStepOf(pairs: Pairs, fitSize: boolean): Similarity {
  try {
    return classicalStep(pairs, fitSize);
  } catch (error) {
    throw new RangeError(`prediction and scan must overlap at the start: ${(error as Error).message}`);
  }
}

function checkSurface(name: string, { points: { data: p }, triangles: { data: corners } }: TriangleMesh): void {
  if (corners.length === 0) throw new RangeError(`${name} must have triangles, but has none`);
  const centre = [0, 0, 0];
  for (const n of corners) for (let k = 0; k < 3; k++) centre[k] += p[3 * n + k] / corners.length;
  const spread = Matrix.zeros(3, 3);
  const sums = new Float64Array(9);
  for (const n of corners)
    for (let i = 0; i < 3; i++)
      for (let j = 0; j <= i; j++) sums[3 * i + j] += (p[3 * n + i] - centre[i]) * (p[3 * n + j] - centre[j]);
  for (let i = 0; i < 3; i++)
    for (let j = 0; j <= i; j++) {
      spread.set(i, j, sums[3 * i + j]);
      spread.set(j, i, sums[3 * i + j]);
    }
  const values = new EigenvalueDecomposition(spread, { assumeSymmetric: true }).realEigenvalues;
  if (!(Math.min(...values) > FLAT ** 2 * Math.max(...values)))
    throw new RangeError(
      `${name} must not lie in one plane, along which nothing holds it, but its ${corners.length / 3} triangles do`,
    );
}

function checkTrim(trim: Trim): void {
  if ('share' in trim ? !(trim.share > 0 && trim.share <= 1) : !(trim.distanceMillimetres > 0))
    throw new RangeError(
      `trim must be a share above 0 and at most 1, or a distance above 0, but is ${JSON.stringify(trim)}`,
    );
}

/** The numbers of the points that count. */
function countedNumbers(counts: ArrayLike<number> | undefined, points: number): Uint32Array {
  const all = Uint32Array.from({ length: points }, (_, n) => n);
  if (!counts) return all;
  if (counts.length !== points)
    throw new RangeError(
      `counts must have a number for each of the ${points} points that seek, but has ${counts.length}`,
    );
  return all.filter((n) => counts[n] === 1);
}

const pointsOf = ({ points }: TriangleMesh, numbers: Uint32Array): Float32Array =>
  Float32Array.from({ length: 3 * numbers.length }, (_, i) => points.data[3 * numbers[Math.floor(i / 3)] + (i % 3)]);
