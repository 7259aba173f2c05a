import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  alignRigid,
  alignSimilarity,
  IDENTITY,
  normalizeQuaternion,
  type Pose,
  quaternionFromAxisAngle,
  rotationAngle,
  type Similarity,
  transformPoints,
  type Vector3,
} from 'lib/geometry';
import { SurfaceIndex, type TriangleMesh, triangleMesh } from 'lib/mesh';
import { headPopulation, sampleHead } from 'lib/population';
import { createRandom } from 'lib/random';
import ndarray from 'ndarray';
import { bumpyBall } from '../mesh/surface.fixture';
import { type AlignToScanOptions, alignToScan } from './align-to-scan';
import { box, part, speck, subdivided, together } from './solids.fixture';

const motion = (axis: Vector3, degrees: number, translation: Vector3): Pose => {
  const length = Math.hypot(...axis);
  const unit = axis.map((v) => v / length) as unknown as Vector3;
  return { rotation: quaternionFromAxisAngle(unit, (degrees * Math.PI) / 180), translation };
};
const moved = (mesh: TriangleMesh, by: Pose & { scale?: number }): TriangleMesh => ({
  points: transformPoints(mesh.points, by),
  triangles: mesh.triangles,
});
const largestMillimetres = (a: TriangleMesh, b: TriangleMesh, count = a.points.shape[0]) => {
  let largest = 0;
  for (let n = 0; n < count; n++)
    largest = Math.max(largest, Math.hypot(...[0, 1, 2].map((k) => a.points.get(n, k) - b.points.get(n, k))));
  return 10 * largest;
};
/** 20 degrees and 3 cm. */
const FAR = motion([1, 2, -1], 20, [2, -2, 1]);
const DIRECTIONS = ['prediction to scan', 'scan to prediction'] as const;
const ball = (seed = 'ball', rings = 12) => bumpyBall(8, rings, seed);

test('a box that was shifted by (0.3, -0.2, 0.1) is brought back, with distances of 0', () => {
  const scan = moved(box([12, 16, 20], 4), { rotation: IDENTITY, translation: [0.3, -0.2, 0.1] });
  for (const direction of DIRECTIONS) {
    const found = alignToScan(box([12, 16, 20], 4), scan, { direction });
    const { scale, rotation, translation } = found.scanFromPrediction;
    assert.equal(scale, 1);
    assert.ok(rotationAngle(rotation, IDENTITY) < 1e-4);
    [0.3, -0.2, 0.1].forEach((v, k) => {
      assert.ok(Math.abs(translation[k] - v) < 1e-4, `${direction}: is at ${translation}`);
    });
    assert.ok(found.converged && found.distancesMillimetres.every((d) => d < 1e-3));
  }
});

test('distances are from the side that seeks, in the scan’s size: specks 2 cm off a box twice as large are 20 mm off', () => {
  // beyond each side as many as within it, so that nothing pulls
  const specks = [1, -1].flatMap((side) => [speck([side * 14 + 2, 0, 0], 0), speck([side * 14 - 2, 0, 0], 0)]);
  const scan = together(box([28, 36, 32], 6), ...specks);
  const prediction = box([14, 18, 16], 6);
  const options = {
    start: { rotation: IDENTITY, translation: [0.2, 0.1, 0] as const, scale: 1.95 },
    size: 'fitted',
    trim: { share: 1 },
  } as const;
  const { distancesMillimetres: d, scanFromPrediction: found } = alignToScan(prediction, scan, {
    ...options,
    start: { ...options.start, translation: [0.2, 0.1, 0] },
    direction: 'scan to prediction',
  });
  assert.ok(Math.abs(found.scale - 2) < 1e-5, `scale ${found.scale}`);
  assert.equal(d.length, scan.points.shape[0]);
  const count = box([28, 36, 32], 6).points.shape[0];
  d.forEach((distance, n) => {
    assert.ok(Math.abs(distance - (n < count ? 0 : 20)) < 1e-3, `point ${n} is ${distance} mm off`);
  });
  const other = alignToScan(prediction, scan, { ...options, start: { ...options.start, translation: [0.2, 0.1, 0] } });
  assert.equal(other.distancesMillimetres.length, prediction.points.shape[0]);
  assert.ok(other.distancesMillimetres.every((distance) => distance < 1e-3));
});

