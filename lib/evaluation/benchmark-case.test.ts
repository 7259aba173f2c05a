import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import type { LandmarkName } from 'lib/population';
import { temporaryFolder } from '../files/temporary-folder.fixture';
import { faceObj, write } from './benchmark.fixture';
import { type BenchmarkCase, benchmarkCase, compareNumberings, holdsAny, incomplete } from './benchmark-case';
import { FACE_LANDMARKS } from './landmark-vertices';

const VERTICES = { right_eye_lacrimal: 4, left_eye_lacrimal: 20, nose_base: 33, lips_central: 8 };
/** By anatomical names, and so many more than in the file. */
const numbered = (more = 0): Partial<Record<LandmarkName, number>> =>
  Object.fromEntries(
    Object.entries(FACE_LANDMARKS).map(([name, ours]) => [ours, VERTICES[name as 'nose_base'] + more]),
  );

type Form = Parameters<typeof benchmarkCase>[1];

function caseOf(scans: string[], form: Partial<Form> = {}, vertices = numbered()): BenchmarkCase {
  return benchmarkCase(
    { name: 'Anna', subject: 7, picture: 'anna.jpg', scans, vertices },
    { unit: 'millimetres', firstVertex: 0, annotation: 'marks.txt', ...form },
  );
}

function scanFile(t: TestContext, text: string): string {
  return write(path.join(temporaryFolder(t), 'scan.obj'), text);
}

test('brings a scan and its landmarks to centimetres', (t) => {
  const file = scanFile(t, faceObj(VERTICES, 40));
  const scan = caseOf([file]).readScan();
  assert.equal(scan.file, file);
  assert.deepEqual(scan.mesh.points.shape, [40, 3]);
  // vertex 1 is at 1, 1, 90 mm
  assert.deepEqual([...scan.mesh.points.data.subarray(3, 6)], [0.1, 0.1, 9].map(Math.fround));
  assert.deepEqual([...scan.mesh.triangles.data], [0, 1, 2]);
  const rounded = Object.entries(scan.landmarks).map(([name, p]) => [name, p.map((v) => Math.round(1e6 * v) / 1e6)]);
  assert.deepEqual(Object.fromEntries(rounded), {
    endocanthionRight: [1.7, 0, 0],
    endocanthionLeft: [-1.7, 0, 0],
    subnasale: [0, -4.7, -1.5],
    stomion: [0, -6.9, -1.4],
  });
  // the landmarks are the mesh's own vertices
  assert.ok(Math.abs(scan.mesh.points.get(33, 1) - (scan.landmarks.subnasale?.[1] ?? 0)) < 1e-6);
  const units = { decimetres: 0.01, centimetres: 0.1, metres: 0.001, micrometres: 1000 } as const;
  for (const [unit, millimetres] of Object.entries(units)) {
    const other = caseOf([scanFile(t, faceObj(VERTICES, 40, millimetres))], { unit: unit as Form['unit'] }).readScan();
    assert.ok(Math.abs((other.landmarks.subnasale?.[1] ?? 0) + 4.7) < 1e-5, unit);
  }
});

test('a scan is read when it is asked for, and anew each time', (t) => {
  const file = path.join(temporaryFolder(t), 'later.obj');
  const anna = caseOf([file]);
  assert.throws(anna.readScan, {
    message: `Anna has no scan that fits its landmarks:\n  ${file}: is not there`,
  });
  write(file, faceObj(VERTICES, 40));
  const first = anna.readScan();
  first.mesh.points.data.fill(0);
  assert.equal(anna.readScan().mesh.points.get(0, 2), 9);
});

test('vertices may be counted from 1', (t) => {
  const file = scanFile(t, faceObj(VERTICES, 40));
  const anna = caseOf([file], { firstVertex: 1 }, numbered(1));
  assert.ok(Math.abs((anna.readScan().landmarks.stomion?.[1] ?? 0) + 6.9) < 1e-6);
});

test('takes the first scan that can be read and has a face where the landmarks are', (t) => {
  const right = scanFile(t, faceObj(VERTICES, 40));
  const other = scanFile(t, faceObj({ nose_base: 1 }, 40));
  const broken = scanFile(t, 'v 1 2\n');
  assert.equal(caseOf([right, other]).readScan().file, right);
  assert.equal(caseOf([other, broken, right]).readScan().file, right);
  assert.throws(caseOf([other, broken]).readScan, (error: Error) => {
    const [first, second, third, ...rest] = error.message.split('\n');
    assert.equal(first, 'Anna has no scan that fits its landmarks:');
    assert.ok(
      second.startsWith(
        `  ${other}: is taken to be in millimetres, where the landmarks of marks.txt, counted from 0, are no face's: endocanthionRight to endocanthionLeft must be 20 to 52 mm, but is `,
      ),
      second,
    );
    assert.ok(
      second.endsWith('They would be in no other unit, counted from 0 or from 1: the landmarks are not of this scan.'),
      second,
    );
    assert.equal(third, `  ${broken}: line 1: expected "v x y z" with finite numbers, but found "v 1 2"`);
    assert.deepEqual(rest, []);
    return true;
  });
});

