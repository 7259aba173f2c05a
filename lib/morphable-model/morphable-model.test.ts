import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createRandom } from 'lib/random';
import type { NdArray } from 'ndarray';
import ndarray from 'ndarray';
import { knownModel } from './known-model.fixture';
import { coefficients, instance, logpdf, type MorphableModel, project, restrict, sample } from './morphable-model';

const MODEL = knownModel(12, [4, 1, 0.09]);
const distance = (a: NdArray<Float32Array>, b: NdArray<Float32Array>) =>
  Math.hypot(...a.data.map((v, i) => v - b.data[i]));
const threeCoefficients = fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: 3, maxLength: 3 });
const anyShape = fc
  .array(fc.double({ min: -20, max: 20, noNaN: true }), { minLength: 36, maxLength: 36 })
  .map((values) => ndarray(Float32Array.from(values), [12, 3]));

/** Two points, along x of the first with standard deviation 2 cm, along z of the second with 0.5. */
const BY_HAND: MorphableModel = {
  mean: ndarray(Float32Array.of(1, 2, 3, 4, 5, 6), [2, 3]),
  components: ndarray(Float32Array.of(1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1), [2, 6]),
  variances: Float64Array.of(4, 0.25),
  triangles: ndarray(new Uint32Array(0), [0, 3]),
};

test('a coefficient is a number of standard deviations', () => {
  assert.deepEqual([...instance(BY_HAND, [3, -1]).data], [7, 2, 3, 4, 5, 5.5]);
  const shape = ndarray(Float32Array.of(7, 2, 3, 4, 5, 5.5), [2, 3]);
  assert.deepEqual([...coefficients(BY_HAND, shape)], [3, -1]);
});

test('missing coefficients are 0, and none at all is the mean', () => {
  assert.deepEqual([...instance(BY_HAND, [3]).data], [7, 2, 3, 4, 5, 6]);
  const mean = instance(BY_HAND, []);
  assert.deepEqual([...mean.data], [...BY_HAND.mean.data]);
  assert.notEqual(mean.data, BY_HAND.mean.data);
});

test('project drops what no component describes', () => {
  const shape = ndarray(Float32Array.of(7, 20, 30, 40, 50, 5.5), [2, 3]);
  assert.deepEqual([...project(BY_HAND, shape).data], [7, 2, 3, 4, 5, 5.5]);
});

test('instance equals a sum written out', () => {
  fc.assert(
    fc.property(threeCoefficients, (c) => {
      const { data } = instance(MODEL, c);
      for (let n = 0; n < 12; n++)
        for (let axis = 0; axis < 3; axis++) {
          let value = MODEL.mean.get(n, axis);
          for (let k = 0; k < 3; k++)
            value += c[k] * Math.sqrt(MODEL.variances[k]) * MODEL.components.get(k, 3 * n + axis);
          assert.ok(Math.abs(data[3 * n + axis] - value) < 1e-5);
        }
    }),
    { seed: 1, numRuns: 30 },
  );
});

test('coefficients and instance undo each other', () => {
  fc.assert(
    fc.property(threeCoefficients, (c) => {
      coefficients(MODEL, instance(MODEL, c)).forEach((back, k) => {
        assert.ok(Math.abs(back - c[k]) < 1e-4, `coefficient ${k}: ${back} for ${c[k]}`);
      });
    }),
    { seed: 2, numRuns: 50 },
  );
});

test('a projection is projected to itself', () => {
  fc.assert(
    fc.property(anyShape, (shape) => {
      const once = project(MODEL, shape);
      assert.ok(distance(project(MODEL, once), once) < 1e-4);
    }),
    { seed: 3, numRuns: 50 },
  );
});

test('no shape of the model is nearer than the projection, the mean least of all', () => {
  fc.assert(
    fc.property(anyShape, threeCoefficients, (shape, c) => {
      const nearest = distance(shape, project(MODEL, shape));
      assert.ok(nearest <= distance(shape, MODEL.mean) + 1e-4);
      assert.ok(nearest <= distance(shape, instance(MODEL, c)) + 1e-4);
    }),
    { seed: 4, numRuns: 50 },
  );
});

test('a restricted model gives the same points, in the order asked for', () => {
  const indices = Uint32Array.of(11, 0, 5, 5);
  const part = restrict(MODEL, indices);
  assert.deepEqual(
    [part.mean.shape, part.components.shape],
    [
      [4, 3],
      [3, 12],
    ],
  );
  fc.assert(
    fc.property(threeCoefficients, (c) => {
      const whole = instance(MODEL, c);
      const some = instance(part, c);
      indices.forEach((index, n) => {
        for (let axis = 0; axis < 3; axis++) assert.equal(some.get(n, axis), whole.get(index, axis));
      });
    }),
    { seed: 5, numRuns: 20 },
  );
});

test('says how many coefficients or points there may be', () => {
  assert.throws(() => restrict(MODEL, Uint32Array.of(3, 12)), /indices must name points 0 to 11, but name 12/);
  assert.throws(() => instance(MODEL, [1, 2, 3, 4]), /coefficients must be at most 3, but are 4/);
  assert.throws(
    () => coefficients(MODEL, ndarray(new Float32Array(9), [3, 3])),
    /shape must have the model's 12 points, but has 3/,
  );
});

test('the density of coefficients is that of standard normal numbers', () => {
  // log of exp(-(9 + 1) / 2) / 2π
  const shape = ndarray(Float32Array.of(7, 2, 3, 4, 5, 5.5), [2, 3]);
  assert.ok(Math.abs(logpdf(BY_HAND, shape) - (-5 - Math.log(2 * Math.PI))) < 1e-6);
  assert.ok(Math.abs(logpdf(BY_HAND, BY_HAND.mean) - -Math.log(2 * Math.PI)) < 1e-6);
});

test('random heads have the mean and the variances of the model', () => {
  const random = createRandom('sample');
  const all = Array.from({ length: 2000 }, () => coefficients(MODEL, sample(MODEL, random)));
  for (let k = 0; k < 3; k++) {
    const mean = all.reduce((sum, c) => sum + c[k] / 2000, 0);
    const variance = all.reduce((sum, c) => sum + c[k] ** 2 / 2000, 0);
    // four standard errors: 4 / √2000 and 4 √(2 / 2000)
    assert.ok(Math.abs(mean) < 0.09 && Math.abs(variance - 1) < 0.13, `coefficient ${k}: ${mean}, ${variance}`);
  }
  assert.deepEqual(sample(MODEL, createRandom(1)).data, sample(MODEL, createRandom(1)).data);
});
