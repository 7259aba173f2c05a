import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  applyHomography,
  type Camera,
  conjugate,
  type Matrix3,
  projectPoints,
  quaternionFromAxisAngle,
  turnHomography,
  turnToPixel,
} from 'lib/geometry';
import { createRandom } from 'lib/random';
import ndarray from 'ndarray';
import type { ColourPicture } from './decode-picture';
import { warpPicture } from './warp-picture';

const grey = (width: number, height: number, values: number[]): ColourPicture => ({
  width,
  height,
  pixels: Uint8Array.from(values.flatMap((v) => [v, v, v])),
});
const greys = ({ pixels }: ColourPicture) => [...pixels.filter((_, i) => i % 3 === 0)];
/** Scales by a factor, then moves: from the result's pixels to the picture's. */
const similarity = (scale: number, right = 0, down = 0): Matrix3 => [scale, 0, right, 0, scale, down, 0, 0, 1];

test('by hand: the same, moved by a pixel, and beyond the edge', () => {
  const picture = grey(3, 2, [10, 20, 30, 40, 50, 60]);
  assert.deepEqual(greys(warpPicture(picture, similarity(1), 3, 2)), [10, 20, 30, 40, 50, 60]);
  // a pixel to the right: the last column goes on
  const moved = warpPicture(picture, similarity(1, 1), 3, 2);
  assert.deepEqual(greys(moved), [20, 30, 30, 50, 60, 60]);
  assert.equal(moved.shareOutside, 1 / 3);
  assert.equal(warpPicture(picture, similarity(1, 0, 5), 3, 2).shareOutside, 1);
  // a column of colours keeps its channels
  const colours = { width: 1, height: 2, pixels: Uint8Array.of(1, 2, 3, 200, 100, 50) };
  assert.deepEqual([...warpPicture(colours, similarity(1), 1, 2).pixels], [1, 2, 3, 200, 100, 50]);
});

test('by hand: half a pixel to the right is the mean of two, in linear light', () => {
  // sRGB 188 is half of white's light
  assert.deepEqual(greys(warpPicture(grey(2, 1, [0, 255]), similarity(1, 0.5), 1, 1)), [188]);
  // down as well: a quarter of the light of white is 137
  assert.deepEqual(greys(warpPicture(grey(2, 2, [0, 0, 0, 255]), similarity(1, 0.5, 0.5), 1, 1)), [137]);
});

test('a pattern finer than the result’s pixels becomes its mean, not its every n-th line', () => {
  // lines of one pixel, black and white: half of white's light everywhere
  const width = 64;
  const picture = grey(
    width,
    width,
    Array.from({ length: width ** 2 }, (_, i) => (i % 2 === 0 ? 0 : 255)),
  );
  for (const size of [16, 8, 4]) {
    // moved so that each pixel's middle is on a black line
    const small = greys(warpPicture(picture, similarity(width / size, 0.5), size, size));
    // the border's samples go beyond the edge
    const inner = small.filter((_, i) => i % size > 0 && i % size < size - 1);
    assert.deepEqual(new Set(inner), new Set([188]));
  }
});

