import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import type { Vector3 } from 'lib/geometry';
import { triangleMesh } from 'lib/mesh';
import { temporaryFolder } from '../files/temporary-folder.fixture';
import { registerScans } from './register';
import { writeScan } from './scan-files';

test('a landmark that the template does not have is named, also one that every object has', async (t) => {
  const folder = temporaryFolder(t);
  const [scans, registered] = ['scans', 'registered'].map((name) => path.join(folder, name));
  const mesh = triangleMesh(Float32Array.of(0, 0, 0, 10, 0, 0, 0, 20, 5), Uint32Array.of(0, 1, 2));
  writeScan(scans, 'anna', {
    mesh,
    landmarks: { pronasale: [1, 2, 3], constructor: [4, 5, 6] as Vector3, menton: [7, 8, 9] },
  });
  const [{ failure }] = await registerScans({ scans, registered });
  assert.match(failure ?? '', /anna\.landmarks\.json: landmarks must be among .*, but one is constructor$/);
});

test('registered heads do not take the place of their scans', async (t) => {
  const folder = temporaryFolder(t);
  const mesh = triangleMesh(Float32Array.of(0, 0, 0, 10, 0, 0, 0, 20, 5), Uint32Array.of(0, 1, 2));
  writeScan(folder, 'anna', { mesh, landmarks: {} });
  await assert.rejects(
    registerScans({ scans: folder, registered: `${folder}/x/..` }),
    /must be another folder than that of the scans, which registered heads would replace$/,
  );
  assert.deepEqual(fs.readdirSync(folder), ['anna.landmarks.json', 'anna.ply']);
});
