import assert from 'node:assert/strict';
import { test } from 'node:test';
import { triangleMesh } from 'lib/mesh';
import { createRandom } from 'lib/random';
import ndarray from 'ndarray';
import { failureOf } from './quality';
import { registerNonrigid } from './register-nonrigid';
import { grid, LANDMARKS, meanMillimetres, otherFace, reliefPoint, scanOf, template } from './relief.fixture';

/** Few steps: what these tests look at shows at once. */
const quick = { stiffnessMillimetres: [30, 3], stepsPerStage: 2 };
const landmarks = (rows: number[][]) => ndarray(Float32Array.from(rows.flat()), [rows.length, 3]);

test('nine triangles without area in the scan change nothing, and no input is modified', async () => {
  const { scan } = scanOf(otherFace);
  const own = template();
  const inputs = [own.mesh.points, own.mesh.triangles, scan.mesh.points, scan.mesh.triangles, scan.landmarks];
  const before = inputs.map(({ data }) => data.slice());
  const clean = await registerNonrigid(own, scan, quick);
  inputs.forEach(({ data }, i) => {
    assert.deepEqual(data, before[i]);
  });
  const degenerate = [
    0, 0, 0, 7, 7, 8, 7, 8, 7, 30, 31, 30, 500, 500, 500, 9, 9, 9, 60, 61, 61, 2, 2, 3, 900, 901, 900,
  ];
  const mesh = triangleMesh(scan.mesh.points, Uint32Array.of(...scan.mesh.triangles.data, ...degenerate));
  const { points, failure } = await registerNonrigid(own, { ...scan, mesh }, quick);
  assert.equal(failure, undefined);
  assert.ok(
    meanMillimetres(points.data, clean.points.data) < 0.01,
    `${meanMillimetres(points.data, clean.points.data)} mm`,
  );
});

test('the start takes scans in any pose, and of another size when asked to', async () => {
  const { scan, truth } = scanOf(([x, y, z]) => [50 - 1.3 * y, 1.3 * x, 20 + 1.3 * z]);
  const { points, start } = await registerNonrigid(template(), scan, { ...quick, start: 'similarity' });
  assert.ok(Math.abs(start.scale - 1.3) < 1e-5, `${start.scale}`);
  assert.ok(meanMillimetres(points.data, truth.data) < 1, `${meanMillimetres(points.data, truth.data)} mm`);
  assert.equal((await registerNonrigid(template(), scan, quick)).start.scale, 1);
});

test('a registration that must not be used says why', async () => {
  const { scan } = scanOf(otherFace);
  const reasonFor = async (changed: Partial<typeof scan>) =>
    (await registerNonrigid(template(), { ...scan, ...changed }, quick)).failure ?? 'none';

  const insideOut = triangleMesh(scan.mesh.points, scan.mesh.triangles.data.slice().reverse());
  assert.match(
    await reasonFor({ mesh: insideOut }),
    /100.0 % of the points found no match on the scan, more than 50.0 %/,
  );

  const places = LANDMARKS.map((_, k) => [0, 1, 2].map((c) => scan.landmarks.get(k, c)));
  const inMillimetres = landmarks(places.map((p) => p.map((v) => 10 * v)));
  assert.match(
    await reasonFor({ landmarks: inMillimetres }),
    /found no match|landmarks are \d+\.\d mm away on average/,
  );

  const corner = triangleMesh(scan.mesh.points, scan.mesh.triangles.data.slice(0, 3 * 400));
  assert.match(await reasonFor({ mesh: corner }), /\d % of the points found no match/);
});

test('the limits of failure, one by one', () => {
  const good = {
    surfaceErrorMillimetres: 0.1,
    landmarkErrorMillimetres: 1,
    rejectedShare: 0.1,
    flippedTriangles: 1,
    iterations: 9,
  };
  const points = new Float64Array(6);
  assert.equal(failureOf(points, good, 1000), undefined);
  assert.match(failureOf(Float64Array.of(0, 0, 0, 0, Number.NaN, 0), good, 1000) ?? '', /point 1 is not finite/);
  const reasons = {
    rejectedShare: [0.51, /51.0 % of the points found no match on the scan, more than 50.0 %/],
    landmarkErrorMillimetres: [10.5, /the landmarks are 10.5 mm away on average, more than 10 mm/],
    flippedTriangles: [21, /2.1 % of the triangles are turned over, more than 2.0 %/],
    surfaceErrorMillimetres: [2.25, /the surface is 2.25 mm away on average, more than 2 mm/],
  } as const;
  for (const [name, [value, reason]] of Object.entries(reasons))
    assert.match(failureOf(points, { ...good, [name]: value }, 1000) ?? '', reason);
});

test('scans that are no manifold are registered or marked, never silent', async () => {
  const { scan, truth } = scanOf(otherFace);
  const random = createRandom('soup');
  // every triangle with corners of its own, a third of them twice, some turned over
  const corners = [...scan.mesh.triangles.data];
  for (let t = 0; t < scan.mesh.triangles.data.length; t += 9)
    corners.push(...scan.mesh.triangles.data.subarray(t, t + 3));
  const soup = triangleMesh(
    Float32Array.from(
      corners.flatMap((n) => [0, 1, 2].map((c) => scan.mesh.points.get(n, c) + 1e-4 * random.normal())),
    ),
    Uint32Array.from(corners.keys()),
  );
  const { points, failure, quality } = await registerNonrigid(template(), { ...scan, mesh: soup }, quick);
  // its edges all belong to one triangle: only matches inside of triangles count
  assert.ok(failure !== undefined || meanMillimetres(points.data, truth.data) < 4, JSON.stringify(quality));
});

