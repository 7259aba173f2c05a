import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from 'lib/random';
import type { Landmarks } from './landmarks';
import { lostInHair, neckCrop } from './scan-losses';

/** Places on a grid of 3 mm over 15 cm x 15 cm. */
const grid = Float32Array.from(
  { length: 7500 },
  (_, i) => [0.3 * (Math.floor(i / 3) % 50), 0.3 * Math.floor(i / 150), 0][i % 3],
);
const shareLost = (cover: number, lightness: number, seed: number) =>
  lostInHair(grid, new Float32Array(2500).fill(cover), lightness, createRandom('hair').fork(seed)).reduce(
    (a, b) => a + b,
  ) / 2500;

test('nothing is lost where hair covers less than half', () => {
  for (let seed = 0; seed < 5; seed++) assert.equal(shareLost(0.49, 0, seed), 0);
});

test('more is lost of dark hair than of light hair', () => {
  const mean = (lightness: number) =>
    Array.from({ length: 60 }, (_, seed) => shareLost(1, lightness, seed)).reduce((a, b) => a + b) / 60;
  // the field is about normal: beyond 0.5 to 1.2 deviations, mean over the levels 0.204, and with 0.35 more to light hair's 0.42
  const [dark, light] = [mean(0), mean(0.35)];
  assert.ok(dark > 0.15 && dark < 0.27, `dark ${dark}`);
  assert.ok(light > 0.06 && light < 0.16 && light < 0.75 * dark, `light ${light}`);
});

test('what is lost lies together', () => {
  const lost = lostInHair(grid, new Float32Array(2500).fill(1), 0, createRandom('patches'));
  let [pairs, both, single] = [0, 0, 0];
  for (let v = 0; v < 2499; v++) {
    if (v % 50 === 49) continue;
    pairs++;
    both += lost[v] & lost[v + 1];
    single += lost[v];
  }
  // independent neighbours would both be lost with the square of the share
  assert.ok(single > 100 && both / single > 0.6, `${both} of ${single} lost places have a lost neighbour in ${pairs}`);
});

test('the crop crosses the neck between the chin and the end of the model, at many heights and tilts', () => {
  // chin at 0, the model's end at -6: eight corners of a neck of 10 cm x 10 cm
  const points = Float32Array.from([0, 0, -8, -5, -6, -5, 5, -6, -5, -5, -6, 7, 5, -6, 7]);
  const heights: number[] = [];
  for (let seed = 0; seed < 200; seed++) {
    const { normal, offset } = neckCrop(points, { menton: 0 } as Landmarks, createRandom('crop').fork(seed));
    assert.ok(Math.abs(Math.hypot(...normal) - 1) < 1e-9);
    const above = (v: number) =>
      normal[0] * points[3 * v] + normal[1] * points[3 * v + 1] + normal[2] * points[3 * v + 2] > offset;
    for (let v = 1; v < 5; v++) assert.equal(above(v), false, `corner ${v} of the end is left by crop ${seed}`);
    heights.push((offset - 2 * normal[2]) / normal[1]);
  }
  assert.ok(heights.every((height) => height < -1.19 && height > -3.91));
  assert.ok(Math.max(...heights) > -1.4 && Math.min(...heights) < -3.6);
});
