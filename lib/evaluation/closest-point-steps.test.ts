import assert from 'node:assert/strict';
import { test } from 'node:test';
import { quaternionFromAxisAngle, rotationAngle, transformPoints } from 'lib/geometry';
import { createRandom } from 'lib/random';
import ndarray from 'ndarray';
import { pairBuffers } from './closest-pairs';
import { classicalStep } from './closest-point-steps';

test('a classical step keeps the start’s size where size is kept, and fits it where it is fitted', () => {
  const random = createRandom('pairs');
  const count = 12;
  const own = Float64Array.from({ length: 3 * count }, () => 5 * random.normal());
  const turn = quaternionFromAxisAngle([0.6, 0, 0.8], 0.3);
  const at = (scale: number) =>
    transformPoints(ndarray(own, [count, 3]), { scale, rotation: turn, translation: [1, -2, 3] }).data;
  const pairs = { ...pairBuffers(count), own, keptCount: count };
  pairs.motion = { scale: 1.5, rotation: [1, 0, 0, 0], translation: [0, 0, 0] };
  pairs.kept.fill(1);

  pairs.onScan.set(at(1.5));
  const kept = classicalStep(pairs, false);
  assert.equal(kept.scale, 1.5);
  assert.ok(rotationAngle(kept.rotation, turn) < 1e-6);
  assert.deepEqual(
    kept.translation.map((v) => Number(v.toFixed(4))),
    [1, -2, 3],
  );

  // the scan is larger than the start says
  pairs.onScan.set(at(2));
  assert.ok(Math.abs(classicalStep(pairs, true).scale - 2) < 1e-6);
  assert.equal(classicalStep(pairs, false).scale, 1.5);
});
