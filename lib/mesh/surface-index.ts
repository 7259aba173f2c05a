import { type BoxHierarchy, boxHierarchy } from './box-hierarchy';
import { closestOnTriangle } from './closest-on-triangle';
import { edgeCross, type TriangleMesh } from './triangle-mesh';

/** The nearest points of a surface to some points; row n belongs to point n. */
export interface ClosestPoints {
  /** [N, 3] cm, on the surface */
  points: Float64Array;
  /** [N], the triangle that holds the point */
  triangles: Uint32Array;
  /** [N, 3], the shares of that triangle's corners: the point is their weighted mean, and so is what the vertices carry */
  weights: Float64Array;
  /** [N] cm */
  distances: Float64Array;
}

/** Room for the answers of `SurfaceIndex.closestPoints` for a number of points, to be used again in a loop. */
export function closestPointBuffers(points: number): ClosestPoints {
  return {
    points: new Float64Array(3 * points),
    triangles: new Uint32Array(points),
    weights: new Float64Array(3 * points),
    distances: new Float64Array(points),
  };
}

/**
 * Finds the nearest point of a surface to any point, through a hierarchy of boxes.
 *
 * The boxes are float32 and rounded outwards; the coordinates are the mesh's own and all else is float64, so that a distance is
 * that of a search through all triangles up to about 1e-14 of the coordinates' size. A triangle without area is never an answer:
 * its edges are those of its neighbours.
 */
export class SurfaceIndex {
  readonly mesh: TriangleMesh;
  /** Of the mesh's triangles with an area. */
  private readonly hierarchy: BoxHierarchy;
  /** Where each triangle stands in the hierarchy's order; -1 where it is left out. */
  private readonly place: Int32Array;
  /** [triangles, 9]: corners in that order, so that a box's triangles lie side by side. */
  private readonly corners: Float64Array;

  /**
   * @param mesh  is kept and must not be changed afterwards
   * @throws {RangeError} when no triangle has an area
   */
  constructor(mesh: TriangleMesh) {
    const { points, triangles } = mesh;
    const kept = trianglesWithArea(mesh);
    if (kept.length === 0)
      throw new RangeError(`mesh must have a triangle with an area, but none of its ${triangles.shape[0]} has one`);
    this.mesh = mesh;
    this.hierarchy = boxHierarchy(mesh, kept);
    const { order } = this.hierarchy;
    this.place = new Int32Array(triangles.shape[0]).fill(-1);
    this.corners = new Float64Array(9 * order.length);
    for (let i = 0; i < order.length; i++) {
      this.place[order[i]] = i;
      for (let k = 0; k < 9; k++)
        this.corners[9 * i + k] = points.data[3 * triangles.data[3 * order[i] + Math.floor(k / 3)] + (k % 3)];
    }
  }

  /**
   * The nearest points of the surface to all `points`.
   *
   * @param points  [N, 3] cm, flat
   * @param into    from `closestPointBuffers` or an earlier call with as many points: the answers are written there, and each
   *                search begins at the triangle that stands there, which saves time where points moved little
   * @throws {RangeError} when `points` are not rows of three finite numbers or `into` has room for another number of points
   */
  closestPoints(points: Float32Array | Float64Array, into?: ClosestPoints): ClosestPoints {
    const count = points.length / 3;
    if (!Number.isInteger(count)) throw new RangeError(`points must be [N, 3], but hold ${points.length} numbers`);
    const found = into ?? closestPointBuffers(count);
    if (found.distances.length !== count)
      throw new RangeError(`into must have room for ${count} points, but has it for ${found.distances.length}`);
    const { hierarchy, corners, place } = this;
    const { order, second } = hierarchy;
    const search: Search = {
      squared: 0,
      weights: new Float64Array(3),
      tried: new Float64Array(3),
      waiting: new Uint32Array(second.length),
      away: new Float64Array(second.length),
    };
    const { weights } = search;
    for (let n = 0; n < count; n++) {
      const x = points[3 * n];
      const y = points[3 * n + 1];
      const z = points[3 * n + 2];
      if (!Number.isFinite(x + y + z))
        throw new RangeError(`points must be finite, but point ${n} is (${x}, ${y}, ${z})`);
      const start = Math.max(0, place[found.triangles[n]] ?? 0);
      const nearest = nearestTriangle(hierarchy, corners, start, x, y, z, search);
      found.triangles[n] = order[nearest];
      found.distances[n] = Math.sqrt(search.squared);
      for (let k = 0; k < 3; k++) {
        found.weights[3 * n + k] = weights[k];
        const corner = 9 * nearest + k;
        found.points[3 * n + k] =
          weights[0] * corners[corner] + weights[1] * corners[corner + 3] + weights[2] * corners[corner + 6];
      }
    }
    return found;
  }