test('a head comes back to 0.01 mm from 20 degrees and 3 cm without landmarks, onto another tessellation', () => {
  const population = headPopulation();
  const head = sampleHead(population, createRandom('known motion'));
  const mesh = { points: head.points, triangles: population.template.triangles };
  const scan = moved(subdivided(mesh), FAR);
  for (const direction of DIRECTIONS) {
    const { aligned, converged, steps } = alignToScan(mesh, scan, { direction });
    const error = largestMillimetres(aligned, scan);
    assert.ok(converged && error < 0.01, `${direction}: ${error} mm after ${steps} steps`);
  }
});

test('any motion of a box by up to 20 degrees and 3 cm is found', () => {
  const mesh = box([12, 16, 20], 4);
  const unit = fc.double({ min: -1, max: 1, noNaN: true });
  const vector = fc.tuple(unit, unit, unit).filter((v) => Math.hypot(...v) > 0.1);
  fc.assert(
    fc.property(vector, vector, unit, (axis, shift, size) => {
      const by = motion(axis, 20 * Math.abs(size), shift.map((v) => (3 * v) / Math.sqrt(3)) as unknown as Vector3);
      const { aligned, converged } = alignToScan(mesh, moved(mesh, by));
      assert.ok(converged && largestMillimetres(aligned, moved(mesh, by)) < 0.01);
    }),
    { seed: 1, numRuns: 20 },
  );
});

type Row = number[];
const minus = (a: Row, b: Row) => a.map((v, k) => v - b[k]);
const plus = (a: Row, b: Row, share: number) => a.map((v, k) => v + share * b[k]);
const dot = (a: Row, b: Row) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
const cross = (a: Row, b: Row) =>
  [0, 1, 2].map((k) => a[(k + 1) % 3] * b[(k + 2) % 3] - a[(k + 2) % 3] * b[(k + 1) % 3]);
const rowsOf = ({ points }: TriangleMesh) =>
  Array.from({ length: points.shape[0] }, (_, n) => [0, 1, 2].map((k) => points.get(n, k)));
const points = (rows: Row[]) => ndarray(Float64Array.from(rows.flat()), [rows.length, 3]);

/** The nearest of all triangles' nearest points: the plane's where it is inside, and those of the edges. */
function naiveNearest(mesh: TriangleMesh, p: Row): Row {
  let best: Row = [];
  for (let t = 0; t < mesh.triangles.shape[0]; t++) {
    const corners = [0, 1, 2].map((c) => [0, 1, 2].map((k) => mesh.points.get(mesh.triangles.get(t, c), k)));
    const normal = cross(minus(corners[1], corners[0]), minus(corners[2], corners[0]));
    const foot = plus(p, normal, -dot(minus(p, corners[0]), normal) / dot(normal, normal));
    const candidates = corners.map((from, c) => {
      const edge = minus(corners[(c + 1) % 3], from);
      return plus(from, edge, Math.min(1, Math.max(0, dot(minus(p, from), edge) / dot(edge, edge))));
    });
    if (corners.every((from, c) => dot(cross(minus(corners[(c + 1) % 3], from), minus(foot, from)), normal) >= 0))
      candidates.push(foot);
    for (const q of candidates)
      if (best.length === 0 || Math.hypot(...minus(q, p)) < Math.hypot(...minus(best, p))) best = q;
  }
  return best;
}

/** Trimmed ICP as its authors have it: all distances by hand, and a step is the best motion of the pairs that are kept. */
function naiveAlignment(prediction: TriangleMesh, scan: TriangleMesh, options: AlignToScanOptions, share: number) {
  let now = prediction;
  let steps = 0;
  for (let largest = 1; largest > 1e-6 && steps < 3000; steps++) {
    const pairs =
      options.direction === 'scan to prediction'
        ? rowsOf(scan).map((y) => [naiveNearest(now, y), y])
        : rowsOf(now).map((x) => [x, naiveNearest(scan, x)]);
    pairs.sort(([a, b], [c, d]) => Math.hypot(...minus(a, b)) - Math.hypot(...minus(c, d)));
    const kept = pairs.slice(0, Math.ceil(share * pairs.length));
    const align = options.size === 'fitted' ? alignSimilarity : alignRigid;
    const next = moved(now, align(points(kept.map(([x]) => x)), points(kept.map(([, y]) => y))));
    largest = largestMillimetres(next, now) / 10;
    now = next;
  }
  return { aligned: now, steps };
}

