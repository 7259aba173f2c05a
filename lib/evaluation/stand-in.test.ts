import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { type TriangleMesh, triangleMesh } from 'lib/mesh';
import { createRandom } from 'lib/random';
import ndarray from 'ndarray';
import { temporaryFolder } from '../files/temporary-folder.fixture';
import { bumpyBall } from '../mesh/surface.fixture';
import { FACE } from './benchmark.fixture';
import { readFaceWarehouseCases } from './facewarehouse';
import { EAR_LANDMARKS, FACE_LANDMARKS } from './landmark-vertices';
import { readMiccCases } from './micc';
import {
  asRegisteredHead,
  type BenchmarkLayout,
  checkStandIn,
  drawnBox,
  finishStandIn,
  readStandIn,
  readTruth,
  writeStandInCase,
} from './stand-in';

/** A ball of which some vertices are where a face has its landmarks, cm, looking toward -z as heads of ours do. */
function face(): { mesh: TriangleMesh; landmarks: Record<string, number> } {
  const ball = bumpyBall(9, 45, 'face');
  const places = ball.points.data.slice();
  const names = Object.entries({ ...FACE_LANDMARKS, ...EAR_LANDMARKS });
  const landmarks = Object.fromEntries(
    names.map(([theirs, ours], i) => {
      places.set(
        FACE[theirs].map((v) => v / 10),
        3 * (100 + 7 * i),
      );
      return [ours, 100 + 7 * i];
    }),
  );
  landmarks.pronasale = 900;
  return { mesh: triangleMesh(places, ball.triangles), landmarks };
}

const TRUTH = {
  mark: 4_000_000_000,
  points: ndarray(Float32Array.of(1, 2, 3, 4, 5, 6), [2, 3]),
  box: [10.5, 20, 100, 150] as const,
  frame: 7,
};

function madeUp(root: string, layout: BenchmarkLayout, count: number) {
  const { mesh, landmarks } = face();
  const scan = layout === 'micc' ? mesh : asRegisteredHead(mesh);
  for (let subject = 1; subject <= count; subject++)
    writeStandInCase(root, layout, {
      subject,
      picture: Uint8Array.of(subject),
      scan,
      landmarks,
      truth: { ...TRUTH, frame: TRUTH.frame + subject },
    });
  finishStandIn(root, { layout, heads: 'second-population', seed: 3, count });
  return { mesh, landmarks, scan };
}

const rounded = (values: readonly number[] | undefined) => values?.map((v) => Number(v.toFixed(4)));

test('MICC’s reader reads what was written, in cm, with the landmarks that other protocols need', (t) => {
  const root = temporaryFolder(t);
  const { mesh, landmarks } = madeUp(root, 'micc', 1);
  const { cases, leftOut } = readMiccCases(root, path.join(root, 'annotations'));
  assert.deepEqual([cases.map(({ name }) => name), leftOut], [['subject_1'], []]);
  const [one] = cases;
  assert.equal(one.picture, path.join(root, 'subject_01', 'Video', 'frame0008.jpg'));
  assert.deepEqual([...fs.readFileSync(one.picture)], [1]);
  const scan = one.readScan();
  assert.deepEqual(rounded([...scan.mesh.points.data.subarray(0, 30)]), rounded([...mesh.points.data.subarray(0, 30)]));
  assert.deepEqual([...scan.mesh.triangles.data], [...mesh.triangles.data]);
  assert.deepEqual(rounded(scan.landmarks.subnasale), [0, -4.7, -1.5]);
  assert.equal(one.vertices.pronasale, landmarks.pronasale);
  assert.equal(one.vertices.tragionRight, undefined, 'MICC’s annotations have no ears');
});

test('FaceWarehouse’s reader reads as many people as were made, each of 11,510 vertices, with the face toward +z', (t) => {
  const root = temporaryFolder(t);
  madeUp(root, 'facewarehouse', 2);
  assert.throws(
    () => readFaceWarehouseCases(root, path.join(root, 'annotations')),
    /FaceWarehouse is not whole; 296 things are/,
  );
  const { cases } = readFaceWarehouseCases(root, path.join(root, 'annotations'), { people: 2, tragi: true });
  assert.deepEqual(
    cases.map(({ name, picture }) => [name, [...fs.readFileSync(picture)]]),
    [
      ['Tester_1', [1]],
      ['Tester_2', [2]],
    ],
  );
  const { mesh, landmarks } = cases[1].readScan();
  assert.equal(mesh.points.shape[0], 11_510);
  assert.deepEqual(
    rounded(landmarks.subnasale),
    [-0, -4.7, 1.5].map((v) => v + 0),
  );
  assert.deepEqual(Object.keys(landmarks).sort(), [
    'endocanthionLeft',
    'endocanthionRight',
    'pronasale',
    'stomion',
    'subnasale',
    'tragionLeft',
    'tragionRight',
  ]);
});

