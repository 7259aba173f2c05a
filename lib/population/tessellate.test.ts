import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createRandom } from 'lib/random';
import { unitCube } from '../mesh/surface.fixture';
import { refinedPoints, refineSurface } from './refine-surface';
import { interpolate, tessellate } from './tessellate';

/** A box around the origin, wound outwards, with two triangles a side. */
function box(sides: readonly [number, number, number]) {
  const cube = unitCube();
  return { points: cube.points.data.map((v, i) => sides[i % 3] * (v - 0.5)), triangles: cube.triangles.data };
}

const longestEdge = (points: Float32Array, triangles: Uint32Array) => {
  let longest = 0;
  for (let t = 0; t < triangles.length; t++) {
    const [a, b] = [3 * triangles[t], 3 * triangles[t % 3 === 2 ? t - 2 : t + 1]];
    longest = Math.max(longest, Math.hypot(...[0, 1, 2].map((c) => points[a + c] - points[b + c])));
  }
  return longest;
};

/** Twice the area as a vector, and the volume, summed over triangles. */
function areaAndVolume(points: Float32Array, triangles: Uint32Array) {
  let [area, volume] = [0, 0];
  for (let t = 0; t < triangles.length; t += 3) {
    const [a, b, c] = [0, 1, 2].map((i) => [...points.subarray(3 * triangles[t + i], 3 * triangles[t + i] + 3)]);
    const [u, v] = [b, c].map((end) => end.map((x, i) => x - a[i]));
    const n = [u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]];
    area += Math.hypot(...n) / 2;
    volume += (a[0] * n[0] + a[1] * n[1] + a[2] * n[2]) / 6;
  }
  return { area, volume };
}

/** How often each edge is used by two triangles, in opposite directions; other edges. */
function openEdges(triangles: Uint32Array) {
  const edges = new Set<string>();
  for (let t = 0; t < triangles.length; t++) edges.add(`${triangles[t]} ${triangles[t % 3 === 2 ? t - 2 : t + 1]}`);
  assert.equal(edges.size, triangles.length, 'an edge runs twice in one direction');
  return [...edges].filter((edge) => !edges.has(edge.split(' ').reverse().join(' '))).length;
}

test('halves the two long edges of a triangle, and keeps its shape', () => {
  const points = Float32Array.from([0, 0, 0, 3, 0, 0, 0, 4, 0]);
  const refined = refineSurface(points, Uint32Array.from([0, 1, 2]), 3.7);
  // 3-4-5: the sides of 4 and 5 are halved once, at (1.5, 2, 0) and (0, 2, 0)
  assert.equal(refined.triangles.length, 9);
  assert.deepEqual([...refined.origin], [0, 0, 0]);
  const all = refinedPoints(points, refined);
  assert.deepEqual(
    new Set([[...all.subarray(9, 12)], [...all.subarray(12, 15)]].map(String)),
    new Set(['1.5,2,0', '0,2,0']),
  );
  const { area } = areaAndVolume(all, refined.triangles);
  assert.ok(Math.abs(area - 6) < 1e-6, `area ${area}`);
  // other positions of the three corners move the new points with them
  const moved = refinedPoints(
    points.map((v) => 2 * v),
    refined,
  );
  assert.deepEqual(
    moved,
    all.map((v) => 2 * v),
  );
});

test('refines boxes of any sides to short edges without a gap', () => {
  fc.assert(
    fc.property(fc.tuple(...[0, 1, 2].map(() => fc.double({ min: 0.5, max: 4, noNaN: true }))), (sides) => {
      const { points, triangles } = box(sides as [number, number, number]);
      const refined = refineSurface(points, triangles, 0.6);
      const all = refinedPoints(points, refined);
      assert.ok(longestEdge(all, refined.triangles) <= 0.6 + 1e-6);
      assert.equal(openEdges(refined.triangles), 0);
      const [before, after] = [areaAndVolume(points, triangles), areaAndVolume(all, refined.triangles)];
      assert.ok(Math.abs(after.area / before.area - 1) < 1e-5 && Math.abs(after.volume / before.volume - 1) < 1e-5);
    }),
    { numRuns: 20, seed: 5 },
  );
});

