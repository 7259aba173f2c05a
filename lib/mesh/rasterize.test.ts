import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createRandom } from 'lib/random';
import { type RasterBuffers, rasterize } from './rasterize';

/** Float64 and pixel by pixel: the weights of the nearest triangle whose inside, edges apart, holds the pixel's centre. */
function naive(screen: Float32Array, triangles: Uint32Array, width: number, height: number, near = 5) {
  const corner = (i: number) => [screen[3 * i], screen[3 * i + 1], screen[3 * i + 2]];
  const found = [];
  for (let row = 0; row < height; row++)
    for (let column = 0; column < width; column++) {
      let best = { triangle: -1, depth: Number.POSITIVE_INFINITY, weights: [0, 0, 0], margin: 1 };
      for (let t = 0; t < triangles.length; t += 3) {
        const [a, b, c] = [corner(triangles[t]), corner(triangles[t + 1]), corner(triangles[t + 2])];
        if (Math.min(a[2], b[2], c[2]) < near) continue;
        const cross = (p: number[], q: number[], r: number[]) =>
          (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0]);
        const pixel = [column + 0.5, row + 0.5];
        const area = cross(a, b, c);
        const flat = [cross(b, c, pixel) / area, cross(c, a, pixel) / area, cross(a, b, pixel) / area];
        if (Math.min(...flat) < 0) continue;
        const nearness = flat[0] / a[2] + flat[1] / b[2] + flat[2] / c[2];
        const weights = [flat[0] / a[2] / nearness, flat[1] / b[2] / nearness, flat[2] / c[2] / nearness];
        if (1 / nearness < best.depth)
          best = { triangle: t / 3, depth: 1 / nearness, weights, margin: Math.min(...flat) };
      }
      found.push(best);
    }
  return found;
}

function randomTriangles(seed: number, count: number, size: number) {
  const random = createRandom(seed);
  const screen = Float32Array.from({ length: 9 * count }, (_, i) =>
    i % 3 === 2 ? 6 + 60 * random.uniform() : size * (1.4 * random.uniform() - 0.2),
  );
  return { screen, triangles: Uint32Array.from({ length: 3 * count }, (_, i) => i) };
}

const covered = (raster: RasterBuffers) => [...raster.triangle].filter((t) => t >= 0).length;

test('a right triangle over 4 x 4 pixels covers the pixels above its diagonal', () => {
  // corners (0,0), (4,0), (0,4): the diagonal runs through pixel centres and is neither a top nor a left edge
  const screen = Float32Array.of(0, 0, 10, 4, 0, 10, 0, 4, 10);
  const raster = rasterize(screen, Uint32Array.of(0, 1, 2), 4, 4);
  assert.deepEqual([...raster.triangle], [0, 0, 0, -1, 0, 0, -1, -1, 0, -1, -1, -1, -1, -1, -1, -1]);
  // at (1.5, 0.5): 3/8 toward (4,0), 1/8 toward (0,4)
  assert.deepEqual([...raster.weights.slice(3, 6)], [0.5, 0.375, 0.125]);
  assert.ok(Math.abs(raster.depth[1] - 10) < 1e-5);
  assert.equal(raster.depth[3], Number.POSITIVE_INFINITY);
});

test('weights are perspective-correct: halfway on the screen is nearer to the near end', () => {
  // along the bottom edge from z = 10 to z = 30, the middle of the screen is at weight 3/4, depth 15
  const screen = Float32Array.of(-0.5, 0, 10, 1.5, 0, 30, 0.5, 8, 10);
  const raster = rasterize(screen, Uint32Array.of(0, 1, 2), 1, 1);
  const flat = [15 / 32, 15 / 32, 1 / 16];
  const nearness = [flat[0] / 10, flat[1] / 30, flat[2] / 10];
  const sum = nearness[0] + nearness[1] + nearness[2];
  for (let i = 0; i < 3; i++) assert.ok(Math.abs(raster.weights[i] - nearness[i] / sum) < 1e-6);
  assert.ok(Math.abs(raster.depth[0] - 1 / sum) < 1e-4);
});

