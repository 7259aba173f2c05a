import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SurfaceIndex, triangleMesh } from 'lib/mesh';
import { matcher } from './matches';
import { grid } from './relief.fixture';

const limits = { distance: 2, cosine: 0.5 };
/** A level square of 10 cm whose normals are +z. */
const square = () => grid((u, v) => [10 * u, 10 * (1 - v), 0], 10, 10);
const upwards = (count: number) => Float32Array.from({ length: 3 * count }, (_, i) => (i % 3 === 2 ? 1 : 0));

test('a match has the scan’s normal, and is rejected by distance, normal or border', () => {
  const match = matcher(new SurfaceIndex(square()), 5, limits);
  const points = Float64Array.of(5.2, 5.1, 0.1, 5.2, 5.1, 3, 5.2, 5.1, 0.1, 11, 5.1, 0.1, 9.9, 9.9, 0.1);
  const normals = upwards(5);
  normals[8] = -1;
  const { closest, normals: found, weights, rejected } = match(points, normals);
  assert.deepEqual([...found.subarray(0, 3)], [0, 0, 1]);
  assert.ok(Math.abs(closest.distances[0] - 0.1) < 1e-12);
  // too far; turned over; beyond the border
  assert.deepEqual(
    [...weights].map((w) => w > 0),
    [true, false, false, false, true],
  );
  assert.equal(rejected, 3);
});

test('a match far beyond the others counts little, and one as near as they almost fully', () => {
  const count = 21;
  const match = matcher(new SurfaceIndex(square()), count, limits);
  const points = Float64Array.from({ length: 3 * count }, (_, i) => (i % 3 === 2 ? 0.02 : 5.1 + 0.01 * i));
  points[3 * count - 1] = 1.9;
  const { weights } = match(points, upwards(count));
  assert.ok(weights[0] > 0.99, `${weights[0]}`);
  assert.ok(weights[count - 1] < 0.1 && weights[count - 1] > 0, `${weights[count - 1]}`);
});

test('where the scan’s normals cancel each other, a match is rejected and nothing is infinite', () => {
  // two sheets on the same points, one turned over
  const { points, triangles } = square();
  const both = triangleMesh(points, Uint32Array.of(...triangles.data, ...triangles.data.slice().reverse()));
  const { weights, normals } = matcher(new SurfaceIndex(both), 1, limits)(Float64Array.of(5.2, 5.1, 0.1), upwards(1));
  assert.equal(weights[0], 0);
  assert.ok(normals.every(Number.isFinite));
});
