import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from 'lib/random';
import { selfIntersections, trianglesCross } from './self-intersections';
import { bumpyBall, unitCube } from './surface.fixture';
import { type TriangleMesh, triangleMesh } from './triangle-mesh';

const mesh = (points: number[], triangles: number[]) =>
  triangleMesh(Float32Array.from(points), Uint32Array.from(triangles));

/** A triangle in the plane z = 0 and one that stands on edge, its lowest corner at `depth`. */
const stabbed = (x: number, depth: number) =>
  mesh([0, 0, 0, 4, 0, 0, 0, 4, 0, x, 1, depth, x - 0.5, 1, 2, x + 0.5, 1, 2], [0, 1, 2, 3, 4, 5]);

test('finds a triangle that stabs another, and none that stops short of it or passes beside it', () => {
  assert.deepEqual(selfIntersections(stabbed(1, -1)), [[0, 1]]);
  assert.deepEqual(selfIntersections(stabbed(1, 0.1)), []);
  assert.deepEqual(selfIntersections(stabbed(3.6, -1)), []);
});

test('neighbours at a vertex cross only when the opposite edge pierces', () => {
  const fan = (x: number, y: number, z: number) =>
    mesh([0, 0, 0, 4, 0, 0, 0, 4, 0, 1, 1, 1, x, y, z], [0, 1, 2, 0, 3, 4]);
  assert.deepEqual(selfIntersections(fan(1, 1.2, -1)), [[0, 1]]);
  assert.deepEqual(selfIntersections(fan(1, 1.2, 0.5)), []);
  // the edge from (1, 1, 1) to (-3, 1, -1) passes the plane outside of the triangle
  assert.deepEqual(selfIntersections(fan(-3, 1, -1)), []);
});

test('triangles with a common edge never count', () => {
  assert.deepEqual(selfIntersections(mesh([0, 0, 0, 4, 0, 0, 0, 4, 0, 1, 1, 1], [0, 1, 2, 0, 1, 3])), []);
});

test('a closed surface has none, pushed through itself it has', () => {
  assert.deepEqual(selfIntersections(unitCube()), []);
  const ball = bumpyBall(5, 12, 'ball');
  assert.deepEqual(selfIntersections(ball), []);
  // the top is pulled down through the bottom
  ball.points.data[1] = -8;
  assert.ok(selfIntersections(ball).length > 10);
});

test('agrees with a comparison of all pairs on random triangles', () => {
  const random = createRandom('soup');
  let found = 0;
  for (let round = 0; round < 20; round++) {
    const size = round % 2 ? 0.5 : 3;
    const points: number[] = [];
    for (let t = 0; t < 60; t++) {
      const centre = [0, 1, 2].map(() => 4 * random.uniform() - 2);
      for (let i = 0; i < 3; i++) points.push(...centre.map((v) => v + size * random.normal() * (t % 7 ? 0.3 : 2)));
    }
    // some triangles share a vertex
    const triangles = Array.from({ length: 180 }, (_, i) => (i % 9 === 3 ? i - 3 : i));
    const soup: TriangleMesh = mesh(points, triangles);
    const p = Float64Array.from(soup.points.data);
    const corners = (t: number) => [triangles[3 * t], triangles[3 * t + 1], triangles[3 * t + 2]] as const;
    const expected: string[] = [];
    for (let a = 0; a < 60; a++)
      for (let b = a + 1; b < 60; b++) if (trianglesCross(p, corners(a), corners(b))) expected.push(`${a} ${b}`);
    const pairs = selfIntersections(soup).map(([a, b]) => `${a} ${b}`);
    assert.deepEqual(pairs.sort(), expected.sort());
    found += pairs.length;
  }
  assert.ok(found > 500, `only ${found} crossings were tried`);
});
