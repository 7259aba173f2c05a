import { clamp } from './interpolation';
import { add, cut, ellipsoid, type Part, type Solid, tube, turnedAxes } from './solids';

const CENTRE = [3.15, 0, 6.98] as const;
const TURN = turnedAxes([0, 9, 0]);

/** The globe, wider than it is deep so that lids of a simple shape lie on it. */
export const globe = ellipsoid(CENTRE, [1.66, 1.26, 1.27], TURN);

/** The iris faces forward: its centre (|x|, y) and the radii of its outer edge, its limbus' inner edge and the pupil. */
export const IRIS = { centre: [3.12, 0.03], outer: 0.64, inner: 0.54, pupil: 0.22 } as const;

/** Where the opening of the lids begins (inner corner) and ends (outer corner), |x|. */
export const LID_CORNERS = [1.62, 4.6] as const;

/** Height y of the upper and the lower lid's edge at |x|: an almond, its outer corner 0.16 cm above the inner one. */
export function lidEdges(x: number): [upper: number, lower: number] {
  const [inner, outer] = LID_CORNERS;
  const u = clamp((x - inner) / (outer - inner), 0, 1);
  const tilt = 0.16 * (u - 0.5);
  const bow = 4 * u * (1 - u);
  return [tilt + 0.56 * bow ** 0.62 * (1.06 - 0.2 * (u - 0.4)) - 0.02, tilt - 0.5 * bow ** 0.75 * (0.86 + 0.25 * u)];
}

/** How far a lid recedes from the opening for each cm above the globe. */
const MARGIN = 0.8;

const opening: Solid = {
  centre: CENTRE,
  reach: 2,
  distance(x, y, forward) {
    const [upper, lower] = lidEdges(x);
    // the lids' margins slope away from the opening, so that triangles can follow them
    const margin = MARGIN * clamp(globe.distance(x, y, forward), 0, 0.2);
    return Math.max(y - upper - margin, lower - y - margin, LID_CORNERS[0] - x, x - LID_CORNERS[1], 7 - forward);
  },
};

/** Lids wrapped around the globe, an almond opening through them, then the globe itself. */
export const EYE_PARTS: Part[] = [
  add('lids', 0.6, ellipsoid(CENTRE, [1.9, 1.5, 1.49], TURN)),
  cut('lid opening', 0.12, opening),
  add('globe', 0.06, globe),
  cut(
    'lid crease',
    0.3,
    tube([
      [1.95, 0.56, 8.15, 0.06],
      [2.6, 0.92, 8.28, 0.08],
      [3.5, 0.97, 8.16, 0.08],
      [4.5, 0.58, 7.55, 0.06],
    ]),
  ),
];
