import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from 'lib/random';
import { tf } from 'lib/tensorflow';
import { CholeskyDecomposition, Matrix } from 'ml-matrix';
import ndarray from 'ndarray';
import type { IncompleteShape } from './incomplete-shape';
import { knownModel } from './known-model.fixture';
import { fitIncompleteShapes } from './missing-vertices';
import { type MorphableModel, sample } from './morphable-model';
import { fitPrincipalComponents } from './principal-components';

const POINTS = 40;
const VARIANCES = [16, 9, 4, 1];

/** Heads of a known model with 0.05 cm of noise; each lacks a run of points that starts anywhere. */
function heads(count: number, missing: number): IncompleteShape[] {
  const known = knownModel(POINTS, VARIANCES);
  const random = createRandom('holes');
  return Array.from({ length: count }, () => {
    const head = sample(known, random);
    const points = ndarray(
      head.data.map((value) => value + 0.05 * random.normal()),
      head.shape,
    );
    const from = random.integer(POINTS);
    const weights = new Float32Array(POINTS).fill(1);
    for (let i = 0; i < missing; i++) weights[(from + i) % POINTS] = 0;
    return { points, weights };
  });
}

/** The covariance of all coordinates that a model says, U λ U^T. */
const covarianceOf = ({ components, variances }: MorphableModel): Matrix => {
  const size = components.shape[1];
  const U = new Matrix(
    Array.from(variances, (variance, k) =>
      Array.from(components.data.subarray(k * size, (k + 1) * size), (value) => Math.sqrt(variance) * value),
    ),
  );
  return U.transpose().mmul(U);
};
const difference = (a: MorphableModel, b: MorphableModel) =>
  Matrix.sub(covarianceOf(a), covarianceOf(b)).norm('frobenius') / covarianceOf(b).norm('frobenius');

const TRIANGLES = knownModel(POINTS, VARIANCES).triangles;

test('with every point seen it is principal component analysis', async () => {
  const shapes = heads(60, 0);
  const { model, totalVariance, noiseVariance } = await fitIncompleteShapes(shapes, TRIANGLES, 4);
  const full = await fitPrincipalComponents(
    shapes.map(({ points }) => points),
    TRIANGLES,
    4,
  );
  for (let k = 0; k < 4; k++)
    assert.ok(
      Math.abs(model.variances[k] / full.model.variances[k] - 1) < 1e-3,
      `variance ${k}: ${model.variances[k]}, ${full.model.variances[k]}`,
    );
  assert.ok(difference(model, full.model) < 1e-3, `covariances differ by ${difference(model, full.model)}`);
  model.mean.data.forEach((v, i) => {
    assert.ok(Math.abs(v - full.model.mean.data[i]) < 1e-3, `mean ${i}: ${v}, ${full.model.mean.data[i]}`);
  });
  assert.ok(Math.abs(totalVariance / full.totalVariance - 1) < 1e-3, `total ${totalVariance}, ${full.totalVariance}`);
  assert.ok(Math.abs(Math.sqrt(noiseVariance) - 0.05) < 0.003, `noise is ${Math.sqrt(noiseVariance)} cm`);
});

test('a fifth of each head missing costs little, where filling with the mean costs much', async () => {
  const shapes = heads(80, 8);
  const { model, noiseVariance } = await fitIncompleteShapes(shapes, TRIANGLES, 4);
  const { model: full } = await fitPrincipalComponents(
    shapes.map(({ points }) => points),
    TRIANGLES,
    4,
  );
  const mean = full.mean.data.map((_, i) => {
    const seen = shapes.filter(({ weights }) => weights[Math.floor(i / 3)] > 0);
    return seen.reduce((sum, { points }) => sum + points.data[i] / seen.length, 0);
  });
  const filled = shapes.map(({ points, weights }) =>
    ndarray(
      points.data.map((value, i) => (weights[Math.floor(i / 3)] > 0 ? value : mean[i])),
      points.shape,
    ),
  );
  const naive = (await fitPrincipalComponents(filled, TRIANGLES, 4)).model;
  const [ours, theirs] = [difference(model, full), difference(naive, full)];
  assert.ok(ours < 0.02 && theirs > 20 * ours, `covariance is off by ${ours}, filled with the mean by ${theirs}`);
  const worst = (m: MorphableModel) => Math.max(...m.mean.data.map((v, i) => Math.abs(v - full.mean.data[i])));
  assert.ok(
    worst(model) < 0.05 && worst(naive) > 5 * worst(model),
    `mean is off by ${worst(model)}, ${worst(naive)} cm`,
  );
  assert.ok(Math.abs(Math.sqrt(noiseVariance) - 0.05) < 0.003, `noise is ${Math.sqrt(noiseVariance)} cm`);
});

