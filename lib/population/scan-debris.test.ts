import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from 'lib/random';
import { addIslands, addSpikes, type ScanDraft } from './scan-debris';

/** A level square grid of points, 3 mm apart, as a draft; every direction of reading is +z, of length 2. */
function level(side: number): { draft: ScanDraft; toward: Float32Array } {
  const draft: ScanDraft = { points: [], triangles: [], sample: [] };
  for (let v = 0; v < side * side; v++) {
    draft.points.push(0.3 * (v % side), 0.3 * Math.floor(v / side), 0);
    // samples are numbered from the other end, so that one is not taken for the other
    draft.sample.push(side * side - 1 - v);
    if (v % side === side - 1 || v >= side * (side - 1)) continue;
    draft.triangles.push(v, v + 1, v + side, v + side, v + 1, v + side + 1);
  }
  const toward = Float32Array.from({ length: 3 * side * side }, (_, i) => [0, 0, 2][i % 3]);
  return { draft, toward };
}

test('moves less than one point in a thousand by 2 to 15 mm along its line of sight, to both sides', () => {
  const { draft, toward } = level(200);
  const before = [...draft.points];
  addSpikes(draft, toward, createRandom('spikes'));
  const heights: number[] = [];
  for (const [i, value] of draft.points.entries()) {
    if (i % 3 < 2) assert.equal(value, before[i]);
    else if (value !== 0) heights.push(value);
  }
  // 40,000 points: 28 expected, with a deviation of 5.3
  assert.ok(heights.length > 8 && heights.length < 48, `${heights.length} spikes`);
  assert.ok(heights.every((height) => Math.abs(height) >= 0.2 && Math.abs(height) <= 1.5));
  assert.ok(heights.some((height) => height > 0) && heights.some((height) => height < 0));
});

test('a spike stands along the direction of its own sample', () => {
  const { draft, toward } = level(200);
  // the samples of the first half of the points, which are the last half, are read along x
  for (let s = 20_000; s < 40_000; s++) toward.set([1, 0, 0], 3 * s);
  const before = [...draft.points];
  addSpikes(draft, toward, createRandom('sides'));
  for (let v = 0; v < 40_000; v++) {
    const [dx, , dz] = [0, 1, 2].map((c) => draft.points[3 * v + c] - before[3 * v + c]);
    assert.equal(v < 20_000 ? dz : dx, 0);
  }
});

test('islands are small pieces of their own, before or behind the surface', () => {
  const sizes: number[] = [];
  for (let seed = 0; seed < 30; seed++) {
    const { draft, toward } = level(30);
    const { points, triangles } = structuredClone(draft);
    addIslands(draft, toward, createRandom('islands').fork(seed));
    assert.deepEqual(draft.points.slice(0, points.length), points);
    assert.deepEqual(draft.triangles.slice(0, triangles.length), triangles);
    assert.equal(draft.sample.length, draft.points.length / 3);
    const added = draft.triangles.slice(triangles.length);
    sizes.push(added.length / 3);
    for (const v of added) assert.ok(v >= 900 && v < draft.sample.length);
    for (let v = 900; v < draft.sample.length; v++) {
      const height = Math.abs(draft.points[3 * v + 2]);
      // 1.5 to 5 cm and 1 mm of noise
      assert.ok(height > 1 && height < 5.5, `height ${height}`);
      const below = 899 - draft.sample[v];
      assert.ok(Math.abs(draft.points[3 * v] - points[3 * below]) < 1e-9);
    }
  }
  // two to six islands of 6 to 45 triangles each
  assert.ok(Math.min(...sizes) >= 12 && Math.max(...sizes) <= 270, `${sizes}`);
  assert.ok(Math.max(...sizes) > 2 * Math.min(...sizes));
});

test('a scan of nothing has no islands', () => {
  const empty: ScanDraft = { points: [], triangles: [], sample: [] };
  addIslands(empty, new Float32Array(0), createRandom(1));
  assert.deepEqual(empty, { points: [], triangles: [], sample: [] });
});
