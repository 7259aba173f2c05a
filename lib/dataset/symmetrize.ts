import type { Pose } from 'lib/geometry';
import type { NdArray } from 'ndarray';

// One reflection, S = diag(-1, 1, 1), mirrors all three: the head at its plane x = 0, and the camera's picture at its middle
// column, since u = size / 2 - f x / z. With y = R^T (x - t) the camera coordinates of a point, those of its mirror image are
//
//   S y = S R^T (x - t) = (S R S)^T (S x - S t),
//
// which is what a camera with R' = S R S and t' = S t sees of S x. R' turns by the same angle about the axis of R, mirrored and
// with its sense reversed, -S a: of a unit quaternion (q0, q1, q2, q3) it is (q0, q1, -q2, -q3). Nothing is rounded.

/** The pose of the mirrored camera: (q0, q1, -q2, -q3) and (-tx, ty, tz), exactly; q0 keeps its sign. */
export function mirrorPose({ rotation: [q0, q1, q2, q3], translation: [x, y, z] }: Pose): Pose {
  return { rotation: [q0, q1, -q2, -q3], translation: [-x, y, z] };
}

/**
 * The mirrored head: x'_n = S x_m(n), where m(n) is the point on the other side that n stands for, so that the points of the
 * mirrored head have the same meanings.
 *
 * @param shape   [3 N] cm, model frame
 * @param mirror  [N]
 */
export function mirrorShape(shape: Float32Array, mirror: Uint32Array): Float32Array {
  const mirrored = new Float32Array(shape.length);
  for (let n = 0; n < mirror.length; n++) {
    const other = 3 * mirror[n];
    mirrored[3 * n] = -shape[other];
    mirrored[3 * n + 1] = shape[other + 1];
    mirrored[3 * n + 2] = shape[other + 2];
  }
  return mirrored;
}

/** The picture with its columns in reverse order; [size, size, 3] bytes. */
export function mirrorPicture(picture: Uint8Array, size: number): Uint8Array {
  const mirrored = new Uint8Array(picture.length);
  for (let row = 0; row < size; row++)
    for (let from = 3 * size * row, to = from + 3 * (size - 1), end = from + 3 * size; from < end; from += 3, to -= 3) {
      mirrored[to] = picture[from];
      mirrored[to + 1] = picture[from + 1];
      mirrored[to + 2] = picture[from + 2];
    }
  return mirrored;
}

/** How far a point may be from the mirror image of its counterpart, cm: a tenth of a millimetre. */
const SYMMETRIC_WITHIN = 0.01;

/**
 * Finds the point on the other side of the plane x = 0 for each point of a symmetric head.
 *
 * @param points  [N, 3] cm, model frame; a source's mean or neutral head
 * @returns       [N], its own inverse; a point of the plane is its own. Undefined when a point's mirror image is farther than
 *                0.01 cm from every point, or two points share one: then the head is not symmetric.
 */
export function mirrorMap(points: NdArray<Float32Array>): Uint32Array | undefined {
  const { data } = points;
  const count = points.shape[0];
  const cells = new Map<string, number[]>();
  const cell = (x: number, y: number, z: number) => [x, y, z].map((v) => Math.floor(v / SYMMETRIC_WITHIN));
  for (let n = 0; n < count; n++) {
    const key = cell(data[3 * n], data[3 * n + 1], data[3 * n + 2]).join();
    cells.set(key, [...(cells.get(key) ?? []), n]);
  }
  const mirror = new Uint32Array(count);
  for (let n = 0; n < count; n++) {
    const place = [-data[3 * n], data[3 * n + 1], data[3 * n + 2]];
    const [i, j, k] = cell(place[0], place[1], place[2]);
    let nearest = SYMMETRIC_WITHIN;
    mirror[n] = count;
    for (let offset = 0; offset < 27; offset++) {
      const key = [i + (offset % 3) - 1, j + (Math.floor(offset / 3) % 3) - 1, k + Math.floor(offset / 9) - 1].join();
      for (const m of cells.get(key) ?? []) {
        const distance = Math.hypot(data[3 * m] - place[0], data[3 * m + 1] - place[1], data[3 * m + 2] - place[2]);
        if (distance > nearest) continue;
        nearest = distance;
        mirror[n] = m;
      }
    }
  }
  return mirror.every((m, n) => mirror[m] === n) ? mirror : undefined;
}
