/** What is seen at each pixel, in rows from the top; pixel (column, row) is at row x width + column. */
export interface RasterBuffers {
  width: number;
  height: number;
  /** [pixels] index of the nearest triangle, -1 where there is none */
  triangle: Int32Array;
  /** [pixels, 3] perspective-correct weights of the triangle's corners, which sum to 1; unspecified where there is none */
  weights: Float32Array;
  /** [pixels] z in cm, infinite where there is none */
  depth: Float32Array;
  /** [points, 3] scratch: the corners on the subpixel grid and 1/z */
  grid: Float64Array;
}

export interface RasterOptions {
  /** A triangle with a corner nearer than this, in cm, is dropped whole: nothing is cut at the near plane. */
  near?: number;
  /** 'drop' skips triangles that turn their inside to the camera: right for a closed surface, and twice as fast. */
  backFaces?: 'keep' | 'drop';
}

/**
 * Corners are rounded to 1/1024 pixel, so that edge functions are whole numbers of at most 2^51, which doubles add and
 * multiply without rounding: the two triangles at an edge get exactly opposite values, however each walks there.
 */
const SUBPIXELS = 1024;
/** Beyond this many pixels from the corner of the image the products above would leave 2^53; such triangles are dropped. */
const FARTHEST_PIXELS = 16_384;

/** Buffers for `rasterize`, to be used again for the next picture of the same size. */
export function rasterBuffers(width: number, height: number, points: number): RasterBuffers {
  const pixels = width * height;
  return {
    width,
    height,
    triangle: new Int32Array(pixels),
    weights: new Float32Array(3 * pixels),
    depth: new Float32Array(pixels),
    grid: new Float64Array(3 * points),
  };
}

/**
 * Finds the triangle that is seen at each pixel's centre, where on it, and how deep.
 *
 * Edge functions E_i(p) decide what covers a pixel; 1/z, which is linear in the image, decides what is nearest; the weights
 * are w_i = (E_i / z_i) / sum_j (E_j / z_j). A pixel on an edge belongs to the triangle that has it as its top or left
 * edge, so triangles that share an edge cover each pixel exactly once. Of equal depths the first triangle stays.
 *
 * @param screen     [points, 3]: u and v in pixels (u right, v down, origin at the image's top left corner, so that the
 *                   first pixel's centre is at 0.5, 0.5) and z in cm
 * @param triangles  [triangles, 3]
 * @param width      pixels
 * @param height     pixels
 * @param buffers    from `rasterBuffers` or an earlier call, to write to; made anew when absent or of another size
 * @throws {RangeError} when the arrays do not hold rows of three or a size is not a whole number of pixels
 *
 * Work a picture: one visit a triangle, one a pixel of its bounding box, and one a covered pixel for the weights.
 * References: Pineda 1988, "A parallel algorithm for polygon rasterization"; the top-left rule as in Direct3D.
 */
export function rasterize(
  screen: Float32Array,
  triangles: Uint32Array,
  width: number,
  height: number,
  buffers?: RasterBuffers,
  options: RasterOptions = {},
): RasterBuffers {
  if (screen.length % 3 !== 0) throw new RangeError(`screen must be [points, 3], but holds ${screen.length} numbers`);
  if (triangles.length % 3 !== 0)
    throw new RangeError(`triangles must be [triangles, 3], but hold ${triangles.length} numbers`);
  for (const [name, size] of Object.entries({ width, height }))
    if (!(Number.isInteger(size) && size > 0 && size <= FARTHEST_PIXELS))
      throw new RangeError(`${name} must be a whole number of pixels from 1 to ${FARTHEST_PIXELS}, but is ${size}`);
  const fits = buffers?.width === width && buffers.height === height && buffers.grid.length >= screen.length;
  const out = fits && buffers ? buffers : rasterBuffers(width, height, screen.length / 3);
  placeOnGrid(screen, out.grid, options.near ?? 5);
  findNearest(triangles, out, options.backFaces === 'drop');
  findWeights(triangles, out);
  return out;
}

/** Corners in subpixels, and 1/z; a corner that cannot be drawn gets 1/z = 0. */
function placeOnGrid(screen: Float32Array, grid: Float64Array, near: number): void {
  for (let i = 0; i < screen.length; i += 3) {
    const u = screen[i];
    const v = screen[i + 1];
    const z = screen[i + 2];
    const drawn = z >= near && Math.abs(u) < FARTHEST_PIXELS && Math.abs(v) < FARTHEST_PIXELS;
    grid[i] = Math.round(u * SUBPIXELS);
    grid[i + 1] = Math.round(v * SUBPIXELS);
    grid[i + 2] = drawn ? 1 / z : 0;
  }
}

