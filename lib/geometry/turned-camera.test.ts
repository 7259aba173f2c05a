import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createRandom, type Random } from 'lib/random';
import { inverse, Matrix, solve } from 'ml-matrix';
import ndarray from 'ndarray';
import { type Camera, cameraCoordinates, defaultCamera, projectPoints } from './camera';
import {
  assertNear,
  naiveRotate,
  naiveRotationMatrix,
  poses,
  quaternions,
  RUNS,
  randomPoints,
} from './naive-geometry.fixture';
import { composePoses, invertPose, type Pose, rotate } from './pose';
import { IDENTITY, multiplyQuaternions, type Quaternion, quaternionFromAxisAngle, rotationAngle } from './quaternion';
import {
  applyHomography,
  type Pixel,
  poseAtFocalLength,
  turnHomography,
  turnToPixel,
  unturnedPose,
} from './turned-camera';

/** A user's camera, whose principal point is not in the middle: an error there shows. */
const USER: Camera = { focalLengthPixels: 900, principalPointPixels: [510, 380] };
const TRAINING = defaultCamera(64);

/** K of u = cx - f x / z, v = cy - f y / z. */
const K = ({ focalLengthPixels: f, principalPointPixels: [cx, cy] }: Camera) =>
  new Matrix([
    [-f, 0, cx],
    [0, -f, cy],
    [0, 0, 1],
  ]);
const pixels = fc.tuple(fc.double({ min: 0, max: 1000, noNaN: true }), fc.double({ min: 0, max: 800, noNaN: true }));

test('a camera that looks at a pixel 900 px to the right with f = 900 px turns by 45 degrees to the right', () => {
  // +x is the image's left, so its axis becomes (-1, 0, 1) / √2: a turn about y by -45 degrees
  const rotation = turnToPixel(USER, [1410, 380]);
  assertNear(rotation, [Math.cos(Math.PI / 8), 0, -Math.sin(Math.PI / 8), 0], 1e-15);
  assertNear(rotate(rotation, [0, 0, 1]), [-Math.SQRT1_2, 0, Math.SQRT1_2], 1e-15);
  // v down, +y up
  assertNear(rotate(turnToPixel(USER, [510, 1280]), [0, 0, 1]), [0, -Math.SQRT1_2, Math.SQRT1_2], 1e-15);
  assertNear(turnToPixel(USER, [510, 380]), IDENTITY, 0);
});

test('by hand: a pixel 45 degrees off the axis is the turned camera’s middle, and the old middle lies 45 degrees off', () => {
  const turned: Camera = { focalLengthPixels: 100, principalPointPixels: [32, 32] };
  const rotation = turnToPixel(USER, [1410, 380]);
  const back = turnHomography(turned, USER, rotation);
  assertNear(applyHomography(back, [32, 32]).pixel, [1410, 380], 1e-10);
  // 45 degrees to the left of the turned camera: 100 tan 45° = 100 px to the left
  assertNear(applyHomography(back, [-68, 32]).pixel, [510, 380], 1e-10);
  // 90 degrees to the right of the user's axis, and beyond, lies nothing that the user's camera sees
  assertNear([applyHomography(back, [132, 32]).weight], [0], 1e-15);
  assert.ok(applyHomography(back, [133, 32]).weight < 0);
});

test('the turned axis is the pixel’s ray, by the least turn', () => {
  fc.assert(
    fc.property(pixels, (pixel) => {
      const rotation = turnToPixel(USER, pixel);
      const ray = inverse(K(USER))
        .mmul(Matrix.columnVector([...pixel, 1]))
        .to1DArray();
      const length = Math.hypot(...ray);
      assertNear(
        naiveRotate(rotation, [0, 0, 1]),
        ray.map((v) => v / length),
        1e-13,
      );
      // about an axis across the old one: no roll
      assertNear([rotation[3]], [0], 0);
    }),
    RUNS,
  );
});

test('the homography is K R K^-1, and that of the inverse turn is its inverse', () => {
  fc.assert(
    fc.property(quaternions, (rotation) => {
      const [q0, q1, q2, q3] = rotation;
      const r = naiveRotationMatrix(rotation);
      const R = new Matrix([r.slice(0, 3), r.slice(3, 6), r.slice(6)]);
      const expected = K(TRAINING)
        .mmul(R)
        .mmul(inverse(K(USER)))
        .to1DArray();
      const forth = turnHomography(USER, TRAINING, rotation);
      assertNear(forth, expected, 1e-10);
      const back = turnHomography(TRAINING, USER, [q0, -q1, -q2, -q3]);
      const product = new Matrix([0, 3, 6].map((i) => [...back.slice(i, i + 3)])).mmul(
        new Matrix([0, 3, 6].map((i) => [...forth.slice(i, i + 3)])),
      );
      assertNear(product.to1DArray(), [1, 0, 0, 0, 1, 0, 0, 0, 1], 1e-9);
    }),
    RUNS,
  );
});

