import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from 'lib/random';
import { placeLandmark } from './scan-landmarks';

/** The square |x|, |z| < 1.9 at a height y. */
const square = (y: number) => [-1.9, y, -1.9, 1.9, y, -1.9, 1.9, y, 1.9, -1.9, y, 1.9];
const triangles = [0, 2, 1, 0, 3, 2];
const up = [0, 1, 0];

test('a steady hand finds the surface straight above or below the true place', () => {
  for (const height of [0.3, -0.3]) {
    const placed = placeLandmark([0.4, 0, -0.2], up, 0, square(height), triangles, createRandom(1));
    assert.deepEqual(
      placed?.map((v) => Math.round(1e6 * v) / 1e6),
      [0.4, height, -0.2],
    );
  }
});

test('of two sheets the nearer one is taken, and none that is further than half a centimetre', () => {
  const sheets = [...square(-0.4), ...square(0.2)];
  const both = [...triangles, ...triangles.map((v) => v + 4)];
  assert.equal(placeLandmark([0, 0, 0], up, 0, sheets, both, createRandom(1))?.[1].toFixed(6), '0.200000');
  assert.equal(placeLandmark([0, 0, 0], up, 0, square(0.6), triangles, createRandom(1)), undefined);
  assert.equal(placeLandmark([0, 0, 0], up, 0, square(-0.6), triangles, createRandom(1)), undefined);
});

test('in a hole there is nothing to place', () => {
  assert.equal(placeLandmark([3, 0, 0], up, 0, square(0), triangles, createRandom(1)), undefined);
  assert.equal(placeLandmark([0, 0, 0], up, 0, [], [], createRandom(1)), undefined);
});

test('the error of a hand has the root mean square that is asked for, half along each direction of the plane', () => {
  const random = createRandom('hand');
  let [x, z] = [0, 0];
  const count = 4000;
  for (let i = 0; i < count; i++) {
    const placed = placeLandmark([0, 0.1, 0], up, 0.2, square(0), triangles, random.fork(i));
    assert.ok(placed && Math.abs(placed[1]) < 1e-9);
    x += placed[0] ** 2;
    z += placed[2] ** 2;
  }
  // 4,000 values: 2.2 % of standard error of a variance
  for (const sum of [x, z]) assert.ok(Math.abs(sum / count - 0.02) < 0.002, `${sum / count} square cm`);
});
