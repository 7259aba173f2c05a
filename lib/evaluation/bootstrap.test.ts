import assert from 'node:assert/strict';
import test from 'node:test';
import { createRandom } from 'lib/random';
import { bootstrapInterval } from './bootstrap';

const first = ([mean]: number[]) => mean;

test('two subjects, by hand: a draw is one of them twice, or both', () => {
  // means of the three kinds of draw: (1 + 3) / 2 = 2, 10, and (1 + 3 + 10) / 3; a quarter, a quarter, a half of all draws
  const seen = new Set<number>();
  const note = ([mean]: number[]) => {
    seen.add(Number(mean.toFixed(9)));
    return mean;
  };
  const { low, high } = bootstrapInterval([[1, 3, 10]], [4, 4, 7], note, createRandom(1));
  assert.deepEqual(
    [...seen].sort((a, b) => a - b),
    [2, 4.666666667, 10],
  );
  assert.equal(low, 2);
  assert.equal(high, 10);
});

test('the interval of a mean is that of its standard error', () => {
  const random = createRandom('values');
  const values = Array.from({ length: 400 }, () => 5 + 2 * random.normal());
  const mean = values.reduce((a, b) => a + b) / 400;
  const deviation = Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / 400);
  const { low, high } = bootstrapInterval(
    [values],
    values.map((_, i) => i),
    first,
    random.fork('draws'),
    4000,
  );
  const half = (1.96 * deviation) / Math.sqrt(400);
  assert.ok(Math.abs(low - (mean - half)) < 0.1 * half, `${low} for ${mean - half}`);
  assert.ok(Math.abs(high - (mean + half)) < 0.1 * half, `${high} for ${mean + half}`);
});

test('images of one subject count as one measurement', () => {
  const random = createRandom('clusters');
  const ofSubject = Array.from({ length: 100 }, () => random.normal());
  const values = ofSubject.flatMap((v) => [v, v, v, v]);
  const width = (subjects: number[]) => {
    const { low, high } = bootstrapInterval([values], subjects, first, createRandom('draws'), 2000);
    return high - low;
  };
  const clustered = width(values.map((_, i) => Math.floor(i / 4)));
  const apart = width(values.map((_, i) => i));
  // four times the images and no more information: the naive interval is half as wide
  assert.ok(Math.abs(clustered / apart - 2) < 0.2, `${clustered / apart}`);
});

test('columns are drawn together: a ratio of two that go together does not vary', () => {
  const a = [1, 2, 3, 4, 5];
  const b = a.map((v) => 2 * v);
  const { low, high } = bootstrapInterval([a, b], [0, 1, 2, 3, 4], ([x, y]) => x / y, createRandom(3));
  assert.deepEqual([low, high], [0.5, 0.5]);
});

test('a column of another length is refused', () => {
  assert.throws(
    () => bootstrapInterval([[1, 2], [1]], [0, 1], first, createRandom(1)),
    /^RangeError: columns must have a value for each of the subjects' 2 images, but have \[2,1\]$/,
  );
});
