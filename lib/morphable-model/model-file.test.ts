import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '../files/temporary-folder.fixture';
import { knownModel } from './known-model.fixture';
import { readMorphableModel, writeMorphableModel } from './model-file';

// biome-ignore lint/suspicious/noExplicitAny: the package's types do not describe its file system's objects
async function hdf5(): Promise<any> {
  const module = await import('h5wasm/node');
  await module.ready;
  return module.default ?? module;
}

test('a model comes back as it was', async (t) => {
  const file = path.join(temporaryFolder(t), 'new', 'model.h5');
  // variances that float32 holds exactly, which is what the file keeps
  const model = knownModel(7, [4, 1, 0.25]);
  await writeMorphableModel(file, model);
  const read = await readMorphableModel(file);
  for (const name of ['mean', 'components', 'triangles'] as const) {
    assert.deepEqual(read[name].shape, model[name].shape);
    assert.deepEqual(read[name].data, model[name].data);
  }
  assert.deepEqual(read.variances, model.variances);
  assert.deepEqual(fs.readdirSync(path.dirname(file)), ['model.h5']);
});

test('packed, a model of rounded components takes less room and comes back as it was', async (t) => {
  const folder = temporaryFolder(t);
  const [plain, packed] = ['plain.h5', 'packed.h5'].map((name) => path.join(folder, name));
  const model = knownModel(3000, [4, 1, 0.25]);
  model.components.data.forEach((v, i, all) => {
    all[i] = Math.round(v * 2 ** 14) / 2 ** 14;
  });
  await writeMorphableModel(plain, model);
  await writeMorphableModel(packed, model, { gzip: true });
  assert.deepEqual((await readMorphableModel(packed)).components.data, model.components.data);
  const sizes = [plain, packed].map((file) => fs.statSync(file).size);
  assert.ok(sizes[1] < 0.8 * sizes[0], `${sizes}`);
});

test('the file has the names, shapes and orders of statismo 0.9', async (t) => {
  const file = path.join(temporaryFolder(t), 'model.h5');
  const model = knownModel(7, [4, 1, 0.25]);
  await writeMorphableModel(file, model);
  const { File } = await hdf5();
  const h5 = new File(file, 'r');
  t.after(() => h5.close());
  const dataset = (name: string): { shape: number[]; value: ArrayLike<number> } => h5.get(name);
  const shapes = {
    'version/majorVersion': [],
    'version/minorVersion': [],
    'model/mean': [21],
    'model/pcaBasis': [21, 3],
    'model/pcaVariance': [3],
    'model/noiseVariance': [1],
    'modelinfo/scores': [1, 1],
    'representer/points': [3, 7],
    'representer/cells': [3, 5],
  };
  for (const [name, shape] of Object.entries(shapes)) assert.deepEqual(dataset(name)?.shape, shape, name);
  assert.deepEqual([dataset('version/majorVersion').value, dataset('version/minorVersion').value], [0, 9]);
  const attributes = Object.entries(h5.get('representer').attrs as Record<string, { value: string; shape: number[] }>);
  assert.deepEqual(
    attributes.map(([name, { value, shape }]) => [name, value, shape]),
    [
      ['datasetType', 'POLYGON_MESH', []],
      ['frame', 'cm, +y up, face toward -z', []],
      ['name', 'itkStandardMeshRepresenter', []],
      ['version', '0.9', []],
    ],
  );
  const [mean, basis, points, cells] = ['model/mean', 'model/pcaBasis', 'representer/points', 'representer/cells'].map(
    (name) => dataset(name).value,
  );
  for (let n = 0; n < 7; n++)
    for (let axis = 0; axis < 3; axis++) {
      assert.equal(mean[3 * n + axis], model.mean.get(n, axis));
      assert.equal(points[axis * 7 + n], model.mean.get(n, axis));
      for (let k = 0; k < 3; k++) assert.equal(basis[(3 * n + axis) * 3 + k], model.components.get(k, 3 * n + axis));
    }
  for (let c = 0; c < 5; c++)
    for (let corner = 0; corner < 3; corner++) assert.equal(cells[corner * 5 + c], model.triangles.get(c, corner));
});

