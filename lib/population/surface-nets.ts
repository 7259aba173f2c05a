/** A surface under construction: points of the model frame and corners of triangles, easier to change than flat arrays. */
export interface DraftMesh {
  points: number[][];
  triangles: number[][];
}

/** The planes of a rectilinear grid along each axis. `xs` rises from a negative value; `forwards` are values of -z. */
export interface Planes {
  xs: number[];
  ys: number[];
  forwards: number[];
}

/** Planes from `from` to just beyond `to`, with a spacing that depends on the place. */
export function planes(from: number, to: number, spacing: (at: number) => number): number[] {
  const list = [from];
  while (list[list.length - 1] < to) list.push(list[list.length - 1] + spacing(list[list.length - 1]));
  return list;
}

/**
 * Finds the surface of a solid over the half x >= 0 by naive surface nets.
 *
 * Each cell of the grid that the surface crosses gets one point, the mean of the crossings on its edges; each grid edge that
 * the surface crosses gets the quadrilateral of its four cells, cut along the shorter diagonal. The first column of cells
 * straddles x = 0, and its points lie at x = 0 exactly, so that the half can be mirrored without a gap.
 *
 * Reference: Gibson 1998, "Constrained elastic surface nets".
 */
export function surfaceNets(distance: (x: number, y: number, z: number) => number, grid: Planes): DraftMesh {
  const { xs, ys, forwards } = grid;
  const [nx, ny, nz] = [xs.length, ys.length, forwards.length];
  const strides = [1, nx, nx * ny];
  const at = (i: number, j: number, k: number) => i + nx * (j + ny * k);
  const values = sampleDistance(distance, grid);
  closePinches(values, nx, ny, nz);

  const place = (i: number, j: number, k: number) => [xs[i], ys[j], -forwards[k]];
  const points: number[][] = [];
  const pointOfCell = new Int32Array(values.length).fill(-1);
  for (let k = 0; k < nz - 1; k++)
    for (let j = 0; j < ny - 1; j++)
      for (let i = 0; i < nx - 1; i++) {
        const sum = [0, 0, 0];
        let crossings = 0;
        for (let edge = 0; edge < 12; edge++) {
          const axis = edge >> 2;
          const corner = [0, 0, 0];
          corner[(axis + 1) % 3] = edge & 1;
          corner[(axis + 2) % 3] = (edge >> 1) & 1;
          const start = at(i + corner[0], j + corner[1], k + corner[2]);
          const [a, b] = [values[start], values[start + strides[axis]]];
          if (a < 0 === b < 0) continue;
          const from = place(i + corner[0], j + corner[1], k + corner[2]);
          corner[axis] = 1;
          const to = place(i + corner[0], j + corner[1], k + corner[2]);
          for (let c = 0; c < 3; c++) sum[c] += from[c] + (a / (a - b)) * (to[c] - from[c]);
          crossings++;
        }
        if (crossings === 0) continue;
        pointOfCell[at(i, j, k)] = points.length;
        points.push([i > 0 ? sum[0] / crossings : 0, sum[1] / crossings, sum[2] / crossings]);
      }

  const triangles: number[][] = [];
  const length = (a: number, b: number) => Math.hypot(...points[a].map((v, c) => v - points[b][c]));
  const quad = (corners: number[], turn: boolean) => {
    const [a, b, c, d] = turn ? [corners[0], corners[3], corners[2], corners[1]] : corners;
    if (length(a, c) < length(b, d)) triangles.push([a, b, c], [a, c, d]);
    else triangles.push([a, b, d], [b, c, d]);
  };
  for (let k = 1; k < nz - 1; k++)
    for (let j = 1; j < ny - 1; j++)
      for (let i = 1; i < nx - 1; i++) {
        const inside = values[at(i, j, k)] < 0;
        const cell = (di: number, dj: number, dk: number) => pointOfCell[at(i - di, j - dj, k - dk)];
        const crosses = (axis: number) => inside !== values[at(i, j, k) + strides[axis]] < 0;
        if (crosses(0)) quad([cell(0, 1, 1), cell(0, 0, 1), cell(0, 0, 0), cell(0, 1, 0)], inside);
        if (crosses(1)) quad([cell(1, 0, 1), cell(1, 0, 0), cell(0, 0, 0), cell(0, 0, 1)], inside);
        if (crosses(2)) quad([cell(1, 1, 0), cell(0, 1, 0), cell(0, 0, 0), cell(1, 0, 0)], inside);
      }
  return { points, triangles };
}

