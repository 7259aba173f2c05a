import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from 'lib/random';
import { applySensor, type PictureSensor, randomSensor } from './picture-sensor';
import { LINEAR_LIGHT, SRGB_BYTES } from './srgb';

const PERFECT: PictureSensor = { blurPixels: 0, whiteBalance: [1, 1, 1], readNoise: 0, shotNoise: 0 };
const through = (picture: ArrayLike<number>, size: number, sensor: Partial<PictureSensor>, seed = 'noise') => {
  const bytes = Uint8Array.from(picture);
  applySensor(bytes, size, { ...PERFECT, ...sensor }, createRandom(seed));
  return bytes;
};
const noise = (size: number) => {
  const random = createRandom('picture');
  return Uint8Array.from({ length: 3 * size * size }, () => random.integer(256));
};

test('sRGB by hand: half of all light is byte 188, and bytes come back from their light', () => {
  assert.equal(SRGB_BYTES[2048], 188);
  assert.ok(Math.abs(LINEAR_LIGHT[188] - 0.5) < 0.005);
  LINEAR_LIGHT.forEach((light, byte) => {
    assert.ok(Math.abs(SRGB_BYTES[Math.round(4096 * light)] - byte) <= 1);
  });
});

test('a perfect sensor changes no byte by more than one', () => {
  const picture = noise(9);
  through(picture, 9, {}).forEach((byte, i) => {
    assert.ok(Math.abs(byte - picture[i]) <= 1);
  });
});

test('white balance multiplies linear light: half the red of white is byte 188', () => {
  assert.deepEqual([...through([255, 255, 255], 1, { whiteBalance: [0.5, 1, 2] })], [188, 255, 255]);
});

test('blur is the Gaussian of its deviation, by a naive twin in both directions', () => {
  const size = 9;
  const picture = noise(size);
  const deviation = 0.7;
  const blurred = through(picture, size, { blurPixels: deviation });
  const clamp = (v: number) => Math.max(0, Math.min(size - 1, v));
  for (let row = 0; row < size; row++)
    for (let column = 0; column < size; column++)
      for (let c = 0; c < 3; c++) {
        let [sum, weights] = [0, 0];
        for (let dy = -3; dy <= 3; dy++)
          for (let dx = -3; dx <= 3; dx++) {
            const weight = Math.exp(-(dx * dx + dy * dy) / (2 * deviation ** 2));
            sum += weight * LINEAR_LIGHT[picture[3 * (clamp(row + dy) * size + clamp(column + dx)) + c]];
            weights += weight;
          }
        const expected = SRGB_BYTES[Math.round((4096 * sum) / weights)];
        assert.ok(Math.abs(blurred[3 * (row * size + column) + c] - expected) <= 1, `${row}, ${column}, ${c}`);
      }
});

test('noise has the variance of its light: read^2 + shot^2 v, and the mean stays', () => {
  const size = 100;
  for (const [byte, readNoise, shotNoise] of [
    [188, 0.02, 0],
    [188, 0, 0.04],
    [118, 0, 0.04],
  ]) {
    const light = LINEAR_LIGHT[byte];
    const noisy = through(new Array(3 * size * size).fill(byte), size, { readNoise, shotNoise });
    const values = Array.from(noisy, (v) => LINEAR_LIGHT[v]);
    const mean = values.reduce((a, b) => a + b) / values.length;
    const deviation = Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length);
    const expected = Math.sqrt(readNoise ** 2 + shotNoise ** 2 * light);
    assert.ok(Math.abs(mean - light) < 0.002, `the mean of ${light} is ${mean}`);
    // 30,000 draws know a deviation to 0.4 %; bytes are coarser
    assert.ok(Math.abs(deviation / expected - 1) < 0.03, `deviation ${deviation} should be ${expected}`);
  }
});

test('noise is the seed’s own, and differs between pixels and channels', () => {
  const grey = new Array(300).fill(150);
  const noisy = through(grey, 10, { readNoise: 0.05 });
  assert.deepEqual(through(grey, 10, { readNoise: 0.05 }), noisy);
  assert.notDeepEqual(through(grey, 10, { readNoise: 0.05 }, 'other'), noisy);
  assert.ok(new Set(noisy).size > 20);
});

test('a random sensor stays within what its documentation says, at any picture’s size', () => {
  const random = createRandom('sensors');
  for (let i = 0; i < 500; i++) {
    const { blurPixels, whiteBalance, readNoise, shotNoise } = randomSensor(random.fork(i), 112);
    assert.ok(blurPixels >= 0 && blurPixels <= 0.4);
    assert.ok(whiteBalance.every((v) => v > 0.78 && v < 1.28) && whiteBalance[1] === 1);
    assert.ok(readNoise >= 0 && readNoise <= 0.008 && shotNoise >= 0 && shotNoise <= 0.03);
  }
});