test('an error names the file and the dataset that is missing or does not fit', async (t) => {
  const folder = temporaryFolder(t);
  const { File } = await hdf5();
  const damaged = (name: string, datasets: Record<string, number[]>) => {
    const file = path.join(folder, name);
    const h5 = new File(file, 'w');
    h5.create_group('model');
    h5.create_group('representer');
    for (const [dataset, shape] of Object.entries(datasets)) {
      const [group, own] = dataset.split('/');
      const data = new Float32Array(shape.reduce((a, b) => a * b, 1));
      h5.get(`${group}/`).create_dataset({ name: own, data, shape });
    }
    h5.close();
    return file;
  };
  const good = { 'model/mean': [6], 'model/pcaBasis': [6, 2], 'model/pcaVariance': [2], 'representer/cells': [3, 1] };
  const cases: [string, Record<string, number[]>, string][] = [
    ['no-mean.h5', { 'model/pcaBasis': [6, 2] }, 'must hold model/mean, but does not'],
    ['flat.h5', { ...good, 'model/pcaBasis': [12] }, 'model/pcaBasis must have 2 dimensions, but is \\[12\\]'],
    ['basis.h5', { ...good, 'model/pcaBasis': [6, 1] }, 'model/pcaBasis must be \\[6, 2\\], but is \\[6, 1\\]'],
    ['mean.h5', { ...good, 'model/mean': [9] }, 'model/pcaBasis must be \\[9, 2\\], but is \\[6, 2\\]'],
  ];
  for (const [name, datasets, words] of cases) {
    const file = damaged(name, datasets);
    await assert.rejects(readMorphableModel(file), (error: Error) => {
      assert.ok(error.message.startsWith(file), error.message);
      assert.match(error.message, new RegExp(words));
      return true;
    });
  }
  const gone = path.join(folder, 'gone.h5');
  await assert.rejects(readMorphableModel(gone), new RegExp(`${gone}: is not there`));
  const text = path.join(folder, 'text.h5');
  fs.writeFileSync(text, 'no HDF5');
  await assert.rejects(readMorphableModel(text), (error: Error) => error.message.includes(text));
});

test('a number that was changed in a written model is an error that names it; one of an earlier version has no seal', async (t) => {
  const file = path.join(temporaryFolder(t), 'model.h5');
  const model = knownModel(7, [4, 1]);
  await writeMorphableModel(file, model);
  const whole = fs.readFileSync(file);
  // the same at another time, or trainings on it would begin anew
  const clock = t.mock.method(Date, 'now', () => 86_400_000);
  await writeMorphableModel(file, model);
  assert.equal(Date.now(), 86_400_000);
  clock.mock.restore();
  assert.deepEqual(fs.readFileSync(file), whole);
  const number = Buffer.from(model.mean.data.buffer, model.mean.data.byteOffset, 4);
  const changed = Buffer.from(whole);
  changed[whole.indexOf(number)] ^= 1;
  fs.writeFileSync(file, changed);
  await assert.rejects(readMorphableModel(file), /model\.h5: was changed since it was written: .*; remove it, and run/);
  changed.write('content_', changed.indexOf('content-sha256:'), 'latin1');
  fs.writeFileSync(file, changed);
  assert.notDeepEqual((await readMorphableModel(file)).mean.data, model.mean.data);
});

test('writing leaves nothing in the temporary folder', async (t) => {
  const folder = temporaryFolder(t);
  t.mock.method(os, 'tmpdir', () => folder);
  await writeMorphableModel(path.join(folder, 'model.h5'), knownModel(3, [1]));
  assert.deepEqual(fs.readdirSync(folder), ['model.h5']);
});

const DESCRIPTORS = '/proc/self/fd';

test('a model that cannot be written leaves no file behind, nor one open', {
  skip: fs.existsSync(DESCRIPTORS) ? false : 'the system does not tell which files are open',
}, async (t) => {
  const folder = temporaryFolder(t);
  t.mock.method(os, 'tmpdir', () => folder);
  const broken = { ...knownModel(3, [1]), triangles: undefined as never };
  await assert.rejects(writeMorphableModel(path.join(folder, 'model.h5'), broken), TypeError);
  assert.deepEqual(fs.readdirSync(folder), []);
  const open = fs.readdirSync(DESCRIPTORS).flatMap((fd) => {
    try {
      return [fs.readlinkSync(path.join(DESCRIPTORS, fd))];
    } catch {
      // the descriptor of the listing itself is gone
      return [];
    }
  });
  assert.deepEqual(
    open.filter((file) => file.startsWith(folder)),
    [],
  );
});