/** The distance at each grid point; in blocks of 4 x 4 x 4 that are far from the surface, the block's middle stands for all. */
function sampleDistance(
  distance: (x: number, y: number, z: number) => number,
  { xs, ys, forwards }: Planes,
): Float32Array {
  const [nx, ny, nz] = [xs.length, ys.length, forwards.length];
  const values = new Float32Array(nx * ny * nz);
  const block = 4;
  for (let k0 = 0; k0 < nz; k0 += block)
    for (let j0 = 0; j0 < ny; j0 += block)
      for (let i0 = 0; i0 < nx; i0 += block) {
        const [i1, j1, k1] = [Math.min(nx, i0 + block), Math.min(ny, j0 + block), Math.min(nz, k0 + block)];
        const [ax, bx, ay, by] = [xs[i0], xs[i1 - 1], ys[j0], ys[j1 - 1]];
        const [az, bz] = [-forwards[k0], -forwards[k1 - 1]];
        const middle = distance((ax + bx) / 2, (ay + by) / 2, (az + bz) / 2);
        // half the diagonal would do for a true distance; ours is one only near the surface
        const far = Math.abs(middle) > 0.8 * Math.hypot(ax - bx, ay - by, az - bz) + 0.6;
        for (let k = k0; k < k1; k++)
          for (let j = j0; j < j1; j++)
            for (let i = i0; i < i1; i++)
              values[i + nx * (j + ny * k)] = far ? middle : distance(xs[i], ys[j], -forwards[k]);
      }
  return values;
}

/** For each of the 256 patterns of a cell's corners: do the inside or the outside corners fall into separate pieces? */
const SEPARATE = Array.from({ length: 256 }, (_, pattern) =>
  [pattern, ~pattern & 255].some((corners) => {
    let reached = corners & -corners;
    for (let before = 0; before !== reached; ) {
      before = reached;
      for (let b = 0; b < 8; b++)
        if ((reached >> b) & 1) for (const next of [b ^ 1, b ^ 2, b ^ 4]) reached |= corners & (1 << next);
    }
    return reached !== corners;
  }),
);

/**
 * Fills grid points until the surface is a manifold: a face with its corners inside and outside like a chessboard makes an
 * edge of four triangles, and a cell with two separate pieces a pinched point. The shallowest outside corner is filled.
 */
function closePinches(values: Float32Array, nx: number, ny: number, nz: number): void {
  const [dx, dy, dz] = [1, nx, nx * ny];
  const corners = [0, dx, dy, dx + dy, dz, dx + dz, dy + dz, dx + dy + dz];
  const fill = (candidates: number[]) => {
    const outside = candidates.filter((at) => values[at] >= 0);
    values[outside.reduce((best, at) => (values[at] < values[best] ? at : best))] = -1e-4;
  };
  for (let again = true; again; ) {
    again = false;
    for (let k = 0; k < nz - 1; k++)
      for (let j = 0; j < ny - 1; j++)
        for (let i = 0; i < nx - 1; i++) {
          const origin = i + nx * (j + ny * k);
          let pattern = 0;
          for (let b = 0; b < 8; b++) if (values[origin + corners[b]] < 0) pattern |= 1 << b;
          if (pattern === 0 || pattern === 255) continue;
          if (SEPARATE[pattern]) {
            fill(corners.map((c) => origin + c));
            again = true;
          }
          for (const [u, v] of [
            [dx, dy],
            [dy, dz],
            [dx, dz],
          ]) {
            const face = [origin, origin + u, origin + u + v, origin + v];
            const inside = face.map((at) => values[at] < 0);
            if (inside[0] !== inside[2] || inside[1] !== inside[3] || inside[0] === inside[1]) continue;
            fill(face);
            again = true;
          }
        }
  }
}
