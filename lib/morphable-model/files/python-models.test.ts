import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '../../files/temporary-folder.fixture';
import { writeMorphableModel } from '../model-file';
import { instance } from '../morphable-model';
import { foreignHead, madeUpHead } from './foreign-files.fixture';
import { readModelFile } from './read-model-file';

const HEAD = madeUpHead();

/** A Python with the libraries: that of the benches where it is there, or the system's. */
const python = [path.resolve('environment/bench/peers/bin/python'), 'python3'].find(
  (program) => spawnSync(program, ['-c', 'import h5py, numpy, scipy.io']).status === 0,
);
const skip = python ? false : 'needs a Python with h5py, NumPy and SciPy (npm run bench installs one)';

function run(what: 'read' | 'write', folder: string) {
  const script = path.join(__dirname, 'python-models.fixture.py');
  const { status, stdout, stderr } = spawnSync(python as string, [script, what, folder], { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout);
}

const nearly = (a: ArrayLike<number>, b: ArrayLike<number>, tolerance: number) => {
  assert.equal(a.length, b.length);
  for (let i = 0; i < a.length; i++)
    assert.ok(Math.abs(a[i] - b[i]) <= tolerance, `number ${i} is ${a[i]}, not ${b[i]}`);
};

test('h5py reads what we write, as statismo 0.9', { skip }, async (t) => {
  const folder = temporaryFolder(t);
  await writeMorphableModel(path.join(folder, 'ours.h5'), HEAD);
  const read = run('read', folder);
  assert.deepEqual(read.version, [0, 9]);
  assert.deepEqual(read.attributes, {
    name: 'itkStandardMeshRepresenter',
    version: '0.9',
    datasetType: 'POLYGON_MESH',
    frame: 'cm, +y up, face toward -z',
  });
  assert.deepEqual(read.types, ['float32', 'float32', 'float32', 'int32']);
  assert.equal(read.noise, 0);
  nearly(read.products, [1, 0, 0, 0, 1, 0, 0, 0, 1], 1e-6);
  nearly(read.reference, HEAD.mean.data, 0);
  assert.deepEqual(read.cells, [...HEAD.triangles.data]);
  nearly(read.shape, instance(HEAD, [1, -2, 0.5]).data, 1e-5);
});

test('we read what SciPy, NumPy and h5py write', { skip }, async (t) => {
  const folder = temporaryFolder(t);
  const frames = {
    mat: { unit: 1e-4, turned: true, clockwise: true },
    npz: { unit: 100, turned: true },
    h5: { unit: 0.1, turned: true },
  };
  const files = {
    mat: ['plain.mat', 'packed.mat'],
    npz: ['plain.npz', 'packed.npz', 'swapped.npz'],
    h5: ['basel.h5'],
  };
  for (const kind of ['mat', 'npz', 'h5'] as const) {
    fs.writeFileSync(path.join(folder, 'head.json'), JSON.stringify(foreignHead(HEAD, frames[kind])));
    run('write', folder);
    for (const name of files[kind]) {
      const { model } = await readModelFile(path.join(folder, name));
      nearly(model.mean.data, HEAD.mean.data, 2e-5);
      nearly(model.variances, HEAD.variances, 1e-5);
      nearly(model.components.data, HEAD.components.data, 1e-6);
      assert.deepEqual(model.triangles.data, HEAD.triangles.data, name);
    }
  }
  const { layout, steps } = await readModelFile(path.join(folder, 'old.h5'));
  assert.equal(layout, 'statismo (HDF5, version 0.8)');
  assert.ok(steps.includes('brought the components to unit length'));
  await assert.rejects(readModelFile(path.join(folder, 'objects.npz')), /shapedirs is an array of Python objects/);
  await assert.rejects(
    readModelFile(path.join(folder, 'external.h5')),
    /model must be in the file itself, but is a link that leads elsewhere/,
  );
  await assert.rejects(readModelFile(path.join(folder, 'storage.h5')), /storage\.h5: cannot be read as HDF5/);
});
