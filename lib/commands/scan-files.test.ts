import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { triangleMesh } from 'lib/mesh';
import { temporaryFolder } from '../files/temporary-folder.fixture';
import { inChunk, listScans, readScan, writeScan } from './scan-files';

const triangle = () => triangleMesh(Float32Array.of(0, 0, 0, 10, 0, 0, 0, 20, 5), Uint32Array.of(0, 1, 2));
const landmarks = { pronasale: [1, 2, 3], menton: [4, 5, 6.5] } as const;

test('a scan is read as it was written, with its landmarks, and listed by name', (t) => {
  const folder = temporaryFolder(t);
  for (const name of ['berta', 'anna']) writeScan(folder, name, { mesh: triangle(), landmarks });
  const scans = listScans(folder);
  assert.deepEqual(
    scans.map(({ name }) => name),
    ['anna', 'berta'],
  );
  const { mesh, landmarks: read } = readScan(scans[0]);
  assert.deepEqual([...mesh.points.data], [...triangle().points.data]);
  assert.deepEqual([...mesh.triangles.data], [0, 1, 2]);
  assert.deepEqual(read, landmarks);
});

test('the unit of the landmarks’ file is that of the scan too: millimetres are a tenth, metres a hundredfold', (t) => {
  const folder = temporaryFolder(t);
  writeScan(folder, 'anna', { mesh: triangle(), landmarks });
  for (const [unit, factor] of [
    ['mm', 0.1],
    ['m', 100],
  ] as const) {
    fs.writeFileSync(path.join(folder, 'anna.landmarks.json'), JSON.stringify({ unit, landmarks }));
    const { mesh, landmarks: read } = readScan(listScans(folder)[0]);
    assert.ok(Math.abs(mesh.points.get(2, 1) - 20 * factor) < 1e-4 * factor);
    assert.ok(Math.abs(read.menton[2] - 6.5 * factor) < 1e-9 * factor);
  }
});

test('chunks share the work: each of it is done by one, whatever their number', () => {
  assert.deepEqual(inChunk(5, undefined), [0, 1, 2, 3, 4]);
  assert.deepEqual(inChunk(5, '2/2'), [1, 3]);
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 1, max: 9 }), (count, n) => {
      const all = Array.from({ length: n }, (_, k) => inChunk(count, `${k + 1}/${n}`)).flat();
      assert.deepEqual(
        all.sort((a, b) => a - b),
        inChunk(count, undefined),
      );
    }),
  );
});

test('names the chunk, the folder, the file and the field that are wrong', (t) => {
  for (const wrong of ['0/2', '3/2', '1', 'a/b', '-1/2'])
    assert.throws(() => inChunk(5, wrong), {
      message: `--chunk must be k/n with k from 1 to n, such as 2/4, but is ${wrong}`,
    });
  const folder = temporaryFolder(t);
  assert.throws(() => listScans(path.join(folder, 'none')), /none is not there: it must be a folder of scans/);
  assert.throws(() => listScans(folder), /must hold scans that end with \.ply or \.obj, but holds none$/);
  writeScan(folder, 'anna', { mesh: triangle(), landmarks });
  const [anna] = listScans(folder);
  fs.writeFileSync(anna.landmarks, JSON.stringify({ unit: 'inch', landmarks }));
  assert.throws(() => readScan(anna), /anna\.landmarks\.json.*unit/s);
  fs.writeFileSync(anna.landmarks, JSON.stringify({ unit: 'mm', landmarks: { pronasale: [1, 2] } }));
  assert.throws(() => readScan(anna), /anna\.landmarks\.json.*pronasale/s);
  fs.rmSync(anna.landmarks);
  assert.throws(() => readScan(anna), /anna\.landmarks\.json is not there: a scan needs a file of landmarks beside it/);
  fs.writeFileSync(path.join(folder, 'anna.obj'), '');
  assert.throws(() => listScans(folder), /must hold one scan of each name, but holds anna as \.ply and as \.obj/);
  // between the two in the order of names
  writeScan(folder, 'anna.old', { mesh: triangle(), landmarks });
  assert.throws(() => listScans(folder), /must hold one scan of each name, but holds anna as/);
});