/** A head anywhere in the user's picture, 40 to 200 cm away and turned any way. */
const seenHeads = fc.record({
  pixel: pixels,
  depth: fc.double({ min: 40, max: 200, noNaN: true }),
  rotation: quaternions,
  focalLength: fc.double({ min: 50, max: 2000, noNaN: true }),
});

function userPose(pixel: Pixel, depth: number, rotation: Quaternion): Pose {
  const { focalLengthPixels: f, principalPointPixels: c } = USER;
  const h = [((c[0] - pixel[0]) / f) * depth, ((c[1] - pixel[1]) / f) * depth, depth] as const;
  const [x, y, z] = rotate(rotation, h);
  return { rotation, translation: [-x, -y, -z] };
}

test('the warped projections are the turned camera’s own, and its pose comes back to the same pixels', () => {
  const random = createRandom('turned');
  fc.assert(
    fc.property(seenHeads, ({ pixel, depth, rotation, focalLength }) => {
      const head = randomPoints(random, 9);
      const pose = userPose(pixel, depth, rotation);
      // a face some way off the box's middle
      const turn = turnToPixel(USER, [pixel[0] + 20 * random.normal(), pixel[1] + 20 * random.normal()]);
      const turned: Camera = { focalLengthPixels: focalLength, principalPointPixels: [32, 30] };
      const seen = projectPoints(head, pose, USER);
      // modelFromTurned = modelFromUser userFromTurned
      const turnedPose = composePoses(pose, { rotation: turn, translation: [0, 0, 0] });
      const inTurned = projectPoints(head, turnedPose, turned);
      const [q0, q1, q2, q3] = turn;
      const warp = turnHomography(USER, turned, [q0, -q1, -q2, -q3]);
      for (let n = 0; n < 9; n++) {
        const { pixel: warped, weight } = applyHomography(warp, [seen.get(n, 0), seen.get(n, 1)]);
        assertNear(warped, [inTurned.get(n, 0), inTurned.get(n, 1)], 1e-9);
        assert.ok(weight > 0);
      }
      assertNear(projectPoints(head, unturnedPose(turnedPose, turn), USER).data, seen.data, 1e-9);
    }),
    RUNS,
  );
});

test('with twice the focal length the head stands twice as far, by hand', () => {
  // the head's origin at (3, 4, 60) before the camera
  const there = poseAtFocalLength({ rotation: IDENTITY, translation: [-3, -4, -60] }, 2);
  assertNear(there.translation, [-3, -4, -120], 1e-13);
  // the same camera turned by a half turn about y: t = -R h = (3, -4, 60)
  const turned = poseAtFocalLength({ rotation: [0, 0, 1, 0], translation: [3, -4, 60] }, 2);
  assertNear(turned.translation, [3, -4, 120], 1e-13);
  assertNear(turned.rotation, [0, 0, 1, 0], 0);
});

test('points at the origin’s depth are seen where they were, others by perspective nearer or farther from the middle', () => {
  const random = createRandom('focal');
  fc.assert(
    fc.property(quaternions, fc.double({ min: 0.5, max: 6, noNaN: true }), (rotation, ratio) => {
      const pose = userPose([600, 300], 60, rotation);
      const far: Camera = { ...USER, focalLengthPixels: ratio * USER.focalLengthPixels };
      const moved = poseAtFocalLength(pose, ratio);
      const d = 4 * random.normal();
      for (const depth of [0, d]) {
        // a point beside the origin in the camera's frame, then in the model's
        const [x, y, z] = rotate(rotation, [5 * random.normal(), 5 * random.normal(), depth]);
        const point = ndarray(Float64Array.of(x, y, z), [1, 3]);
        const [before, after] = [projectPoints(point, pose, USER).data, projectPoints(point, moved, far).data];
        const factor = (1 + depth / 60) / (1 + depth / (ratio * 60));
        assertNear(
          after,
          USER.principalPointPixels.map((c, i) => c + factor * (before[i] - c)),
          1e-9,
        );
      }
      assertNear(poseAtFocalLength(moved, 1 / ratio).translation, pose.translation, 1e-9);
    }),
    RUNS,
  );
});

/** Points on an ellipsoid of a head's size. */
const HEAD = (() => {
  const random = createRandom('ellipsoid');
  const points = Array.from({ length: 120 }, () => {
    const direction = [random.normal(), random.normal(), random.normal()];
    const length = Math.hypot(...direction);
    return direction.map((v, axis) => ([7.7, 11.5, 9.8][axis] * v) / length);
  });
  return ndarray(Float64Array.from(points.flat()), [120, 3]);
})();