  /**
   * The nearest point of the surface to one point.
   *
   * @param point  three coordinates, cm
   * @returns      the point, its distance in cm, its triangle, and the shares of that triangle's corners
   * @throws {RangeError} when the point is not three finite numbers
   */
  closestPoint(point: ArrayLike<number>): { point: number[]; distance: number; triangle: number; weights: number[] } {
    if (point.length !== 3) throw new RangeError(`point must hold three coordinates, but holds ${point.length}`);
    const { points, distances, triangles, weights } = this.closestPoints(Float64Array.from(point));
    return { point: [...points], distance: distances[0], triangle: triangles[0], weights: [...weights] };
  }
}

/** What one search found, and room for it, to be used again. */
interface Search {
  /** The squared distance, and the shares of the nearest triangle's corners. */
  squared: number;
  weights: Float64Array;
  tried: Float64Array;
  /** [nodes] Those still to be looked at, and the squared distance of each one's box. */
  waiting: Uint32Array;
  away: Float64Array;
}

/** The nearest triangle to (x, y, z), by its place in the hierarchy's order; the search begins with the triangle `start`. */
function nearestTriangle(
  { boxes, second, first, count }: BoxHierarchy,
  corners: Float64Array,
  start: number,
  x: number,
  y: number,
  z: number,
  search: Search,
): number {
  const { weights, tried, waiting, away } = search;
  let nearest = start;
  let squared = closestOnTriangle(corners, 9 * start, x, y, z, weights);
  let left = 1;
  waiting[0] = 0;
  away[0] = squaredDistanceToBox(boxes, 0, x, y, z);
  while (left > 0) {
    if (away[--left] >= squared) continue;
    const node = waiting[left];
    if (second[node] === 0) {
      for (let i = first[node]; i < first[node] + count[node]; i++) {
        const distance = closestOnTriangle(corners, 9 * i, x, y, z, tried);
        if (distance >= squared) continue;
        squared = distance;
        nearest = i;
        weights[0] = tried[0];
        weights[1] = tried[1];
        weights[2] = tried[2];
      }
      continue;
    }
    // the nearer child is looked at first
    let near = node + 1;
    let far = second[node];
    let toNear = squaredDistanceToBox(boxes, near, x, y, z);
    let toFar = squaredDistanceToBox(boxes, far, x, y, z);
    if (toFar < toNear) [near, far, toNear, toFar] = [far, near, toFar, toNear];
    if (toFar < squared) {
      waiting[left] = far;
      away[left++] = toFar;
    }
    if (toNear < squared) {
      waiting[left] = near;
      away[left++] = toNear;
    }
  }
  search.squared = squared;
  return nearest;
}

/** 0 inside of the box. */
function squaredDistanceToBox(boxes: Float32Array, node: number, x: number, y: number, z: number): number {
  const at = 6 * node;
  const dx = Math.max(boxes[at] - x, 0, x - boxes[at + 3]);
  const dy = Math.max(boxes[at + 1] - y, 0, y - boxes[at + 4]);
  const dz = Math.max(boxes[at + 2] - z, 0, z - boxes[at + 5]);
  return dx * dx + dy * dy + dz * dz;
}

/** The triangles whose area is not zero. */
function trianglesWithArea({ points, triangles: { data: corners } }: TriangleMesh): Uint32Array {
  const kept = new Uint32Array(corners.length / 3);
  let count = 0;
  for (let t = 0; t < corners.length; t += 3) {
    const [x, y, z] = edgeCross(points.data, corners, t);
    if (x * x + y * y + z * z > 0) kept[count++] = t / 3;
  }
  return kept.slice(0, count);
}
