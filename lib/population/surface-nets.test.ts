import assert from 'node:assert/strict';
import { test } from 'node:test';
import { signedVolume, triangleMesh } from 'lib/mesh';
import { coarsen } from './coarsen';
import { type DraftMesh, planes, surfaceNets } from './surface-nets';
import { mirrored } from './template';

const grid = {
  xs: planes(-0.1, 3.5, () => 0.2),
  ys: planes(-3.5, 3.5, () => 0.25),
  forwards: planes(-3.5, 3.5, (f) => (f < 0 ? 0.3 : 0.2)),
};
const ball = (x: number, y: number, z: number) => Math.hypot(x, y, z) - 3;
const volumeOf = ({ points, triangles }: DraftMesh) =>
  signedVolume(triangleMesh(Float32Array.from(points.flat()), Uint32Array.from(triangles.flat())));

/** Each edge has one triangle on either side, which run along it in opposite directions. */
function assertClosed({ triangles }: DraftMesh): void {
  const edges = new Set<string>();
  for (const [a, b, c] of triangles)
    for (const edge of [`${a} ${b}`, `${b} ${c}`, `${c} ${a}`]) {
      assert.ok(!edges.has(edge), `two triangles run along ${edge}`);
      edges.add(edge);
    }
  for (const edge of edges) assert.ok(edges.has(edge.split(' ').reverse().join(' ')), `${edge} has an open side`);
}

test('half a ball, mirrored, is closed, wound outwards and has the ball’s volume', () => {
  const half = surfaceNets(ball, grid);
  assert.ok(half.points.some((p) => p[0] === 0) && half.points.every((p) => p[0] >= 0));
  const whole = mirrored(half);
  assertClosed(whole);
  assert.equal(whole.points.length - whole.triangles.length / 2, 2);
  const exact = (4 / 3) * Math.PI * 27;
  assert.ok(Math.abs(volumeOf(whole) / exact - 1) < 0.02, `volume is ${volumeOf(whole)}`);
  for (const p of whole.points) assert.ok(Math.abs(ball(p[0], p[1], p[2])) < 0.03);
});

test('the mirror map is an involution that keeps the seam', () => {
  const { points, mirror } = mirrored(surfaceNets(ball, grid));
  for (const [i, p] of points.entries()) {
    const q = points[mirror[i]];
    assert.deepEqual([q[0], q[1], q[2]], [p[0] === 0 ? 0 : -p[0], p[1], p[2]]);
    assert.equal(mirror[mirror[i]], i);
  }
});

test('a sponge finer than the grid is closed all the same', () => {
  const sponge = (x: number, y: number, z: number) =>
    Math.max(Math.cos(9 * x) + Math.cos(8 * y + 1) + Math.cos(7 * z + 2), Math.hypot(x - 2, y, z) - 1.2);
  assertClosed(mirrored(surfaceNets(sponge, grid)));
});

test('coarsening keeps the surface closed, its seam on x = 0, its volume, and makes edges about as long as asked', () => {
  const before = surfaceNets(ball, grid);
  const count = before.points.length;
  const half = coarsen(before, () => 0.5);
  assert.ok(half.points.length < 0.5 * count, `${half.points.length} of ${count} points are left`);
  const whole = mirrored(half);
  assertClosed(whole);
  assert.ok(Math.abs(volumeOf(whole) / ((4 / 3) * Math.PI * 27) - 1) < 0.05);
  const lengths = whole.triangles.flatMap(([a, b, c]) =>
    [
      [a, b],
      [b, c],
      [c, a],
    ].map(([p, q]) => Math.hypot(...whole.points[p].map((v, i) => v - whole.points[q][i]))),
  );
  const mean = lengths.reduce((sum, v) => sum + v, 0) / lengths.length;
  assert.ok(mean > 0.35 && mean < 0.65, `mean edge is ${mean}`);
});

test('coarsening does not pinch a thin ring', () => {
  // a torus about the axis of y, its tube of 0.3 cm much thinner than the edges that are asked for
  const ring = (x: number, y: number, z: number) => Math.hypot(Math.hypot(x, z) - 2.2, y) - 0.3;
  for (const size of [0.5, 0.8, 1.2, 2]) {
    const whole = mirrored(coarsen(surfaceNets(ring, grid), () => size));
    assertClosed(whole);
    assert.equal(whole.points.length - whole.triangles.length / 2, 0, 'the ring has one hole');
  }
});
