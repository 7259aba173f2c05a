import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from 'lib/random';
import ndarray from 'ndarray';
import { knownModel } from './known-model.fixture';
import { metricsFigure } from './metrics-figure';
import { compactness, generalization, specificity } from './model-metrics';
import { instance, type MorphableModel, project, sample } from './morphable-model';

const MODEL = knownModel(12, [4, 1, 0.09]);
const near = (a: ArrayLike<number>, b: ArrayLike<number>, tolerance: number, what: string) => {
  assert.equal(a.length, b.length);
  Array.from(a).forEach((v, i) => {
    assert.ok(Math.abs(v - b[i]) < tolerance, `${what} ${i}: ${v} for ${b[i]}`);
  });
};
const withVariances = (variances: number[]): MorphableModel => ({ ...MODEL, variances: Float64Array.from(variances) });

test('compactness is the share of the variances', () => {
  const { components, value } = compactness(withVariances([5, 3, 1]), 10, 50);
  assert.deepEqual([...components], [1, 2, 3]);
  near(value, [0.5, 0.8, 0.9], 1e-12, 'share');
});

test('the standard error of compactness is how much it varies from sample to sample', () => {
  const random = createRandom('compactness');
  const [variances, subjects, runs] = [[9, 4, 1], 60, 3000];
  const total = 14;
  // of normal shapes with far variances the sample's variances are nearly independent chi-squares
  const shares = Array.from({ length: runs }, () => {
    const drawn = variances.map((variance) => {
      let sum = 0;
      for (let s = 0; s < subjects - 1; s++) sum += random.normal() ** 2;
      return (variance * sum) / (subjects - 1);
    });
    const all = drawn[0] + drawn[1] + drawn[2];
    return [drawn[0] / all, (drawn[0] + drawn[1]) / all];
  });
  const { standardError } = compactness(withVariances(variances), total, subjects);
  for (const m of [0, 1]) {
    const mean = shares.reduce((sum, s) => sum + s[m] / runs, 0);
    const deviation = Math.sqrt(shares.reduce((sum, s) => sum + (s[m] - mean) ** 2 / runs, 0));
    assert.ok(Math.abs(standardError[m] / deviation - 1) < 0.08, `M = ${m + 1}: ${standardError[m]} for ${deviation}`);
  }
  assert.ok(standardError[2] < 1e-9, 'all components explain all');
});

test('generalization by hand: two points, one component', async () => {
  const model: MorphableModel = {
    mean: ndarray(new Float32Array(6), [2, 3]),
    components: ndarray(Float32Array.of(1, 0, 0, 0, 0, 0), [1, 6]),
    variances: Float64Array.of(4),
    triangles: ndarray(new Uint32Array(0), [0, 3]),
  };
  // the first head moves by 3 cm along the component and by (0, 3, 4) at the other point, the second by nothing there
  const heads = [Float32Array.of(3, 0, 0, 0, 3, 4), Float32Array.of(1, 0, 0, 0, 0, 0)];
  const { components, value, standardError } = await generalization(
    model,
    heads.map((data) => ndarray(data, [2, 3])),
  );
  assert.deepEqual([...components], [0, 1]);
  // errors in mm: (30 + 50) / 2 and 10 / 2 with the mean head, 50 / 2 and 0 with the component
  near(value, [22.5, 12.5], 1e-9, 'mean');
  near(standardError, [17.5, 12.5], 1e-9, 'standard error');
});

test('generalization equals projection with fewer components', async () => {
  const random = createRandom('unseen');
  const heads = Array.from({ length: 5 }, () =>
    ndarray(
      Float32Array.from(MODEL.mean.data, (v) => v + random.normal()),
      [12, 3],
    ),
  );
  const { value } = await generalization(MODEL, heads);
  for (const m of [1, 2, 3]) {
    const part = {
      ...MODEL,
      components: ndarray(MODEL.components.data.slice(0, 36 * m), [m, 36]),
      variances: MODEL.variances.slice(0, m),
    };
    const errors = heads.map((head) => 10 * meanDistance(head.data, project(part, head).data));
    assert.ok(Math.abs(value[m] - errors.reduce((a, b) => a + b / 5, 0)) < 1e-4, `M = ${m}: ${value[m]}`);
  }
});

