import assert from 'node:assert/strict';
import { test } from 'node:test';
import { selfIntersections } from 'lib/mesh';
import { createRandom } from 'lib/random';
import { inverse, Matrix } from 'ml-matrix';
import { extendedCovariance, headPopulation, leastChange, withCovariance } from './head-population';
import { applied, CORRELATIONS, headMeasures, MEASURE_NAMES, MEASURES, measuresAt } from './measures';
import { randomPalette } from './palette';
import { headShape, sampleHead } from './sample-head';

const population = headPopulation();
const { template } = population;
const { landmarks } = template;
const near = (actual: number, expected: number, tolerance: number, name = '') =>
  assert.ok(Math.abs(actual - expected) <= tolerance, `${name} ${actual} is not ${expected}`);

test('the least change of one variance is the ratio of deviations', () => {
  near(leastChange(new Matrix([[4]]), new Matrix([[9]])).get(0, 0), 1.5, 1e-12);
});

test('the least change takes one covariance to another, is symmetric, and is nothing between equal ones', () => {
  const random = createRandom('covariances');
  const covariance = () => {
    const factor = new Matrix(Array.from({ length: 5 }, () => Array.from({ length: 9 }, random.normal)));
    return factor.mmul(factor.transpose());
  };
  for (let i = 0; i < 10; i++) {
    const [C, S] = [covariance(), covariance()];
    const A = leastChange(C, S);
    assert.ok(A.mmul(C).mmul(A.transpose()).sub(S).norm() < 1e-8 * S.norm());
    assert.ok(A.clone().sub(A.transpose()).norm() < 1e-8 * A.norm());
    assert.ok(leastChange(C, C).sub(Matrix.eye(5)).norm() < 1e-8);
  }
  assert.throws(
    () => leastChange(new Matrix([[-1]]), new Matrix([[1]])),
    /a covariance must be positive definite, but has the eigenvalue -1/,
  );
});

test('a measure gets its variance, and given the measure the rest varies as before, by hand', () => {
  // (y, z) = c_1 (2, 1) + c_2 (0, 1): var y = 4, cov = 2, var z = 2; given y, z has the mean y / 2 and the variance 1
  const rows = withCovariance([Float32Array.of(2, 1), Float32Array.of(0, 1)], new Matrix([[2, 0]]), new Matrix([[9]]));
  const covariance = (a: number, b: number) => rows.reduce((sum, row) => sum + row[a] * row[b], 0);
  near(covariance(0, 0), 9, 1e-6);
  near(covariance(0, 1), 9 / 2, 1e-6);
  near(covariance(1, 1), 9 / 4 + 1, 1e-6);
});

test('any measures get any covariance, and the conditional covariance of all points stays', () => {
  const random = createRandom('conditional');
  const normals = (rows: number, columns: number) =>
    new Matrix(Array.from({ length: rows }, () => Array.from({ length: columns }, random.normal)));
  const B = normals(9, 12);
  const G = normals(3, 9);
  const root = normals(3, 5);
  const S = root.mmul(root.transpose());
  const columns = B.transpose().to2DArray();
  const changed = withCovariance(
    columns.map((row) => Float32Array.from(row)),
    G.mmul(B),
    S,
  );
  const after = new Matrix(changed.map((row) => [...row])).transpose();
  const conditional = (factor: Matrix) => {
    const covariance = factor.mmul(factor.transpose());
    const across = covariance.mmul(G.transpose());
    return Matrix.sub(covariance, across.mmul(inverse(G.mmul(across))).mmul(across.transpose()));
  };
  assert.ok(Matrix.sub(G.mmul(after).mmul(after.transpose()).mmul(G.transpose()), S).norm() < 1e-4 * S.norm());
  assert.ok(Matrix.sub(conditional(after), conditional(B)).norm() < 1e-4 * conditional(B).norm());
});

test('a known variance is passed on to what goes with the measure, by hand', () => {
  // b = a / 2 + rest with the variance 3/4; a's variance grows from 1 to 4, so b's from 1 to 4/4 + 3/4, and their covariance to 2
  const C = new Matrix([
    [1, 0.5],
    [0.5, 1],
  ]);
  const extended = (deviation: number) => extendedCovariance(C, [0], new Matrix([[4]]), [2, deviation]).to1DArray();
  for (const [k, expected] of [4, 2, 2, 1.75].entries()) near(extended(Math.sqrt(1.75))[k], expected, 1e-12);
  // twice the deviation, the same correlation
  for (const [k, expected] of [4, 4, 4, 7].entries()) near(extended(2 * Math.sqrt(1.75))[k], expected, 1e-12);
});

test('the mean man and the mean woman measure what was measured on adults', () => {
  const none = new Float32Array(population.names.length);
  for (const sex of ['man', 'woman'] as const) {
    const measured = headMeasures(headShape(population, sex, none), template);
    for (const name of MEASURE_NAMES)
      near(measured[name], MEASURES[name][sex === 'man' ? 'men' : 'women'][0], 0.02, `${sex}’s ${name}`);
  }
});

