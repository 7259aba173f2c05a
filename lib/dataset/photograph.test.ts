import assert from 'node:assert/strict';
import { test } from 'node:test';
import { triangleMesh, vertexNormals } from 'lib/mesh';
import { createRandom } from 'lib/random';
import { randomBackground } from './background';
import { photograph } from './photograph';
import { randomLight } from './picture-light';
import { applySensor, randomSensor } from './picture-sensor';
import { renderPicture } from './render-picture';

/** A tetrahedron around the origin, grey. */
function stone() {
  const points = Float32Array.of(0, 8, 0, 7, -5, -4, -7, -5, -4, 0, -5, 8);
  const triangles = Uint32Array.of(0, 1, 2, 0, 3, 1, 0, 2, 3, 1, 3, 2);
  const normals = vertexNormals(triangleMesh(points, triangles)).data;
  return { points, triangles, normals, albedo: new Float32Array(12).fill(0.4) };
}
const POSE = { rotation: [1, 0, 0, 0], translation: [0, 0, -60] } as const;

test('a photograph is light, background, sensor and noise of the generator’s forks, whatever was drawn before', () => {
  const random = createRandom('photograph');
  const size = 32;
  const into = new Uint8Array(3 * size * size);
  assert.equal(photograph(stone(), POSE, random, { imageSize: size, closed: true, into }), into);
  const expected = renderPicture(
    stone(),
    { rotation: [1, 0, 0, 0, 1, 0, 0, 0, 1], centre: [0, 0, -60], focalLengthPixels: (500 / 224) * size, size },
    randomLight(random.fork('light')),
    { background: randomBackground(random.fork('background'), size), backFaces: 'drop' },
  );
  applySensor(expected, size, randomSensor(random.fork('sensor'), size), random.fork('noise'));
  assert.deepEqual(into, expected);
  random.uniform();
  assert.deepEqual(photograph(stone(), POSE, random, { imageSize: size, closed: true }), expected);
  assert.notDeepEqual(photograph(stone(), POSE, createRandom('b'), { imageSize: size, closed: true }), expected);
});
