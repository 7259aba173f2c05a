import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from 'lib/random';
import { scanColours } from './scan-colours';

/** Colours of 400 equal samples, mean over them of each channel in linear light. */
function meanLight(albedo: number, occlusion: number, cosine: number, seed: number) {
  const rows = (row: number[]) => Float32Array.from({ length: 1200 }, (_, i) => row[i % 3]);
  const colours = scanColours(
    rows([albedo, albedo, albedo]),
    new Float32Array(400).fill(occlusion),
    rows([0, 0, -1]),
    rows([0, Math.sqrt(1 - cosine * cosine), -cosine]),
    createRandom('light').fork(seed),
  );
  const linear = [...colours].map((byte) =>
    byte <= 10.31475 ? byte / 255 / 12.92 : ((byte / 255 + 0.055) / 1.055) ** 2.4,
  );
  return [0, 1, 2].map((c) => linear.filter((_, i) => i % 3 === c).reduce((a, b) => a + b) / 400);
}

test('light is proportional to albedo, and to the room and the lamp', () => {
  for (let seed = 0; seed < 5; seed++) {
    const whole = meanLight(0.4, 1, 1, seed);
    // 0.45 + 0.6 before, then half the albedo; a hidden fold; a slant of 60 degrees
    for (const [light, share] of [
      [meanLight(0.2, 1, 1, seed), 0.5],
      [meanLight(0.4, 0, 1, seed), 0.6 / 1.05],
      [meanLight(0.4, 1, 0.5, seed), 0.75 / 1.05],
    ] as const)
      for (const c of [0, 1, 2])
        assert.ok(Math.abs(light[c] / whole[c] - share) < 0.02, `${light[c] / whole[c]}, not ${share}`);
  }
});

test('exposure and warmth differ from scan to scan', () => {
  const lights = Array.from({ length: 20 }, (_, seed) => meanLight(0.4, 1, 1, seed));
  const greens = lights.map(([, green]) => green / 0.42);
  assert.ok(Math.min(...greens) > 0.83 && Math.max(...greens) < 1.17, `${greens}`);
  assert.ok(Math.max(...greens) - Math.min(...greens) > 0.15);
  const warmth = lights.map(([red, , blue]) => red / blue);
  assert.ok(Math.min(...warmth) < 0.95 && Math.max(...warmth) > 1.05);
});

test('bytes stay within 0 and 255, and one is not like the next', () => {
  const colours = scanColours(
    new Float32Array(300).fill(4),
    new Float32Array(100).fill(1),
    new Float32Array(300),
    new Float32Array(300),
    createRandom(1),
  );
  assert.ok(colours.filter((byte) => byte === 255).length > 90);
  const black = scanColours(
    new Float32Array(300),
    new Float32Array(100).fill(1),
    new Float32Array(300),
    new Float32Array(300),
    createRandom(1),
  );
  assert.ok(Math.max(...black) < 12 && new Set(black).size > 3);
});
