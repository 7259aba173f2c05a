import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createRandom } from 'lib/random';
import { closestOnTriangle } from './closest-on-triangle';
import { bumpyBall, unitCube } from './surface.fixture';
import { closestPointBuffers, SurfaceIndex } from './surface-index';
import { type TriangleMesh, triangleMesh } from './triangle-mesh';

/** The least distance over all triangles: to the plane where the foot is inside, else to each edge. */
function naiveDistance(mesh: TriangleMesh, p: number[]): number {
  const minus = (a: number[], b: number[]) => a.map((v, i) => v - b[i]);
  const dot = (a: number[], b: number[]) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
  const cross = (a: number[], b: number[]) =>
    [0, 1, 2].map((i) => a[(i + 1) % 3] * b[(i + 2) % 3] - a[(i + 2) % 3] * b[(i + 1) % 3]);
  const corner = (t: number, k: number) => [0, 1, 2].map((c) => mesh.points.get(mesh.triangles.get(t, k), c));
  let best = Number.POSITIVE_INFINITY;
  for (let t = 0; t < mesh.triangles.shape[0]; t++) {
    const abc = [0, 1, 2].map((k) => corner(t, k));
    const normal = cross(minus(abc[1], abc[0]), minus(abc[2], abc[0]));
    let isInside = dot(normal, normal) > 0;
    abc.forEach((a, k) => {
      const edge = minus(abc[(k + 1) % 3], a);
      const share = dot(edge, edge) > 0 ? Math.min(1, Math.max(0, dot(minus(p, a), edge) / dot(edge, edge))) : 0;
      best = Math.min(
        best,
        Math.hypot(
          ...minus(
            p,
            a.map((v, i) => v + share * edge[i]),
          ),
        ),
      );
      if (dot(cross(normal, edge), minus(p, a)) < 0) isInside = false;
    });
    if (isInside) best = Math.min(best, Math.abs(dot(minus(p, abc[0]), normal)) / Math.sqrt(dot(normal, normal)));
  }
  return best;
}

test('finds the point above a face, beside an edge and beyond a corner of a cube', () => {
  const index = new SurfaceIndex(unitCube());
  const above = index.closestPoint([0.25, 0.5, 3]);
  assert.deepEqual([above.point, above.distance], [[0.25, 0.5, 1], 2]);
  const beside = index.closestPoint([4, 5, 0.75]);
  assert.deepEqual([beside.point, beside.distance], [[1, 1, 0.75], 5]);
  const beyond = index.closestPoint([-1, -2, -2]);
  assert.deepEqual([beyond.point, beyond.distance], [[0, 0, 0], 3]);
});

test('agrees with a search through all triangles, and its shares give the point back', () => {
  const mesh = bumpyBall(9, 10, 'index');
  const random = createRandom('points');
  const points = Float64Array.from({ length: 3 * 200 }, () => 24 * (random.uniform() - 0.5));
  const index = new SurfaceIndex(mesh);
  const found = index.closestPoints(points);
  // a start from wherever the last answer stands changes nothing
  const again = index.closestPoints(points, {
    ...closestPointBuffers(200),
    triangles: found.triangles.slice().reverse(),
  });
  for (let n = 0; n < 200; n++) {
    const p = [...points.subarray(3 * n, 3 * n + 3)];
    const expected = naiveDistance(mesh, p);
    assert.ok(Math.abs(found.distances[n] - expected) < 1e-12, `point ${n}: ${found.distances[n]}, not ${expected}`);
    assert.ok(Math.abs(again.distances[n] - expected) < 1e-12, `point ${n} again`);
    for (let c = 0; c < 3; c++) {
      let mean = 0;
      for (let k = 0; k < 3; k++)
        mean += found.weights[3 * n + k] * mesh.points.get(mesh.triangles.get(found.triangles[n], k), c);
      assert.ok(Math.abs(mean - found.points[3 * n + c]) < 1e-12);
    }
    const offset = Math.hypot(...p.map((v, c) => v - found.points[3 * n + c]));
    assert.ok(Math.abs(offset - found.distances[n]) < 1e-12);
  }
});

test('the nearest point of a triangle is no farther than any other of its points', () => {
  const coordinate = fc.integer({ min: -4, max: 4 });
  const nine = fc.array(coordinate, { minLength: 9, maxLength: 9 });
  fc.assert(
    fc.property(
      nine,
      fc.tuple(coordinate, coordinate, coordinate),
      fc.nat(20),
      fc.nat(20),
      (corners, [x, y, z], i, j) => {
        const weights = new Float64Array(3);
        const squared = closestOnTriangle(Float64Array.from(corners), 0, x, y, z, weights);
        assert.ok(Math.abs(weights[0] + weights[1] + weights[2] - 1) < 1e-12 && Math.min(...weights) >= 0);
        // small whole numbers: triangles without an area are among them
        const [s, t] = [i / 20, (j / 20) * (1 - i / 20)];
        const other = [0, 1, 2].map((c) => corners[c] * (1 - s - t) + corners[3 + c] * s + corners[6 + c] * t);
        assert.ok(squared <= (other[0] - x) ** 2 + (other[1] - y) ** 2 + (other[2] - z) ** 2 + 1e-9);
      },
    ),
    { seed: 1, numRuns: 2000 },
  );
});

test('is exact far from the origin, where float32 leaves 0.06 mm between numbers', () => {
  const mesh = triangleMesh(Float32Array.of(1e5, 0, 0, 1e5 + 1, 0, 0, 1e5, 1, 0), Uint32Array.of(0, 1, 2));
  const { point, distance } = new SurfaceIndex(mesh).closestPoint([1e5 + 0.3, 0.3, 0.125]);
  assert.ok(Math.abs(distance - 0.125) < 1e-9 && Math.abs(point[0] - 1e5 - 0.3) < 1e-9, `${distance} at ${point}`);
});

test('a triangle without area is never the answer', () => {
  const cube = unitCube();
  const corners = [0, 0, 0, 1, 1, 4, ...cube.triangles.data];
  const index = new SurfaceIndex(triangleMesh(cube.points, Uint32Array.from(corners)));
  for (const p of [
    [0, 0, 0],
    [-1, -1, -1],
    [0.5, -1, 0],
  ]) {
    const { triangle, distance } = index.closestPoint(p);
    assert.ok(triangle >= 2, `triangle ${triangle}`);
    assert.ok(Math.abs(distance - naiveDistance(cube, p)) < 1e-12);
  }
});

test('says what is wrong with a surface, points or buffers', () => {
  const line = triangleMesh(Float32Array.of(0, 0, 0, 1, 0, 0, 2, 0, 0), Uint32Array.of(0, 1, 2));
  assert.throws(() => new SurfaceIndex(line), /mesh must have a triangle with an area, but none of its 1 has one/);
  const index = new SurfaceIndex(unitCube());
  assert.throws(() => index.closestPoints(new Float64Array(4)), /points must be \[N, 3\], but hold 4 numbers/);
  assert.throws(() => index.closestPoint([0, 1]), /point must hold three coordinates, but holds 2/);
  assert.throws(() => index.closestPoint([0, Number.NaN, 0]), /points must be finite, but point 0 is \(0, NaN, 0\)/);
  assert.throws(
    () => index.closestPoints(new Float64Array(6), closestPointBuffers(3)),
    /into must have room for 2 points, but has it for 3/,
  );
});
