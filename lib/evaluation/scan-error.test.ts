import assert from 'node:assert/strict';
import { test } from 'node:test';
import { quaternionFromAxisAngle, transformPoint, transformPoints, type Vector3 } from 'lib/geometry';
import { type TriangleMesh, triangleMesh } from 'lib/mesh';
import { headPopulation, type LandmarkName, sampleHead, scanHead } from 'lib/population';
import { createRandom } from 'lib/random';
import ndarray, { type NdArray } from 'ndarray';
import { FIRST_IDENTITY, ictProblem } from '../morphable-model/registration/ict-problem.fixture';
import { shapeError } from './metrics';
import { type LandmarkedSurface, scanError } from './scan-error';
import { SCAN_PROTOCOLS, type ScanProtocolName } from './scan-protocols';
import { box, speck, together } from './solids.fixture';

const PROTOCOLS = Object.keys(SCAN_PROTOCOLS) as ScanProtocolName[];
const near = (actual: number, expected: number, tolerance: number, what = '') =>
  assert.ok(Math.abs(actual - expected) <= tolerance, `${what} is ${actual}, expected ${expected}`);

/** A box of a head's size as a head: its front is the plane z = -9. */
const SIZE = [14, 20, 18];
const LANDMARKS: Partial<Record<LandmarkName, Vector3>> = {
  exocanthionRight: [4.5, 3, -9],
  endocanthionRight: [1.5, 3, -9],
  endocanthionLeft: [-1.5, 3, -9],
  exocanthionLeft: [-4.5, 3, -9],
  pronasale: [0, 0, -9],
  subnasale: [0, -1, -9],
  stomion: [0, -4, -9],
  cheilionRight: [2.5, -4, -9],
  cheilionLeft: [-2.5, -4, -9],
};
/** The protocol's own sphere: 95 mm around the tip; 0.7 (4 + 9) = 9.1 cm around a place 0.3 * 4 = 1.2 cm above the base. */
const SPHERES = { 'similarity-95mm': [[0, 0, -9], 9.5], now: [[0, 0.2, -9], 9.1] } as const;

/** A motion and a size of a surface with its landmarks. */
function moved({ mesh, landmarks }: LandmarkedSurface, scale = 1): LandmarkedSurface {
  const pose = { rotation: quaternionFromAxisAngle([0, 0.6, 0.8], 2), translation: [40, -30, 20] as Vector3 };
  return {
    mesh: { points: transformPoints(mesh.points, { ...pose, scale }), triangles: mesh.triangles },
    landmarks: Object.fromEntries(
      Object.entries(landmarks).map(([name, place]) => [
        name,
        transformPoint(pose, place.map((v) => scale * v) as unknown as Vector3),
      ]),
    ),
  };
}

/** The box, and on each of two places of its front a speck 4 mm before it and one 4 mm within: they pull nowhere. */
const specked = (): TriangleMesh =>
  together(
    box(SIZE, 10),
    ...[
      [3, 4],
      [-4, -5],
    ].flatMap(([x, y]) => [speck([x, y, -9.4], 2), speck([x, y, -8.6], 2)]),
  );

/** The named points' places. */
const marked = (names: Partial<Record<LandmarkName, number>>, points: NdArray<Float32Array>) =>
  Object.fromEntries(
    Object.entries(names).map(([name, n]) => [name, [0, 1, 2].map((k) => points.get(n, k))]),
  ) as unknown as LandmarkedSurface['landmarks'];

test('specks 4 mm off a scan count from scan to prediction, inside the protocol’s sphere, and not from prediction to scan', () => {
  const scan = moved({ mesh: specked(), landmarks: LANDMARKS });
  const prediction = { mesh: box(SIZE, 10), landmarks: LANDMARKS };
  const all = prediction.mesh.points.shape[0];
  const paper = scanError(prediction, scan, 'paper');
  assert.deepEqual([paper.points, paper.alignment.distancesMillimetres.length], [all, all]);
  near(paper.meanMillimetres, 0, 1e-3);

  for (const protocol of ['similarity-95mm', 'now'] as const) {
    const [centre, radius] = SPHERES[protocol];
    const inside = Array.from({ length: specked().points.shape[0] }, (_, n) => n).filter(
      (n) => Math.hypot(...centre.map((v, k) => specked().points.get(n, k) - v)) <= radius,
    );
    const far = inside.filter((n) => n >= all).length;
    assert.equal(far, 12);
    const share = far / inside.length;
    const error = scanError(prediction, scan, protocol);
    assert.equal(error.points, inside.length);
    near(error.meanMillimetres, 4 * share, 1e-3, protocol);
    near(error.medianMillimetres, 0, 1e-3, protocol);
    near(error.rootMeanSquareMillimetres, 4 * Math.sqrt(share), 1e-3, protocol);
    near(error.standardDeviationMillimetres, 4 * Math.sqrt(share * (1 - share)), 1e-3, protocol);
    error.alignment.distancesMillimetres.forEach((d, n) => {
      if (inside.includes(n)) near(d, n < all ? 0 : 4, 1e-3, `${protocol}, point ${n}`);
      else assert.ok(Number.isNaN(d), `${protocol}, point ${n}: ${d}`);
    });
  }
});

