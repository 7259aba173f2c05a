import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from 'lib/random';
import { Matrix, solve } from 'ml-matrix';
import { displacementSolver } from './displacement-solver';
import { dissectionOrder } from './nested-dissection';
import { grid, reliefPoint } from './relief.fixture';
import { analyzePattern, factorize, solveFactor } from './sparse-cholesky';
import { sumEntries } from './sparse-matrix';
import { pointAreas, stiffnessMatrix } from './stiffness';

const mesh = grid(reliefPoint, 11, 13);
const points = Float64Array.from(mesh.points.data);
const S = stiffnessMatrix(points, mesh.triangles.data);

function dense(scale: number, added: Float64Array): Matrix {
  const matrix = Matrix.zeros(S.size, S.size);
  for (let i = 0; i < S.size; i++) {
    for (let k = S.starts[i]; k < S.starts[i + 1]; k++) matrix.set(i, S.columns[k], scale * S.values[k]);
    matrix.set(i, i, matrix.get(i, i) + added[i]);
  }
  return matrix;
}

test('entries on one place add up, and columns rise', () => {
  const matrix = sumEntries(3, Uint32Array.of(0, 2, 0, 0), Uint32Array.of(2, 0, 0, 2), Float64Array.of(1, 5, 2, 4));
  assert.deepEqual([...matrix.starts], [0, 2, 3, 5]);
  assert.deepEqual([...matrix.columns], [0, 2, 1, 0, 2]);
  assert.deepEqual([...matrix.values], [2, 5, 0, 5, 0]);
});

test('the order of elimination names each unknown once and keeps the factor sparser than the rows as they come', () => {
  const order = dissectionOrder(S, points);
  assert.deepEqual(
    [...order].sort((a, b) => a - b),
    [...Array(S.size).keys()],
  );
  const fine = grid(reliefPoint, 40, 40);
  const places = Float64Array.from(fine.points.data);
  const { starts } = analyzePattern(stiffnessMatrix(places, fine.triangles.data), places);
  // a band of 42 would hold 41 x 41 x 42 numbers
  assert.ok(starts[41 * 41] < 0.6 * 41 * 41 * 42, `${starts[41 * 41]} numbers`);
});

test('a factor solves as a dense solver does, for another scale and diagonal of the same pattern too', () => {
  const random = createRandom('cholesky');
  const pattern = analyzePattern(S, points);
  for (const scale of [1, 30]) {
    const added = Float64Array.from({ length: S.size }, () => 0.01 + random.uniform());
    const b = Float64Array.from({ length: 3 * S.size }, () => 100 * random.normal());
    const expected = solve(dense(scale, added), Matrix.from1DArray(S.size, 3, b)).to1DArray();
    const x = b.slice();
    solveFactor(factorize(pattern, S, scale, added), x, x, new Float64Array(x.length));
    x.forEach((v, i) => {
      assert.ok(Math.abs(v - expected[i]) < 1e-8, `${v}, not ${expected[i]}`);
    });
  }
});

test('a matrix that is not positive definite is named', () => {
  const added = new Float64Array(S.size).fill(-1);
  assert.throws(
    () => factorize(analyzePattern(S, points), S, 1, added),
    /must be positive definite, but pivot 0 is -?\d/,
  );
});

test('the stiffness of a linear field over a flat square is its gradient squared times the area', () => {
  const flat = grid((u, v) => [3 * u, 2 * v, 0], 7, 5, 0.3);
  const places = Float64Array.from(flat.points.data);
  const matrix = stiffnessMatrix(places, flat.triangles.data);
  let energy = 0;
  const field = (i: number) => 100 * (2 * places[3 * i] - places[3 * i + 1]);
  for (let i = 0; i < matrix.size; i++)
    for (let k = matrix.starts[i]; k < matrix.starts[i + 1]; k++)
      energy += field(i) * matrix.values[k] * field(matrix.columns[k]);
  assert.ok(Math.abs(energy - 100 ** 2 * 5 * 6) < 0.1, `${energy}`);
  const area = pointAreas(places, flat.triangles.data).reduce((sum, a) => sum + a, 0);
  assert.ok(Math.abs(area - 6) < 1e-5);
});

test('displacements are those of a dense solve of the coupled problem, and a triangle without area does not break it', () => {
  const random = createRandom('displacements');
  const triangles = Uint32Array.of(...mesh.triangles.data, 5, 5, 6, 20, 20, 20);
  const stiff = stiffnessMatrix(points, triangles);
  assert.ok(stiff.values.every(Number.isFinite));
  const pattern = analyzePattern(S, points);
  // of about the size of the blocks
  const masses = new Float64Array(S.size).fill(1);
  const solveProblem = displacementSolver(S, 1e-9);
  const blocks = new Float64Array(6 * S.size);
  const rightSide = Float64Array.from({ length: 3 * S.size }, () => random.normal());
  const size = 3 * S.size;
  for (const stiffness of [0.5, 0.5, 400]) {
    const matrix = Matrix.zeros(size, size);
    for (let n = 0; n < S.size; n++) {
      const m = [random.normal(), random.normal(), random.normal()];
      const block = [0, 1, 2].map((i) => [0, 1, 2].map((j) => m[i] * m[j] + (i === j ? 0.05 : 0)));
      blocks.set([block[0][0], block[0][1], block[0][2], block[1][1], block[1][2], block[2][2]], 6 * n);
      for (let i = 0; i < 3; i++) for (let j = 0; j < 3; j++) matrix.set(3 * n + i, 3 * n + j, block[i][j]);
      for (let k = S.starts[n]; k < S.starts[n + 1]; k++)
        for (let i = 0; i < 3; i++) {
          const [row, column] = [3 * n + i, 3 * S.columns[k] + i];
          matrix.set(row, column, matrix.get(row, column) + stiffness * S.values[k]);
        }
    }
    const expected = solve(matrix, Matrix.columnVector(rightSide)).to1DArray();
    const x = Float64Array.from({ length: size }, () => random.normal());
    const factor = factorize(pattern, S, stiffness, masses);
    const rounds = solveProblem({ blocks, rightSide, stiffness }, factor, x);
    assert.ok(rounds > 3 && rounds < 80, `${rounds} rounds`);
    x.forEach((v, i) => {
      assert.ok(Math.abs(v - expected[i]) < 1e-6, `${v}, not ${expected[i]}`);
    });
  }
});