test('says how far it is, and stops when asked to', async () => {
  const { scan } = scanOf(otherFace);
  const stop = new AbortController();
  const seen: number[] = [];
  const onProgress = ({ iteration, iterations }: { iteration: number; iterations: number }) => {
    assert.equal(iterations, 4);
    seen.push(iteration);
    if (iteration === 2) setImmediate(() => stop.abort(new Error('enough')));
  };
  await assert.rejects(
    registerNonrigid(template(), scan, { ...quick, stopShare: 0, onProgress, signal: stop.signal }),
    /enough/,
  );
  assert.deepEqual(seen, [1, 2]);
  await assert.rejects(registerNonrigid(template(), scan, { signal: AbortSignal.abort() }), { name: 'AbortError' });
});

test('says what is wrong with landmarks, meshes and options', async () => {
  const { scan } = scanOf((p) => p);
  const own = template();
  const rejects = async (changed: object, scanChanged: object, options: object, message: RegExp) =>
    assert.rejects(
      registerNonrigid({ ...own, ...changed }, { ...scan, ...scanChanged }, { ...quick, ...options }),
      message,
    );
  await rejects({ landmarks: [1, 2] }, {}, {}, /template.landmarks must name three points or more, but name 2/);
  await rejects(
    { landmarks: [1, 2, 3] },
    {},
    {},
    /scan.landmarks must be \[3, 3\] as the template's, but are \[7, 3\]/,
  );
  const three = {
    landmarks: landmarks([
      [0, 0, 0],
      [1, 0, 0],
      [2, 0, 0],
    ]),
  };
  await rejects(
    { landmarks: [1, 2, 5000] },
    three,
    {},
    /template.landmarks must name points 0 to 1072, but landmark 2 names 5000/,
  );
  await rejects(
    { landmarks: [1, 2, 1] },
    three,
    {},
    /template.landmarks must be different points, but two are point 1/,
  );
  await rejects({ landmarks: [1, 200, 900] }, three, {}, /the landmarks give no start: .*must not lie on one line/);
  const broken = {
    landmarks: landmarks([
      [0, 0, 0],
      [1, Number.NaN, 0],
      [2, 0, 0],
    ]),
  };
  await rejects(
    { landmarks: [1, 2, 3] },
    broken,
    {},
    /scan.landmarks must be finite, but landmark 1 is at \(1, NaN, 0\)/,
  );
  const empty = { mesh: triangleMesh(new Float32Array(0), new Uint32Array(0)) };
  await rejects({}, empty, {}, /scan.mesh must have triangles, but has none/);
  await rejects(
    { mesh: triangleMesh(own.mesh.points, new Uint32Array(0)) },
    {},
    {},
    /template.mesh must have triangles/,
  );
  const flat = triangleMesh(Float32Array.of(0, 0, 0, 1, 0, 0, 2, 0, 0), Uint32Array.of(0, 1, 2));
  await rejects({}, { mesh: flat }, {}, /must have a triangle with an area/);
  await rejects(
    {},
    {},
    { stiffnessMillimetres: [1, 2] },
    /stiffnessMillimetres must be lengths above 0 that do not rise, but are \[1, 2\]/,
  );
  await rejects({}, {}, { stepsPerStage: 0 }, /stepsPerStage must be a whole number of at least 1, but is 0/);
  await rejects({}, {}, { landmarkWeight: -1 }, /landmarkWeight must be a number of at least 0, but is -1/);
  await rejects({}, {}, { maxNormalAngleDegrees: 300 }, /maxNormalAngleDegrees must be at most 180, but is 300/);
  await rejects({}, {}, { start: 'similar' }, /start must be 'rigid' or 'similarity', but is 'similar'/);
});

test('the length of stiffness does not depend on the template’s resolution', async () => {
  const { scan } = scanOf(otherFace);
  const coarse = template();
  const fine = grid(reliefPoint, 56, 72);
  // the coarse grid's points are every second one of the fine grid's
  const inFine = (n: number) => 2 * Math.floor(n / 29) * 57 + 2 * (n % 29);
  const options = { stiffnessMillimetres: [10], stepsPerStage: 4 };
  const a = await registerNonrigid(coarse, scan, options);
  const b = await registerNonrigid({ mesh: fine, landmarks: LANDMARKS.map(inFine) }, scan, options);
  const same = Float32Array.from(a.points.data, (_, i) => b.points.data[3 * inFine(Math.floor(i / 3)) + (i % 3)]);
  const moved = meanMillimetres(a.points.data, coarse.mesh.points.data);
  assert.ok(
    meanMillimetres(a.points.data, same) < 0.1 * moved,
    `${meanMillimetres(a.points.data, same)} of ${moved} mm`,
  );
});