test('specks 4 mm off a prediction count from prediction to scan, and not from scan to prediction', () => {
  const scan = moved({ mesh: box(SIZE, 10), landmarks: LANDMARKS });
  const prediction = { mesh: specked(), landmarks: LANDMARKS };
  const paper = scanError(prediction, scan, 'paper');
  const count = specked().points.shape[0];
  assert.equal(paper.points, count);
  near(paper.meanMillimetres, (4 * 12) / count, 1e-3);
  near(paper.rootMeanSquareMillimetres, 4 * Math.sqrt(12 / count), 1e-3);
  for (const protocol of ['similarity-95mm', 'now'] as const)
    near(scanError(prediction, scan, protocol).rootMeanSquareMillimetres, 0, 1e-3, protocol);
});

test('a prediction of another size is right under the similarities, and wrong in the paper’s protocol', () => {
  const scan = moved({ mesh: box(SIZE, 10), landmarks: LANDMARKS });
  const prediction = moved({ mesh: box(SIZE, 10), landmarks: LANDMARKS }, 0.9);
  for (const protocol of ['similarity-95mm', 'now'] as const) {
    const { alignment, meanMillimetres } = scanError(prediction, scan, protocol);
    near(alignment.scanFromPrediction.scale, 1 / 0.9, 1e-5, protocol);
    near(meanMillimetres, 0, 1e-3, protocol);
  }
  const { alignment, meanMillimetres } = scanError(prediction, scan, 'paper');
  assert.equal(alignment.scanFromPrediction.scale, 1);
  assert.ok(meanMillimetres > 4, `${meanMillimetres} mm`);
});

test('landmarks begin the alignment: a box that lies upside down is turned', () => {
  const scan = { mesh: box(SIZE, 10), landmarks: LANDMARKS };
  const half = quaternionFromAxisAngle([1, 0, 0], 2.5);
  const turned = (place: Vector3) => transformPoint({ rotation: half, translation: [0, 5, 0] }, place);
  const landmarks = Object.fromEntries(Object.entries(LANDMARKS).map(([name, place]) => [name, turned(place)]));
  const mesh = {
    ...scan.mesh,
    points: transformPoints(scan.mesh.points, { rotation: half, translation: [0, 5, 0] }),
  };
  const { alignment } = scanError({ mesh, landmarks }, scan, 'paper');
  const error = shapeError(scan.mesh.points, alignment.aligned.points);
  assert.ok(error < 0.01, `${error} mm`);
});

test('the median of an odd number of distances is the middle one, of an even number the mean of the two in the middle', () => {
  const parities = new Set<number>();
  for (const extra of [0, 1]) {
    const points = Float32Array.of(...specked().points.data, ...[3.1, 4.1, -9.4].slice(0, 3 * extra));
    const mesh = triangleMesh(points, specked().triangles);
    const error = scanError({ mesh: box(SIZE, 9), landmarks: LANDMARKS }, { mesh, landmarks: LANDMARKS }, 'now');
    const sorted = [...error.alignment.distancesMillimetres].filter(Number.isFinite).sort((a, b) => a - b);
    const middle = (sorted.length - 1) / 2;
    near(error.medianMillimetres, (sorted[Math.floor(middle)] + sorted[Math.ceil(middle)]) / 2, 1e-15);
    parities.add(sorted.length % 2);
  }
  assert.equal(parities.size, 2);
});