test('rows give each measure its deviation within a sex, and known pairs their correlation', () => {
  for (const sex of ['man', 'woman'] as const) {
    const { mean, rows } = population.sexes[sex];
    const { derivatives } = measuresAt(mean.data, template);
    const G = derivatives.map((derivative) => rows.map((row) => applied(derivative, row)));
    const covariance = (a: number, b: number) => G[a].reduce((sum, value, k) => sum + value * G[b][k], 0);
    for (const [m, name] of MEASURE_NAMES.entries()) {
      const [, deviation] = MEASURES[name][sex === 'man' ? 'men' : 'women'];
      near(10 * Math.sqrt(covariance(m, m)), deviation, 0.01, `${sex}’s ${name}`);
    }
    for (const [a, b, expected] of CORRELATIONS) {
      const [i, j] = [MEASURE_NAMES.indexOf(a), MEASURE_NAMES.indexOf(b)];
      near(covariance(i, j) / Math.sqrt(covariance(i, i) * covariance(j, j)), expected, 1e-3, `${a} and ${b}`);
    }
  }
});

test('the modes hold nearly all of the smooth variation', () => {
  assert.ok(population.smoothShare > 0.98 && population.smoothShare < 1, `${population.smoothShare}`);
});

test('no surface of the template, the mean heads or a dozen people passes through itself', () => {
  const { triangles } = template;
  const none = new Float32Array(population.names.length);
  const heads = Array.from({ length: 12 }, (_, i) => sampleHead(population, createRandom('crossings').fork(i)).points);
  const means = (['man', 'woman'] as const).map((sex) => headShape(population, sex, none));
  for (const [i, points] of [template.points, ...means, ...heads].entries())
    assert.deepEqual(selfIntersections({ points, triangles }), [], `surface ${i}`);
});

test('a sample of heads has these means and deviations', () => {
  const values = Array.from({ length: 100 }, (_, i) => {
    const head = sampleHead(population, createRandom('sample').fork(i));
    return { sex: head.sex, length: headMeasures(head.points, template).headLength };
  });
  for (const [sex, [mean, deviation]] of [
    ['man', MEASURES.headLength.men],
    ['woman', MEASURES.headLength.women],
  ] as const) {
    const own = values.filter((value) => value.sex === sex).map((value) => value.length);
    // four standard errors of about 50 heads
    assert.ok(own.length > 30, `${own.length} of 100 are a ${sex}`);
    near(own.reduce((a, b) => a + b) / own.length, mean, (4 * deviation) / Math.sqrt(own.length), sex);
  }
});

test('no triangle of a sampled head turns over', () => {
  const triangles = template.triangles.data;
  const areaNormals = (points: Float32Array) => {
    const normals = new Float64Array(triangles.length);
    for (let t = 0; t < triangles.length; t += 3) {
      const [a, b, c] = [0, 1, 2].map((i) => 3 * triangles[t + i]);
      const [ux, uy, uz] = [0, 1, 2].map((i) => points[b + i] - points[a + i]);
      const [vx, vy, vz] = [0, 1, 2].map((i) => points[c + i] - points[a + i]);
      normals.set([uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx], t);
    }
    return normals;
  };
  const before = areaNormals(template.points.data);
  for (let i = 0; i < 25; i++) {
    const after = areaNormals(sampleHead(population, createRandom('flips').fork(i)).points.data);
    let turned = 0;
    for (let t = 0; t < before.length; t += 3)
      if (before[t] * after[t] + before[t + 1] * after[t + 1] + before[t + 2] * after[t + 2] <= 0) turned++;
    assert.equal(turned, 0, `head ${i}`);
  }
});

test('the mean is symmetric, most people are not', () => {
  const { mirror } = template;
  const asymmetry = (points: Float32Array) =>
    mirror.reduce((worst, j, i) => Math.max(worst, Math.abs(points[3 * i] + points[3 * j])), 0);
  // float32 rounding of some 160 sums
  assert.ok(asymmetry(headShape(population, 'woman', new Float32Array(population.names.length)).data) < 0.05);
  assert.ok(asymmetry(sampleHead(population, createRandom(1)).points.data) > 0.05);
});

test('the same seed gives the same person, whatever was drawn before, another seed another one', () => {
  const random = createRandom('person');
  const head = sampleHead(population, random);
  random.normal();
  const again = sampleHead(population, random);
  assert.deepEqual(again.points.data, head.points.data);
  assert.deepEqual(again.albedo, head.albedo);
  assert.notDeepEqual(sampleHead(population, createRandom('other')).points.data, head.points.data);
});

test('colours are within 0 and 1, women have no beard, and skin is dark and light', () => {
  const skins: number[] = [];
  for (let i = 0; i < 300; i++) {
    const palette = randomPalette(createRandom('palette').fork(i), i % 2 ? 'man' : 'woman');
    for (const colour of [palette.skin, palette.lip, palette.hair, palette.iris])
      for (const v of colour) assert.ok(v > 0 && v < 0.8, `${v}`);
    if (i % 2 === 0) assert.equal(palette.beard, 0);
    skins.push(palette.skin[1]);
  }
  assert.ok(Math.min(...skins) < 0.06 && Math.max(...skins) > 0.38);
  const { albedo, points } = sampleHead(population, createRandom(5));
  assert.equal(albedo.length, points.data.length);
  for (const v of albedo) assert.ok(v >= 0 && v <= 1);
  // the pupil is darker than the white of the eye
  const white = template.regions.eye.findIndex((v, i) => v > 0.99 && template.regions.iris[i] === 0);
  assert.ok(albedo[3 * landmarks.pupilRight] < 0.25 * albedo[3 * white]);
});

test('says how many coefficients and points there must be', () => {
  assert.throws(() => headShape(population, 'man', [1, 2]), /coefficients must be \d+ numbers, but are 2/);
  const { points } = sampleHead(population, createRandom(1));
  assert.throws(() => headMeasures(points.hi(5, 3), template), /points must be \[\d+, 3\], but are \[5, 3\]/);
});