test('agrees with a naive float64 twin on random triangles', () => {
  for (let seed = 0; seed < 10; seed++) {
    const { screen, triangles } = randomTriangles(seed, 12, 24);
    const raster = rasterize(screen, triangles, 24, 20);
    const twin = naive(screen, triangles, 24, 20);
    let same = 0;
    for (let pixel = 0; pixel < twin.length; pixel++) {
      if (raster.triangle[pixel] !== twin[pixel].triangle) continue;
      same++;
      if (twin[pixel].triangle < 0) continue;
      // corners move by up to 1/2048 pixel onto the grid; a sliver's weights move more than a wide triangle's
      for (let i = 0; i < 3; i++)
        assert.ok(Math.abs(raster.weights[3 * pixel + i] - twin[pixel].weights[i]) < 5e-3, `weights at ${pixel}`);
      assert.ok(Math.abs(raster.depth[pixel] / twin[pixel].depth - 1) < 5e-3, `depth at ${pixel}`);
    }
    // a centre within 1/2048 pixel of an edge may fall to the other side
    assert.ok(same >= twin.length - 2, `${twin.length - same} of ${twin.length} pixels differ`);
  }
});

test('the two triangles of a quadrilateral cover each pixel exactly once, centres on the shared edge too', () => {
  const onGrid = fc.integer({ min: 0, max: 16 }).map((x) => x / 2);
  const free = fc.double({ min: 0, max: 8, noNaN: true });
  const quad = fc.tuple(...Array.from({ length: 8 }, () => fc.oneof(onGrid, free)));
  fc.assert(
    fc.property(quad, fc.boolean(), ([a, b, c, d, e, f, g, h], turned) => {
      // one corner in each quarter of the picture: convex or with a dent, never crossed at both diagonals
      const corners = [a, b, 16 - c, d, 16 - e, 16 - f, g, 16 - h];
      const screen = new Float32Array(12).fill(10);
      for (let i = 0; i < 4; i++) screen.set([corners[2 * i], corners[2 * i + 1]], 3 * i);
      const side = (p: number, q: number, r: number) =>
        (screen[3 * q] - screen[3 * p]) * (screen[3 * r + 1] - screen[3 * p + 1]) -
        (screen[3 * q + 1] - screen[3 * p + 1]) * (screen[3 * r] - screen[3 * p]);
      fc.pre(side(0, 1, 2) > 0 && side(0, 2, 3) > 0 && side(0, 1, 3) > 0 && side(1, 2, 3) > 0);
      const cut = turned ? [0, 1, 2, 0, 2, 3] : [0, 1, 3, 3, 1, 2];
      const one = rasterize(screen, Uint32Array.from(cut.slice(0, 3)), 16, 16);
      const two = rasterize(screen, Uint32Array.from(cut.slice(3)), 16, 16);
      const both = rasterize(screen, Uint32Array.from(cut), 16, 16);
      assert.equal(covered(one) + covered(two), covered(both), 'a pixel is covered twice');
      // cut along the other diagonal, the quadrilateral covers the same pixels
      const other = turned ? [0, 1, 3, 3, 1, 2] : [0, 1, 2, 0, 2, 3];
      const again = rasterize(screen, Uint32Array.from(other), 16, 16);
      assert.deepEqual(
        again.triangle.map((t) => Math.min(t, 0)),
        both.triangle.map((t) => Math.min(t, 0)),
        'a pixel on the diagonal is left out',
      );
    }),
    { seed: 5, numRuns: 300 },
  );
});

test('a fan of triangles around a pixel centre covers it once', () => {
  const corners = [2, 0, 4, 1.5, 4, 3.5, 2, 4, 0, 3, 0, 1];
  const screen = new Float32Array(21).fill(10);
  screen.set([1.5, 1.5], 0);
  for (let i = 0; i < 6; i++) screen.set([corners[2 * i], corners[2 * i + 1]], 3 + 3 * i);
  let times = 0;
  for (let i = 0; i < 6; i++)
    if (rasterize(screen, Uint32Array.of(0, 1 + i, 1 + ((i + 1) % 6)), 4, 4).triangle[5] === 0) times++;
  assert.equal(times, 1);
});

