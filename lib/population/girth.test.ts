import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from 'lib/random';
import { convexHull, girth } from './girth';
import { applied } from './measures';

const near = (actual: number, expected: number, tolerance: number, name = '') =>
  assert.ok(Math.abs(actual - expected) <= tolerance, `${name} ${actual} is not ${expected}`);

/** A wall of `around` upright edges from y = -1 to 1 about an ellipse; points 2 k and 2 k + 1 are edge k's ends. */
function wall(around: number, halfWidth: number, halfDepth: number, tilt = 0) {
  const points = new Float32Array(6 * around);
  for (let k = 0; k < around; k++) {
    const angle = (2 * Math.PI * k) / around;
    const [x, z] = [halfWidth * Math.sin(angle), -halfDepth * Math.cos(angle)];
    points.set([x, tilt * z - 1, z, x, tilt * z + 1, z], 6 * k);
  }
  return { points, edges: Uint32Array.from({ length: 2 * around }, (_, i) => i) };
}

/** Landmarks of a wall: the front (edge 0) and the back, each at half the height, as extra points. */
function withLandmarks({ points, edges }: ReturnType<typeof wall>) {
  const half = edges.length / 4;
  const middle = (k: number) => [0, 1, 2].map((c) => (points[6 * k + c] + points[6 * k + 3 + c]) / 2);
  const all = Float32Array.from([...points, ...middle(0), ...middle(half)]);
  return { points: all, edges, landmarks: { glabella: edges.length, opisthocranion: edges.length + 1 } };
}

test('a square post 2 cm wide has a girth of 8 cm', () => {
  // four edges at the corners (±1, ±1), landmarks on the front and back faces
  const corners = [-1, -1, 1, -1, 1, 1, -1, 1];
  const points: number[] = [];
  for (let i = 0; i < 8; i += 2) points.push(corners[i], -2, corners[i + 1], corners[i], 2, corners[i + 1]);
  points.push(0, 0, -1, 0, 0, 1);
  const tape = girth(Float32Array.from(points), Uint32Array.from([0, 1, 2, 3, 4, 5, 6, 7]), {
    glabella: 8,
    opisthocranion: 9,
  });
  near(tape.length, 8, 1e-6);
  // a corner that moves out by (1, 0, -1) tightens two sides by 1 each
  const pushed = new Float32Array(points.length);
  pushed.set([1, 0, -1, 1, 0, -1], 6);
  near(applied(tape.derivative, pushed), 2, 1e-6);
  // the front landmark up by 1: the plane tilts, and the sides of 2 cm lie along a slope of one half, to first order as long
  const raised = new Float32Array(points.length);
  raised[3 * 8 + 1] = 1;
  near(applied(tape.derivative, raised), 0, 1e-6);
});

test('a dense ellipse has the girth of an ellipse, level or along a tilted tape', () => {
  // Ramanujan's approximation is exact to a millionth here
  const ellipse = (a: number, b: number) => Math.PI * (3 * (a + b) - Math.sqrt((3 * a + b) * (a + 3 * b)));
  const level = withLandmarks(wall(720, 7, 9));
  near(girth(level.points, level.edges, level.landmarks).length, ellipse(7, 9), 1e-3);
  const tilted = withLandmarks(wall(720, 7, 9, 0.1));
  near(girth(tilted.points, tilted.edges, tilted.landmarks).length, ellipse(7, 9 * Math.hypot(1, 0.1)), 1e-3);
});

test('a dent does not shorten the tape', () => {
  const { points, edges, landmarks } = withLandmarks(wall(40, 7, 9));
  const before = girth(points, edges, landmarks).length;
  for (const c of [0, 3]) points[6 * 10 + c] -= 2;
  const { length, derivative } = girth(points, edges, landmarks);
  assert.ok(length < before && length > before - 0.1, `${before} became ${length}`);
  assert.ok(!derivative.indices.includes(6 * 10));
});

test('the derivative agrees with central differences, landmarks and slanted edges included', () => {
  const random = createRandom('girth');
  const { points, edges, landmarks } = withLandmarks(wall(36, 7, 9, 0.08));
  for (let i = 0; i < points.length; i++) points[i] += 0.15 * random.normal();
  const { derivative } = girth(points, edges, landmarks);
  for (let round = 0; round < 20; round++) {
    // float32 points: a step of 1e-3 keeps both kinds of error below a thousandth
    const step = 1e-3;
    const direction = Float32Array.from(points, () => random.normal());
    const at = (h: number) =>
      girth(
        points.map((v, i) => v + h * direction[i]),
        edges,
        landmarks,
      ).length;
    const slope = (at(step) - at(-step)) / (2 * step);
    near(applied(derivative, direction), slope, 2e-3 * Math.max(1, Math.abs(slope)), `direction ${round}:`);
  }
});

test('the convex hull agrees with the points that some line has all others on one side of', () => {
  const random = createRandom('hull');
  for (let round = 0; round < 20; round++) {
    const points = Array.from({ length: 15 }, () => ({ x: random.normal(), along: random.normal() }));
    const cross = (a: (typeof points)[0], b: typeof a, c: typeof a) =>
      (b.x - a.x) * (c.along - a.along) - (b.along - a.along) * (c.x - a.x);
    const outer = points.filter((a) =>
      points.some((b) => b !== a && points.every((c) => c === a || c === b || cross(a, b, c) > 0)),
    );
    const hull = convexHull(points);
    assert.deepEqual(new Set(hull), new Set(outer));
    for (const [i, a] of hull.entries())
      assert.ok(cross(a, hull[(i + 1) % hull.length], hull[(i + 2) % hull.length]) > 0);
  }
});
