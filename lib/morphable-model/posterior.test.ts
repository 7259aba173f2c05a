import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from 'lib/random';
import { inverse, Matrix } from 'ml-matrix';
import ndarray from 'ndarray';
import { knownModel } from './known-model.fixture';
import { coefficients, instance, type MorphableModel, sample } from './morphable-model';
import { marginal, posterior } from './posterior';

const MODEL = knownModel(12, [4, 1, 0.09]);
const near = (a: ArrayLike<number>, b: ArrayLike<number>, tolerance: number, what: string) =>
  Array.from(a).forEach((v, i) => {
    assert.ok(Math.abs(v - b[i]) < tolerance, `${what} ${i}: ${v} for ${b[i]}`);
  });

/** One point that moves along x with standard deviation 2 cm. */
const ONE: MorphableModel = {
  mean: ndarray(Float32Array.of(1, 0, 0), [1, 3]),
  components: ndarray(Float32Array.of(1, 0, 0), [1, 3]),
  variances: Float64Array.of(4),
  triangles: ndarray(new Uint32Array(0), [0, 3]),
};

/** Covariance of all coordinates, U λ U^T. */
function covarianceOf({ components, variances }: MorphableModel): Matrix {
  const [count, size] = components.shape;
  const U = Matrix.zeros(count, size);
  for (let k = 0; k < count; k++)
    for (let i = 0; i < size; i++) U.set(k, i, Math.sqrt(variances[k]) * components.data[k * size + i]);
  return U.transpose().mmul(U);
}

test('weighs the model against a seen point by their variances', () => {
  // prior 4 cm², noise 1 cm²: of the 3 cm seen 4 / (4 + 1) is believed, and 4 · 1 / (4 + 1) = 0.8 cm² stay open
  const { coefficients, covariance, model } = posterior(
    ONE,
    Uint32Array.of(0),
    ndarray(Float32Array.of(4, 9, 9), [1, 3]),
    1,
  );
  near(coefficients, [2.4 / 2], 1e-12, 'coefficient');
  near(covariance.to1DArray(), [0.2], 1e-12, 'covariance');
  near(model.mean.data, [3.4, 0, 0], 1e-6, 'mean');
  near(model.variances, [0.8], 1e-12, 'variance');
});

test('equals regression with the whole covariance matrix', () => {
  const random = createRandom('regression');
  const indices = Uint32Array.of(7, 2, 10);
  const noise = [0.3, 0.1, 1];
  const points = ndarray(
    Float32Array.from(
      { length: 9 },
      (_, i) => MODEL.mean.data[3 * indices[Math.floor(i / 3)] + (i % 3)] + random.normal(),
    ),
    [3, 3],
  );
  const { model, coefficients: c } = posterior(MODEL, indices, points, noise);

  const whole = covarianceOf(MODEL);
  const seen = [...indices].flatMap((index) => [0, 1, 2].map((axis) => 3 * index + axis));
  const all = Array.from({ length: 36 }, (_, i) => i);
  const seenNoise = Matrix.diag(seen.map((_, i) => noise[Math.floor(i / 3)] ** 2));
  const gain = whole.selection(all, seen).mmul(inverse(Matrix.add(whole.selection(seen, seen), seenNoise)));
  const offset = Matrix.columnVector(seen.map((i, row) => points.data[row] - MODEL.mean.data[i]));
  const mean = gain
    .mmul(offset)
    .to1DArray()
    .map((v, i) => v + MODEL.mean.data[i]);
  const left = Matrix.sub(whole, gain.mmul(whole.selection(seen, all)));
  near(model.mean.data, mean, 1e-4, 'mean');
  near(covarianceOf(model).to1DArray(), left.to1DArray(), 1e-5, 'covariance');
  near(instance(MODEL, c).data, mean, 1e-4, 'instance');
  assert.ok(Math.hypot(...mean.map((v, i) => v - MODEL.mean.data[i])) > 0.5);
});

test('a head seen exactly in enough points is found, in its unseen points too', () => {
  const head = sample(MODEL, createRandom('head'));
  const indices = Uint32Array.of(0, 3, 5);
  const seen = ndarray(
    Float32Array.from([...indices].flatMap((n) => [0, 1, 2].map((axis) => head.get(n, axis)))),
    [3, 3],
  );
  const { model, covariance } = posterior(MODEL, indices, seen, 1e-4);
  near(model.mean.data, head.data, 2e-3, 'coordinate');
  assert.ok(covariance.trace() < 1e-4, `trace of the covariance is ${covariance.trace()}`);
});

