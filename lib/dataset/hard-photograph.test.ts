import assert from 'node:assert/strict';
import { test } from 'node:test';
import { invertPose, projectPoints } from 'lib/geometry';
import { vertexNormals } from 'lib/mesh';
import { createRandom } from 'lib/random';
import ndarray from 'ndarray';
import { bumpyBall } from '../mesh/surface.fixture';
import { hardPhotograph } from './hard-photograph';

const SIZE = 96;
/** As high as a head. */
const BALL = bumpyBall(11.5, 16, 'ball');
/** Bluer than any background's grey. */
const albedo = Float32Array.from({ length: 3 * BALL.points.shape[0] }, (_, i) => [0.02, 0.05, 0.9][i % 3]);
const surface = {
  points: BALL.points.data,
  triangles: BALL.triangles.data,
  normals: vertexNormals(BALL).data,
  albedo,
};
const photo = (seed: number) => hardPhotograph(surface, createRandom(seed), { size: SIZE, closed: true });

test('the head is where its pose and camera say, in the picture, a third to two thirds as high', () => {
  for (let seed = 0; seed < 20; seed++) {
    const { pixels, pose, camera } = photo(seed);
    const seen = projectPoints(BALL.points, pose, camera);
    const rows = [...seen.data.filter((_, i) => i % 2 === 1)];
    const share = (Math.max(...rows) - Math.min(...rows)) / SIZE;
    assert.ok(share > 0.3 && share < 0.8, `${share}`);
    const [u, v] = projectPoints(ndarray(new Float64Array(3), [1, 3]), pose, camera).data;
    assert.ok(u > 0 && v > 0 && u < SIZE && v < SIZE);
    // blue in the middle of the head, though noisy and tinted
    const at = 3 * (Math.floor(v) * SIZE + Math.floor(u));
    assert.ok(pixels[at + 2] > pixels[at], `seed ${seed}: ${pixels.subarray(at, at + 3)}`);
  }
});

test('cameras are those that training has not: distances and focal lengths spread wide', () => {
  const photos = Array.from({ length: 60 }, (_, seed) => photo(1000 + seed));
  const distances = photos.map(({ pose }) => Math.hypot(...invertPose(pose).translation));
  const lengths = photos.map(({ camera }) => camera.focalLengthPixels / SIZE);
  assert.ok(Math.min(...distances) > 31 && Math.min(...distances) < 45, `${Math.min(...distances)}`);
  assert.ok(Math.max(...distances) > 100, `${Math.max(...distances)}`);
  assert.ok(Math.min(...lengths) >= 0.9 && Math.max(...lengths) <= 2.4 && Math.max(...lengths) > 2);
  // as training has them, 50 to 74 cm, are a minority
  assert.ok(distances.filter((d) => d > 50 && d < 74).length < 36);
});

test('the same generator gives the same picture', () => {
  assert.deepEqual(photo(5), photo(5));
  assert.notDeepEqual(photo(5).pixels, photo(6).pixels);
});