const brick = box([4, 5, 6]);
const refinedBrick = refineSurface(brick.points, brick.triangles, 0.25);
const make = (spacing: number, seed: number) =>
  tessellate(brick.points, brick.triangles, refinedBrick, spacing, createRandom(seed));

test('tessellates a box by a closed surface of its shape, whose points lie on it and keep their distance', () => {
  for (const spacing of [0.3, 0.45]) {
    const { samples, triangles } = make(spacing, 1);
    const places = interpolate(samples, brick.triangles, brick.points, 3);
    assert.equal(openEdges(triangles), 0);
    const { area, volume } = areaAndVolume(places, triangles);
    // chords cut the box's edges: by up to half a spacing over 60 cm of edges
    assert.ok(area > 0.97 * 148 && area < 148, `area ${area}`);
    assert.ok(volume > 0.96 * 120 && volume < 120, `volume ${volume}`);
    for (let s = 0; s < places.length; s += 3) {
      const off = Math.min(2 - Math.abs(places[s]), 2.5 - Math.abs(places[s + 1]), 3 - Math.abs(places[s + 2]));
      assert.ok(Math.abs(off) < 1e-5, `sample ${s / 3} is ${off} off the surface`);
    }
    // naive: every pair on one side, here the side x = 2
    const side = Array.from({ length: places.length / 3 }, (_, s) => s).filter(
      (s) => Math.abs(places[3 * s] - 2) < 1e-5,
    );
    assert.ok(side.length > 50);
    for (const s of side)
      for (const r of side)
        if (r < s)
          assert.ok(Math.hypot(...[0, 1, 2].map((c) => places[3 * s + c] - places[3 * r + c])) > spacing - 1e-5);
    // discs placed at random until none finds room cover 0.547 of a plane: 0.547 / (pi / 4) = 0.696 a squared spacing
    const density = ((places.length / 3) * spacing ** 2) / area;
    assert.ok(density > 0.6 && density < 0.75, `${density} samples a squared spacing`);
  }
});

test('the sample nearest to a point is its nearest along the surface', () => {
  const { samples, nearest } = make(0.3, 2);
  const places = interpolate(samples, brick.triangles, brick.points, 3);
  for (let v = 0; v < 8; v++) {
    const away = (s: number) => Math.hypot(...[0, 1, 2].map((c) => places[3 * s + c] - brick.points[3 * v + c]));
    const least = Math.min(...Array.from({ length: places.length / 3 }, (_, s) => away(s)));
    // paths along edges of 0.25 are a little longer than straight ones
    assert.ok(away(nearest[v]) < least + 0.2, `${away(nearest[v])} but ${least}`);
  }
});

test('the two sides of a thin sheet have samples and triangles of their own', () => {
  const sheet = box([4, 5, 0.1]);
  const refined = refineSurface(sheet.points, sheet.triangles, 0.25);
  const { samples, triangles } = tessellate(sheet.points, sheet.triangles, refined, 0.3, createRandom(3));
  const places = interpolate(samples, sheet.triangles, sheet.points, 3);
  const { area } = areaAndVolume(places, triangles);
  assert.ok(area > 0.93 * 41.8, `area ${area} of 41.8`);
});

test('the same seed gives the same tessellation, another seed another one', () => {
  assert.deepEqual(make(0.3, 4), make(0.3, 4));
  assert.notDeepEqual(make(0.3, 4).samples.weights, make(0.3, 5).samples.weights);
});

test('mixes values with the weights of the corners', () => {
  const samples = { triangle: Uint32Array.from([1]), weights: Float32Array.from([0.5, 0.25, 0.25]) };
  const mixed = interpolate(
    samples,
    Uint32Array.from([0, 1, 2, 2, 1, 3]),
    Float32Array.from([0, 1, 10, 20, 30, 40, 50, 60]),
    2,
  );
  // half of (30, 40), a quarter of (10, 20) and of (50, 60)
  assert.deepEqual([...mixed], [30, 40]);
});
