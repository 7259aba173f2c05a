import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from 'lib/random';
import { randomBackground } from './background';

const greens = (picture: Float32Array) => picture.filter((_, i) => i % 3 === 1);
const mean = (values: Float32Array) => values.reduce((a, b) => a + b) / values.length;

test('a background is light between 0 and 1.15, the seed’s own, and written where it is asked for', () => {
  const random = createRandom('background');
  for (let i = 0; i < 60; i++) {
    const into = new Float32Array(3 * 24 * 24).fill(Number.NaN);
    const background = randomBackground(random.fork(i), 24, into);
    assert.equal(background, into);
    // white, and 15 % more where it is uneven
    assert.ok(background.every((v) => v >= 0 && v <= 1.151));
    assert.deepEqual(randomBackground(random.fork(i), 24), background);
  }
});

test('backgrounds differ from each other, and within themselves slowly', () => {
  const random = createRandom('backgrounds');
  const means: number[] = [];
  let [within, between] = [0, 0];
  for (let i = 0; i < 100; i++) {
    const light = greens(randomBackground(random.fork(i), 32));
    const middle = mean(light);
    means.push(middle);
    for (let n = 1; n < light.length; n++) {
      if (n % 32 === 0) continue;
      within += Math.abs(light[n] - light[n - 1]) / (100 * light.length);
      between += Math.abs(light[n] - middle) / (100 * light.length);
    }
  }
  assert.ok(Math.min(...means) < 0.15 && Math.max(...means) > 0.5, 'some are dark, some are bright');
  assert.ok(between > 0.02, `a background is flat: light is ${between} from its mean`);
  assert.ok(within < between / 3, `neighbours differ by ${within}: that is noise, not a room`);
});

test('a small picture is of the same scene as a large one', () => {
  const random = createRandom('scene');
  for (let i = 0; i < 20; i++) {
    const small = greens(randomBackground(random.fork(i), 16));
    const large = greens(randomBackground(random.fork(i), 64));
    let off = 0;
    for (let row = 0; row < 16; row++)
      for (let column = 0; column < 16; column++) {
        const block = Float32Array.from(
          { length: 16 },
          (_, k) => large[64 * (4 * row + (k >> 2)) + 4 * column + (k & 3)],
        );
        off += Math.abs(mean(block) - small[16 * row + column]) / 256;
      }
    assert.ok(off < 0.05, `scene ${i} is another by ${off}`);
  }
});