test('a scanned head of the population: small where it is the prediction, and larger the farther the prediction is from it', () => {
  const population = headPopulation();
  const { template } = population;
  const random = createRandom('scan error');
  const [truth, other] = ['truth', 'other'].map((name) => sampleHead(population, random.fork(name)));
  const scanned = scanHead(truth, template, random.fork('scan'));
  // a hand's landmarks, and the true places of those that it did not see, as the corners of the eyes
  const scan = {
    mesh: scanned.scan.mesh,
    landmarks: { ...marked(template.landmarks, scanned.truth.points), ...scanned.scan.landmarks },
  };
  const predictions = [0, 0.3, 1].map((share) => {
    const points = ndarray(
      truth.points.data.map((v, i) => v + share * (other.points.data[i] - v)),
      truth.points.shape,
    );
    return { mesh: triangleMesh(points, template.triangles), landmarks: marked(template.landmarks, points) };
  });
  for (const protocol of PROTOCOLS) {
    const errors = predictions.map((prediction) => scanError(prediction, scan, protocol));
    const [zero, third, one] = errors.map((error) => error.meanMillimetres);
    assert.ok(
      errors.every(({ alignment }) => alignment.converged),
      protocol,
    );
    assert.ok(zero < 0.5 && third > zero + 0.1 && one > 2 * third, `${protocol}: ${[zero, third, one]}`);
  }
});

test('names the landmark that is missing, or not finite, and the side that lacks it', () => {
  const whole = { mesh: box(SIZE, 10), landmarks: LANDMARKS };
  const refuses = (
    message: string,
    prediction: LandmarkedSurface,
    scan: LandmarkedSurface,
    protocol: ScanProtocolName,
  ) => assert.throws(() => scanError(prediction, scan, protocol), { name: 'RangeError', message });
  for (const protocol of PROTOCOLS)
    for (const name of SCAN_PROTOCOLS[protocol].landmarks) {
      const without = { ...whole, landmarks: { ...LANDMARKS, [name]: undefined } };
      const text = `must have ${name} for the protocol ${protocol}, but has not`;
      refuses(`prediction.landmarks ${text}`, without, whole, protocol);
      refuses(`scan.landmarks ${text}`, whole, without, protocol);
    }
  const tipless = { ...whole, landmarks: { ...LANDMARKS, pronasale: undefined } };
  refuses(
    'scan.landmarks must have pronasale for the protocol similarity-95mm, but has not',
    whole,
    tipless,
    'similarity-95mm',
  );
  assert.ok(scanError(tipless, whole, 'similarity-95mm').meanMillimetres < 1e-3);
  const broken = { ...whole, landmarks: { ...LANDMARKS, stomion: [0, Number.NaN, 1] as Vector3 } };
  refuses('scan.landmarks must be finite, but stomion is at (0, NaN, 1)', whole, broken, 'paper');
  const line = Object.fromEntries(Object.keys(LANDMARKS).map((name, i) => [name, [i, 0, 0] as Vector3]));
  refuses(
    'the landmarks give no start: source and target must not lie on one line: the rotation about it is free',
    whole,
    { ...whole, landmarks: line },
    'paper',
  );
  refuses('protocol must be one of paper, similarity-95mm, now, but is mine', whole, whole, 'mine' as ScanProtocolName);
  // the sphere holds no point of such a scan
  const far = { ...LANDMARKS, pronasale: [0, 0, -900] as Vector3 };
  refuses(
    'prediction and scan must overlap at the start, but from scan to prediction only 0 of 0 points have a match that counts, fewer than 10',
    whole,
    { ...whole, landmarks: far },
    'similarity-95mm',
  );
});

const folder = process.env.ICT_FACEKIT ?? '';
test('a head of ICT-FaceKit is 0 mm from a scan of itself, and its neutral face is 1 mm to 4 mm from that', {
  skip: folder ? false : 'ICT_FACEKIT is not set',
}, () => {
  const { template, scan, truth } = ictProblem(folder, 'scan error', FIRST_IDENTITY);
  // of the fixture's landmarks these are known by our names
  const names = [
    'exocanthionRight',
    'endocanthionRight',
    'endocanthionLeft',
    'exocanthionLeft',
    'subnasale',
    'cheilionRight',
    'cheilionLeft',
  ] as const;
  const numbers = Object.fromEntries(names.map((name, i) => [name, template.landmarks[i]]));
  const target = { mesh: scan.mesh, landmarks: marked(numbers, truth) };
  const error = (points: typeof truth) =>
    scanError({ mesh: { ...template.mesh, points }, landmarks: marked(numbers, points) }, target, 'now');
  const [itself, neutral] = [error(truth), error(template.mesh.points)];
  assert.ok(itself.alignment.converged && itself.meanMillimetres < 0.05, `${itself.meanMillimetres} mm`);
  assert.ok(neutral.alignment.converged && neutral.meanMillimetres > 1 && neutral.meanMillimetres < 4);
});
