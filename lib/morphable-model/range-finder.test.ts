import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from 'lib/random';
import { tf } from 'lib/tensorflow';
import type { NdArray } from 'ndarray';
import ndarray from 'ndarray';
import { gramComponents } from './gram-components';
import { knownModel, shapesOf } from './known-model.fixture';
import { orthonormal, rangeComponents } from './range-finder';
import { type Source, sourceOf } from './shape-source';

/** Shapes of random modes whose standard deviations fall by a factor each, far from the origin, with noise of 0.01 cm. */
function fallingShapes(count: number, points: number, modeCount: number, fall = 0.9): Source<NdArray<Float32Array>> {
  const random = createRandom('falling');
  const size = 3 * points;
  const normals = (rows: number, columns: number) =>
    tf.tensor2d(Float32Array.from({ length: rows * columns }, random.normal), [rows, columns]);
  const rows = tf.tidy(() => {
    const scale = tf.tensor1d(Float32Array.from({ length: modeCount }, (_, k) => fall ** k));
    const smooth = tf.matMul(tf.mul(normals(count, modeCount), scale), normals(modeCount, size));
    return tf.add(tf.add(smooth, tf.randomNormal([count, size], 0, 0.01, 'float32', 1)), 8).dataSync();
  }) as unknown as Float32Array;
  const shapes = Array.from({ length: count }, (_, s) => ndarray(rows.slice(s * size, (s + 1) * size), [points, 3]));
  return sourceOf(shapes);
}

const worstProduct = (rows: Float32Array, count: number): number => {
  const size = rows.length / count;
  let worst = 0;
  for (let a = 0; a < count; a++)
    for (let b = 0; b <= a; b++) {
      let dot = a === b ? -1 : 0;
      for (let i = 0; i < size; i++) dot += rows[a * size + i] * rows[b * size + i];
      worst = Math.max(worst, Math.abs(dot));
    }
  return worst;
};

test('finds mean, variances and modes of shapes that were made from them', async () => {
  const known = knownModel(30, [9, 4, 0.25]);
  const found = await rangeComponents(sourceOf(shapesOf(known)), 90, 3, {});
  found.mean.forEach((v, i) => {
    assert.ok(Math.abs(v - known.mean.data[i]) < 1e-5, `mean ${i}: ${v} for ${known.mean.data[i]}`);
  });
  for (let k = 0; k < 3; k++) {
    assert.ok(Math.abs(found.variances[k] / known.variances[k] - 1) < 1e-5, `variance ${k} is ${found.variances[k]}`);
    let alike = 0;
    for (let i = 0; i < 90; i++) alike += found.components[90 * k + i] * known.components.data[90 * k + i];
    assert.ok(Math.abs(Math.abs(alike) - 1) < 1e-5, `component ${k} has the cosine ${alike} to its mode`);
  }
  assert.ok(Math.abs(found.totalVariance - 13.25) < 1e-3, `total variance is ${found.totalVariance}`);
});

test('equals the components from inner products, over several chunks', async () => {
  const size = 21_000;
  const source = fallingShapes(230, size / 3, 90, 0.97);
  const [ours, exact] = [await rangeComponents(source, size, 12, {}), await gramComponents(source, size, 12, {})];
  const largest = exact.variances[0];
  for (let k = 0; k < 12; k++) {
    const error = Math.abs(ours.variances[k] - exact.variances[k]) / largest;
    assert.ok(error < 1e-6, `variance ${k}: ${ours.variances[k]}, ${exact.variances[k]}`);
    let alike = 0;
    for (let i = 0; i < size; i++) alike += ours.components[k * size + i] * exact.components[k * size + i];
    assert.ok(Math.abs(Math.abs(alike) - 1) < 1e-3, `component ${k} has the cosine ${alike}`);
  }
  assert.ok(exact.variances[11] / largest > 0.1, 'the last variance is far above the tolerance');
  assert.ok(worstProduct(ours.components, 12) < 1e-5, `|U U^T - 1| is ${worstProduct(ours.components, 12)}`);
  assert.ok(Math.abs(ours.totalVariance / exact.totalVariance - 1) < 1e-5);
  ours.mean.forEach((v, i) => {
    assert.ok(Math.abs(v - exact.mean[i]) < 1e-5, `mean ${i}: ${v}, ${exact.mean[i]}`);
  });
});

test('reads the shapes in passes, each one once a pass, and says so', async () => {
  const { count, read } = fallingShapes(60, 20, 30);
  const asked: number[] = [];
  const told: number[][] = [];
  const watched = {
    count,
    read: async (index: number) => {
      asked.push(index);
      return read(index);
    },
  };
  await rangeComponents(watched, 60, 4, {
    onProgress: ({ pass, done, count }) => void told.push([pass, done, count]),
  });
  const passes = told.length;
  assert.ok(passes >= 3 && passes <= 10, `${passes} passes`);
  assert.deepEqual(
    told,
    told.map((_, i) => [i + 1, 60, 60]),
  );
  // one more look at shape 0, about which the first pass is taken
  assert.deepEqual(asked, [0, ...told.flatMap(() => Array.from({ length: 60 }, (_, i) => i))]);
});

test('stops between two chunks, and leaves no tensor behind', async () => {
  const source = fallingShapes(40, 20, 10);
  const before = tf.memory().numTensors;
  await rangeComponents(source, 60, 4, {});
  assert.equal(tf.memory().numTensors, before);
  for (const stopIn of [1, 2]) {
    const controller = new AbortController();
    const onProgress = ({ pass }: { pass: number }) => {
      if (pass === stopIn) controller.abort(new Error('enough'));
    };
    await assert.rejects(rangeComponents(source, 60, 4, { onProgress, signal: controller.signal }), /enough/);
    assert.equal(tf.memory().numTensors, before);
  }
});

test('a basis of dependent columns is orthonormal and holds their span', () => {
  tf.tidy(() => {
    const random = createRandom('dependent');
    const independent = tf.tensor2d(Float32Array.from({ length: 300 * 3 }, random.normal), [300, 3]);
    const mix = tf.tensor2d(Float32Array.from({ length: 3 * 8 }, random.normal), [3, 8]);
    const basis = orthonormal(tf.matMul(independent, mix));
    const rows = tf.transpose(basis).dataSync() as Float32Array;
    assert.ok(worstProduct(rows, 8) < 1e-5, `|Q^T Q - 1| is ${worstProduct(rows, 8)}`);
    const back = tf.matMul(basis, tf.matMul(basis, independent, true, false));
    const lost = tf.max(tf.abs(tf.sub(back, independent))).dataSync()[0];
    assert.ok(lost < 1e-4, `a column loses ${lost}`);
  });
});

test('refuses more components than the shapes have', async () => {
  const source = sourceOf(shapesOf(knownModel(30, [9, 4, 0.25])));
  await assert.rejects(
    rangeComponents(source, 90, 5, {}),
    /count must be at most 3, the shapes' components above noise/,
  );
});

test('names the shape that is not finite', async () => {
  const { count, read } = fallingShapes(10, 5, 3);
  const broken = {
    count,
    read: async (index: number) => {
      const { data, shape } = await read(index);
      return ndarray(index === 7 ? data.map((v, i) => (i === 4 ? Number.NaN : v)) : data, shape);
    },
  };
  await assert.rejects(rangeComponents(broken, 15, 2, {}), /shape 7 must be finite, but point 1 has NaN/);
});
