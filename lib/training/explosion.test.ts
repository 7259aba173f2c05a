import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { explosionLimit } from './explosion';

test('the limit is a hundred times the median size, from the fifth report on', () => {
  assert.equal(explosionLimit([1, 2, 3, 4]), Number.POSITIVE_INFINITY);
  assert.equal(explosionLimit([1, 2, 3, 4, 5]), 300);
  assert.equal(explosionLimit([5, 3, 1, 4, 2, 6]), 400);
});

test('a loss that starts high and falls is never above the limit', () => {
  const losses = Array.from({ length: 60 }, (_, i) => 1e6 * 0.5 ** i);
  losses.forEach((loss, i) => {
    assert.ok(loss <= explosionLimit(losses.slice(0, i)));
  });
  // back where it came from is no explosion, beyond it is one
  assert.equal(explosionLimit(losses), 1e6);
});

test('a loss that passes through 0 has the limit of its size', () => {
  const losses = [40, 20, 10, 1, -1, -4, -6, -7, -8, -8];
  assert.equal(explosionLimit(losses), 800);
});

test('steady losses with noise of a tenth are never above the limit', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0.9, max: 1.1, noNaN: true }), { minLength: 5 }),
      fc.double({ min: 1e-3, max: 1e6, noNaN: true }),
      (noise, scale) => {
        const losses = noise.map((v) => v * scale);
        losses.forEach((loss, i) => {
          assert.ok(loss <= explosionLimit(losses.slice(0, i)));
        });
      },
    ),
    { seed: 1 },
  );
});
