import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { temporaryFolder } from '../files/temporary-folder.fixture';
import { faceObj, landmarkText, write } from './benchmark.fixture';
import { readFaceWarehouseCases } from './facewarehouse';

/** In another order than the authors' file. */
const VERTICES = {
  right_ear_tragus: 500,
  lips_central: 400,
  right_eye_lacrimal: 100,
  left_ear_tragus: 11509,
  left_eye_lacrimal: 200,
  nose_base: 300,
};
const file = (folder: string, subject: number, ending: string) =>
  path.join(folder, `Tester_${subject}`, 'TrainingPose', `pose_0.${ending}`);

/** A folder of the data set's form, where one head stands for all 150. */
function folders(t: TestContext): { folder: string; annotations: string } {
  const root = temporaryFolder(t);
  const [folder, annotations] = ['FaceWarehouse', 'annotations'].map((name) => path.join(root, name));
  write(path.join(annotations, 'data', 'facewarehouse', 'vertex_identifiers.txt'), landmarkText(VERTICES));
  write(file(folder, 1, 'obj'), faceObj(VERTICES, 11510, 0.01));
  for (let subject = 1; subject <= 150; subject++) {
    write(file(folder, subject, 'png'), '');
    if (subject > 1) fs.linkSync(file(folder, 1, 'obj'), file(folder, subject, 'obj'));
  }
  return { folder, annotations };
}

test('a case has the neutral picture and head in centimetres, with four landmarks or all six', (t) => {
  const { folder, annotations } = folders(t);
  const { cases, leftOut } = readFaceWarehouseCases(folder, annotations);
  assert.deepEqual(leftOut, []);
  assert.equal(cases.length, 150);
  const last = cases[149];
  assert.deepEqual([last.name, last.subject, last.picture], ['Tester_150', 150, file(folder, 150, 'png')]);
  assert.deepEqual(last.scans, [file(folder, 150, 'obj')]);
  const { mesh, landmarks } = last.readScan();
  assert.deepEqual(mesh.points.shape, [11510, 3]);
  assert.deepEqual(Object.keys(landmarks).sort(), ['endocanthionLeft', 'endocanthionRight', 'stomion', 'subnasale']);
  assert.deepEqual(
    landmarks.stomion?.map((v) => Number(v.toFixed(5))),
    [0, -6.9, -1.4],
  );

  const all = readFaceWarehouseCases(folder, annotations, { tragi: true }).cases[0].readScan().landmarks;
  assert.equal(Object.keys(all).length, 6);
  assert.deepEqual(
    all.tragionLeft?.map((v) => Number(v.toFixed(5))),
    [-7.3, -1.6, 8],
  );
  const one = readFaceWarehouseCases(folder, annotations, { firstVertex: 1 }).cases[0];
  assert.throws(one.readScan, /counted from 1, are no face's: .*in decimetres and counted from 0\.$/);
});

test('a head of another template or unit is refused', (t) => {
  const { folder, annotations } = folders(t);
  const { cases } = readFaceWarehouseCases(folder, annotations);
  for (const subject of [2, 3]) fs.rmSync(file(folder, subject, 'obj'));
  write(file(folder, 2, 'obj'), faceObj(VERTICES, 11511, 0.01));
  write(file(folder, 3, 'obj'), faceObj(VERTICES, 11510, 1));
  assert.throws(cases[1].readScan, {
    message: `Tester_2 has no scan that fits its landmarks:\n  ${file(folder, 2, 'obj')}: must have 11510 vertices, but has 11511`,
  });
  assert.throws(
    cases[2].readScan,
    /is taken to be in decimetres, .* They would be in millimetres and counted from 0\.$/,
  );
});

test('all that is missing is told at once, with the way to get it', (t) => {
  const { folder, annotations } = folders(t);
  fs.rmSync(path.join(folder, 'Tester_7'), { recursive: true });
  fs.rmSync(file(folder, 150, 'obj'));
  const identifiers = path.join(annotations, 'data', 'facewarehouse', 'vertex_identifiers.txt');
  write(identifiers, 'nose_base 300\n');
  assert.throws(() => readFaceWarehouseCases(folder, annotations), {
    message: `FaceWarehouse is not whole; 4 things are missing or wrong:
  ${identifiers}: must name right_eye_lacrimal, left_eye_lacrimal, nose_base, lips_central, but names nose_base
  ${file(folder, 7, 'png')} is not there: the neutral picture of Tester_7
  ${file(folder, 7, 'obj')} is not there: the neutral registered head of Tester_7
  ${file(folder, 150, 'obj')} is not there: the neutral registered head of Tester_150
FaceWarehouse is licensed: its owners give it at http://kunzhou.net/zjugaps/facewarehouse/
The annotations are the folder data of https://github.com/eduardramon/hyperparams-free-3D-losses`,
  });
  assert.throws(
    () => readFaceWarehouseCases(annotations, path.join(folder, 'none')),
    ({ message }: Error) =>
      message.includes(
        `  ${path.join(folder, 'none', 'data', 'facewarehouse', 'vertex_identifiers.txt')}: is not there\n`,
      ) && message.includes(`  ${annotations} must be a folder of Tester_1 to Tester_150, but is none\n`),
  );
});

const ANNOTATIONS = process.env.ANNOTATIONS;
test('the authors’ own file names six vertices of the template', {
  skip: ANNOTATIONS ? false : 'ANNOTATIONS is not set',
}, (t) => {
  const { folder } = folders(t);
  const four = readFaceWarehouseCases(folder, ANNOTATIONS ?? '').cases[0].vertices;
  const six = readFaceWarehouseCases(folder, ANNOTATIONS ?? '', { tragi: true }).cases[0].vertices;
  assert.deepEqual(Object.keys(four), ['endocanthionRight', 'endocanthionLeft', 'subnasale', 'stomion']);
  assert.equal(Object.keys(six).length, 6);
  const numbers = Object.values(six);
  assert.equal(new Set(numbers).size, 6);
  // whether they are counted from 0 or from 1
  assert.ok(numbers.every((vertex) => vertex >= 1 && vertex < 11510));
});
