import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  applyHomography,
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
  turnHomography,
} from 'lib/geometry';
import ndarray from 'ndarray';
import { framingCamera, type HeadBox, headFraming } from './head-framing';
import { TINY } from './profile.fixture';

const RUN = { profile: { ...TINY, imageSize: 64 }, heads: { source: 'population' } } as const;
/** Points on an ellipsoid of a head's size. */
const MEAN = (() => {
  const points: number[] = [];
  for (let angle = 0; angle < 12; angle++)
    for (let level = -10; level <= 10; level++) {
      const [y, turn] = [level / 10, (angle * Math.PI) / 6];
      const radius = Math.sqrt(1 - y * y);
      points.push(7.7 * radius * Math.cos(turn), 11.3 * y, 10 * radius * Math.sin(turn));
    }
  return ndarray(Float32Array.from(points), [points.length / 3, 3]);
})();
const USER: Camera = { focalLengthPixels: 1800, principalPointPixels: [1000, 750] };

/** The box of what a camera sees of the head. */
function boxSeen(pose: Pose, camera: Camera): HeadBox {
  const { data } = projectPoints(MEAN, pose, camera);
  const [us, vs] = [0, 1].map((axis) => data.filter((_, i) => i % 2 === axis));
  const [left, top] = [Math.min(...us), Math.min(...vs)];
  return [left, top, Math.max(...us) - left, Math.max(...vs) - top];
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

test('a head in the mean distance before the camera gets the focal length of training, whatever the camera’s own', () => {
  const framing = headFraming(RUN, MEAN);
  const { camera, rotation } = framingCamera(
    USER,
    boxSeen({ rotation: IDENTITY, translation: [0, 0, -62] }, USER),
    framing,
  );
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

test('a box’s ends come to the rows of the framing, also where these are not as far above the middle as below it', () => {
  // seen from afar, so that a turn moves all rows alike
  const picture: Camera = { focalLengthPixels: 1e5, principalPointPixels: [500, 400] };
  const box = [480, 300, 40, 60] as const;
  const { camera, rotation } = framingCamera(picture, box, { imageSize: 64, top: 12, bottom: 42 });
  const warp = turnHomography(picture, camera, conjugate(rotation));
  const rows = [300, 360].map((v) => applyHomography(warp, [500, v]).pixel[1]);
  assert.ok(Math.abs(rows[0] - 12) < 0.01 && Math.abs(rows[1] - 42) < 0.01, `${rows}`);
});
