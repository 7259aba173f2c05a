import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { cameraAngleDegrees, cameraCoordinates, type Pose, rotate } from 'lib/geometry';
import { createRandom, type Random } from 'lib/random';
import ndarray from 'ndarray';
import { sampleView, type ViewDistribution, viewCounts } from './view-sampler';

const STILL: ViewDistribution = {
  yawDegrees: 0,
  maxYawDegrees: 80,
  pitchDegrees: 0,
  rollDegrees: 0,
  distance: { mean: 62, deviation: 0 },
  offset: 0,
};
const WIDE: ViewDistribution = {
  yawDegrees: 30,
  maxYawDegrees: 80,
  pitchDegrees: 8,
  rollDegrees: 4,
  distance: { mean: 62, deviation: 4 },
  offset: 1.2,
};
/** A generator whose normal numbers are given: yaw, pitch, roll, offset x, offset y, distance. */
function normals(...values: number[]): Random {
  let drawn = 0;
  return { ...createRandom(0), normal: () => values[drawn++] };
}
const near = (a: readonly number[], b: readonly number[], tolerance = 1e-9) =>
  a.forEach((v, i) => {
    assert.ok(Math.abs(v - b[i]) < tolerance, `[${a}] should be [${b}]`);
  });
/** Where the model's origin stands in the camera's frame. */
const headCentre = (pose: Pose) => [...cameraCoordinates(ndarray(new Float32Array(3), [1, 3]), pose).data];

test('without deviations the camera stands before the face at the mean distance and looks straight', () => {
  const { rotation, translation } = sampleView(STILL, createRandom(1));
  near(rotation, [1, 0, 0, 0]);
  near(translation, [0, 0, -62]);
});

test('a yaw of 90 degrees puts the camera on the x axis, still looking at the head', () => {
  // R about y by 90 degrees takes the camera's +z, the way it looks, to the model's +x: it stands at -x
  const pose = sampleView({ ...STILL, yawDegrees: 90, maxYawDegrees: 90 }, normals(1, 0, 0, 0, 0, 0));
  near(pose.translation, [-62, 0, 0]);
  near(rotate(pose.rotation, [0, 0, 1]), [1, 0, 0]);
  near(headCentre(pose), [0, 0, 62]);
});

test('pitch turns about the camera’s own x after the yaw, roll about its own z after both', () => {
  const quarter = { ...STILL, yawDegrees: 90, pitchDegrees: 90, rollDegrees: 90, maxYawDegrees: 90 };
  // yaw: the axes become (-z, y, x); pitch about the new x: (-z, x, -y); roll about the new z: (x, z, -y)
  const { rotation } = sampleView(quarter, normals(1, 1, 1, 0, 0, 0));
  near(rotate(rotation, [1, 0, 0]), [1, 0, 0]);
  near(rotate(rotation, [0, 1, 0]), [0, 0, 1]);
  near(rotate(rotation, [0, 0, 1]), [0, -1, 0]);
});

test('the head stands in the camera’s frame at h = (offset, offset, distance), so t = -R h', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: -2.6, max: 2.6, noNaN: true }), { minLength: 6, maxLength: 6 }), (drawn) => {
      const pose = sampleView(WIDE, normals(...drawn));
      const h = [1.2 * drawn[3], 1.2 * drawn[4], 62 + 4 * drawn[5]] as const;
      near(headCentre(pose), h, 1e-6);
      near(
        pose.translation,
        rotate(pose.rotation, h).map((v) => -v),
      );
    }),
    { seed: 1, numRuns: 60 },
  );
});

test('a view’s quaternion has norm 1 and q0 >= 0, and its head is near the optical axis', () => {
  const random = createRandom('views');
  for (let i = 0; i < 2000; i++) {
    const pose = sampleView({ ...WIDE, rollDegrees: 100 }, random.fork(i));
    assert.ok(Math.abs(Math.hypot(...pose.rotation) - 1) < 1e-12);
    assert.ok(pose.rotation[0] >= 0);
    const [x, y, z] = headCentre(pose);
    // five deviations of the offset, at a distance that is never below 62 - 5 * 4
    assert.ok(Math.hypot(x, y) < 5 * 1.2 * Math.SQRT2 && z > 42, `the head stands at ${[x, y, z]}`);
  }
});

