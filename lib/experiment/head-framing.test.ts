import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type Camera,
  conjugate,
  defaultCamera,
  IDENTITY,
  multiplyQuaternions,
  type Pose,
  projectPoints,
  quaternionFromAxisAngle,
  rotate,
  rotationAngle,
} from 'lib/geometry';
import { headPopulation } from 'lib/population';
import ndarray from 'ndarray';
import { framingCamera, type HeadBox, headFraming } from './head-framing';
import { boxOfLandmarks } from './landmark-box';
import { TINY } from './profile.fixture';

const RUN = { profile: { ...TINY, imageSize: 64 }, heads: { source: 'population' } } as const;
const { template, sexes } = headPopulation();
/** Halfway between the mean woman and the mean man. */
const MEAN = ndarray(
  sexes.man.mean.data.map((v, i) => (v + sexes.woman.mean.data[i]) / 2),
  template.points.shape,
);
const USER: Camera = { focalLengthPixels: 1800, principalPointPixels: [1000, 750] };

/** A head at h = (x, y, z) in the camera's frame, turned so about its own axes. */
function poseAt(h: readonly [number, number, number], yawDegrees = 0): Pose {
  const rotation = quaternionFromAxisAngle([0, 1, 0], (yawDegrees * Math.PI) / 180);
  const [x, y, z] = rotate(rotation, h);
  return { rotation, translation: [-x, -y, -z] };
}

const CHIN = MEAN.get(template.landmarks.menton, 1);
/** The box of what a camera sees of the head without its neck. */
function boxSeen(pose: Pose, camera: Camera): HeadBox {
  const seen = projectPoints(MEAN, pose, camera);
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let n = 0; n < MEAN.shape[0]; n++) {
    if (MEAN.get(n, 1) < CHIN) continue;
    left = Math.min(left, seen.get(n, 0));
    right = Math.max(right, seen.get(n, 0));
    top = Math.min(top, seen.get(n, 1));
    bottom = Math.max(bottom, seen.get(n, 1));
  }
  return [left, top, right - left, bottom - top];
}

test('by hand: two points at 60 cm, and what lies below the chin only counts where it is no neck', () => {
  // f = 500 / 224 · 64; 6 cm at 60 cm are 0.1 f = 14.29 px
  const mean = ndarray(Float32Array.of(0, 6, 0, 3, -6, 0, 0, -18, 0), [3, 3]);
  const profile = { ...RUN.profile, views: { ...TINY.views, distance: { mean: 60, deviation: 4 } } };
  const framing = headFraming({ ...RUN, profile }, mean);
  assert.deepEqual(Object.keys(framing), ['imageSize', 'top', 'bottom']);
  assert.equal(framing.imageSize, 64);
  assert.ok(Math.abs(framing.top - (32 - 14.2857)) < 1e-3 && Math.abs(framing.bottom - (32 + 14.2857)) < 1e-3);
  const ict = headFraming({ profile, heads: { source: 'ict-facekit', folder: '' } }, mean);
  assert.ok(Math.abs(ict.bottom - (32 + 3 * 14.2857)) < 1e-3);
});

test('the population’s head ends at its menton', () => {
  const [, top, , height] = boxSeen(poseAt([0, 0, 62]), defaultCamera(64));
  const framing = headFraming(RUN, MEAN);
  assert.ok(Math.abs(framing.top - top) < 1e-3 && Math.abs(framing.bottom - top - height) < 0.1, `${framing.bottom}`);
});

test('a head in the mean distance before the camera gets the focal length of training, whatever the camera’s own', () => {
  const framing = headFraming(RUN, MEAN);
  const { camera, rotation } = framingCamera(USER, boxSeen(poseAt([0, 0, 62]), USER), framing);
  assert.deepEqual(camera.principalPointPixels, [32, 32]);
  assert.ok(Math.abs(camera.focalLengthPixels / defaultCamera(64).focalLengthPixels - 1) < 2e-3);
  assert.ok(rotationAngle(rotation, IDENTITY) < 2e-3);
});

test('a head anywhere, at any distance, is in the training image’s place and of its size', () => {
  const framing = headFraming(RUN, MEAN);
  for (const h of [
    [20, 9, 90],
    [-40, -20, 150],
    [12, -15, 45],
    [-30, 40, 300],
  ] as const) {
    // a head that faces the camera from there
    const toward = quaternionFromAxisAngle([-h[1], h[0], 0], Math.atan2(Math.hypot(h[0], h[1]), h[2]));
    const rotation = conjugate(toward);
    const [x, y, z] = rotate(rotation, h);
    const pose: Pose = { rotation, translation: [-x, -y, -z] };
    const turned = framingCamera(USER, boxSeen(pose, USER), framing);
    const turnedPose: Pose = {
      rotation: multiplyQuaternions(rotation, turned.rotation),
      translation: pose.translation,
    };
    const [left, top, width, height] = boxSeen(turnedPose, turned.camera);
    // perspective makes a nearer head's box another, and a turned box is not a box: some percent
    for (const [found, expected] of [
      [top, framing.top],
      [top + height, framing.bottom],
      [left + width / 2, 32],
    ])
      assert.ok(Math.abs(found - expected) < 0.05 * 64, `${found} is not ${expected} for [${h}]`);
  }
});

test('a box whose end lies behind the camera that looks at its middle is refused', () => {
  const narrow = { focalLengthPixels: 5, principalPointPixels: [30, 25] } as const;
  assert.throws(() => framingCamera(narrow, [0, 15, 60, 60], headFraming(RUN, MEAN)), {
    name: 'RangeError',
    message: 'box must be within a right angle of its middle, but is [0, 15, 60, 60]',
  });
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
    () => boxOfLandmarks(ndarray(new Float32Array(90), [30, 3]), good),
    /^RangeError: landmarks must be of a run on the embedded population: for others give a box$/,
  );
});
