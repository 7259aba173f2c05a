import type { Vector3 } from 'lib/geometry';
import type { LandmarkName } from 'lib/population';

/** The statistics of an error, in mm. */
export type ScanStatistic =
  | 'meanMillimetres'
  | 'medianMillimetres'
  | 'standardDeviationMillimetres'
  | 'rootMeanSquareMillimetres';

/** How a prediction is laid on a scan and what is measured there: plain data, for a table's header and a file. */
export interface ScanProtocol {
  /** Where the alignment begins; both sides must have them. */
  landmarks: readonly LandmarkName[];
  /** Whose points seek the nearest points of the other's surface, in the alignment and in the error. */
  direction: 'prediction to scan' | 'scan to prediction';
  /** Whether size counts as part of the shape, or landmarks and alignment fit it. */
  size: 'kept' | 'fitted';
  /** Which points count. */
  crop: 'where the scan has surface' | '95 mm around the nose tip' | 'around the face';
  /** The share of the points, the nearest, that decide where the prediction lies; all that count make the error. */
  share: number;
  /** What its authors report. */
  reports: readonly ScanStatistic[];
}

export type ScanProtocolName = 'paper' | 'similarity-95mm' | 'now';

/** The middle of a crop, which no alignment begins with. */
export const NOSE_TIP = 'pronasale' satisfies LandmarkName;

const PAPER_LANDMARKS = ['endocanthionRight', 'endocanthionLeft', 'subnasale', 'stomion'] as const;

/**
 * Three ways in which the field judges a face against a scan. Their numbers do not compare.
 *
 * `paper` (section 4.7): the four landmarks that its authors published (corners of the eyes at the nose, base of the nose, middle of
 * the lips), a rigid motion, ICP, the mean distance. Decided here, since the paper does not say:
 * - prediction to scan: all of a prediction is judged, and the shoulders and hair of a MICC scan, which no prediction has, are not;
 * - size is kept, as in the paper's other errors (section 4.3): it is part of the shape;
 * - no sphere, since a prediction is a face already; but where the nearest point lies on the scan's border the scan ends, and the
 *   prediction is not judged;
 * - the nearest 90 % decide where it lies, so that hair and holes do not.
 *
 * `similarity-95mm` (the author of Deep3DFaceRecon on MICC): ICP with a scale of its own for each mesh, the scan's vertices within
 * 95 mm of its nose tip, root mean square. Decided here: the paper's four landmarks begin it, since no landmarks are told; all that
 * count decide. Different here: its author also cuts the forehead, by a line that is not told.
 *
 * `now` (the NoW challenge): similarity of seven landmarks, then of all vertices of the scan's face, from scan to prediction; median,
 * mean and standard deviation. The challenge takes them over the vertices of all scans together, here they are of one.
 *
 * Reference: Ramon et al. 2019; github.com/microsoft/Deep3DFaceReconstruction, issue 23; Sanyal et al. 2019, with
 * github.com/soubhiksanyal/now_evaluation, scan2mesh_computations.py.
 */
export const SCAN_PROTOCOLS: Readonly<Record<ScanProtocolName, ScanProtocol>> = {
  paper: {
    landmarks: PAPER_LANDMARKS,
    direction: 'prediction to scan',
    size: 'kept',
    crop: 'where the scan has surface',
    share: 0.9,
    reports: ['meanMillimetres'],
  },
  'similarity-95mm': {
    landmarks: PAPER_LANDMARKS,
    direction: 'scan to prediction',
    size: 'fitted',
    crop: '95 mm around the nose tip',
    share: 1,
    reports: ['rootMeanSquareMillimetres'],
  },
  now: {
    landmarks: [
      'exocanthionRight',
      'endocanthionRight',
      'endocanthionLeft',
      'exocanthionLeft',
      'subnasale',
      'cheilionRight',
      'cheilionLeft',
    ],
    direction: 'scan to prediction',
    size: 'fitted',
    crop: 'around the face',
    share: 1,
    reports: ['medianMillimetres', 'meanMillimetres', 'standardDeviationMillimetres'],
  },
};

/**
 * The sphere of a scan's vertices that count, cm; undefined where a protocol has none.
 *
 * NoW's has its centre three tenths of the way from the base of the nose up to the middle between the eyes' inner corners; its
 * radius is 0.7 times the sum of that way's length and the distance between the eyes' outer corners.
 *
 * @param at  the place of a landmark on the scan
 */
export function cropSphere(
  { crop }: ScanProtocol,
  at: (name: LandmarkName) => Vector3,
): { centre: Vector3; radius: number } | undefined {
  if (crop === 'where the scan has surface') return undefined;
  if (crop === '95 mm around the nose tip') return { centre: at(NOSE_TIP), radius: 9.5 };
  const [base, right, left] = [at('subnasale'), at('endocanthionRight'), at('endocanthionLeft')];
  const up = base.map((v, k) => (right[k] + left[k]) / 2 - v);
  const [from, to] = [at('exocanthionRight'), at('exocanthionLeft')];
  return {
    centre: base.map((v, k) => v + 0.3 * up[k]) as unknown as Vector3,
    radius: 0.7 * (Math.hypot(...up) + Math.hypot(...from.map((v, k) => v - to[k]))),
  };
}

const STATISTIC_TEXTS: Readonly<Record<ScanStatistic, string>> = {
  meanMillimetres: 'mean',
  medianMillimetres: 'median',
  standardDeviationMillimetres: 'standard deviation',
  rootMeanSquareMillimetres: 'root mean square',
};

/** A protocol in a line, for a table's header: "mean, mm; prediction to scan; size kept; where the scan has surface". */
export const protocolText = ({ reports, direction, size, crop }: ScanProtocol): string =>
  [`${reports.map((name) => STATISTIC_TEXTS[name]).join(', ')}, mm`, direction, `size ${size}`, crop].join('; ');
