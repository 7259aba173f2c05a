import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from 'lib/random';
import { pivotedCholesky, type Scale, smoothModes } from './gaussian-process';

const near = (actual: number, expected: number, tolerance: number, name = '') =>
  assert.ok(Math.abs(actual - expected) <= tolerance, `${name} ${actual} is not ${expected}`);

/** 12 points, 4 pairs of mirror images first, then 4 points of the plane x = 0; and each point's image. */
const points = (() => {
  const random = createRandom('points');
  const all: number[] = [];
  for (let i = 0; i < 4; i++) {
    const [x, y, z] = [0.5 + 3 * random.uniform(), 3 * random.normal(), 3 * random.normal()];
    all.push(x, y, z, -x, y, z);
  }
  for (let i = 0; i < 4; i++) all.push(0, 3 * random.normal(), 3 * random.normal());
  return Float32Array.from(all);
})();
const mirror = Uint32Array.from([1, 0, 3, 2, 5, 4, 7, 6, 8, 9, 10, 11]);
const scales: Scale[] = [
  { length: 3, deviation: 0.5, strength: () => 1 },
  { length: 1.2, deviation: 0.2, strength: (x, y, forward) => 1 / (1 + x + (y / 5) ** 2 + (forward > 0 ? 0 : 1)) },
];

test('the Cholesky factor of a 2 x 2 matrix, by hand', () => {
  // pivot 4: column (2, 1); what is left is 3 - 1 = 2: column (0, √2)
  const K = [
    [4, 2],
    [2, 3],
  ];
  const factorOf = (tolerance: number) =>
    pivotedCholesky(Float64Array.of(4, 3), (i) => Float64Array.from(K[i]), [1, 1], tolerance);
  const { factor, trace } = factorOf(1e-12);
  assert.equal(trace, 7);
  for (const [k, expected] of [2, 1, 0, Math.SQRT2].entries()) near(factor[k >> 1][k % 2], expected, 1e-12);
  // the first column leaves 2 of 7
  assert.equal(factorOf(0.29).factor.length, 1);
  assert.equal(factorOf(0.28).factor.length, 2);
});

test('all modes together have the kernel as their covariance', () => {
  const a = 0.4;
  const { modes, share } = smoothModes(points, mirror, scales, a, 1000, 1e-12);
  near(share, 1, 1e-9);
  const at = (i: number) => [points[3 * i], points[3 * i + 1], points[3 * i + 2]];
  const kernel = (p: number[], q: number[]) =>
    scales.reduce((sum, { length, deviation, strength }) => {
      const weight = (v: number[]) => deviation * strength(Math.abs(v[0]), v[1], -v[2]);
      return (
        sum + weight(p) * weight(q) * Math.exp(-(Math.hypot(...p.map((v, c) => v - q[c])) ** 2) / (2 * length ** 2))
      );
    }, 0);
  for (let i = 0; i < 12; i++)
    for (let j = 0; j < 12; j++) {
      const [p, q] = [at(i), at(j)];
      const [straight, across] = [kernel(p, q), kernel(p, [-q[0], q[1], q[2]])];
      for (let c = 0; c < 3; c++)
        for (let d = 0; d < 3; d++) {
          const sign = c === 0 ? -1 : 1;
          const symmetric = (straight + sign * across) / 2;
          const antisymmetric = (straight - sign * across) / 2;
          const expected = c === d ? symmetric + a ** 2 * antisymmetric : 0;
          const actual = modes.reduce((sum, mode) => sum + mode[3 * i + c] * mode[3 * j + d], 0);
          near(actual, expected, 1e-6, `points ${i} and ${j}, axes ${c} and ${d}:`);
        }
    }
});

test('a mode is symmetric or antisymmetric, and without asymmetry there are symmetric ones only', () => {
  const sign = (mode: Float32Array) =>
    [1, -1].find((s) =>
      mode.every((v, k) => {
        const [i, c] = [Math.floor(k / 3), k % 3];
        return Math.abs(mode[3 * mirror[i] + c] - s * (c === 0 ? -1 : 1) * v) < 1e-7;
      }),
    );
  const both = smoothModes(points, mirror, scales, 0.5, 20).modes.map(sign);
  assert.ok(both.includes(1) && both.includes(-1) && !both.includes(undefined), `${both}`);
  assert.ok(smoothModes(points, mirror, scales, 0, 12).modes.every((mode) => sign(mode) === 1));
});

test('the modes that stay are the largest, and their share of the variance is right', () => {
  const squares = (mode: Float32Array) => mode.reduce((sum, v) => sum + v * v, 0);
  const all = smoothModes(points, mirror, scales, 0.4, 1000, 1e-12).modes.map(squares);
  const { modes, share } = smoothModes(points, mirror, scales, 0.4, 5, 1e-12);
  assert.equal(modes.length, 5);
  const kept = modes.map(squares);
  for (const [k, value] of kept.entries()) near(value, all[k], 1e-6);
  assert.deepEqual(
    [...all].sort((a, b) => b - a).map((v) => v.toFixed(6)),
    all.map((v) => v.toFixed(6)),
  );
  near(share, kept.reduce((a, b) => a + b) / all.reduce((a, b) => a + b), 1e-6);
});
