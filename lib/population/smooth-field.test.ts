import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from 'lib/random';
import { smoothField } from './smooth-field';

/** Of Matérn 5/2 at a distance in length scales. */
const kernel = (r: number): number => (1 + Math.sqrt(5) * r + (5 * r * r) / 3) * Math.exp(-Math.sqrt(5) * r);

test('over many draws the covariance is Matérn’s of 5/2, at each distance and length, and components are independent', () => {
  const draws = 4000;
  for (const length of [1, 3]) {
    // the first point and others 0.5, 1 and 2 length scales away
    const points = [0, 0, 0, 0.5 * length, 0, 0, 0, length, 0, 0, 0, 2 * length];
    const sums = new Float64Array(5);
    for (let draw = 0; draw < draws; draw++) {
      const u = smoothField(points, length, createRandom(`${length} ${draw}`));
      for (let n = 0; n < 4; n++) sums[n] += (u[0] * u[3 * n]) / draws;
      sums[4] += (u[0] * u[1]) / draws;
    }
    // the standard error of a product of two standard normals is 1 to 1.5 over the root of the draws: 0.022
    [kernel(0), kernel(0.5), kernel(1), kernel(2), 0].forEach((expected, n) => {
      assert.ok(Math.abs(sums[n] - expected) < 0.08, `length ${length}, ${n}: ${sums[n]} for ${expected}`);
    });
  }
});

test('the same generator gives the same field, whatever was drawn before, and another another', () => {
  const points = [0, 0, 0, 1, 2, 3];
  const of = (seed: string) => [...smoothField(points, 2, createRandom(seed))];
  assert.deepEqual(of('a'), of('a'));
  assert.notDeepEqual(of('a'), of('b'));
});
