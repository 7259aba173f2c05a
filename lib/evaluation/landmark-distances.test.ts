import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { normalizeQuaternion, type Quaternion, transformPoint, type Vector3 } from 'lib/geometry';
import type { LandmarkName } from 'lib/population';
import { FACE } from './benchmark.fixture';
import { asymmetry, implausibleDistances } from './landmark-distances';
import { EAR_LANDMARKS, FACE_LANDMARKS } from './landmark-vertices';

type Landmarks = Partial<Record<LandmarkName, Vector3>>;

/** The made-up face in cm. */
const face: Landmarks = Object.fromEntries(
  Object.entries({ ...FACE_LANDMARKS, ...EAR_LANDMARKS }).map(([name, ours]) => [ours, FACE[name].map((v) => v / 10)]),
);

test('a face is plausible, and not in another unit', () => {
  assert.deepEqual(implausibleDistances(face), []);
  for (const scale of [0.1, 10]) {
    const scaled = Object.fromEntries(Object.entries(face).map(([name, p]) => [name, p.map((v) => v * scale)]));
    // all nine distances; ten times as large, nothing of a symmetric face becomes asymmetric
    assert.equal(implausibleDistances(scaled).length, 9);
  }
  assert.deepEqual(implausibleDistances({ ...face, stomion: [0, -5, -1.5] }), [
    'subnasale to stomion must be 12 to 38 mm, but is 3.0',
  ]);
});

test('each distance has its bounds', () => {
  const bounds: [LandmarkName, LandmarkName, number, number][] = [
    ['endocanthionRight', 'endocanthionLeft', 20, 52],
    ['endocanthionRight', 'subnasale', 35, 75],
    ['endocanthionLeft', 'subnasale', 35, 75],
    ['endocanthionRight', 'stomion', 50, 105],
    ['endocanthionLeft', 'stomion', 50, 105],
    ['subnasale', 'stomion', 12, 38],
    ['tragionRight', 'tragionLeft', 105, 190],
    ['tragionRight', 'subnasale', 95, 160],
    ['tragionLeft', 'subnasale', 95, 160],
  ];
  for (const [a, b, least, most] of bounds) {
    const problems = (millimetres: number) =>
      implausibleDistances({ [a]: [1, 2, 3], [b]: [1, 2 + millimetres / 10, 3] });
    assert.deepEqual(problems(least + 0.01), []);
    assert.deepEqual(problems(most - 0.01), []);
    assert.deepEqual(problems(least - 0.1), [
      `${a} to ${b} must be ${least} to ${most} mm, but is ${(least - 0.1).toFixed(1)}`,
    ]);
    assert.deepEqual(problems(most + 0.1), [
      `${a} to ${b} must be ${least} to ${most} mm, but is ${(most + 0.1).toFixed(1)}`,
    ]);
  }
});

test('a landmark of the midline stands at most 12 mm nearer to one side', () => {
  // on the line through both canthi: 17 + d and 17 - d from them
  const beside = (d: number): Landmarks => ({
    endocanthionRight: [1.7, 0, 0],
    endocanthionLeft: [-1.7, 0, 0],
    subnasale: [d / 10, -4, 0],
  });
  // 40.01 and 51.86 mm; 40 and 52.5 mm
  assert.deepEqual(implausibleDistances(beside(16)), []);
  assert.deepEqual(implausibleDistances(beside(-16)), []);
  assert.deepEqual(implausibleDistances(beside(17)), [
    'subnasale must be as far from endocanthionRight as from endocanthionLeft within 12 mm, but is 40.0 and 52.5 mm away',
  ]);
  assert.equal(implausibleDistances(beside(-17)).length, 1);
});

test('the asymmetry is the mean difference of both sides’ distances', () => {
  assert.ok(asymmetry(face) < 1e-12);
  const moved: Landmarks = {
    endocanthionRight: [3, 0, 0],
    endocanthionLeft: [-5, 0, 0],
    subnasale: [0, 0, 0],
    stomion: [0, 12, 0],
  };
  // 30 and 50 mm; the square roots of 3² + 12² and 5² + 12² cm
  assert.ok(Math.abs(asymmetry(moved) - (20 + (130 - 10 * Math.sqrt(153))) / 2) < 1e-9);
  // two more pairs, each as far from both ears
  const ears: Landmarks = { ...moved, tragionRight: [9, 1, 0], tragionLeft: [-9, 1, 0] };
  assert.ok(Math.abs(asymmetry(ears) - asymmetry(moved) / 2) < 1e-9);
});

test('neither changes when the face is moved', () => {
  const number = fc.double({ min: -50, max: 50, noNaN: true });
  fc.assert(
    fc.property(fc.array(number, { minLength: 7, maxLength: 7 }), ([x, y, z, ...q]) => {
      fc.pre(Math.hypot(...q) > 1e-3);
      const pose = { rotation: normalizeQuaternion(q as unknown as Quaternion), translation: [x, y, z] as Vector3 };
      const tilted: Landmarks = { ...face, subnasale: [0.3, -4.5, -1.5], stomion: [0.2, -20, 0] };
      const moved = Object.fromEntries(Object.entries(tilted).map(([name, p]) => [name, transformPoint(pose, p)]));
      assert.ok(Math.abs(asymmetry(moved) - asymmetry(tilted)) < 1e-9);
      assert.deepEqual(implausibleDistances(moved), implausibleDistances(tilted));
    }),
    { seed: 2, numRuns: 50 },
  );
});
