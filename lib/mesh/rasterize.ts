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
  /** [points, 2] scratch: the corners on the subpixel grid */
  grid: Int32Array;
  /** [points] scratch: 1/z, and 0 for a corner that cannot be drawn */
  nearness: Float64Array;
}

export interface RasterOptions {
  /** 'drop' skips triangles that turn their inside to the camera: right for a closed surface, and twice as fast. */
  backFaces?: 'keep' | 'drop';
}

/**
 * Corners are rounded to 1/1024 pixel, so that edge functions are whole numbers of at most 2^51, which doubles add and
 * multiply without rounding: the two triangles at an edge get exactly opposite values, however each walks there.
 */
const SUBPIXEL_BITS = 10;
const SUBPIXELS = 1 << SUBPIXEL_BITS;
/** A triangle with a corner nearer than this, in cm, is dropped whole: nothing is cut at the near plane. */
const NEAR = 5;
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
    grid: new Int32Array(2 * points),
    nearness: new Float64Array(points),
  };
}

/**
 * Finds the triangle that is seen at each pixel's centre, where on it, and how deep.
 *
 * Edge functions E_i(p) decide what covers a pixel; 1/z, which is linear in the image, decides what is nearest; the weights
 * are w_i = (E_i / z_i) / sum_j (E_j / z_j). A pixel on an edge belongs to the triangle that has it as its top or left
 * edge, so triangles that share an edge cover each pixel exactly once. Of equal depths the first triangle stays. A triangle is
 * dropped whole when a corner is nearer than 5 cm or 16,384 pixels or more from the image's corner along u or v.
 *
 * @param screen     [points, 3]: u and v in pixels (u right, v down, origin at the image's top left corner, so that the
 *                   first pixel's centre is at 0.5, 0.5) and z in cm
 * @param triangles  [triangles, 3]
 * @param width      pixels
 * @param height     pixels
 * @param buffers    from `rasterBuffers` or an earlier call, to write to; made anew when absent or of another size
 * @param options    backFaces ('keep' by default)
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
  const points = screen.length / 3;
  const fits = buffers?.width === width && buffers.height === height && buffers.nearness.length >= points;
  const out = fits && buffers ? buffers : rasterBuffers(width, height, points);
  placeOnGrid(screen, out);
  findNearest(triangles, out, options.backFaces === 'drop');
  findWeights(triangles, out);
  return out;
}

/** Corners in subpixels, and 1/z; a corner that cannot be drawn gets 1/z = 0. */
function placeOnGrid(screen: Float32Array, { grid, nearness }: RasterBuffers): void {
  for (let point = 0, i = 0; i < screen.length; point++, i += 3) {
    const u = screen[i];
    const v = screen[i + 1];
    const z = screen[i + 2];
    const drawn = z >= NEAR && Math.abs(u) < FARTHEST_PIXELS && Math.abs(v) < FARTHEST_PIXELS;
    // rounds halves up as Math.round does, and is quicker
    grid[2 * point] = Math.floor(u * SUBPIXELS + 0.5);
    grid[2 * point + 1] = Math.floor(v * SUBPIXELS + 0.5);
    nearness[point] = drawn ? 1 / z : 0;
  }
}

/** Fills `triangle`, and `depth` with 1/z. */
function findNearest(triangles: Uint32Array, out: RasterBuffers, dropBackFaces: boolean): void {
  const { width, height, grid, nearness, triangle: nearest, depth } = out;
  nearest.fill(-1);
  depth.fill(0);
  const half = SUBPIXELS / 2;
  for (let t = 0, index = 0; t < triangles.length; t += 3, index++) {
    const a = triangles[t];
    let b = triangles[t + 1];
    let c = triangles[t + 2];
    const ax = grid[2 * a];
    const ay = grid[2 * a + 1];
    let bx = grid[2 * b];
    let by = grid[2 * b + 1];
    let cx = grid[2 * c];
    let cy = grid[2 * c + 1];
    let area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax);
    if (area === 0 || (area > 0 && dropBackFaces)) continue;
    // most triangles of a fine mesh pass between the pixels' centres: what is enough to see that comes first
    const lowX = Math.min(ax, bx, cx);
    const highX = Math.max(ax, bx, cx);
    const first = Math.max(0, (lowX + half - 1) >> SUBPIXEL_BITS);
    const last = Math.min(width - 1, (highX - half) >> SUBPIXEL_BITS);
    if (first > last) continue;
    const lowY = Math.min(ay, by, cy);
    const highY = Math.max(ay, by, cy);
    const top = Math.max(0, (lowY + half - 1) >> SUBPIXEL_BITS);
    const bottom = Math.min(height - 1, (highY - half) >> SUBPIXEL_BITS);
    if (top > bottom) continue;
    if (nearness[a] === 0 || nearness[b] === 0 || nearness[c] === 0) continue;
    if (area < 0) {
      // counter-clockwise on the screen, as a front face is: from here on the corners run clockwise
      area = -area;
      const swap = b;
      b = c;
      c = swap;
      const swapX = bx;
      bx = cx;
      cx = swapX;
      const swapY = by;
      by = cy;
      cy = swapY;
    }

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
    const nearA = nearness[a] * share;
    const nearB = nearness[b] * share;
    const nearC = nearness[c] * share;

    for (let row = top; row <= bottom; row++) {
      const down = row - top;
      let eA = startA + down * downA;
      let eB = startB + down * downB;
      let eC = startC + down * downC;
      const end = row * width + last;
      for (let pixel = row * width + first; pixel <= end; pixel++) {
        if (eA >= leastA && eB >= leastB && eC >= leastC) {
          const near = Math.fround(eA * nearA + eB * nearB + eC * nearC);
          if (near > depth[pixel]) {
            depth[pixel] = near;
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
  const { width, height, grid, nearness, triangle, weights, depth } = out;
  const half = SUBPIXELS / 2;
  for (let row = 0, pixel = 0; row < height; row++) {
    const py = row * SUBPIXELS + half;
    for (let column = 0; column < width; column++, pixel++) {
      const t = 3 * triangle[pixel];
      if (t < 0) {
        depth[pixel] = Number.POSITIVE_INFINITY;
        continue;
      }
      const a = triangles[t];
      const b = triangles[t + 1];
      const c = triangles[t + 2];
      const px = column * SUBPIXELS + half;
      const ax = grid[2 * a] - px;
      const ay = grid[2 * a + 1] - py;
      const bx = grid[2 * b] - px;
      const by = grid[2 * b + 1] - py;
      const cx = grid[2 * c] - px;
      const cy = grid[2 * c + 1] - py;
      const wA = (bx * cy - by * cx) * nearness[a];
      const wB = (cx * ay - cy * ax) * nearness[b];
      const wC = (ax * by - ay * bx) * nearness[c];
      const sum = 1 / (wA + wB + wC);
      weights[3 * pixel] = wA * sum;
      weights[3 * pixel + 1] = wB * sum;
      weights[3 * pixel + 2] = wC * sum;
      depth[pixel] = 1 / depth[pixel];
    }
  }
}