/** Turned by w about the head, moved by m in the camera's frame. */
function nudged(pose: Pose, [wx, wy, wz, mx, my, mz]: number[]): Pose {
  const angle = Math.hypot(wx, wy, wz);
  const turn = angle > 0 ? quaternionFromAxisAngle([wx, wy, wz], angle) : IDENTITY;
  const rotation = multiplyQuaternions(pose.rotation, turn);
  const [hx, hy, hz] = invertPose(pose).translation;
  const [x, y, z] = rotate(rotation, [hx + mx, hy + my, hz + mz]);
  return { rotation, translation: [-x, -y, -z] };
}

/** The pose in which a camera sees the head nearest to given pixels, by Gauss and Newton with central differences. */
function fitPose(target: Float64Array, camera: Camera, start: Pose): Pose {
  let pose = start;
  for (let round = 0; round < 8; round++) {
    const columns = Array.from({ length: 6 }, (_, k) => {
      const [ahead, behind] = [1e-5, -1e-5].map((step) => {
        const change = Array.from({ length: 6 }, (_, j) => (j === k ? step : 0));
        return projectPoints(HEAD, nudged(pose, change), camera).data;
      });
      return Array.from(ahead, (v, i) => (v - behind[i]) / 2e-5);
    });
    const jacobian = new Matrix(columns).transpose();
    const seen = projectPoints(HEAD, pose, camera).data;
    const rest = Matrix.columnVector(Array.from(target, (v, i) => v - seen[i]));
    pose = nudged(pose, solve(jacobian.transpose().mmul(jacobian), jacobian.transpose().mmul(rest)).to1DArray());
  }
  return pose;
}

const viewOf = ({ normal }: Random, distance: number): Pose => {
  const turns = [[0, 1, 0] as const, [1, 0, 0] as const, [0, 0, 1] as const].map((axis, i) =>
    quaternionFromAxisAngle(axis, ([35, 8, 4][i] * normal() * Math.PI) / 180),
  );
  const rotation = turns.reduce(multiplyQuaternions);
  const [x, y, z] = rotate(rotation, [1.2 * normal(), 1.2 * normal(), distance]);
  return { rotation, translation: [-x, -y, -z] };
};

/** What the pose of a head at a distance becomes when it is fitted as if the head stood at 62 cm, and brought back: means. */
function measuredBias(distance: number) {
  const random = createRandom('bias');
  const camera = defaultCamera(224);
  const ratio = distance / 62;
  const zoomed = { ...camera, focalLengthPixels: ratio * camera.focalLengthPixels };
  const rounds = 25;
  const mean = { distance: 0, degrees: 0, pixels: 0 };
  for (let round = 0; round < rounds; round++) {
    const truth = viewOf(random, distance);
    const target = projectPoints(HEAD, truth, zoomed).data;
    const fitted = fitPose(target, camera, poseAtFocalLength(truth, 1 / ratio));
    const found = poseAtFocalLength(fitted, ratio);
    mean.distance += Math.abs(invertPose(found).translation[2] / distance - 1) / rounds;
    mean.degrees += (rotationAngle(found.rotation, truth.rotation) * 180) / Math.PI / rounds;
    const seen = projectPoints(HEAD, fitted, camera).data;
    for (let i = 0; i < seen.length; i += 2)
      mean.pixels += Math.hypot(seen[i] - target[i], seen[i + 1] - target[i + 1]) / 120 / rounds;
  }
  return mean;
}

test('a pose that was found with a wrong focal length comes back within what its docstring says', () => {
  // share of the distance, degrees, pixels
  assertNear(Object.values(measuredBias(62)), [0, 0, 0], 1e-8);
  for (const [distance, ...expected] of [
    [45, 0.008, 0.5, 1.5],
    [124, 0.008, 0.7, 1.9],
    [310, 0.012, 1.1, 3.1],
  ])
    for (const [i, measured] of Object.values(measuredBias(distance)).entries())
      assert.ok(Math.abs(measured / expected[i] - 1) < 0.07, `${measured} at ${distance} cm is not ${expected[i]}`);
});

test('a pose of any kind unturns by no turn to itself, and by two turns to what one after the other gives', () => {
  fc.assert(
    fc.property(poses, quaternions, quaternions, (pose, first, second) => {
      const points = randomPoints(createRandom('same'), 4);
      const coordinates = (p: Pose) => cameraCoordinates(points, p).data;
      assertNear(coordinates(unturnedPose(pose, IDENTITY)), coordinates(pose), 1e-11);
      // userFromTurned = second first
      const twice = unturnedPose(unturnedPose(pose, first), second);
      assertNear(coordinates(unturnedPose(pose, multiplyQuaternions(second, first))), coordinates(twice), 1e-10);
    }),
    RUNS,
  );
});

test('names what is wrong with a ratio', () => {
  for (const ratio of [0, -1, Number.NaN, Number.POSITIVE_INFINITY])
    assert.throws(() => poseAtFocalLength({ rotation: IDENTITY, translation: [0, 0, -60] }, ratio), {
      name: 'RangeError',
      message: `ratio must be positive, but is ${ratio}`,
    });
});
