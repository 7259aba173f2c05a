import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from 'lib/random';
import { FIELD_NAMES, FIELDS, fieldDisplacement, MANLY, TRAITS } from './fields';

/** Random points and their mirror images: point i + 1 is the image of the even i. */
const pairs = (() => {
  const random = createRandom('pairs');
  const points = new Float32Array(600);
  for (let i = 0; i < points.length; i += 6) {
    const [x, y, z] = [6 * random.uniform(), 8 * random.normal(), 6 * random.normal()];
    points.set([x, y, z, -x, y, z], i);
  }
  return points;
})();

test('a field moves its centre by its amount, and the other side’s centre as the mirror image', () => {
  // forward is -z: a step forward lowers z; at 6 cm a bell of 1.2 cm has fallen to 0.00004
  const field = { centre: [3, 0, 8], reach: [1.2, 1.2, 1.2], move: [0.25, -0.5, 0.75], grow: [0, 0, 0] } as const;
  const moved = fieldDisplacement(Float32Array.of(3, 0, -8, -3, 0, -8), field);
  const expected = [0.25, -0.5, -0.75, -0.25, -0.5, -0.75];
  for (let i = 0; i < 6; i++) assert.ok(Math.abs(moved[i] - expected[i]) < 1e-4, `${moved}`);
});

test('a stretch grows with the distance from the centre', () => {
  const wide = fieldDisplacement(Float32Array.of(2, 1, -3), {
    centre: [0, 0, 1],
    reach: [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
    move: [0, 0, 0],
    grow: [0.5, 0.25, 0.125],
  });
  assert.deepEqual([...wide], [1, 0.25, -0.25]);
});

test('every named field is mirror-symmetric, and every weight names one', () => {
  for (const name of FIELD_NAMES) {
    const moved = fieldDisplacement(pairs, FIELDS[name]);
    assert.ok(
      moved.some((v) => v !== 0),
      name,
    );
    for (let i = 0; i < moved.length; i += 6)
      for (let c = 0; c < 3; c++)
        assert.ok(Math.abs(moved[i + c] - (c === 0 ? -1 : 1) * moved[i + 3 + c]) < 1e-6, `${name} at point ${i / 3}`);
  }
  for (const weights of [...Object.values(TRAITS), MANLY])
    for (const name of Object.keys(weights)) assert.ok(name in FIELDS, name);
});
