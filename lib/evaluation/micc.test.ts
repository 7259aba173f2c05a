import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '../files/temporary-folder.fixture';
import { faceObj, miccFolders, miccVertices, write } from './benchmark.fixture';
import { readMiccCases } from './micc';

test('a case has the authors’ frame and a frontal scan in centimetres', (t) => {
  const { folder, annotations } = miccFolders(temporaryFolder(t));
  const { cases, leftOut } = readMiccCases(folder, annotations);
  assert.deepEqual(
    cases.map(({ name, subject }) => [name, subject]),
    [
      ['subject_1', 1],
      ['subject_2', 2],
      ['subject_12', 12],
    ],
  );
  assert.deepEqual(
    leftOut.map(({ name }) => name),
    ['subject_30'],
  );
  const home = path.join(folder, 'subject_12');
  assert.equal(cases[2].picture, path.join(home, 'Video', 'frame1200.jpg'));
  assert.equal(cases[0].picture, path.join(folder, 'subject_01', 'Video', 'frame0100.jpg'));
  const obj = path.join(home, 'Model', 'frontal1', 'obj', '201112.obj');
  assert.deepEqual(cases[2].scans, [obj]);
  const { file, landmarks, mesh } = cases[2].readScan();
  assert.equal(file, obj);
  assert.deepEqual(mesh.points.shape, [100, 3]);
  assert.deepEqual(
    landmarks.endocanthionRight?.map((v) => Number(v.toFixed(6))),
    [1.7, 0, 0],
  );
});

test('the annotations may mean the second frontal scan, and there may be only that', (t) => {
  const { folder, annotations } = miccFolders(temporaryFolder(t));
  const scan = (subject: string, view: string, name = 'scan.OBJ') =>
    path.join(folder, subject, 'Model', view, 'obj', name);
  fs.rmSync(path.join(folder, 'subject_01', 'Model', 'frontal1'), { recursive: true });
  write(scan('subject_01', 'frontal2'), faceObj(miccVertices(1), 100));
  // both, and the landmarks are those of the second
  write(scan('subject_02', 'frontal1', '20112.obj'), faceObj(miccVertices(3), 100));
  write(scan('subject_02', 'frontal2'), faceObj(miccVertices(2), 100));
  write(scan('subject_02', 'sidel'), faceObj(miccVertices(2), 100));
  const { cases } = readMiccCases(folder, annotations);
  assert.deepEqual(cases[0].scans, [scan('subject_01', 'frontal2')]);
  assert.deepEqual(cases[1].scans, [scan('subject_02', 'frontal1', '20112.obj'), scan('subject_02', 'frontal2')]);
  assert.equal(cases[1].readScan().file, scan('subject_02', 'frontal2'));
});

test('a frame may lie where annotations.json has it', (t) => {
  const { folder, annotations } = miccFolders(temporaryFolder(t));
  fs.rmSync(path.join(folder, 'subject_01', 'Video'), { recursive: true });
  const beside = write(path.join(annotations, 'data', 'micc', 'cases', 'subject_1', 'frame100.jpg'), '');
  assert.equal(readMiccCases(folder, annotations).cases[0].picture, beside);
});

test('vertices are counted as the caller says, and another unit is refused with the right one', (t) => {
  const { folder, annotations } = miccFolders(temporaryFolder(t));
  const [first] = readMiccCases(folder, annotations, { firstVertex: 1 }).cases;
  assert.throws(
    first.readScan,
    /in millimetres, .*counted from 1, are no face's.*in millimetres and counted from 0\.$/,
  );
  write(first.scans[0], faceObj(miccVertices(1), 100, 0.001));
  assert.throws(readMiccCases(folder, annotations).cases[0].readScan, /in metres and counted from 0\.$/);
});

test('all that is missing is told at once, with the way to get it', (t) => {
  const { folder, annotations } = miccFolders(temporaryFolder(t));
  const micc = path.join(annotations, 'data', 'micc');
  const home = (subject: string) => path.join(folder, subject);
  fs.rmSync(home('subject_01'), { recursive: true });
  fs.rmSync(path.join(home('subject_02'), 'Video', 'frame0200.jpg'));
  write(path.join(home('subject_12'), 'Model', 'frontal1', 'obj', 'aligned.obj'), '');
  fs.rmSync(path.join(micc, 'cases', 'subject_12', 'correspondences.txt'));
  const obj = (subject: string, view: string) => path.join(home(subject), 'Model', view, 'obj');
  const correspondences = path.join(micc, 'cases', 'subject_12', 'correspondences.txt');
  const told = [
    `${correspondences}: is not there`,
    `${obj('subject_01', 'frontal1')} and ${obj('subject_01', 'frontal2')} hold no .obj file: either must hold the frontal scan of subject_1`,
    `${path.join(home('subject_01'), 'Video', 'frame0100.jpg')} and ${path.join(micc, 'cases', 'subject_1', 'frame100.jpg')} are not there: either must be the frame of subject_1`,
    `${path.join(home('subject_02'), 'Video', 'frame0200.jpg')} and ${path.join(micc, 'cases', 'subject_2', 'frame200.jpg')} are not there: either must be the frame of subject_2`,
  ];
  assert.throws(
    () => readMiccCases(folder, annotations),
    ({ message }: Error) => {
      const lines = message.split('\n');
      assert.equal(lines[0], 'MICC Florence is not whole; 4 things are missing or wrong:');
      assert.deepEqual(
        lines.slice(1, 5),
        told.map((line) => `  ${line}`),
      );
      assert.match(message, /licensed.*https:\/\/www\.micc\.unifi\.it\/resources\/datasets\/florence-3d-faces\//);
      assert.match(message, /ffmpeg -i Indoor-Cooperative\.mjpg frame%04d\.jpg/);
      assert.match(message, /https:\/\/github\.com\/eduardramon\/hyperparams-free-3D-losses$/);
      return true;
    },
  );
  write(correspondences, 'right_eye_lacrimal 1\nleft_eye_lacrimal 2\nnose_base 3\nlips_central 4\n');
  assert.throws(
    () => readMiccCases(folder, annotations),
    ({ message }: Error) =>
      message.includes(
        `${obj('subject_12', 'frontal1')} holds 201112.obj, aligned.obj, but must hold one .obj file: the scan of subject_12`,
      ),
  );
  for (const wrong of [annotations, path.join(folder, 'none')])
    assert.throws(
      () => readMiccCases(wrong, annotations),
      ({ message }: Error) => message.includes(`${wrong} must be a folder of subject_01 to subject_53, but is none`),
    );
  assert.throws(
    () => readMiccCases(folder, folder),
    ({ message }: Error) =>
      message.includes(
        `one thing is missing or wrong:\n  ${path.join(folder, 'data', 'micc', 'annotations.json')}: is not there`,
      ),
  );
});
