import assert from 'node:assert/strict';
import { test } from 'node:test';
import { IDENTITY, type Pose, quaternionFromAxisAngle, rotate } from 'lib/geometry';
import { triangleMesh } from 'lib/mesh';
import { overlayHead } from './head-overlay';

/** A square of 6 x 6 cm in the plane z = 0, that the camera on -z sees at its left and above: x from 0 to 6, y from 0 to 6. */
const SQUARE = triangleMesh(Float32Array.of(0, 0, 0, 6, 0, 0, 6, 6, 0, 0, 6, 0), Uint32Array.of(0, 2, 1, 0, 3, 2));
const FRONTAL: Pose = { rotation: IDENTITY, translation: [0, 0, -60] };
// 2 px a cm at 60 cm
const CAMERA = { focalLengthPixels: 120, principalPointPixels: [20, 15] } as const;
const grey = (width: number, height: number, value: number) => ({
  width,
  height,
  pixels: new Uint8Array(3 * width * height).fill(value),
});

test('the surface covers the pixels where the camera sees it, at the left of the middle and above it, and no others', () => {
  const { width, height, pixels } = overlayHead(grey(40, 30, 100), SQUARE, FRONTAL, CAMERA);
  assert.deepEqual([width, height], [40, 30]);
  for (let row = 0; row < 30; row++)
    for (let column = 0; column < 40; column++) {
      const inside = column >= 8 && column < 20 && row >= 3 && row < 15;
      const changed = pixels[3 * (row * 40 + column)] !== 100;
      assert.equal(changed, inside, `pixel ${column}, ${row}`);
    }
  // facing the camera: the lamp's cosine is 0.76 / |lamp|; clay's red is 217, of which 60 % is seen
  const light = 0.3 + (0.7 * 0.76) / Math.hypot(0.42, 0.5, 0.76);
  const at = 3 * (10 * 40 + 10);
  assert.ok(Math.abs(pixels[at] - (0.4 * 100 + 0.6 * light * 217)) < 2, `${pixels[at]}`);
  assert.ok(pixels[at] > pixels[at + 2], 'clay is warm');
});

test('the lamp stands at the upper left: a surface that turns there is brighter, whatever the model’s frame', () => {
  // the square turned about a vertical and a horizontal axis, in front of cameras that stand elsewhere in the model's frame
  const brightness = (yaw: number, pitch: number, turn: number) => {
    const turned = Float32Array.from(SQUARE.points.data);
    for (let n = 0; n < 4; n++) {
      const point = [0, 1, 2].map((axis) => SQUARE.points.get(n, axis)) as unknown as [number, number, number];
      const tilted = rotate(
        quaternionFromAxisAngle([0, 1, 0], yaw),
        rotate(quaternionFromAxisAngle([1, 0, 0], pitch), [point[0] - 3, point[1] - 3, 0]),
      );
      turned.set(rotate(quaternionFromAxisAngle([0, 1, 0], turn), tilted), 3 * n);
    }
    const rotation = quaternionFromAxisAngle([0, 1, 0], turn);
    const [x, y, z] = rotate(rotation, [0, 0, 60]);
    const mesh = triangleMesh(turned, SQUARE.triangles.data);
    const { pixels } = overlayHead(grey(40, 30, 0), mesh, { rotation, translation: [-x, -y, -z] }, CAMERA);
    return pixels[3 * (15 * 40 + 20)];
  };
  for (const turn of [0, 2]) {
    // the normal is -z; a turn by +0.5 about y takes it toward -x, the image's right, one about x toward +y, up
    assert.ok(brightness(-0.5, 0, turn) > brightness(0.5, 0, turn) + 20);
    assert.ok(brightness(0, 0.5, turn) > brightness(0, -0.5, turn) + 20);
    assert.equal(brightness(0.3, 0.2, turn), brightness(0.3, 0.2, 0));
  }
});

test('a large picture is shrunk to 1200 pixels, with the head where it was', () => {
  const camera = { focalLengthPixels: 7200, principalPointPixels: [1200, 900] } as const;
  const { width, height, pixels } = overlayHead(grey(2400, 1800, 100), SQUARE, FRONTAL, camera);
  assert.deepEqual([width, height], [1200, 900]);
  // 60 px a cm in the shrunk picture: columns 240 to 600, rows 90 to 450
  const changed = (column: number, row: number) => pixels[3 * (row * 1200 + column)] !== 100;
  assert.deepEqual(
    [changed(241, 91), changed(598, 448), changed(238, 91), changed(602, 448), changed(598, 452)],
    [true, true, false, false, false],
  );
});

test('a head beside the picture, or behind its camera, changes nothing', () => {
  for (const translation of [
    [80, 0, -60],
    [0, 0, 60],
  ] as const) {
    const { pixels } = overlayHead(grey(40, 30, 100), SQUARE, { rotation: IDENTITY, translation }, CAMERA);
    assert.deepEqual(new Set(pixels), new Set([100]));
  }
});