const EVERY_WAY = DIRECTIONS.flatMap((direction) =>
  (['kept', 'fitted'] as const).flatMap((size) => [0.8, 1].map((share) => ({ direction, size, trim: { share } }))),
);

test('ends in a minimum that the slow twin does not leave, with brute force’s distances', () => {
  const prediction = ball('spiky', 4);
  const stretched = prediction.points.data.map((v, i) => [1.03, 0.97, 1][i % 3] * v);
  const scan = moved(triangleMesh(stretched, prediction.triangles), motion([1, 0, 2], 6, [0.2, -0.1, 0.1]));
  for (const options of EVERY_WAY) {
    const found = alignToScan(prediction, scan, options);
    const twin = naiveAlignment(found.aligned, scan, options, options.trim.share);
    const apart = largestMillimetres(found.aligned, twin.aligned);
    assert.ok(found.converged && apart < 0.05, `${JSON.stringify(options)}: ${apart} mm, steps ${found.steps}`);
    assert.ok(largestMillimetres(prediction, found.aligned) > 1 && Math.max(...found.distancesMillimetres) > 0.5);
    const [seeker, sought] = options.direction === 'scan to prediction' ? [scan, found.aligned] : [found.aligned, scan];
    rowsOf(seeker).forEach((p, n) => {
      const distance = 10 * Math.hypot(...minus(p, naiveNearest(sought, p)));
      assert.ok(Math.abs(found.distancesMillimetres[n] - distance) < 1e-4);
    });
  }
});

test('takes a tenth of the steps that classical ones take', () => {
  const mesh = ball('slow', 4);
  const scan = moved(mesh, motion([1, 2, 0], 8, [0.5, 0, 0.5]));
  const { steps } = alignToScan(mesh, scan);
  const twin = naiveAlignment(mesh, scan, {}, 0.9);
  assert.ok(10 * steps < twin.steps, `${steps} steps, and ${twin.steps} classical ones`);
});

test('an outlying blob of a tenth of the points is trimmed by share and by distance, and draws the rest without', () => {
  const mesh = ball();
  const count = mesh.points.shape[0];
  const blob = moved(ball('blob', 4), { rotation: IDENTITY, translation: [14, 3, 0], scale: 0.2 });
  const prediction = together(mesh, blob);
  assert.ok(prediction.points.shape[0] - count < 0.1 * prediction.points.shape[0]);
  const by = motion([0, 1, 1], 5, [0.5, 0, -0.5]);
  const scan = moved(mesh, by);
  const error = (options: AlignToScanOptions) =>
    largestMillimetres(alignToScan(prediction, scan, options).aligned, scan, count);
  assert.ok(error({}) < 0.01, `by default ${error({})} mm`);
  assert.ok(error({ trim: { distanceMillimetres: 20 } }) < 0.01);
  assert.ok(error({ trim: { share: 1 } }) > 1, `untrimmed ${error({ trim: { share: 1 } })} mm`);
});

test('a fitted size is recovered in both directions, a kept one stays as at the start', () => {
  const mesh = ball();
  const by: Similarity = { ...motion([1, 1, 0], 6, [0.5, 0.5, 0]), scale: 1.12 };
  const scan = moved(mesh, by);
  for (const direction of DIRECTIONS) {
    const fitted = alignToScan(mesh, scan, { direction, size: 'fitted' });
    assert.ok(Math.abs(fitted.scanFromPrediction.scale - 1.12) < 1e-5, `${fitted.scanFromPrediction.scale}`);
    assert.ok(largestMillimetres(fitted.aligned, scan) < 0.01);
    const kept = alignToScan(mesh, scan, { direction });
    assert.equal(kept.scanFromPrediction.scale, 1);
    assert.ok(largestMillimetres(kept.aligned, scan) > 5);
    const started = alignToScan(mesh, scan, {
      direction,
      start: { rotation: IDENTITY, translation: [0, 0, 0], scale: 1.12 },
    });
    assert.equal(started.scanFromPrediction.scale, 1.12);
    assert.ok(largestMillimetres(started.aligned, scan) < 0.01);
  }
});