test('an error says in which unit, and counted from what, the landmarks would be a face’s', (t) => {
  const metres = scanFile(t, faceObj(VERTICES, 40, 0.001));
  assert.throws(
    caseOf([metres]).readScan,
    /must be 20 to 52 mm, but is 0\.0; .* They would be in metres and counted from 0\.$/,
  );
  const one = scanFile(t, faceObj(VERTICES, 40, 0.01));
  const wrong = caseOf([one], { unit: 'decimetres' }, numbered(1));
  assert.throws(wrong.readScan, /counted from 0, are no face's: .* They would be in decimetres and counted from 1\.$/);
});

test('a scan must have the vertices that are annotated, and as many as its data set’s', (t) => {
  const file = scanFile(t, faceObj(VERTICES, 40));
  assert.throws(caseOf([file], { points: 41 }).readScan, {
    message: `Anna has no scan that fits its landmarks:\n  ${file}: must have 41 vertices, but has 40`,
  });
  assert.throws(caseOf([file], { points: 39 }).readScan, /scan\.obj: must have 39 vertices, but has 40$/);
  assert.equal(caseOf([file], { points: 40 }).readScan().mesh.points.shape[0], 40);
  const past = caseOf([file], {}, { ...numbered(), subnasale: 40 });
  assert.throws(past.readScan, {
    message: `Anna has no scan that fits its landmarks:\n  ${file}: must have the vertex 40, counted from 0, of marks.txt, but has 40 vertices`,
  });
  const before = caseOf([file], { firstVertex: 1 }, { ...numbered(1), subnasale: 0 });
  assert.throws(before.readScan, /must have the vertex 0, counted from 1, of marks\.txt/);
});

test('an error that is no file’s fault is not taken for a wrong scan', (t) => {
  const file = scanFile(t, faceObj(VERTICES, 40));
  const anna = caseOf([file, file]);
  t.mock.method(fs, 'readFileSync', () => {
    throw new Error('EIO: i/o error, read');
  });
  assert.throws(anna.readScan, { message: 'EIO: i/o error, read' });
});

test('the way of counting that gives the more symmetric faces is seen', (t) => {
  // what stands before each landmark in the file is 10 mm to the right of it, but for the right eye's corner
  const lines = faceObj(VERTICES, 40).split('\n');
  for (const [name, vertex] of Object.entries(VERTICES)) {
    const [x, y, z] = lines[vertex].split(' ').slice(1).map(Number);
    lines[vertex - 1] = `v ${name === 'right_eye_lacrimal' ? x : x + 10} ${y} ${z}`;
  }
  const file = scanFile(t, lines.join('\n'));
  const { fromZero, fromOne } = compareNumberings([caseOf([file]), caseOf([file])]);
  assert.ok(Math.abs(fromZero) < 1e-5);
  const expected = [
    [47, 15],
    [69, 14],
  ].map(([y, z]) => Math.abs(Math.hypot(10 - 17, y, z) - Math.hypot(10 + 7, y, z)));
  assert.ok(expected[0] > 2);
  assert.ok(Math.abs(fromOne - (expected[0] + expected[1]) / 2) < 1e-4, `${fromOne}`);

  // counted from 1 the same faces are one vertex further on
  const one = compareNumberings([caseOf([file], { firstVertex: 1 }, numbered(1))]);
  assert.ok(Math.abs(one.fromOne) < 1e-5 && one.fromZero > 0);
  // the first vertex of all has none before it
  const atStart = { ...VERTICES, nose_base: 0 };
  const start = caseOf([scanFile(t, faceObj(atStart, 40))], {}, { ...numbered(), subnasale: 0 });
  assert.equal(compareNumberings([start]).fromOne, Number.POSITIVE_INFINITY);
});

test('tells a folder of the right kind from another, from a file and from nothing', (t) => {
  const folder = temporaryFolder(t);
  assert.equal(holdsAny(folder, /^Tester_\d/), false);
  const file = write(path.join(folder, 'Tester_9', 'x'), '');
  assert.equal(holdsAny(folder, /^Tester_\d/), true);
  assert.equal(holdsAny(file, /./), false);
  assert.equal(holdsAny(path.join(folder, 'none'), /./), false);
});

test('one error tells all that is missing and the way to it', () => {
  assert.equal(
    incomplete('A set', ['a is not there', 'b is wrong'], 'Ask its owners').message,
    'A set is not whole; 2 things are missing or wrong:\n  a is not there\n  b is wrong\nAsk its owners',
  );
  assert.match(incomplete('A set', ['a'], '').message, /^A set is not whole; one thing is missing or wrong:\n {2}a\n$/);
});
