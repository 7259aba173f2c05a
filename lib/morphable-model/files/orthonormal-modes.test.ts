import assert from 'node:assert/strict';
import test from 'node:test';
import { orthonormalModes } from './orthonormal-modes';

/** [size, size], Σ_k v_k u_k u_k^T */
const covariance = (rows: ArrayLike<number>, variances: ArrayLike<number>, size: number): number[] =>
  Array.from({ length: size * size }, (_, at) => {
    const [i, j] = [Math.floor(at / size), at % size];
    return Array.from(variances).reduce((sum, v, k) => sum + v * rows[k * size + i] * rows[k * size + j], 0);
  });

const assertClose = (actual: ArrayLike<number>, expected: ArrayLike<number>) => {
  assert.equal(actual.length, expected.length);
  for (let i = 0; i < actual.length; i++)
    assert.ok(Math.abs(actual[i] - expected[i]) < 1e-5, `${i}: ${actual[i]} for ${expected[i]}`);
};

test('two modes at 45 degrees, by hand', () => {
  // A = [[2, 0, 0], [1, 1, 0]]; A A^T = [[4, 2], [2, 2]] has the eigenvalues 3 ± √5
  const rows = Float32Array.from([1, 0, 0, 1, 1, 0]);
  const { components, variances, step } = orthonormalModes(rows, Float64Array.of(2, 1), 3);
  assertClose(variances, [3 + Math.sqrt(5), 3 - Math.sqrt(5)]);
  assertClose(covariance(components, variances, 3), [5, 1, 0, 1, 1, 0, 0, 0, 0]);
  assert.equal(step, 'made the 2 modes orthonormal by a singular value decomposition');
});

test('modes whose deviations are next to nothing are left out, however they lie', () => {
  const rows = Float32Array.from([1, 0, 0, 0.8, 0.6, 0, 0, 0.6, 0.8, 0.6, 0, 0.8]);
  const deviations = Float64Array.of(2e4, 2.97e-313, 7.39e-310, 1e4);
  const { components, variances, step } = orthonormalModes(rows, deviations, 3);
  assert.equal(variances.length, 2);
  const scale = 1e-8;
  assertClose(
    covariance(components, variances, 3).map((v) => v * scale),
    [4 + 0.36, 0, 0.48, 0, 0, 0, 0.48, 0, 0.64],
  );
  assert.match(String(step), /made the 4 modes orthonormal .*, left out 2 without variance$/);
});

test('modes that move nothing leave none', () => {
  const { variances } = orthonormalModes(Float32Array.from([1, 0, 0, 0.8, 0.6, 0]), new Float64Array(2), 3);
  assert.equal(variances.length, 0);
});
