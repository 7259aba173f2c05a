import assert from 'node:assert/strict';
import { test } from 'node:test';
import { signedVolume } from './signed-volume';
import { bumpyBall, unitCube } from './surface.fixture';
import { triangleMesh } from './triangle-mesh';
import { vertexNormals } from './vertex-normals';

test('one triangle has the normal of the right hand at each corner', () => {
  const mesh = triangleMesh(Float32Array.of(0, 0, 0, 2, 0, 0, 0, 3, 0), Uint32Array.of(0, 1, 2));
  assert.deepEqual([...vertexNormals(mesh).data], [0, 0, 1, 0, 0, 1, 0, 0, 1]);
});

test('weighs two faces by their areas', () => {
  // at the first point meet a triangle of area 3/2 facing +z and one of area 4/2 facing -y
  const points = Float32Array.of(0, 0, 0, 3, 0, 0, 0, 1, 0, 4, 0, 0, 0, 0, 1);
  const normals = vertexNormals(triangleMesh(points, Uint32Array.of(0, 1, 2, 0, 3, 4))).data;
  for (const [axis, expected] of [0, -4 / 5, 3 / 5].entries()) assert.ok(Math.abs(normals[axis] - expected) < 1e-6);
});

test('agrees with a naive sum over the triangles of each vertex', () => {
  const mesh = bumpyBall(9, 8, 'normals');
  const p = mesh.points.data;
  const t = mesh.triangles.data;
  const normals = vertexNormals(mesh).data;
  const corner = (k: number) => [0, 1, 2].map((c) => p[3 * t[k] + c]);
  for (let v = 0; v < p.length / 3; v++) {
    const sum = [0, 0, 0];
    for (let k = 0; k < t.length; k += 3) {
      if (![t[k], t[k + 1], t[k + 2]].includes(v)) continue;
      const [a, b, c] = [corner(k), corner(k + 1), corner(k + 2)];
      const u = b.map((x, i) => x - a[i]);
      const w = c.map((x, i) => x - a[i]);
      for (let i = 0; i < 3; i++) sum[i] += u[(i + 1) % 3] * w[(i + 2) % 3] - u[(i + 2) % 3] * w[(i + 1) % 3];
    }
    const length = Math.hypot(...sum);
    for (let i = 0; i < 3; i++) assert.ok(Math.abs(normals[3 * v + i] - sum[i] / length) < 1e-5);
  }
});

test('writes into the given array, over what it held, and a point of no triangle gets zeros', () => {
  const mesh = triangleMesh(Float32Array.of(0, 0, 0, 2, 0, 0, 0, 3, 0, 9, 9, 9), Uint32Array.of(0, 1, 2));
  const into = new Float32Array(12).fill(7);
  assert.equal(vertexNormals(mesh, into).data, into);
  assert.deepEqual([...into], [0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 0]);
  assert.throws(() => vertexNormals(mesh, new Float32Array(3)), /into must hold 12 numbers, but holds 3/);
});

test('a unit cube encloses 1 cubic centimetre wherever it lies, and -1 when it is turned inside out', () => {
  const cube = unitCube();
  assert.ok(Math.abs(signedVolume(cube) - 1) < 1e-12);
  const moved = triangleMesh(
    cube.points.data.map((x, i) => x + [5, -3, 8][i % 3]),
    cube.triangles.data,
  );
  assert.ok(Math.abs(signedVolume(moved) - 1) < 1e-9);
  const inside = cube.triangles.data.slice();
  for (let t = 0; t < inside.length; t += 3) [inside[t], inside[t + 1]] = [inside[t + 1], inside[t]];
  assert.ok(Math.abs(signedVolume(triangleMesh(cube.points, inside)) + 1) < 1e-12);
});
