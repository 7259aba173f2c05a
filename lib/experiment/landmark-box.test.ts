import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Camera, defaultCamera, type Pose, projectPoints, quaternionFromAxisAngle, rotate } from 'lib/geometry';
import { headPopulation } from 'lib/population';
import ndarray from 'ndarray';
import { type HeadBox, headFraming } from './head-framing';
import { boxOfLandmarks } from './landmark-box';
import { TINY } from './profile.fixture';

const { template, sexes } = headPopulation();
/** Halfway between the mean woman and the mean man. */
const MEAN = ndarray(
  sexes.man.mean.data.map((v, i) => (v + sexes.woman.mean.data[i]) / 2),
  template.points.shape,
);
const USER: Camera = { focalLengthPixels: 1800, principalPointPixels: [1000, 750] };

/** A head at h = (x, y, z) in the camera's frame, turned so about its own vertical axis. */
function poseAt(h: readonly [number, number, number], yawDegrees = 0): Pose {
  const rotation = quaternionFromAxisAngle([0, 1, 0], (yawDegrees * Math.PI) / 180);
  const [x, y, z] = rotate(rotation, h);
  return { rotation, translation: [-x, -y, -z] };
}

/** The box of what a camera sees of the head without its neck. */
function boxSeen(pose: Pose, camera: Camera): HeadBox {
  const chin = MEAN.get(template.landmarks.menton, 1);
  const { data } = projectPoints(MEAN, pose, camera);
  const [us, vs] = [0, 1].map((axis) =>
    data.filter((_, i) => i % 2 === axis && MEAN.get(Math.floor(i / 2), 1) >= chin),
  );
  const [left, top] = [Math.min(...us), Math.min(...vs)];
  return [left, top, Math.max(...us) - left, Math.max(...vs) - top];
}

test('training images’ framing of the population’s head ends at its menton', () => {
  const [, top, , height] = boxSeen(poseAt([0, 0, 62]), defaultCamera(64));
  const framing = headFraming({ profile: { ...TINY, imageSize: 64 }, heads: { source: 'population' } }, MEAN);
  assert.ok(Math.abs(framing.top - top) < 1e-3 && Math.abs(framing.bottom - top - height) < 0.1, `${framing.bottom}`);
});

/** Named pixels of landmarks. */
function seenLandmarks(pose: Pose, names: string[]): Record<string, [number, number]> {
  const seen = projectPoints(MEAN, pose, USER);
  const { landmarks } = template;
  return Object.fromEntries(
    names.map((name) => {
      const index = landmarks[name as keyof typeof landmarks];
      return [name, [seen.get(index, 0), seen.get(index, 1)]];
    }),
  );
}

const NAMES = ['pupilRight', 'pupilLeft', 'pronasale', 'cheilionRight', 'cheilionLeft', 'menton', 'tragionRight'];

test('landmarks give nearly the box of a head that faces the camera, also when it turns away', () => {
  for (const distance of [60, 200])
    for (const yaw of [0, 25, 50, 75]) {
      const h = [10, -5, distance] as const;
      const expected = boxSeen(poseAt(h), USER);
      const found = boxOfLandmarks(MEAN, seenLandmarks(poseAt(h, yaw), NAMES));
      const height = expected[3];
      assert.ok(Math.abs(found[3] / height - 1) < 0.13, `height ${found[3]} is not ${height} at ${yaw} degrees`);
      assert.ok(Math.abs(found[1] - expected[1]) < 0.1 * height, `top ${found[1]} is not ${expected[1]}`);
      const middles = [found, expected].map(([left, , width]) => left + width / 2);
      assert.ok(Math.abs(middles[0] - middles[1]) < 0.1 * height, `middles ${middles} at ${yaw} degrees`);
    }
});

test('names what is wrong with landmarks', () => {
  const good = seenLandmarks(poseAt([0, 0, 60]), NAMES);
  assert.throws(
    () => boxOfLandmarks(MEAN, { ...good, nose: [1, 2] }),
    /landmarks must be among glabella, .*, but one is nose$/,
  );
  assert.throws(() => boxOfLandmarks(MEAN, { ...good, toString: [1, 2] } as never), /but one is toString$/);
  assert.throws(
    () => boxOfLandmarks(MEAN, Object.fromEntries(Object.entries(good).slice(0, 3))),
    /^RangeError: landmarks must be at least 4, but are 3$/,
  );
  assert.throws(
    () => boxOfLandmarks(MEAN, Object.fromEntries(NAMES.map((name) => [name, [7, 8]]))),
    /^RangeError: landmarks must not be at one place, but all are at 7, 8$/,
  );
  assert.throws(
    () => boxOfLandmarks(ndarray(new Float32Array(90), [30, 3]), good),
    /^RangeError: landmarks must be of a run on the embedded population: for others give a box$/,
  );
});
