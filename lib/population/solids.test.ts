import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from 'lib/random';
import { distanceAbove, piecewiseLinear, smoothStep } from './interpolation';
import { add, cut, distanceToParts, ellipsoid, type Point, smoothMinimum, tube, turnedAxes } from './solids';

const near = (actual: number, expected: number, tolerance = 1e-9) =>
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} is not ${expected}`);

test('a ball of radius 2 gives the distance to its surface', () => {
  const ball = ellipsoid([1, 0, 0], [2, 2, 2]);
  near(ball.distance(4, 0, 0), 1);
  near(ball.distance(1, 0, 1), -1);
  near(ball.distance(1, 0, 0), -2);
});

test('an ellipsoid is zero on its surface, and turned by its axes', () => {
  // a quarter turn about the forward axis: what was x is now y
  const turned = ellipsoid([0, 0, 0], [3, 1, 1], turnedAxes([0, 0, 90]));
  near(turned.distance(0, 3, 0), 0);
  near(turned.distance(1, 0, 0), 0);
  assert.ok(turned.distance(2, 0, 0) > 0);
});

test('axes are orthonormal and right-handed', () => {
  const random = createRandom('axes');
  for (let i = 0; i < 50; i++) {
    const angles = [0, 1, 2].map(() => 180 * random.normal()) as unknown as Point;
    const m = turnedAxes(angles);
    for (let a = 0; a < 3; a++)
      for (let b = 0; b < 3; b++) {
        const product = [0, 1, 2].reduce((sum, c) => sum + m[3 * a + c] * m[3 * b + c], 0);
        near(product, a === b ? 1 : 0);
      }
    near(
      m[0] * (m[4] * m[8] - m[5] * m[7]) - m[1] * (m[3] * m[8] - m[5] * m[6]) + m[2] * (m[3] * m[7] - m[4] * m[6]),
      1,
    );
  }
});

test('a straight tube gives the distance to its axis less its radius', () => {
  const pipe = tube([
    [0, 0, 0, 1],
    [4, 0, 0, 2],
  ]);
  near(pipe.distance(2, 3, 0), 1.5);
  near(pipe.distance(-3, 0, 0), 2);
});

test('a bent tube passes through its points and agrees with balls along a dense curve', () => {
  const points = [
    [0, 0, 0, 0.3],
    [1, 1, 0, 0.3],
    [3, 1, 1, 0.3],
    [4, 0, 2, 0.3],
  ] as const;
  const pipe = tube(points);
  for (const [x, y, forward] of points) near(pipe.distance(x, y, forward), -0.3, 1e-9);
  const random = createRandom('tube');
  // the curve written out once more, finely; the tube's six straight pieces a span stay within 0.02 of it
  const curve: number[][] = [];
  for (let i = 0; i < 3; i++)
    for (let s = 0; s <= 100; s++) {
      const t = s / 100;
      const [a, b, c, d] = [points[Math.max(0, i - 1)], points[i], points[i + 1], points[Math.min(3, i + 2)]];
      curve.push(
        [0, 1, 2].map(
          (k) =>
            b[k] +
            ((c[k] - a[k]) * t) / 2 +
            (a[k] - 2.5 * b[k] + 2 * c[k] - d[k] / 2) * t * t +
            (-a[k] / 2 + 1.5 * b[k] - 1.5 * c[k] + d[k] / 2) * t * t * t,
        ),
      );
    }
  for (let i = 0; i < 50; i++) {
    const p = [4 * random.uniform(), 2 * random.normal(), 2 * random.normal()];
    const twin = Math.min(...curve.map((q) => Math.hypot(q[0] - p[0], q[1] - p[1], q[2] - p[2]))) - 0.3;
    near(pipe.distance(p[0], p[1], p[2]), twin, 0.02);
  }
});

test('a smooth minimum rounds where distances are equal and is the minimum elsewhere', () => {
  near(smoothMinimum(1, 1, 0.8), 0.8);
  near(smoothMinimum(1, 2, 0.8), 1);
  near(smoothMinimum(2, 1, 0.8), 1);
});

test('parts are added and cut in order, and a part skipped for its distance changes nothing', () => {
  const parts = [
    add('body', 0.5, ellipsoid([0, 0, 0], [3, 3, 3])),
    cut('bite', 0.5, ellipsoid([3, 0, 0], [1, 1, 1])),
    add('pea', 0.2, ellipsoid([3, 0, 0], [0.2, 0.2, 0.2])),
  ];
  assert.ok(distanceToParts(parts, 2.5, 0, 0) > 0);
  near(distanceToParts(parts, 3, 0, 0), -0.2);
  near(distanceToParts(parts, -3, 0, 0), 0);
  const random = createRandom('parts');
  for (let i = 0; i < 200; i++) {
    const p = [3 * random.normal(), 3 * random.normal(), 3 * random.normal()] as const;
    let all = 1e3;
    for (const part of parts) {
      const own = part.solid.distance(...p);
      all = part.cut ? -smoothMinimum(-all, own, part.rounding) : smoothMinimum(all, own, part.rounding);
    }
    near(distanceToParts(parts, ...p), all);
  }
});

test('a line through pairs is level beyond its ends, and has a distance on both of its sides', () => {
  const line = [
    [4, 1],
    [2, 3],
    [0, 3],
  ] as const;
  assert.deepEqual(
    [5, 3, 1, -1].map((x) => piecewiseLinear(line, x)),
    [1, 2, 3, 3],
  );
  near(distanceAbove(line, 1, 5), 2);
  near(distanceAbove(line, 1, 2.5), -0.5);
  near(distanceAbove(line, 4, 3), Math.SQRT2);
  assert.deepEqual(
    [0, 1, 2, 3].map((x) => smoothStep(3, 1, x)),
    [1, 1, 0.5, 0],
  );
});
