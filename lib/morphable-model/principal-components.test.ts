import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from 'lib/random';
import { tf } from 'lib/tensorflow';
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import type { NdArray } from 'ndarray';
import ndarray from 'ndarray';
import { knownModel, shapesOf } from './known-model.fixture';
import { coefficients } from './morphable-model';
import { fitPrincipalComponents } from './principal-components';

const TRIANGLE = ndarray(Uint32Array.of(0, 1, 2), [1, 3]);
const dot = (a: ArrayLike<number>, b: ArrayLike<number>) => Array.from(a).reduce((sum, v, i) => sum + v * b[i], 0);
const rowsOf = ({ data, shape: [count, size] }: NdArray<Float32Array>) =>
  Array.from({ length: count }, (_, k) => data.subarray(k * size, (k + 1) * size));

function randomShapes(count: number, points: number, seed: string) {
  const random = createRandom(seed);
  return Array.from({ length: count }, () =>
    ndarray(
      Float32Array.from({ length: 3 * points }, (_, i) => (1 + i) * random.normal()),
      [points, 3],
    ),
  );
}

test('three heads on one line have one component: the line', async () => {
  // x of the first point is 1, 2, 6: mean 3, variance (4 + 1 + 9) / 2 = 7
  const shapes = [1, 2, 6].map((x) => ndarray(Float32Array.of(x, 0, 0, 5, 5, 5, 0, 1, 0), [3, 3]));
  const { model, totalVariance } = await fitPrincipalComponents(shapes, TRIANGLE, 1);
  assert.deepEqual([...model.mean.data], [3, 0, 0, 5, 5, 5, 0, 1, 0]);
  assert.ok(Math.abs(model.variances[0] - 7) < 1e-5, `variance is ${model.variances[0]}`);
  assert.ok(Math.abs(totalVariance - 7) < 1e-5, `total variance is ${totalVariance}`);
  assert.ok(Math.abs(Math.abs(model.components.data[0]) - 1) < 1e-6);
  assert.equal(model.triangles, TRIANGLE);
});

test('finds mean, variances and modes of shapes that were made from them', async () => {
  const known = knownModel(30, [9, 4, 0.25]);
  const { model, totalVariance } = await fitPrincipalComponents(shapesOf(known), TRIANGLE, 3);
  model.mean.data.forEach((v, i) => {
    assert.ok(Math.abs(v - known.mean.data[i]) < 1e-5, `mean ${i}: ${v} for ${known.mean.data[i]}`);
  });
  rowsOf(model.components).forEach((row, k) => {
    assert.ok(Math.abs(model.variances[k] / known.variances[k] - 1) < 1e-4, `variance ${k} is ${model.variances[k]}`);
    // a component's sign is free
    const alike = Math.abs(dot(row, rowsOf(known.components)[k]));
    assert.ok(Math.abs(alike - 1) < 1e-5, `component ${k} has the cosine ${alike} to its mode`);
  });
  assert.ok(Math.abs(totalVariance - 13.25) < 1e-3, `total variance is ${totalVariance}`);
});

test('the total variance counts components that are not kept', async () => {
  const { model, totalVariance } = await fitPrincipalComponents(shapesOf(knownModel(30, [9, 4, 0.25])), TRIANGLE, 1);
  assert.equal(model.variances.length, 1);
  assert.deepEqual(model.components.shape, [1, 90]);
  assert.ok(Math.abs(totalVariance - 13.25) < 1e-3, `total variance is ${totalVariance}`);
});

test('equals the eigenvectors of the whole covariance matrix', async () => {
  const shapes = randomShapes(6, 4, 'twin');
  const { model } = await fitPrincipalComponents(shapes, TRIANGLE, 5);
  const mean = model.mean.data.map((_, i) => shapes.reduce((sum, { data }) => sum + data[i] / 6, 0));
  const covariance = Matrix.zeros(12, 12);
  for (const { data } of shapes)
    for (let i = 0; i < 12; i++)
      for (let j = 0; j < 12; j++)
        covariance.set(i, j, covariance.get(i, j) + ((data[i] - mean[i]) * (data[j] - mean[j])) / 5);
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(covariance, { assumeSymmetric: true });
  // ml-matrix gives them rising
  for (let k = 0; k < 5; k++) {
    const variance = realEigenvalues[11 - k];
    assert.ok(Math.abs(model.variances[k] / variance - 1) < 1e-4, `variance ${k}: ${model.variances[k]}, ${variance}`);
    const alike = Math.abs(dot(rowsOf(model.components)[k], eigenvectorMatrix.getColumn(11 - k)));
    assert.ok(Math.abs(alike - 1) < 1e-4, `component ${k} has the cosine ${alike}`);
  }
});

test('components are orthonormal and variances fall', async () => {
  const { model } = await fitPrincipalComponents(randomShapes(10, 20, 'orthonormal'), TRIANGLE, 9);
  const rows = rowsOf(model.components);
  rows.forEach((a, i) => {
    rows.forEach((b, j) => {
      assert.ok(Math.abs(dot(a, b) - (i === j ? 1 : 0)) < 1e-5, `u${i} · u${j} = ${dot(a, b)}`);
    });
    assert.ok(i === 0 || model.variances[i] <= model.variances[i - 1]);
  });
});

test('coefficients of the training shapes have mean 0 and variance 1', async () => {
  const shapes = randomShapes(10, 20, 'standard deviations');
  const { model } = await fitPrincipalComponents(shapes, TRIANGLE, 4);
  const all = shapes.map((shape) => coefficients(model, shape));
  for (let k = 0; k < 4; k++) {
    const mean = all.reduce((sum, c) => sum + c[k] / 10, 0);
    const variance = all.reduce((sum, c) => sum + c[k] ** 2 / 9, 0);
    assert.ok(Math.abs(mean) < 1e-4 && Math.abs(variance - 1) < 1e-4, `component ${k}: ${mean}, ${variance}`);
  }
});

test('keeps no tensor', async () => {
  const before = tf.memory().numTensors;
  await fitPrincipalComponents(randomShapes(4, 5, 'memory'), TRIANGLE, 2);
  assert.equal(tf.memory().numTensors, before);
});

test('says what is wrong with the shapes or the count', async () => {
  const shapes = randomShapes(4, 5, 'errors');
  for (const count of [0, 4, 1.5])
    await assert.rejects(
      () => fitPrincipalComponents(shapes, TRIANGLE, count),
      new RegExp(`count must be from 1 to one less than the 4 shapes, but is ${count}`),
    );
  await assert.rejects(
    () => fitPrincipalComponents([...shapes, randomShapes(1, 6, 'odd')[0]], TRIANGLE, 2),
    /shape 4 must have 5 points as shape 0 has, but has 6/,
  );
});

test('refuses more components than the shapes have', async () => {
  // eight shapes of three modes
  const shapes = shapesOf(knownModel(30, [9, 4, 0.25]));
  await assert.rejects(
    () => fitPrincipalComponents(shapes, TRIANGLE, 5),
    /count must be at most 3, the shapes' components above noise, but is 5/,
  );
});
