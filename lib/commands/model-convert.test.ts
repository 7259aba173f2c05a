import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { readMesh } from 'lib/mesh';
import { readMorphableModel } from 'lib/morphable-model';
import { temporaryFolder } from '../files/temporary-folder.fixture';
import { eosFile, foreignHead, madeUpHead } from '../morphable-model/files/foreign-files.fixture';
import { convertModel } from './model-convert';
import { modelInfo } from './model-info';

const HEAD = madeUpHead();

test('info says layout, unit, counts, extents, variance and what was done', async (t) => {
  const file = path.join(temporaryFolder(t), 'sfm.bin');
  fs.writeFileSync(file, eosFile(foreignHead(HEAD, { unit: 0.1, turned: true }), { version: 2 }));
  assert.equal(
    await modelInfo(file),
    `layout      eos, such as the Surrey Face Model (bin, version 2)
unit found  millimetre
points      34
triangles   64
components  3
extents     143 x 220 x 188 mm (across, up, front to back)
variance    76.2 % by 1 of the 3 components
what was done to it
  - scaled by 0.1, from millimetres to centimetres
  - turned by 180 degrees about +y, since the face looks toward +z`,
  );
});

test('convert writes the model, or its mean, in our unit and frame', async (t) => {
  const folder = temporaryFolder(t);
  const at = (name: string) => path.join(folder, name);
  fs.writeFileSync(at('sfm.bin'), eosFile(foreignHead(HEAD, { unit: 0.1, turned: true }), { version: 4 }));
  for (const name of ['out.h5', 'out.ply', 'out.obj'])
    assert.match(await convertModel(at('sfm.bin'), at(name)), /written to/);
  const model = await readMorphableModel(at('out.h5'));
  for (const mesh of [
    { points: model.mean, triangles: model.triangles },
    readMesh(at('out.ply')),
    readMesh(at('out.obj')),
  ]) {
    assert.deepEqual(mesh.triangles.data, HEAD.triangles.data);
    mesh.points.data.forEach((v, i) => {
      assert.ok(Math.abs(v - HEAD.mean.data[i]) < 1e-5);
    });
  }
  assert.match(await modelInfo(at('out.h5')), /nothing: it is in our unit and frame/);
});

test('an error is one clear line', (t) => {
  const folder = temporaryFolder(t);
  const file = path.join(folder, 'broken.h5');
  fs.writeFileSync(file, '\x89HDF\r\n\x1a\nno more', 'latin1');
  const run = (...args: string[]) =>
    spawnSync(process.execPath, [path.join(__dirname, 'reconstruct.mjs'), 'model', ...args], { encoding: 'utf8' });
  const cases: [string[], RegExp][] = [
    [['info', file], /^reconstruct: .*broken\.h5: is no whole HDF5 file, or a damaged one: .*\n$/],
    [['info', `${file}.gone`], /^reconstruct: .*broken\.h5\.gone: is not there\n$/],
    [
      ['convert', file, path.join(folder, 'out.stl')],
      /^reconstruct: .*out\.stl: must end with \.h5, \.ply or \.obj, but ends with "\.stl"\n$/,
    ],
    [['convert', file, file], /^reconstruct: .*broken\.h5: must be another file than the one that is read\n$/],
  ];
  for (const [args, message] of cases) {
    const { status, stderr } = run(...args);
    assert.equal(status, 1);
    assert.match(stderr.slice(stderr.indexOf('reconstruct:')), message);
  }
});