test('no point seen leaves the model as it is', () => {
  const { coefficients, covariance, model } = posterior(
    MODEL,
    new Uint32Array(0),
    ndarray(new Float32Array(0), [0, 3]),
    1,
  );
  assert.deepEqual([...coefficients], [0, 0, 0]);
  assert.deepEqual(covariance.to2DArray(), Matrix.eye(3).to2DArray());
  near(model.variances, MODEL.variances, 1e-9, 'variance');
});

test('the true head lies within the posterior as often as it says', () => {
  const random = createRandom('calibration');
  const indices = Uint32Array.of(4);
  let squares = 0;
  const count = 400;
  for (let i = 0; i < count; i++) {
    const head = sample(MODEL, random);
    const seen = ndarray(
      Float32Array.from([0, 1, 2], (axis) => head.get(4, axis) + 0.5 * random.normal()),
      [1, 3],
    );
    const { coefficients: c, covariance } = posterior(MODEL, indices, seen, 0.5);
    const off = Matrix.columnVector([...coefficients(MODEL, head)].map((v, k) => v - c[k]));
    squares += off.transpose().mmul(inverse(covariance)).mmul(off).get(0, 0);
  }
  // chi-square with 3 degrees of freedom has mean 3, and its mean over 400 a standard deviation of √(6 / 400) = 0.12
  assert.ok(Math.abs(squares / count - 3) < 0.5, `mean squared distance is ${squares / count}`);
});

test('a marginal has the covariance of its points, orthonormal components and its own triangles', () => {
  const indices = Uint32Array.of(5, 3, 4, 11);
  const part = marginal(MODEL, indices);
  const rows = [...indices].flatMap((index) => [0, 1, 2].map((axis) => 3 * index + axis));
  near(covarianceOf(part).to1DArray(), covarianceOf(MODEL).selection(rows, rows).to1DArray(), 1e-5, 'covariance');
  const U = new Matrix(Array.from({ length: 3 }, (_, k) => [...part.components.data.subarray(12 * k, 12 * k + 12)]));
  near(U.mmul(U.transpose()).to1DArray(), Matrix.eye(3).to1DArray(), 1e-5, 'product');
  // the model's triangles are (n, n + 1, n + 2): 3, 4 and 5 are there
  assert.deepEqual([...part.triangles.data], [1, 2, 0]);
  const c = [0.7, -1.2, 0.4];
  near(coefficients(part, instance(part, c)), c, 1e-4, 'coefficient');
});

test('a marginal of one point has no more components than coordinates', () => {
  const part = marginal(knownModel(12, [4, 3, 2, 1, 0.5]), Uint32Array.of(6));
  assert.deepEqual(part.components.shape, [3, 3]);
  assert.equal(part.variances.length, 3);
});

test('says what is wrong with points, noise or indices', () => {
  const two = ndarray(new Float32Array(6), [2, 3]);
  const cases: [() => unknown, RegExp][] = [
    [() => posterior(MODEL, Uint32Array.of(0), two, 1), /points must be as many as the 1 indices, but are 2/],
    [() => posterior(MODEL, Uint32Array.of(0, 12), two, 1), /indices must name points 0 to 11, but name 12/],
    [() => posterior(MODEL, Uint32Array.of(0, 1), two, 0), /noise must be positive, but is 0 cm at point 0/],
    [
      () => posterior(MODEL, Uint32Array.of(0, 1), two, [1]),
      /noise must hold one number for each of 2 points, but holds 1/,
    ],
    [
      () => posterior(MODEL, Uint32Array.of(0, 1), ndarray(Float32Array.of(0, 0, 0, 1, Number.NaN, 1), [2, 3]), 1),
      /points must be finite, but point 1 has NaN/,
    ],
    [() => marginal(MODEL, Uint32Array.of(3, 12)), /indices must name points 0 to 11, but name 12/],
    [() => marginal(MODEL, Uint32Array.of(3, 3)), /indices must name each point once, but name 3 twice/],
  ];
  for (const [run, message] of cases) assert.throws(run, message);
});
