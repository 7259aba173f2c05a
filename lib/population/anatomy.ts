import { EAR_PARTS } from './ear';
import { EYE_PARTS } from './eye';
import { add, cut, ellipsoid, type Part, tube, turnedAxes } from './solids';

/**
 * The anatomy of an average head, part by part, in build order; (|x|, y, forward) in cm.
 *
 * The origin is between the pupils' height and the middle of the head's length. Landmarks that the numbers aim at: pupil
 * (3.15, 0, 8.3), sellion (0, 0.4, 9.0), pronasale (0, -3.9, 11.6), subnasale (0, -4.8, 9.6), stomion (0, -7, 9.4), pogonion
 * (0, -10.4, 9.1), menton (0, -11.5, 8.3), gonion (5.75, -7.8, 1.6), zygion (6.95, -1.8, 3), eurion (7.5, 4.5, -1.5), vertex
 * (0, 11.5, -1), opisthocranion (0, 3, -9.75), tragion (7.2, -1.5, 0).
 */
const SKULL_AND_NECK: Part[] = [
  add('cranium', 1, ellipsoid([0, 3.7, -1.1], [7.0, 7.75, 8.55])),
  add('parietal', 2, ellipsoid([3.75, 4.6, -2.2], [3.1, 4.6, 5.0])),
  add('forehead', 2.5, ellipsoid([0, 4.3, 3.2], [6.0, 5.2, 6.1])),
  add(
    'brow ridge',
    1.4,
    tube([
      [0, 1.95, 8.6, 0.7],
      [2.2, 2.15, 8.05, 0.75],
      [4.1, 1.75, 6.85, 0.75],
      [4.9, 0.4, 5.7, 0.7],
      [4.9, -1.2, 5.7, 0.7],
    ]),
  ),
  add(
    'neck',
    1.5,
    tube([
      [0, -3, -1.9, 5.3],
      [0, -10, -1.6, 5.2],
      [0, -20, -2.8, 5.9],
    ]),
  ),
  add(
    'nape muscles',
    2,
    tube([
      [2.0, -2, -5.4, 2.4],
      [2.2, -10, -4.6, 2.4],
      [3, -20, -5.4, 2.8],
    ]),
  ),
  add(
    'sternomastoid',
    1.2,
    tube([
      [5.4, -4.5, -1.8, 1.0],
      [3.8, -11, 1.0, 0.9],
      [1.2, -19, 2.2, 0.9],
    ]),
  ),
  add('larynx', 1.0, ellipsoid([0, -14.2, 2.6], [1.2, 1.8, 1.0])),
];

const FACE: Part[] = [
  add('face core', 2.2, ellipsoid([0, -3.2, 2.8], [5.7, 6.9, 5.6])),
  add('maxilla', 1.6, ellipsoid([0, -5.6, 5.4], [3.5, 3.6, 3.6])),
  add(
    'jaw',
    1.6,
    tube([
      [5.0, -3.5, 0.9, 0.9],
      [4.5, -7.1, 1.8, 1.0],
      [2.8, -9.3, 5.5, 1.0],
      [1.1, -10.15, 7.3, 1.1],
      [0, -10.25, 7.6, 1.15],
    ]),
  ),
  add('mouth floor', 1.6, ellipsoid([0, -8.4, 3.6], [3.4, 2.5, 4.1])),
  add('temple', 1.6, ellipsoid([5.0, 1.6, 3.4], [1.5, 2.6, 2.5])),
  add(
    'zygomatic arch',
    1.8,
    tube([
      [5.9, -1.7, 0.8, 0.85],
      [5.8, -2.0, 3.6, 0.9],
      [4.5, -2.6, 6.1, 1.1],
      [3.2, -2.9, 7.0, 0.9],
    ]),
  ),
  add('masseter', 1.5, ellipsoid([4.6, -5.2, 2.7], [1.35, 3.2, 2.3], turnedAxes([0, 0, -6]))),
  add('parotid', 1.5, ellipsoid([4.7, -3.4, 2.6], [1.5, 2.4, 2.9])),
  add('cheek', 1.6, ellipsoid([3.4, -5.0, 5.7], [2.1, 3.0, 2.2])),
  cut(
    'nasolabial fold',
    1.0,
    tube([
      [2.1, -4.3, 9.1, 0.05],
      [2.9, -5.8, 8.6, 0.12],
      [3.25, -7.3, 7.8, 0.05],
    ]),
  ),
  add('chin', 1.0, ellipsoid([0, -10.1, 7.9], [1.6, 1.15, 1.2])),
  add('medial cheek', 1.3, ellipsoid([2.1, -4.3, 6.8], [1.8, 2.3, 1.6])),
  add('orbicularis', 1.4, ellipsoid([0, -7.0, 6.0], [3.3, 2.5, 3.05])),
];

