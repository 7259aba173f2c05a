import { EAR_PARTS } from './ear';
import { EYE_PARTS } from './eye';
import { add, cut, ellipsoid, type Part, tube, turnedAxes } from './solids';

/**
 * The anatomy of an average head, part by part, in build order; (|x|, y, forward) in cm.
 *
 * The origin is at the height of the pupils and in the middle of the head's length. Landmarks that the numbers aim at: pupil
 * (3.15, 0, 8.3), sellion (0, 0.4, 9.1), pronasale (0, -3.8, 11.8), subnasale (0, -4.9, 9.8), stomion (0, -7, 10), pogonion
 * (0, -10.4, 9.5), menton (0, -11.5, 8.8), gonion (5.75, -7.8, 1.6), zygion (6.95, -1.8, 3), eurion (7.5, 4.5, -1.5), vertex
 * (0, 11.5, -1), opisthocranion (0, 3, -9.75), tragion (7.2, -1.5, 0).
 */
const SKULL_AND_NECK: Part[] = [
  add('cranium', 1, ellipsoid([0, 3.7, -1.1], [7.0, 7.4, 8.55])),
  add('parietal', 2, ellipsoid([3.8, 4.3, -2.8], [3.12, 4.5, 5.8])),
  add('lower occiput', 2.5, ellipsoid([0, -0.4, -4.6], [5.8, 4.2, 4.5])),
  add('forehead', 2.5, ellipsoid([0, 3.7, 3.2], [6.8, 5.3, 6.0])),
  add(
    'brow ridge',
    1.8,
    tube([
      [0, 1.95, 8.6, 0.7],
      [2.2, 2.1, 8.15, 0.8],
      [4.1, 1.75, 7.2, 0.85],
      [5.2, 0.5, 5.9, 0.8],
      [5.1, -1.2, 5.7, 0.7],
    ]),
  ),
  add(
    'neck',
    1.5,
    tube([
      [0, -3, -1.9, 5.3],
      [0, -10, -1.6, 5.2],
      [0, -20, -3.6, 5.9],
    ]),
  ),
  add(
    'nape muscles',
    2,
    tube([
      [2.0, -2, -5.4, 2.4],
      [2.2, -10, -4.6, 2.4],
      [3, -20, -7.0, 2.8],
    ]),
  ),
  add(
    'trapezius',
    2.5,
    tube([
      [2.6, -10, -4.4, 1.8],
      [3.7, -15, -4.2, 2.0],
      [5.4, -20, -4.0, 2.4],
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
  add('mastoid', 1.4, ellipsoid([5.7, -2.6, -1.6], [1.2, 2.4, 2.0])),
  add('larynx', 1.0, ellipsoid([0, -14.2, 2.6], [1.2, 1.8, 1.0])),
];

const FACE: Part[] = [
  add('face core', 2.2, ellipsoid([0, -3.4, 3.0], [5.9, 7.0, 5.7])),
  add('maxilla', 1.6, ellipsoid([0, -5.8, 5.9], [3.6, 3.6, 3.8])),
  add(
    'jaw',
    1.6,
    tube([
      [5.0, -3.5, 0.9, 0.9],
      [4.25, -7.2, 1.9, 1.05],
      [4.0, -8.9, 4.6, 1.1],
      [2.4, -9.9, 7.2, 1.15],
      [1.0, -10.2, 8.15, 1.2],
      [0, -10.25, 8.32, 1.2],
    ]),
  ),
  add('mouth floor', 1.6, ellipsoid([0, -8.4, 4.0], [3.8, 2.5, 4.4])),
  add('temple', 1.8, ellipsoid([5.2, 1.6, 3.8], [1.65, 2.8, 3.1])),
  add(
    'zygomatic arch',
    2.4,
    tube([
      [5.1, -1.8, 0.8, 1.2],
      [4.98, -2.1, 3.6, 1.25],
      [4.3, -2.7, 6.1, 1.3],
      [3.1, -3.0, 7.0, 1.0],
    ]),
  ),
  add('masseter', 1.5, ellipsoid([4.2, -5.6, 3.0], [1.45, 3.2, 2.6], turnedAxes([0, 0, -6]))),
  add('parotid', 1.8, ellipsoid([4.5, -3.8, 2.4], [1.75, 3.0, 3.2])),
  add('cheek', 1.6, ellipsoid([3.4, -5.6, 6.1], [2.2, 3.2, 2.3])),
  add('chin', 1.0, ellipsoid([0, -10.1, 8.42], [1.7, 1.15, 1.2])),
  add('medial cheek', 1.3, ellipsoid([2.2, -4.6, 7.15], [1.9, 2.4, 1.75])),
  add('orbicularis', 1.4, ellipsoid([0, -7.1, 6.55], [3.4, 2.7, 3.3])),
  cut(
    'nasolabial fold',
    1.0,
    tube([
      [2.15, -4.4, 9.6, 0.05],
      [2.95, -5.9, 9.45, 0.1],
      [3.4, -7.5, 8.95, 0.05],
    ]),
  ),
];

export const nostril = ellipsoid([0.62, -4.5, 10.3], [0.3, 0.45, 0.6], turnedAxes([0, 20, 0]));

const NOSE: Part[] = [
  cut('orbit', 1.5, ellipsoid([3.05, -0.1, 8.95], [1.6, 1.05, 1.3], turnedAxes([0, 12, 0]))),
  add('lower orbit fat', 0.9, ellipsoid([3.1, -1.6, 6.95], [1.95, 1.0, 1.2])),
  add(
    'nose root',
    0.9,
    tube([
      [0, 0.8, 8.1, 0.5],
      [0, -1.6, 8.7, 0.75],
    ]),
  ),
  add(
    'nose bridge',
    0.8,
    tube([
      [0, 0.4, 8.45, 0.45],
      [0, -0.6, 9.24, 0.55],
      [0, -1.8, 10.12, 0.66],
      [0, -3.0, 10.74, 0.8],
    ]),
  ),
  add(
    'nose walls',
    1.5,
    tube([
      [0.4, 0.2, 7.9, 0.5],
      [0.85, -1.5, 8.5, 0.75],
      [1.05, -3.4, 9.4, 0.8],
    ]),
  ),
  add('nose tip', 0.8, ellipsoid([0, -3.55, 10.93], [1.0, 0.82, 0.98])),
  add(
    'columella',
    0.5,
    tube([
      [0, -4.0, 10.95, 0.4],
      [0, -4.3, 9.6, 0.42],
    ]),
  ),
  add('nose wing', 0.36, ellipsoid([1.08, -3.9, 9.95], [0.58, 0.64, 0.98], turnedAxes([0, 14, 0]))),
  cut('nostril', 0.22, nostril),
];

const MOUTH: Part[] = [
  add(
    'upper lip skin',
    0.9,
    tube([
      [0, -5.4, 9.2, 0.6],
      [1.3, -5.7, 9.05, 0.6],
      [2.4, -6.7, 8.4, 0.6],
    ]),
  ),
  add(
    'upper lip',
    0.28,
    tube([
      [0, -6.58, 10.02, 0.42],
      [0.5, -6.48, 10.0, 0.46],
      [1.4, -6.66, 9.58, 0.4],
      [2.1, -6.86, 9.08, 0.26],
      [2.6, -6.97, 8.7, 0.1],
    ]),
  ),
  add(
    'lower lip',
    0.28,
    tube([
      [0, -7.5, 9.88, 0.52],
      [0.8, -7.47, 9.78, 0.5],
      [1.6, -7.28, 9.38, 0.4],
      [2.2, -7.07, 8.98, 0.24],
      [2.6, -6.99, 8.7, 0.1],
    ]),
  ),
  cut(
    'mouth line',
    0.2,
    tube([
      [0, -7.02, 10.32, 0.06],
      [0.8, -6.98, 10.18, 0.06],
      [1.7, -6.97, 9.87, 0.06],
      [2.4, -6.99, 9.47, 0.05],
      [2.7, -7.02, 9.28, 0.03],
    ]),
  ),
  cut('mouth corner', 0.5, ellipsoid([2.68, -7.04, 9.66], [0.22, 0.22, 0.22])),
  cut(
    'philtrum',
    0.45,
    tube([
      [0, -5.0, 10.2, 0.15],
      [0, -6.0, 10.5, 0.2],
    ]),
  ),
  cut(
    'chin groove',
    0.7,
    tube([
      [0, -8.75, 10.0, 0.2],
      [1.2, -8.7, 9.65, 0.2],
    ]),
  ),
];

export const PARTS: readonly Part[] = [...SKULL_AND_NECK, ...FACE, ...NOSE, ...MOUTH, ...EYE_PARTS, ...EAR_PARTS];