/** Fills `triangle`, and `depth` with 1/z. */
function findNearest(triangles: Uint32Array, out: RasterBuffers, dropBackFaces: boolean): void {
  const { width, height, grid, triangle: nearest, depth: nearness } = out;
  nearest.fill(-1);
  nearness.fill(0);
  const half = SUBPIXELS / 2;
  for (let t = 0, index = 0; t < triangles.length; t += 3, index++) {
    const a = 3 * triangles[t];
    let b = 3 * triangles[t + 1];
    let c = 3 * triangles[t + 2];
    if (grid[a + 2] === 0 || grid[b + 2] === 0 || grid[c + 2] === 0) continue;
    const ax = grid[a];
    const ay = grid[a + 1];
    let area = (grid[b] - ax) * (grid[c + 1] - ay) - (grid[b + 1] - ay) * (grid[c] - ax);
    if (area === 0) continue;
    if (area < 0) {
      // counter-clockwise on the screen, as a front face is: from here on the corners run clockwise
      const swap = b;
      b = c;
      c = swap;
      area = -area;
    } else if (dropBackFaces) continue;
    const bx = grid[b];
    const by = grid[b + 1];
    const cx = grid[c];
    const cy = grid[c + 1];
    const first = Math.max(0, Math.ceil((Math.min(ax, bx, cx) - half) / SUBPIXELS));
    const last = Math.min(width - 1, Math.floor((Math.max(ax, bx, cx) - half) / SUBPIXELS));
    const top = Math.max(0, Math.ceil((Math.min(ay, by, cy) - half) / SUBPIXELS));
    const bottom = Math.min(height - 1, Math.floor((Math.max(ay, by, cy) - half) / SUBPIXELS));
    if (first > last || top > bottom) continue;

    // E_a belongs to the edge opposite of a; one step right or down adds a constant
    const px = first * SUBPIXELS + half;
    const py = top * SUBPIXELS + half;
    const rightA = (by - cy) * SUBPIXELS;
    const rightB = (cy - ay) * SUBPIXELS;
    const rightC = (ay - by) * SUBPIXELS;
    const downA = (cx - bx) * SUBPIXELS;
    const downB = (ax - cx) * SUBPIXELS;
    const downC = (bx - ax) * SUBPIXELS;
    const startA = (cx - bx) * (py - by) - (cy - by) * (px - bx);
    const startB = (ax - cx) * (py - cy) - (ay - cy) * (px - cx);
    const startC = (bx - ax) * (py - ay) - (by - ay) * (px - ax);
    // whole numbers: "at least 1" is "more than 0", the rule for an edge that is neither top nor left
    const leastA = isTopOrLeft(cx - bx, cy - by) ? 0 : 1;
    const leastB = isTopOrLeft(ax - cx, ay - cy) ? 0 : 1;
    const leastC = isTopOrLeft(bx - ax, by - ay) ? 0 : 1;
    const share = 1 / area;
    const nearA = grid[a + 2] * share;
    const nearB = grid[b + 2] * share;
    const nearC = grid[c + 2] * share;

    for (let row = top; row <= bottom; row++) {
      const down = row - top;
      let eA = startA + down * downA;
      let eB = startB + down * downB;
      let eC = startC + down * downC;
      const end = row * width + last;
      for (let pixel = row * width + first; pixel <= end; pixel++) {
        if (eA >= leastA && eB >= leastB && eC >= leastC) {
          const near = Math.fround(eA * nearA + eB * nearB + eC * nearC);
          if (near > nearness[pixel]) {
            nearness[pixel] = near;
            nearest[pixel] = index;
          }
        }
        eA += rightA;
        eB += rightB;
        eC += rightC;
      }
    }
  }
}

/** Whether an edge of a clockwise triangle, v down, is a top edge (level, to the right) or a left one (upwards). */
function isTopOrLeft(du: number, dv: number): boolean {
  return dv < 0 || (dv === 0 && du > 0);
}

/** Fills `weights`, and turns `depth` from 1/z into z. Only what is seen is worth this work, so it comes last. */
function findWeights(triangles: Uint32Array, out: RasterBuffers): void {
  const { width, height, grid, triangle, weights, depth } = out;
  const half = SUBPIXELS / 2;
  for (let row = 0, pixel = 0; row < height; row++) {
    const py = row * SUBPIXELS + half;
    for (let column = 0; column < width; column++, pixel++) {
      const t = 3 * triangle[pixel];
      if (t < 0) {
        depth[pixel] = Number.POSITIVE_INFINITY;
        continue;
      }
      const a = 3 * triangles[t];
      const b = 3 * triangles[t + 1];
      const c = 3 * triangles[t + 2];
      const px = column * SUBPIXELS + half;
      const ax = grid[a] - px;
      const ay = grid[a + 1] - py;
      const bx = grid[b] - px;
      const by = grid[b + 1] - py;
      const cx = grid[c] - px;
      const cy = grid[c + 1] - py;
      const wA = (bx * cy - by * cx) * grid[a + 2];
      const wB = (cx * ay - cy * ax) * grid[b + 2];
      const wC = (ax * by - ay * bx) * grid[c + 2];
      const sum = 1 / (wA + wB + wC);
      weights[3 * pixel] = wA * sum;
      weights[3 * pixel + 1] = wB * sum;
      weights[3 * pixel + 2] = wC * sum;
      depth[pixel] = 1 / depth[pixel];
    }
  }
}