test('no small change makes the seen points more likely', async () => {
  const shapes = heads(25, 8);
  const random = createRandom('weights');
  for (const { weights } of shapes)
    for (let n = 0; n < POINTS; n++) if (weights[n] > 0) weights[n] = 0.2 + 0.8 * random.uniform();
  const { model, noiseVariance } = await fitIncompleteShapes(shapes, TRIANGLES, 2);
  // W W^T of the fit: its variances less the noise, over S
  const variances = model.variances.map((variance) => (variance * 24) / 25 - noiseVariance);
  const found = { ...model, variances };
  const best = logLikelihood(shapes, found, noiseVariance);
  for (const step of [0.03, -0.03]) {
    const scaled = { ...found, variances: variances.map((v, k) => (k === 0 ? v * (1 + step) : v)) };
    const shifted = {
      ...found,
      mean: ndarray(
        model.mean.data.map((v, i) => v + step * Math.sin(i)),
        model.mean.shape,
      ),
    };
    const bent = {
      ...found,
      components: ndarray(
        model.components.data.map((v, i) => v + 0.3 * step * Math.cos(i)),
        model.components.shape,
      ),
    };
    for (const [name, other] of Object.entries({ scaled, shifted, bent })) {
      const value = logLikelihood(shapes, other, noiseVariance);
      assert.ok(value < best - 1e-3, `${name} by ${step}: ${value}, found ${best}`);
    }
    const noisier = logLikelihood(shapes, found, noiseVariance * (1 + step));
    assert.ok(noisier < best - 1e-3, `noise by ${step}: ${noisier}, found ${best}`);
  }
});

/** The density of the seen coordinates, from their whole covariance matrix. */
function logLikelihood(shapes: IncompleteShape[], model: MorphableModel, noiseVariance: number): number {
  const covariance = covarianceOf(model);
  return shapes.reduce((sum, { points, weights }) => {
    const seen = Array.from(points.data, (_, i) => i).filter((i) => weights[Math.floor(i / 3)] > 0);
    const C = covariance.selection(seen, seen);
    seen.forEach((i, row) => {
      C.set(row, row, C.get(row, row) + noiseVariance / weights[Math.floor(i / 3)]);
    });
    const solver = new CholeskyDecomposition(C);
    const off = Matrix.columnVector(seen.map((i) => points.data[i] - model.mean.data[i]));
    const logDeterminant = solver.lowerTriangularMatrix.diagonal().reduce((total, v) => total + 2 * Math.log(v), 0);
    return sum - (logDeterminant + off.transpose().mmul(solver.solve(off)).get(0, 0)) / 2;
  }, 0);
}

test('what stands at a missing point does not matter', async () => {
  const shapes = heads(20, 8);
  const broken = shapes.map(({ points, weights }) => ({
    points: ndarray(
      points.data.map((v, i) => (weights[Math.floor(i / 3)] > 0 ? v : Number.NaN)),
      points.shape,
    ),
    weights,
  }));
  const [a, b] = [await fitIncompleteShapes(shapes, TRIANGLES, 2), await fitIncompleteShapes(broken, TRIANGLES, 2)];
  assert.deepEqual(a.model.components.data, b.model.components.data);
  assert.deepEqual(a.model.variances, b.model.variances);
});

test('a point that is trusted less spoils the model less', async () => {
  const spoilt = (weight: number) =>
    heads(60, 0).map(({ points, weights }, s) => {
      if (s % 6 > 0) return { points, weights };
      const at = (s * 7) % POINTS;
      weights[at] = weight;
      return {
        points: ndarray(
          points.data.map((v, i) => (Math.floor(i / 3) === at ? v + 20 : v)),
          points.shape,
        ),
        weights,
      };
    });
  const { model: clean } = await fitPrincipalComponents(
    heads(60, 0).map(({ points }) => points),
    TRIANGLES,
    4,
  );
  const off = async (weight: number) =>
    difference((await fitIncompleteShapes(spoilt(weight), TRIANGLES, 4)).model, clean);
  const [trusted, doubted] = [await off(1), await off(0.001)];
  assert.ok(doubted < 0.02 && trusted > 10 * doubted, `off by ${trusted} trusted, ${doubted} doubted`);
});

test('tells its iterations, can be stopped, and keeps no tensor', async () => {
  const shapes = heads(20, 4);
  const before = tf.memory().numTensors;
  const passes: number[] = [];
  await fitIncompleteShapes(shapes, TRIANGLES, 2, { onProgress: ({ pass }) => void passes.push(pass) });
  assert.deepEqual(
    passes,
    passes.map((_, i) => i + 1),
  );
  assert.ok(passes.length > 1 && passes.length < 60, `${passes.length} iterations`);
  const controller = new AbortController();
  const onProgress = () => controller.abort(new Error('enough'));
  await assert.rejects(fitIncompleteShapes(shapes, TRIANGLES, 2, { onProgress, signal: controller.signal }), /enough/);
  assert.equal(tf.memory().numTensors, before);
});

test('says what is wrong with shapes or weights', async () => {
  const wrong = async (change: (shapes: IncompleteShape[]) => void, message: RegExp, count = 2) => {
    const shapes = heads(6, 4);
    change(shapes);
    await assert.rejects(fitIncompleteShapes(shapes, TRIANGLES, count), message);
  };
  await wrong(() => {}, /count must be from 1 to one less than the 6 shapes, but is 6/, 6);
  await wrong((shapes) => {
    for (const { weights } of shapes) weights.fill(0, 3, 4);
  }, /point 3 must be seen in at least one shape/);
  await wrong(
    ([, { weights }]) => weights.fill(1.5, 2, 3),
    /weights of shape 1 must be from 0 to 1, but point 2 has 1.5/,
  );
  await wrong(
    (shapes) => (shapes[2].weights = new Float32Array(3)),
    /weights of shape 2 must be 40, one a point, but are 3/,
  );
  await wrong(([{ points, weights }]) => {
    weights[9] = 1;
    points.data[28] = Number.NaN;
  }, /shape 0 must be finite where its weight is positive, but point 9 has NaN/);
});
