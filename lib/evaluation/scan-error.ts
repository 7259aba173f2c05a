import { alignRigid, alignSimilarity, type Vector3 } from 'lib/geometry';
import type { SurfaceIndex, TriangleMesh } from 'lib/mesh';
import type { LandmarkName } from 'lib/population';
import ndarray, { type NdArray } from 'ndarray';
import { alignToScan, type ScanAlignment } from './align-to-scan';
import {
  cropSphere,
  SCAN_PROTOCOLS,
  type ScanProtocol,
  type ScanProtocolName,
  type ScanStatistic,
} from './scan-protocols';

/** A surface on which points are named. */
export interface LandmarkedSurface {
  mesh: TriangleMesh;
  /** cm, in the mesh's frame */
  landmarks: Partial<Record<LandmarkName, Vector3>>;
  /** Of the mesh, to be used again where many predictions are laid on one scan. */
  index?: SurfaceIndex;
}

/** How wrong a prediction is against a scan: the statistics of `alignment.distancesMillimetres`, without those that are NaN. */
export interface ScanError extends Record<ScanStatistic, number> {
  /** Where the prediction lies, whether that converged, and each point's distance, as `showHeatmap` takes them. */
  alignment: ScanAlignment;
  /** Points whose distances make the statistics. */
  points: number;
}

/**
 * How far a predicted surface and a scan that is not in correspondence with it are apart, by one of `SCAN_PROTOCOLS` (section 4.7).
 *
 * The landmarks bring the prediction to the scan, `alignToScan` brings it nearest, and the distances are then those from each point
 * that counts to the other surface. They lie on the prediction's points for `paper` and on the scan's for the others.
 *
 * @param prediction  in any frame; in cm for `paper`, which keeps size
 * @param scan        cm: errors are in its size
 * @throws {RangeError} when a landmark of the protocol is missing or not finite (of which side, and which), the landmarks lie on one
 *                      line, or the alignment is impossible (see `alignToScan`)
 *
 * Such an error is no substitute for `shapeError` where correspondences are known: ICP slides along what it cannot see.
 */
export function scanError(
  prediction: LandmarkedSurface,
  scan: LandmarkedSurface,
  protocol: ScanProtocolName,
): ScanError {
  const settings = SCAN_PROTOCOLS[protocol];
  if (!settings)
    throw new RangeError(`protocol must be one of ${Object.keys(SCAN_PROTOCOLS).join(', ')}, but is ${protocol}`);
  const placeOn = (side: 'prediction' | 'scan') => (name: LandmarkName) => {
    const place = (side === 'scan' ? scan : prediction).landmarks[name];
    if (!place) throw new RangeError(`${side}.landmarks must have ${name} for the protocol ${protocol}, but has not`);
    if (!place.every(Number.isFinite))
      throw new RangeError(`${side}.landmarks must be finite, but ${name} is at (${place.join(', ')})`);
    return place;
  };
  const placesOn = (side: 'prediction' | 'scan') =>
    ndarray(Float64Array.from(settings.landmarks.flatMap((name) => [...placeOn(side)(name)])), [
      settings.landmarks.length,
      3,
    ]);
  const [from, to] = [placesOn('prediction'), placesOn('scan')];
  const sphere = cropSphere(settings, placeOn('scan'));
  const alignment = alignToScan(prediction.mesh, scan.index ?? scan.mesh, {
    start: startOf(from, to, settings),
    size: settings.size,
    direction: settings.direction,
    counts: sphere && within(scan.mesh, sphere.centre, sphere.radius),
    dropBorder: settings.crop === 'where the scan has surface',
    trim: { share: settings.share },
  });
  return { ...statistics(alignment.distancesMillimetres), alignment };
}

function startOf(from: NdArray<Float64Array>, to: NdArray<Float64Array>, { size }: ScanProtocol) {
  try {
    return size === 'fitted' ? alignSimilarity(from, to) : alignRigid(from, to);
  } catch (error) {
    throw new RangeError(`the landmarks give no start: ${(error as Error).message}`);
  }
}

/** [points] 1 for those within `radius` of `centre`, cm. */
function within({ points }: TriangleMesh, centre: Vector3, radius: number): Uint8Array {
  const [x, y, z] = centre;
  return Uint8Array.from({ length: points.shape[0] }, (_, n) =>
    Math.hypot(points.get(n, 0) - x, points.get(n, 1) - y, points.get(n, 2) - z) <= radius ? 1 : 0,
  );
}

function statistics(distances: Float64Array): Record<ScanStatistic, number> & { points: number } {
  const sorted = distances.filter(Number.isFinite).sort();
  const points = sorted.length;
  const mean = sorted.reduce((sum, d) => sum + d, 0) / points;
  return {
    points,
    meanMillimetres: mean,
    medianMillimetres: (sorted[(points - 1) >> 1] + sorted[points >> 1]) / 2,
    standardDeviationMillimetres: Math.sqrt(sorted.reduce((sum, d) => sum + (d - mean) ** 2, 0) / points),
    rootMeanSquareMillimetres: Math.sqrt(sorted.reduce((sum, d) => sum + d * d, 0) / points),
  };
}
