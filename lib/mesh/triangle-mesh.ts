import ndarray, { type NdArray } from 'ndarray';

/**
 * A surface of triangles.
 *
 * Seen from outside, the corners of a triangle run counter-clockwise, so that (b - a) x (c - a) points outwards.
 */
export interface TriangleMesh {
  /** [points, 3], cm */
  points: NdArray<Float32Array>;
  /** [triangles, 3], indices into `points` */
  triangles: NdArray<Uint32Array>;
}

/**
 * Makes a mesh of points and triangles, after a check of both.
 *
 * The arrays are kept, not copied, when they lie contiguous in row-major order; hot loops then work on `.data`.
 *
 * @param points     [points, 3] cm, or the same numbers in one flat array
 * @param triangles  [triangles, 3], or the same numbers in one flat array
 * @throws {RangeError} when a shape is wrong, a coordinate is not finite or an index names no point
 */
export function triangleMesh(
  points: NdArray<Float32Array> | Float32Array,
  triangles: NdArray<Uint32Array> | Uint32Array,
): TriangleMesh {
  const mesh = { points: rowsOfThree('points', points), triangles: rowsOfThree('triangles', triangles) };
  const coordinates = mesh.points.data;
  for (let i = 0; i < coordinates.length; i++)
    if (!Number.isFinite(coordinates[i]))
      throw new RangeError(`points must be finite, but point ${Math.floor(i / 3)} has ${coordinates[i]}`);
  const count = mesh.points.shape[0];
  const corners = mesh.triangles.data;
  for (let i = 0; i < corners.length; i++)
    if (corners[i] >= count)
      throw new RangeError(
        `triangles must name points 0 to ${count - 1}, but triangle ${Math.floor(i / 3)} names ${corners[i]}`,
      );
  return mesh;
}

/** A [rows, 3] array over contiguous data that begin at 0; another layout is copied into that one. */
function rowsOfThree<Data extends Float32Array | Uint32Array>(
  name: string,
  values: NdArray<Data> | Data,
): NdArray<Data> {
  if (ArrayBuffer.isView(values)) {
    if (values.length % 3 !== 0)
      throw new RangeError(`${name} must hold three numbers a row, but hold ${values.length}`);
    return ndarray(values as Data, [values.length / 3, 3]);
  }
  const array = values as NdArray<Data>;
  if (array.dimension !== 2 || array.shape[1] !== 3)
    throw new RangeError(`${name} must be [rows, 3], but are [${array.shape.join(', ')}]`);
  const rows = array.shape[0];
  if (array.offset === 0 && array.stride[0] === 3 && array.stride[1] === 1 && array.data.length === 3 * rows)
    return array;
  const data = (array.data instanceof Float32Array ? new Float32Array(3 * rows) : new Uint32Array(3 * rows)) as Data;
  for (let i = 0; i < rows; i++) for (let c = 0; c < 3; c++) data[3 * i + c] = array.get(i, c);
  return ndarray(data, [rows, 3]);
}

/**
 * (b - a) x (c - a) of one triangle: it points outwards and is as long as twice the area.
 *
 * @param points     [points, 3], flat
 * @param triangles  [triangles, 3], flat
 * @param t          where in `triangles` the corners a, b, c begin
 */
export function edgeCross(
  points: Float32Array | Float64Array,
  triangles: Uint32Array,
  t: number,
): [x: number, y: number, z: number] {
  const [a, b, c] = [3 * triangles[t], 3 * triangles[t + 1], 3 * triangles[t + 2]];
  const [ux, uy, uz] = [points[b] - points[a], points[b + 1] - points[a + 1], points[b + 2] - points[a + 2]];
  const [vx, vy, vz] = [points[c] - points[a], points[c + 1] - points[a + 1], points[c + 2] - points[a + 2]];
  return [uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx];
}
