import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type TriangleMesh, triangleMesh } from 'lib/mesh';
import { createRandom } from 'lib/random';
import { Matrix, solve } from 'ml-matrix';
import { grid, reliefPoint } from './relief.fixture';
import { addSmoothPart, PASSES, thirdsOfAreas } from './smooth-part';
import { analyzePattern, factorize } from './sparse-cholesky';
import { pointAreas, stiffnessMatrix } from './stiffness';

/** A surface with its stiffness' matrix, and the function to be tested for a stiffness in cm². */
function surface(mesh: TriangleMesh, stiffness: number) {
  const points = Float64Array.from(mesh.points.data);
  const S = stiffnessMatrix(points, mesh.triangles.data);
  const masses = thirdsOfAreas(pointAreas(points, mesh.triangles.data));
  const factor = factorize(analyzePattern(S, points), S, stiffness, masses);
  return { points, S, masses, add: (y: Float64Array, r: Float64Array) => addSmoothPart(factor, masses, y, r) };
}

test('what differs by a constant is smooth, at the border too, and a point without area stays finite', () => {
  const { points, triangles } = grid(reliefPoint, 9, 11);
  const alone = Float32Array.of(...points.data, 50, 0, 0);
  const { add } = surface(triangleMesh(alone, triangles.data), 4);
  const r = Float64Array.from(alone, (v) => 2 * v);
  const y = r.map((v, i) => v + [30, -20, 10][i % 3]);
  add(y, r);
  r.forEach((v, i) => {
    assert.ok(Math.abs(v - y[i]) < 1e-9, `${v}, not ${y[i]}`);
  });
});

test('the smooth part is that of a dense solve', () => {
  const { S, masses, add } = surface(grid(reliefPoint, 9, 11), 0.25);
  const random = createRandom('smooth');
  const y = Float64Array.from({ length: 3 * S.size }, () => 100 * random.normal());
  const r = Float64Array.from({ length: 3 * S.size }, () => 100 * random.normal());
  const matrix = Matrix.zeros(S.size, S.size);
  for (let i = 0; i < S.size; i++) {
    for (let k = S.starts[i]; k < S.starts[i + 1]; k++) matrix.set(i, S.columns[k], 3 * 0.25 * S.values[k]);
    matrix.set(i, i, matrix.get(i, i) + 3 * masses[i]);
  }
  let rest = Matrix.sub(Matrix.from1DArray(S.size, 3, y), Matrix.from1DArray(S.size, 3, r));
  for (let pass = 0; pass < PASSES; pass++)
    rest = Matrix.sub(rest, solve(matrix, Matrix.diag([...masses.map((m) => 3 * m)]).mmul(rest)));
  const expected = Matrix.sub(Matrix.from1DArray(S.size, 3, y), rest).to1DArray();
  add(y, r);
  r.forEach((v, i) => {
    assert.ok(Math.abs(v - expected[i]) < 0.01, `${v}, not ${expected[i]}`);
  });
});

test('a long wave is smooth, and a short one is detail', () => {
  // ℓ = 1 cm: waves of about 2π √3 cm lie between
  const size = 60;
  const { points, add } = surface(
    grid((u, v) => [size * u, size * (1 - v), 0], 60, 60),
    1,
  );
  for (const [waves, least, most] of [
    [1, 0.99, 1.01],
    [15, 0, 0.6],
  ]) {
    const y = points.map((_, i) => 100 * Math.cos((2 * Math.PI * waves * points[i - (i % 3)]) / size));
    const r = new Float64Array(y.length);
    add(y, r);
    const share = r.reduce((sum, v, i) => sum + v * y[i], 0) / y.reduce((sum, v) => sum + v * v, 0);
    assert.ok(share >= least && share <= most, `${share} of ${waves} waves`);
  }
});
