import type { TriangleMesh } from './triangle-mesh';

type Corners = readonly [number, number, number];

/**
 * The pairs of triangles of a surface that pass through each other.
 *
 * Two triangles intersect when an edge of one pierces the inside of the other. Two with a common vertex meet there anyway, and
 * count when the edge opposite to it pierces the other one; two with a common edge are left out, since they could only lie
 * upon each other. Touching without passing through does not count.
 *
 * Only triangles whose boxes overlap are compared; a hash of cubes as wide as the mean box finds them.
 *
 * @param mesh  any triangles, in cm or another unit
 * @returns     indices of triangles, the lower first, each pair once
 */
export function selfIntersections({ points, triangles }: TriangleMesh): [number, number][] {
  const p = Float64Array.from(points.data);
  const corners = triangles.data;
  const count = corners.length / 3;
  const boxes = boxesOf(p, corners);
  const width = boxes.widths / Math.max(1, 3 * count) || 1;
  const cubes = new Map<number, number[]>();
  const found: [number, number][] = [];
  for (let t = 0; t < count; t++)
    eachCube(boxes, t, width, (key, x, y, z) => {
      const others = cubes.get(key);
      if (!others) {
        cubes.set(key, [t]);
        return;
      }
      for (const other of others) {
        // two boxes may share several cubes: the one with the lower corner of their overlap stands for all
        if (
          x === Math.floor(Math.max(boxes.low[3 * t], boxes.low[3 * other]) / width) &&
          y === Math.floor(Math.max(boxes.low[3 * t + 1], boxes.low[3 * other + 1]) / width) &&
          z === Math.floor(Math.max(boxes.low[3 * t + 2], boxes.low[3 * other + 2]) / width) &&
          boxesOverlap(boxes, t, other) &&
          trianglesCross(p, cornersOf(corners, other), cornersOf(corners, t))
        )
          found.push([other, t]);
      }
      others.push(t);
    });
  return found;
}

const cornersOf = (corners: Uint32Array, t: number): Corners => [
  corners[3 * t],
  corners[3 * t + 1],
  corners[3 * t + 2],
];

/** Whether two triangles of a surface, given by their vertices, pass through each other. */
export function trianglesCross(p: Float64Array, one: Corners, other: Corners): boolean {
  const shared = one.filter((v) => other.includes(v)).length;
  if (shared > 1) return false;
  return pierces(p, one, other) || pierces(p, other, one);
}

/** Whether an edge of `one` without a vertex in common goes through the inside of `other`. */
function pierces(p: Float64Array, one: Corners, other: Corners): boolean {
  const [a, b, c] = other;
  for (let i = 0; i < 3; i++) {
    const [from, to] = [one[i], one[(i + 1) % 3]];
    if (other.includes(from) || other.includes(to)) continue;
    if (volume(p, a, b, c, from) * volume(p, a, b, c, to) >= 0) continue;
    const side = Math.sign(volume(p, from, to, a, b));
    if (side !== 0 && side === Math.sign(volume(p, from, to, b, c)) && side === Math.sign(volume(p, from, to, c, a)))
      return true;
  }
  return false;
}

/** Six times the signed volume of a tetrahedron of four vertices. */
function volume(p: Float64Array, a: number, b: number, c: number, d: number): number {
  const [x, y, z] = [p[3 * a], p[3 * a + 1], p[3 * a + 2]];
  const [ux, uy, uz] = [p[3 * b] - x, p[3 * b + 1] - y, p[3 * b + 2] - z];
  const [vx, vy, vz] = [p[3 * c] - x, p[3 * c + 1] - y, p[3 * c + 2] - z];
  const [wx, wy, wz] = [p[3 * d] - x, p[3 * d + 1] - y, p[3 * d + 2] - z];
  return ux * (vy * wz - vz * wy) + uy * (vz * wx - vx * wz) + uz * (vx * wy - vy * wx);
}

interface Boxes {
  /** [triangles, 3] */
  low: Float64Array;
  high: Float64Array;
  /** of all boxes along all axes, summed */
  widths: number;
}

function boxesOf(p: Float64Array, corners: Uint32Array): Boxes {
  const low = new Float64Array(corners.length);
  const high = new Float64Array(corners.length);
  let widths = 0;
  for (let t = 0; t < corners.length; t += 3)
    for (let axis = 0; axis < 3; axis++) {
      const [a, b, c] = [0, 1, 2].map((i) => p[3 * corners[t + i] + axis]);
      low[t + axis] = Math.min(a, b, c);
      high[t + axis] = Math.max(a, b, c);
      widths += high[t + axis] - low[t + axis];
    }
  return { low, high, widths };
}

function boxesOverlap({ low, high }: Boxes, one: number, other: number): boolean {
  for (let axis = 0; axis < 3; axis++)
    if (low[3 * one + axis] > high[3 * other + axis] || low[3 * other + axis] > high[3 * one + axis]) return false;
  return true;
}

/** Visits the cubes that a triangle's box touches. A surface spans fewer than 2^17 cubes along an axis, so keys differ. */
function eachCube(
  { low, high }: Boxes,
  t: number,
  width: number,
  visit: (key: number, x: number, y: number, z: number) => void,
): void {
  const at = (side: Float64Array, axis: number) => Math.floor(side[3 * t + axis] / width);
  for (let x = at(low, 0); x <= at(high, 0); x++)
    for (let y = at(low, 1); y <= at(high, 1); y++)
      for (let z = at(low, 2); z <= at(high, 2); z++) visit((x * 131072 + y) * 131072 + z, x, y, z);
}