test('beside them stand the truth, the boxes and what the folder is, and the data set itself has none of it', (t) => {
  const root = temporaryFolder(t);
  assert.equal(readStandIn(root), undefined);
  assert.equal(readTruth(root, 'subject_1'), undefined);
  madeUp(root, 'micc', 1);
  const standIn = readStandIn(root);
  assert.deepEqual(
    { ...standIn, note: '' },
    { note: '', layout: 'micc', heads: 'second-population', seed: 3, count: 1 },
  );
  assert.match(standIn?.note ?? '', /no photographs, no scans of people/);
  assert.deepEqual(readTruth(root, 'subject_1'), { ...TRUTH, frame: 8 });
  const { checksum: _, ...boxes } = JSON.parse(fs.readFileSync(path.join(root, 'boxes.json'), 'utf8'));
  assert.deepEqual(boxes, { subject_1: { box: [...TRUTH.box] } });
  // a broken truth is none, and a stand-in without it is not whole
  fs.writeFileSync(path.join(root, 'truth', 'subject_1.arrays'), 'broken');
  assert.equal(readTruth(root, 'subject_1'), undefined);
  assert.throws(
    () => finishStandIn(root, { layout: 'micc', heads: 'second-population', seed: 3, count: 1 }),
    /truth.subject_1\.arrays is not there: the stand-in is not whole$/,
  );
});

test('a changed or missing file of a person is an error that names it and what makes the person again', (t) => {
  for (const layout of ['micc', 'facewarehouse'] as const) {
    const root = temporaryFolder(t);
    madeUp(root, layout, 2);
    checkStandIn(root, { layout, count: 2 });
    const name = layout === 'micc' ? 'subject_2' : 'Tester_2';
    const files =
      layout === 'micc'
        ? ['subject_02/Video/frame0009.jpg', 'subject_02/Model/frontal1/obj/subject_2.obj']
        : ['Tester_2/TrainingPose/pose_0.png', 'Tester_2/TrainingPose/pose_0.obj'];
    const truth = path.join(root, 'truth', `${name}.arrays`);
    for (const file of [...files.map((each) => path.join(root, each)), truth]) {
      const whole = fs.readFileSync(file);
      const changed = Buffer.from(whole);
      changed[changed.length - 1] ^= 1;
      fs.writeFileSync(file, changed);
      const says = (what: string) => (error: Error) =>
        error.message.includes(file) &&
        error.message.includes(what) &&
        error.message.includes(`; remove ${truth} and ${path.join(root, 'stand-in.json')}, and run again`);
      assert.throws(() => checkStandIn(root, { layout, count: 2 }), says('was changed since it was written'));
      fs.rmSync(file);
      assert.throws(() => checkStandIn(root, { layout, count: 2 }), says(file === truth ? 'ENOENT' : 'is not there'));
      fs.writeFileSync(file, whole);
    }
  }
});

test('a registered head keeps its points, turned by half a turn, and its surface', () => {
  const { mesh } = face();
  const head = asRegisteredHead(mesh);
  const count = mesh.points.shape[0];
  assert.equal(head.points.shape[0], 11_510);
  for (let n = 0; n < count; n += 50)
    assert.deepEqual(
      [0, 1, 2].map((i) => head.points.get(n, i)),
      [-mesh.points.get(n, 0), mesh.points.get(n, 1), -mesh.points.get(n, 2)],
    );
  assert.equal(head.triangles.shape[0], mesh.triangles.shape[0] + 2 * (11_510 - count));
  const ratio = area(head) / area(mesh);
  assert.ok(Math.abs(ratio - 1) < 1e-5, `${ratio}`);
  assert.equal(new Set(head.triangles.data).size, 11_510);
  assert.throws(() => asRegisteredHead(bumpyBall(9, 20, 'small')), {
    name: 'RangeError',
    message:
      'head must have at most 11510 points and enough triangles to come to so many, but has 762 points and 1520 triangles',
  });
});

function area({ points, triangles }: TriangleMesh): number {
  let sum = 0;
  for (let t = 0; t < triangles.shape[0]; t++) {
    const [a, b, c] = [0, 1, 2].map((k) => [0, 1, 2].map((i) => points.get(triangles.get(t, k), i)));
    const [u, v] = [b, c].map((p) => p.map((value, i) => value - a[i]));
    sum += Math.hypot(u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]) / 2;
  }
  return sum;
}

test('a box is around the points above the chin, and a hand is off by 2 % of its height', () => {
  const pixels = ndarray(Float64Array.of(10, 20, 30, 70, 25, 500), [3, 2]);
  const isHead = (n: number) => n < 2;
  assert.deepEqual(
    drawnBox(pixels, isHead, () => 0),
    [10, 20, 20, 50],
  );
  assert.deepEqual(
    drawnBox(pixels, isHead, () => 1),
    [11, 21, 20, 50],
  );
  const { normal } = createRandom('hand');
  const edges = Array.from({ length: 2000 }, () => drawnBox(pixels, isHead, normal)[0] - 10);
  const deviation = Math.sqrt(edges.reduce((sum, v) => sum + v * v, 0) / edges.length);
  assert.ok(Math.abs(deviation - 1) < 0.06, `${deviation} px`);
});