test('a yaw beyond the limit is drawn again, so that none gathers at the limit', () => {
  const yawOf = ({ rotation }: Pose) => (2 * Math.atan2(rotation[2], rotation[0]) * 180) / Math.PI;
  const limited = { ...STILL, yawDegrees: 30, maxYawDegrees: 60 };
  assert.ok(Math.abs(yawOf(sampleView(limited, normals(-2.1, 2.1, 1, 0, 0, 0, 0, 0))) - 30) < 1e-9);
  const random = createRandom('yaw');
  const yaws = Array.from({ length: 4000 }, () => yawOf(sampleView(limited, random)));
  const share = (least: number, most: number) => yaws.filter((v) => v >= least && v < most).length / 4000;
  // of a normal's draws within two deviations, 71.5 % are within one, and 1.4 % within the last tenth on each side;
  // 3 standard errors are 2.2 % and 0.6 %
  assert.ok(Math.abs(share(-30, 30) - 0.7152) < 0.022);
  assert.ok(Math.abs(share(54, 60.001) - 0.014) < 0.006 && Math.abs(share(-60.001, -54) - 0.014) < 0.006);
  assert.equal(share(-60.001, 60.001), 1);
});

test('camera angles of each profile fall off from the front, with a tail beyond 70 degrees', () => {
  const folder = path.join(__dirname, '..', '..', 'environment', 'profiles');
  const profiles = fs
    .readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map(
      (name) =>
        JSON.parse(fs.readFileSync(path.join(folder, name), 'utf8')) as { name: string; views?: ViewDistribution },
    );
  assert.ok(profiles.length > 0);
  for (const { name, views } of profiles) {
    // one that extends another may have the other's
    if (!views) continue;
    const random = createRandom('angles');
    const bins = new Array(18).fill(0);
    for (let i = 0; i < 20_000; i++) bins[Math.floor(cameraAngleDegrees(sampleView(views, random)) / 10)] += 1 / 20_000;
    for (let bin = 2; bin < 9; bin++) assert.ok(bins[bin] < bins[bin - 1], `${name}: [${bins}]`);
    const tail = bins.slice(7).reduce((a, b) => a + b);
    assert.ok(tail > 0.02 && tail < 0.05, `${name}: ${tail} of the angles are at 70 degrees or more`);
    assert.equal(bins.slice(9).filter(Boolean).length, 0, `${name}: no camera stands behind the head`);
  }
});

test('a view depends on its generator alone', () => {
  assert.deepEqual(sampleView(WIDE, createRandom('a')), sampleView(WIDE, createRandom('a')));
  assert.notDeepEqual(sampleView(WIDE, createRandom('a')), sampleView(WIDE, createRandom('b')));
  assert.ok(cameraAngleDegrees(sampleView(WIDE, createRandom('a'))) > 0);
});

test('the counts of views by hand: 2.5 a subject are 2 and 3 in turn', () => {
  assert.deepEqual(viewCounts(4, 2.5), [2, 3, 2, 3]);
  assert.deepEqual(viewCounts(3, 4), [4, 4, 4]);
  // 4.4 * 5 is 22.000000000000004 or 21.999999999999996 as one rounds: the fifth subject must not lose a view
  assert.deepEqual(viewCounts(5, 4.4), [4, 4, 5, 4, 5]);
});

test('the counts are the whole number below or above, and their mean is the one asked for', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 10, max: 99 }), (subjects, tenths) => {
      const perSubject = tenths / 10;
      const counts = viewCounts(subjects, perSubject);
      assert.equal(counts.length, subjects);
      assert.ok(counts.every((n) => n === Math.floor(perSubject) || n === Math.ceil(perSubject)));
      // in whole tenths, where nothing rounds
      assert.equal(
        counts.reduce((a, b) => a + b),
        Math.floor((subjects * tenths) / 10),
      );
    }),
    { seed: 2, numRuns: 100 },
  );
});