test('points over a scan’s border do not count where they shall not, and draw the prediction where they do', () => {
  const mesh = ball();
  const scan = moved(
    part(mesh, ([x, y]) => x + 0.2 * y > -2),
    motion([0, 1, 1], 4, [0.3, -0.2, 0.2]),
  );
  const whole = moved(mesh, motion([0, 1, 1], 4, [0.3, -0.2, 0.2]));
  const { aligned, distancesMillimetres } = alignToScan(mesh, scan, { dropBorder: true });
  assert.ok(largestMillimetres(aligned, whole) < 0.01, `${largestMillimetres(aligned, whole)} mm`);
  const across = (n: number) => mesh.points.get(n, 0) + 0.2 * mesh.points.get(n, 1);
  const [isFar, isThere] = [(n: number) => across(n) < -3.5, (n: number) => across(n) > -2];
  distancesMillimetres.forEach((d, n) => {
    assert.ok(isFar(n) ? Number.isNaN(d) : isThere(n) ? !(d > 0.01) : true, `point ${n}: ${d}`);
  });
  assert.ok(distancesMillimetres.some(Number.isFinite));
  const drawn = alignToScan(mesh, scan);
  assert.ok(largestMillimetres(drawn.aligned, whole) > 1 && drawn.distancesMillimetres.every(Number.isFinite));
});

test('what lies beyond the scan’s border does not draw the prediction, however near it is', () => {
  // an open box, and a prediction that goes on where the box ends
  const mesh = box([12, 16, 20], 10);
  const scan = part(mesh, ([, , z]) => z < 7);
  const options = { trim: { distanceMillimetres: 60 } };
  const still = alignToScan(mesh, scan, { ...options, dropBorder: true });
  assert.ok(largestMillimetres(still.aligned, mesh) < 0.01, `${largestMillimetres(still.aligned, mesh)} mm`);
  assert.ok(still.distancesMillimetres.some(Number.isNaN));
  const drawn = alignToScan(mesh, scan, options);
  assert.ok(largestMillimetres(drawn.aligned, mesh) > 0.1, `${largestMillimetres(drawn.aligned, mesh)} mm`);
});

test('a prediction that is turned far from its own frame takes no more steps than one that is not', () => {
  const mesh = ball('turned', 8);
  const away = motion([1, 0, 2], 5, [0.2, -0.1, 0.1]);
  for (const direction of DIRECTIONS) {
    const steps = [0, 70].map((degrees) => {
      const turn = motion([2, 1, -1], degrees, [0, 0, 0]);
      const found = alignToScan(mesh, moved(moved(mesh, away), turn), { direction, start: turn });
      assert.ok(found.converged);
      return found.steps;
    });
    assert.ok(steps[1] <= steps[0] + 2, `${direction}: ${steps} steps`);
  }
});

test('only points that count are sought for and measured', () => {
  const mesh = ball();
  const scan = moved(mesh, motion([1, 0, 0], 3, [0.2, 0.1, 0]));
  const data = mesh.points.data.map((v, i) => (i % 3 === 0 && v > 5 ? v + 3 : v));
  const prediction = triangleMesh(data, mesh.triangles);
  const counts = rowsOf(mesh).map(([x]) => (x > 5 ? 0 : 1));
  const { distancesMillimetres } = alignToScan(prediction, scan, { counts, trim: { share: 1 } });
  distancesMillimetres.forEach((d, n) => {
    assert.ok(counts[n] === 1 ? d < 0.01 : Number.isNaN(d), `point ${n}: ${d}`);
  });
});

test('no start, however far, ends with the kept points farther from the scan than they were', () => {
  const random = createRandom('far');
  const scan = ball('far scan', 6);
  for (let i = 0; i < 30; i++) {
    const start = {
      rotation: normalizeQuaternion([random.normal(), random.normal(), random.normal(), random.normal()]),
      translation: [8 * random.normal(), 8 * random.normal(), 8 * random.normal()] as Vector3,
    };
    const first = alignToScan(ball('far', 6), scan, { start, trim: { share: 1 }, maxSteps: 1 });
    const last = alignToScan(ball('far', 6), scan, { start, trim: { share: 1 } });
    const before = new SurfaceIndex(scan).closestPoints(moved(ball('far', 6), start).points.data).distances;
    const squares = (d: Float64Array, unit: number) => d.reduce((sum, v) => sum + (v * unit) ** 2, 0);
    const values = [squares(before, 10), squares(first.distancesMillimetres, 1), squares(last.distancesMillimetres, 1)];
    assert.ok(values[1] <= values[0] && values[2] <= values[1], values.join(', '));
    assert.ok(last.converged);
  }
});