test('each pixel is the mean of bilinear samples: a naive twin, on random pictures and homographies', () => {
  const light = (byte: number) => (byte / 255 <= 0.04045 ? byte / 255 / 12.92 : ((byte / 255 + 0.055) / 1.055) ** 2.4);
  const random = createRandom('warp');
  const number = fc.double({ min: -1, max: 1, noNaN: true });
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 1, max: 9 }),
      fc.array(number, { minLength: 8, maxLength: 8 }),
      (width, height, d) => {
        const picture = grey(
          width,
          height,
          Array.from({ length: width * height }, () => random.integer(256)),
        );
        const scale = 2 ** d[0];
        const h = [scale, 0.2 * d[1], 3 * d[2], 0.2 * d[3], scale, 3 * d[4], 0.01 * d[5], 0.01 * d[6], 1];
        const found = greys(warpPicture(picture, h, 5, 4));
        const at = (x: number, y: number) =>
          light(
            picture.pixels[3 * (Math.min(height - 1, Math.max(0, y)) * width + Math.min(width - 1, Math.max(0, x)))],
          );
        const sample = (u: number, v: number) => {
          const [x, y] = applyHomography(h, [u, v]).pixel.map((p) => p - 0.5);
          const [left, top] = [Math.floor(x), Math.floor(y)];
          const [a, b] = [x - left, y - top];
          return (
            (1 - b) * ((1 - a) * at(left, top) + a * at(left + 1, top)) +
            b * ((1 - a) * at(left, top + 1) + a * at(left + 1, top + 1))
          );
        };
        // with any number of samples the mean must be near: the twin takes the number that fits best
        const best = [1, 2, 3, 4].map((n) => {
          const steps = Array.from({ length: n }, (_, i) => (i + 0.5) / n);
          return found.reduce((most, byte, i) => {
            const [u, v] = [i % 5, Math.floor(i / 5)];
            const mean =
              steps.flatMap((dv) => steps.map((du) => sample(u + du, v + dv))).reduce((p, q) => p + q) / n ** 2;
            // half a byte's light, and a step of linear light
            const step = (light(Math.min(255, byte + 1)) - light(Math.max(0, byte - 1))) / 2 + 1 / 4096;
            return Math.max(most, Math.abs(mean - light(byte)) / step);
          }, 0);
        });
        assert.ok(Math.min(...best) <= 1, `${best}`);
      },
    ),
    { seed: 1, numRuns: 100 },
  );
});

test('a dot is seen where the turned camera projects its point', () => {
  const user: Camera = { focalLengthPixels: 300, principalPointPixels: [200, 150] };
  const rotation = turnToPixel(user, [320, 60]);
  const turned: Camera = { focalLengthPixels: 250, principalPointPixels: [32, 32] };
  // modelFromCamera of no turn, and a point that the user's camera sees near (325, 64)
  const pose = { rotation: [1, 0, 0, 0], translation: [0, 0, 0] } as const;
  const point = ndarray(Float64Array.of(-25, 17, 60), [1, 3]);
  const [u, v] = projectPoints(point, pose, user).data;
  const picture: ColourPicture = { width: 400, height: 300, pixels: new Uint8Array(3 * 400 * 300) };
  for (let y = 0; y < 300; y++)
    for (let x = 0; x < 400; x++)
      picture.pixels.fill(
        Math.round(255 * Math.exp(-((x + 0.5 - u) ** 2 + (y + 0.5 - v) ** 2) / 18)),
        3 * (y * 400 + x),
        3 * (y * 400 + x) + 3,
      );
  const warped = warpPicture(picture, turnHomography(turned, user, rotation), 64, 64);
  let [sum, sumU, sumV] = [0, 0, 0];
  greys(warped).forEach((value, i) => {
    sum += value;
    sumU += value * ((i % 64) + 0.5);
    sumV += value * (Math.floor(i / 64) + 0.5);
  });
  const expected = projectPoints(point, { rotation, translation: [0, 0, 0] }, turned).data;
  assert.ok(Math.hypot(sumU / sum - expected[0], sumV / sum - expected[1]) < 0.05, `${sumU / sum}, ${sumV / sum}`);
  assert.equal(warped.shareOutside, 0);
});

test('what lies at right angles to the picture’s camera, or behind it, is refused', () => {
  const camera: Camera = { focalLengthPixels: 10, principalPointPixels: [16, 16] };
  const turn = quaternionFromAxisAngle([0, 1, 0], Math.PI / 4);
  const picture = grey(1, 1, [1]);
  // 58 degrees to a side, and 45 of the turn
  for (const rotation of [turn, conjugate(turn)])
    assert.throws(() => warpPicture(picture, turnHomography(camera, camera, rotation), 32, 32), {
      name: 'RangeError',
      message: /homography must take all of 32 x 32 pixels to the picture, but takes \((0|32), 0\) behind its camera/,
    });
});

test('a picture of thousands of pixels a side is looked at 64 times a pixel’s side, not more', () => {
  const wide = grey(100_000, 1, new Array(100_000).fill(90));
  assert.deepEqual(greys(warpPicture(wide, similarity(50_000), 2, 1)), [90, 90]);
});