test('the nearer triangle is seen, whatever the order; of equal ones the first', () => {
  const screen = Float32Array.of(0, 0, 20, 8, 0, 20, 0, 8, 20, 0, 0, 10, 8, 0, 10, 0, 8, 10);
  assert.equal(rasterize(screen, Uint32Array.of(0, 1, 2, 3, 4, 5), 4, 4).triangle[0], 1);
  assert.equal(rasterize(screen, Uint32Array.of(3, 4, 5, 0, 1, 2), 4, 4).triangle[0], 0);
  assert.equal(rasterize(screen, Uint32Array.of(0, 1, 2, 1, 2, 0), 4, 4).triangle[0], 0);
});

test('a triangle is dropped when a corner is nearer than the near plane, or behind the camera', () => {
  for (const z of [4.9, 0, -20, Number.NaN]) {
    const screen = Float32Array.of(0, 0, z, 8, 0, 20, 0, 8, 20);
    assert.equal(covered(rasterize(screen, Uint32Array.of(0, 1, 2), 4, 4)), 0, `z = ${z}`);
  }
  const screen = Float32Array.of(0, 0, 5, 8, 0, 20, 0, 8, 20);
  assert.ok(covered(rasterize(screen, Uint32Array.of(0, 1, 2), 4, 4)) > 0);
});

test('a front face, counter-clockwise to the viewer, is kept when back faces are dropped', () => {
  // to the viewer (v down): (0,0) -> (0,8) -> (8,0) runs down, then up to the right: counter-clockwise
  const screen = Float32Array.of(0, 0, 20, 0, 8, 20, 8, 0, 20);
  const drop = { backFaces: 'drop' } as const;
  assert.ok(covered(rasterize(screen, Uint32Array.of(0, 1, 2), 4, 4, undefined, drop)) > 0);
  assert.equal(covered(rasterize(screen, Uint32Array.of(0, 2, 1), 4, 4, undefined, drop)), 0);
  assert.ok(covered(rasterize(screen, Uint32Array.of(0, 2, 1), 4, 4)) > 0);
});

test('degenerate and far-away triangles draw nothing', () => {
  const flat = Float32Array.of(0, 0, 10, 2, 2, 10, 4, 4, 10);
  assert.equal(covered(rasterize(flat, Uint32Array.of(0, 1, 2), 4, 4)), 0);
  const far = Float32Array.of(0, 0, 10, 1e9, 0, 10, 0, 4, 10);
  assert.equal(covered(rasterize(far, Uint32Array.of(0, 1, 2), 4, 4)), 0);
});

test('buffers are used again and hold nothing of the last picture', () => {
  const { screen, triangles } = randomTriangles(3, 12, 24);
  const buffers = rasterize(screen, triangles, 24, 20);
  const small = Float32Array.of(0, 0, 10, 4, 0, 10, 0, 4, 10);
  const again = rasterize(small, Uint32Array.of(0, 1, 2), 24, 20, buffers);
  assert.equal(again, buffers);
  assert.deepEqual(again.triangle, rasterize(small, Uint32Array.of(0, 1, 2), 24, 20).triangle);
  assert.deepEqual(again.depth, rasterize(small, Uint32Array.of(0, 1, 2), 24, 20).depth);
  assert.notEqual(rasterize(small, Uint32Array.of(0, 1, 2), 8, 8, buffers), buffers);
});

test('says what is wrong with its arguments', () => {
  const triangles = Uint32Array.of(0, 1, 2);
  assert.throws(
    () => rasterize(new Float32Array(8), triangles, 4, 4),
    /screen must be \[points, 3\], but holds 8 numbers/,
  );
  assert.throws(
    () => rasterize(new Float32Array(9), Uint32Array.of(0, 1), 4, 4),
    /triangles must be \[triangles, 3\], but hold 2 numbers/,
  );
  assert.throws(
    () => rasterize(new Float32Array(9), triangles, 4, 0.5),
    /height must be a whole number of pixels from 1 to 16384, but is 0.5/,
  );
});