test('changes no input, gives the same again, and takes an index for the scan', () => {
  const prediction = ball('one');
  const scan = moved(ball('other'), motion([1, 0, 2], 6, [0.5, -0.3, 0.4]));
  const before = [prediction, scan].map(({ points, triangles }) => [points.data.slice(), triangles.data.slice()]);
  const options = { size: 'fitted', dropBorder: true } as const;
  const found = alignToScan(prediction, scan, options);
  assert.deepEqual(
    [prediction, scan].map(({ points, triangles }) => [points.data, triangles.data]),
    before,
  );
  assert.deepEqual(alignToScan(prediction, scan, options), found);
  const index = new SurfaceIndex(scan);
  for (let i = 0; i < 2; i++) assert.deepEqual(alignToScan(prediction, index, options), found);
  assert.notEqual(found.aligned.points.data, prediction.points.data);
});

test('says that it has not converged when the steps do not suffice', () => {
  const mesh = ball();
  const { converged, steps } = alignToScan(mesh, moved(mesh, FAR), { maxSteps: 2 });
  assert.deepEqual([converged, steps], [false, 2]);
});

test('names what is wrong with surfaces and options', () => {
  const mesh = ball();
  const refuses = (message: string, prediction: TriangleMesh, scan: TriangleMesh, options?: AlignToScanOptions) =>
    assert.throws(() => alignToScan(prediction, scan, options), { name: 'RangeError', message });
  const empty = triangleMesh(new Float32Array(), new Uint32Array());
  const one = speck([0, 0, 0], 0);
  refuses('prediction must have triangles, but has none', empty, mesh);
  refuses('scan must have triangles, but has none', mesh, empty);
  refuses('scan must not lie in one plane, along which nothing holds it, but its 1 triangles do', mesh, one);
  refuses('prediction must not lie in one plane, along which nothing holds it, but its 1 triangles do', one, mesh);
  const point = triangleMesh(Float32Array.of(1, 2, 3, 1, 2, 3, 1, 2, 3), Uint32Array.of(0, 1, 2));
  refuses('scan must not lie in one plane, along which nothing holds it, but its 1 triangles do', mesh, point);

  const away: Pose = { rotation: IDENTITY, translation: [100, 0, 0] };
  const count = mesh.points.shape[0];
  for (const direction of DIRECTIONS)
    refuses(
      `prediction and scan must overlap at the start, but from ${direction} only 0 of ${count} points have a match that counts, fewer than 10`,
      mesh,
      moved(mesh, away),
      { direction, trim: { distanceMillimetres: 30 } },
    );
  const half = part(mesh, ([x]) => x > 0);
  refuses(
    `prediction and scan must overlap at the start, but from prediction to scan only 0 of ${count} points have a match that counts, fewer than 10`,
    moved(mesh, { rotation: IDENTITY, translation: [-100, 0, 0] }),
    half,
    { dropBorder: true },
  );
  refuses(
    'prediction and scan must overlap at the start, but from prediction to scan only 0 of 0 points have a match that counts, fewer than 10',
    mesh,
    mesh,
    { counts: new Uint8Array(count) },
  );
  refuses(`counts must have a number for each of the ${count} points that seek, but has 3`, mesh, mesh, {
    counts: [1, 1, 1],
  });
  for (const trim of [{ share: 0 }, { share: 1.5 }, { share: Number.NaN }, { distanceMillimetres: 0 }])
    refuses(
      `trim must be a share above 0 and at most 1, or a distance above 0, but is ${JSON.stringify(trim)}`,
      mesh,
      mesh,
      { trim },
    );
  for (const maxSteps of [0, 1.5])
    refuses(`maxSteps must be a whole number of at least 1, but is ${maxSteps}`, mesh, mesh, { maxSteps });
  const start = { rotation: IDENTITY, translation: [0, 0, 0] as Vector3, scale: -1 };
  refuses(`start must be finite and of a scale above 0, but is ${JSON.stringify(start)}`, mesh, mesh, { start });
});
