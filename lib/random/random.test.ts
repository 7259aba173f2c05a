import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from './random';

const draw = (count: number, next: () => number) => Array.from({ length: count }, next);

test('the same seed gives the same numbers, another seed gives others', () => {
  const numbers = (seed: string | number) => draw(100, createRandom(seed).uniform);
  assert.deepEqual(numbers(7), numbers(7));
  assert.notDeepEqual(numbers(7), numbers(8));
});

test('a fork depends on its name and not on how many numbers its parent gave', () => {
  const fresh = createRandom(7).fork('views').uniform();
  const used = createRandom(7);
  draw(13, used.normal);
  assert.equal(used.fork('views').uniform(), fresh);
  assert.notEqual(used.fork('light').uniform(), fresh);
});

test('uniform numbers fill [0, 1) evenly', () => {
  const random = createRandom('bins');
  const bins = new Array(10).fill(0);
  for (let i = 0; i < 100_000; i++) bins[Math.floor(random.uniform() * 10)]++;
  // chi-square with 9 degrees of freedom: 27.9 is passed by chance once in 1,000
  const chiSquare = bins.reduce((sum, n) => sum + (n - 10_000) ** 2 / 10_000, 0);
  assert.ok(chiSquare < 27.9, `chi-square is ${chiSquare}`);
});

test('normal numbers have mean 0, variance 1 and the normal share beyond two deviations', () => {
  const values = draw(100_000, createRandom('normal').normal);
  const mean = values.reduce((a, b) => a + b) / values.length;
  const variance = values.reduce((a, b) => a + b * b, 0) / values.length;
  const beyond = values.filter((v) => Math.abs(v) > 2).length / values.length;
  assert.ok(Math.abs(mean) < 0.01, `mean is ${mean}`);
  assert.ok(Math.abs(variance - 1) < 0.02, `variance is ${variance}`);
  assert.ok(Math.abs(beyond - 0.0455) < 0.003, `share beyond two deviations is ${beyond}`);
});

test('forks by number are not correlated', () => {
  const random = createRandom(1);
  const first = draw(2000, () => 0).map((_, i) => random.fork(i).normal());
  const lagged = first.slice(1).reduce((sum, v, i) => sum + v * first[i], 0) / 1999;
  assert.ok(Math.abs(lagged) < 0.08, `lag-one correlation is ${lagged}`);
});

test('a permutation holds every number once', () => {
  const order = createRandom(3).permutation(1000);
  assert.deepEqual(
    [...order].sort((a, b) => a - b),
    draw(1000, () => 0).map((_, i) => i),
  );
  assert.notEqual(order[0] + order[1] * 1000, 0 + 1 * 1000);
});

test('names the argument that is wrong', () => {
  assert.throws(() => createRandom(1).integer(0), /count must be a whole number from 1 to 2\^32, but is 0/);
  for (const count of [-1, Number.NaN, 2.5])
    assert.throws(() => createRandom(1).permutation(count), {
      name: 'RangeError',
      message: `count must be a whole number from 0, but is ${count}`,
    });
  assert.equal(createRandom(1).permutation(0).length, 0);
});