export const nostril = ellipsoid([0.64, -4.74, 9.8], [0.3, 0.42, 0.56], turnedAxes([0, 20, 0]));

const NOSE: Part[] = [
  cut('orbit', 1.5, ellipsoid([3.05, -0.1, 8.95], [1.6, 1.05, 1.3], turnedAxes([0, 12, 0]))),
  add('lower orbit fat', 0.9, ellipsoid([3.1, -1.75, 6.95], [1.9, 0.9, 1.15])),
  add(
    'nose root',
    0.9,
    tube([
      [0, 0.8, 8.0, 0.55],
      [0, -1.6, 8.6, 0.75],
    ]),
  ),
  add(
    'nose bridge',
    0.7,
    tube([
      [0, 0.5, 8.4, 0.45],
      [0, -0.6, 9.05, 0.5],
      [0, -1.8, 9.75, 0.56],
      [0, -3.3, 10.5, 0.7],
    ]),
  ),
  add(
    'nose walls',
    1.1,
    tube([
      [0.7, 0.2, 7.9, 0.6],
      [0.95, -1.6, 8.4, 0.75],
      [1.0, -3.6, 9.15, 0.75],
    ]),
  ),
  add('nose tip', 0.8, ellipsoid([0, -3.55, 10.6], [0.88, 0.74, 0.9])),
  add(
    'columella',
    0.5,
    tube([
      [0, -4.05, 10.55, 0.36],
      [0, -4.5, 9.4, 0.4],
    ]),
  ),
  add('nose wing', 0.75, ellipsoid([1.02, -4.0, 9.55], [0.55, 0.6, 0.95], turnedAxes([0, 14, 0]))),
  cut(
    'alar groove',
    0.3,
    tube([
      [1.5, -3.3, 9.45, 0.05],
      [1.78, -3.8, 9.15, 0.07],
      [1.9, -4.4, 8.95, 0.05],
    ]),
  ),
  cut('nostril', 0.25, nostril),
];

const MOUTH: Part[] = [
  add(
    'upper lip skin',
    0.8,
    tube([
      [0, -5.6, 8.9, 0.6],
      [1.3, -5.8, 8.5, 0.6],
      [2.4, -6.6, 7.6, 0.6],
    ]),
  ),
  add(
    'upper lip',
    0.32,
    tube([
      [0, -6.5, 9.25, 0.42],
      [0.55, -6.42, 9.2, 0.45],
      [1.5, -6.64, 8.72, 0.36],
      [2.5, -6.87, 7.9, 0.16],
    ]),
  ),
  add(
    'lower lip',
    0.32,
    tube([
      [0, -7.5, 9.1, 0.5],
      [0.8, -7.48, 8.97, 0.5],
      [1.7, -7.23, 8.48, 0.36],
      [2.45, -6.91, 7.9, 0.16],
    ]),
  ),
  cut(
    'mouth line',
    0.16,
    tube([
      [0, -7.0, 9.7, 0.07],
      [0.8, -6.98, 9.55, 0.07],
      [1.7, -6.95, 8.95, 0.06],
      [2.6, -6.86, 8.22, 0.05],
    ]),
  ),
  cut(
    'philtrum',
    0.45,
    tube([
      [0, -5.1, 9.7, 0.15],
      [0, -6.0, 9.85, 0.2],
    ]),
  ),
  cut(
    'chin groove',
    0.8,
    tube([
      [0, -8.75, 9.3, 0.2],
      [1.2, -8.7, 8.9, 0.2],
    ]),
  ),
];

export const PARTS: readonly Part[] = [...SKULL_AND_NECK, ...FACE, ...NOSE, ...MOUTH, ...EYE_PARTS, ...EAR_PARTS];