const meanDistance = (a: Float32Array, b: Float32Array): number => {
  let sum = 0;
  for (let i = 0; i < a.length; i += 3) sum += Math.hypot(a[i] - b[i], a[i + 1] - b[i + 1], a[i + 2] - b[i + 2]);
  return sum / (a.length / 3);
};

test('specificity equals a search written out', async () => {
  const model = knownModel(700, [9, 4, 1]);
  const random = createRandom('training');
  const training = Array.from({ length: 9 }, () => sample(model, random));
  const { components, value, standardError } = await specificity(model, training, [1, 3], 6, createRandom('draws'));
  assert.deepEqual([...components], [1, 3]);
  const again = createRandom('draws');
  const drawn = Array.from({ length: 6 }, () => [again.normal(), again.normal(), again.normal()]);
  for (const [i, m] of [1, 3].entries()) {
    const distances = drawn.map((c) => {
      const head = instance(model, c.slice(0, m)).data;
      return 10 * Math.min(...training.map(({ data }) => meanDistance(head, data)));
    });
    const mean = distances.reduce((a, b) => a + b / 6, 0);
    const deviation = Math.sqrt(distances.reduce((sum, v) => sum + (v - mean) ** 2 / 5, 0));
    assert.ok(Math.abs(value[i] - mean) < 1e-6, `M = ${m}: ${value[i]} for ${mean}`);
    assert.ok(Math.abs(standardError[i] - deviation / Math.sqrt(6)) < 1e-6, `error at M = ${m}: ${standardError[i]}`);
  }
});

test('a random head that is a training head is at distance 0', async () => {
  const { value } = await specificity(MODEL, [MODEL.mean, sample(MODEL, createRandom(1))], [0], 2, createRandom(2));
  assert.deepEqual([...value], [0]);
});

test('the figure has a panel a metric, a series a model, and bands of one standard error', async () => {
  const one = compactness(withVariances([5, 3, 1]), 10, 50);
  const figure = metricsFigure({ title: 'Two models', howToRead: 'Read.' }, [
    { name: 'ours', compactness: one, specificity: await specificity(MODEL, [MODEL.mean], [0, 2], 3, createRandom(3)) },
    { name: 'theirs', compactness: one },
  ]);
  assert.match(
    figure.alternative,
    /compactness: variance explained \(%\) over components: ours from 50 to 90 %; theirs from 50 to 90 %.*specificity: random head to nearest \(mm\) over components: ours from 0 to/s,
  );
  assert.doesNotMatch(figure.alternative, /generalization/);
  assert.ok(figure.body.kind === 'plot');
  const numbers = figure.body.data.flatMap((trace) => Array.from((trace as { y: ArrayLike<number> }).y));
  assert.ok(
    numbers.some((v) => Math.abs(v - 100 * (0.5 + one.standardError[0])) < 1e-9),
    'upper end of a band',
  );
  assert.throws(
    () => metricsFigure({ title: 'None', howToRead: '' }, []),
    /models of "None" must have metrics, but have none/,
  );
});

test('says what is wrong with its arguments', async () => {
  const other = [ndarray(new Float32Array(9), [3, 3]), MODEL.mean];
  assert.throws(() => compactness(MODEL, 4, 50), /totalVariance must be at least the components' 5.09 cm², but is 4/);
  assert.throws(() => compactness(MODEL, 6, 1), /subjects must be two or more, but are 1/);
  await assert.rejects(generalization(MODEL, other), /shape 0 must have 12 points as the model has, but has 3/);
  await assert.rejects(generalization(MODEL, [MODEL.mean]), /heldOut must hold two or more shapes, but holds 1/);
  const draw = (components: number[], draws = 2) =>
    specificity(MODEL, [MODEL.mean], components, draws, createRandom(1));
  await assert.rejects(draw([1, 4]), /components must rise from 0 to at most 3, but hold 4/);
  await assert.rejects(draw([2, 2]), /components must rise from 0 to at most 3, but hold 2/);
  await assert.rejects(specificity(MODEL, [], [1], 2, createRandom(1)), /training must hold shapes, but holds none/);
  await assert.rejects(draw([1], 1), /draws must be a whole number from 2, but are 1/);
});
