import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { temporaryFolder } from '../../files/temporary-folder.fixture';
import { foreignHead, hdf5Library, madeUpHead, packed, statismoDatasets, writeHdf5 } from './foreign-files.fixture';
import { type Hdf5Limits, readHdf5 } from './hdf5';
import { correctChecksums } from './hdf5-checksum.fixture';
import { readModelFile } from './read-model-file';

const LIMITS: Hdf5Limits = { fileBytes: 1e6, numberBytes: 1e6, heapBytes: 64 * 2 ** 20, seconds: 60 };
const HEAD = foreignHead(madeUpHead(), { unit: 0.1 });

test('datasets come in row-major order, or column by column, and texts from attributes', async (t) => {
  const file = path.join(temporaryFolder(t), 'some.h5');
  await writeHdf5(
    file,
    {
      'a/matrix': { shape: [2, 3], values: [1, 2, 3, 4, 5, 6.5], type: 'f8' },
      'a/scalar': { shape: [], values: [-7], type: 'i4' },
      'a/bytes': { shape: [3], values: [1, 2, 255], type: 'u1' },
    },
    { 'a@name': 'a text' },
  );
  const wanted = [
    { path: 'a/matrix', ranks: [2] },
    { path: 'a/scalar', ranks: [0, 1] },
    { path: 'a/bytes', ranks: [1] },
    { path: 'a/gone', ranks: [1] },
    { path: 'gone/too', ranks: [1] },
  ];
  const texts = [
    { path: 'a', names: ['name', 'other'] },
    { path: 'b', names: [] },
  ];
  const { datasets, attributes, groups } = await readHdf5(file, wanted, texts, LIMITS);
  assert.deepEqual(datasets, {
    'a/matrix': { shape: [2, 3], data: Float64Array.of(1, 2, 3, 4, 5, 6.5) },
    'a/scalar': { shape: [], data: Float64Array.of(-7) },
    'a/bytes': { shape: [3], data: Float64Array.of(1, 2, 255) },
  });
  assert.deepEqual([attributes, groups], [{ 'a@name': 'a text' }, ['a']]);
  const transposed = await readHdf5(file, [{ path: 'a/matrix', ranks: [2], transposed: true }], [], LIMITS);
  assert.deepEqual(transposed.datasets['a/matrix'].data, Float32Array.of(1, 4, 2, 5, 3, 6.5));
});

test('a text of variable length is not followed, since it is a pointer', async (t) => {
  const file = path.join(temporaryFolder(t), 'pointer.h5');
  const { File } = await hdf5Library();
  const h5 = new File(file, 'w');
  h5.create_group('a').create_attribute('name', 'a text');
  h5.close();
  assert.deepEqual((await readHdf5(file, [], [{ path: 'a', names: ['name'] }], LIMITS)).attributes, { 'a@name': '' });
});

test('a large matrix is read in pieces, in both orders', async (t) => {
  const file = path.join(temporaryFolder(t), 'large.h5');
  const [rows, columns] = [3000, 100];
  const values = Float32Array.from({ length: rows * columns }, (_, i) => i);
  await writeHdf5(file, { matrix: { shape: [rows, columns], values } });
  const limits = { ...LIMITS, fileBytes: 1e7, numberBytes: 1e7 };
  const plain = await readHdf5(file, [{ path: 'matrix', ranks: [2] }], [], limits);
  assert.deepEqual(plain.datasets.matrix.data, Float64Array.from(values));
  const transposed = await readHdf5(file, [{ path: 'matrix', ranks: [2], transposed: true }], [], limits);
  assert.deepEqual(
    transposed.datasets.matrix.data,
    values.map((_, i) => (i % rows) * columns + Math.floor(i / rows)),
  );
});

test('each limit is kept, and names the file and the dataset', async (t) => {
  const file = path.join(temporaryFolder(t), 'limits.h5');
  await writeHdf5(file, {
    matrix: { shape: [2500, 1000], values: new Float32Array(2_500_000), chunks: [2500, 1000] },
    vector: { shape: [9], values: new Array(9).fill(1) },
  });
  const read = (name: string, limits: Partial<Hdf5Limits>, times = 1) =>
    readHdf5(file, Array(times).fill({ path: name, ranks: [1, 2] }), [], { ...LIMITS, numberBytes: 1e9, ...limits });
  await assert.rejects(read('vector', { fileBytes: 100 }), /limits\.h5: must hold at most 100 bytes, but holds \d+/);
  await assert.rejects(
    read('vector', { numberBytes: 71 }),
    /vector holds 9 numbers, more than a file of this size may \(71 bytes\)/,
  );
  assert.equal((await read('vector', { numberBytes: 72 })).datasets.vector.data.length, 9);
  // the library begins with 19 MB and must hold the chunk of 10 MB
  await assert.rejects(
    read('matrix', { heapBytes: 20 * 2 ** 20 }),
    /limits\.h5: cannot be read as HDF5: the numbers of \/matrix cannot be read: /,
  );
  assert.equal((await read('matrix', {})).datasets.matrix.data.length, 2_500_000);
  // a second's work in a hundredth of one; the thread is ended, and the next file has a new one
  await assert.rejects(
    read('matrix', { seconds: 0.01 }, 200),
    /limits\.h5: cannot be read as HDF5: it takes more than 0\.01 s/,
  );
  assert.equal((await read('vector', {})).datasets.vector.data.length, 9);
});

test('a thread that has ended gets no request, and one that does not start is ended', async (t) => {
  const file = path.join(temporaryFolder(t), 'vector.h5');
  await writeHdf5(file, { vector: { shape: [2], values: [1, 2] } });
  const read = () => readHdf5(file, [{ path: 'vector', ranks: [1] }], [], { ...LIMITS, seconds: 20 });
  const asked = t.mock.method(Worker.prototype, 'postMessage');
  await read();
  const thread = asked.mock.calls[0].this as Worker;
  await thread.terminate();
  assert.equal((await read()).datasets.vector.data.length, 2);

  await (asked.mock.calls[1].this as Worker).terminate();
  const ended = t.mock.method(Worker.prototype, 'terminate');
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const late = read();
  // the thread is asked for by now, and its answer cannot come before the event loop turns
  for (let turn = 0; turn < 10; turn++) await null;
  t.mock.timers.tick(60_000);
  await assert.rejects(late, /the thread that reads HDF5 does not start: it takes more than 60 s/);
  assert.equal(ended.mock.callCount(), 1);
  t.mock.timers.reset();
  assert.equal((await read()).datasets.vector.data.length, 2);
});

test('files are read one after the other, also when asked for at once', async (t) => {
  const folder = temporaryFolder(t);
  const numbers = [0, 1, 2, 3, 4];
  for (const n of numbers) await writeHdf5(path.join(folder, `${n}.h5`), { n: { shape: [1], values: [n] } });
  fs.writeFileSync(path.join(folder, '2.h5'), 'no HDF5');
  const results = await Promise.allSettled(
    numbers.map((n) => readHdf5(path.join(folder, `${n}.h5`), [{ path: 'n', ranks: [1] }], [], LIMITS)),
  );
  assert.deepEqual(
    results.map((result) => (result.status === 'fulfilled' ? result.value.datasets.n.data[0] : 'refused')),
    [0, 1, 'refused', 3, 4],
  );
});

test('an error names what is wrong with a model', async (t) => {
  const folder = temporaryFolder(t);
  const file = path.join(folder, 'model.h5');
  const good = statismoDatasets(HEAD, { version: '0.9' });
  const cases: [typeof good, RegExp][] = [
    [
      { ...good, 'model/pcaVariance': { shape: [3], values: [1, -1, 1] } },
      /model\/pcaVariance must be at least 0, but is -1 at 1/,
    ],
    [
      { ...good, 'representer/cells': { shape: [64, 3], values: new Array(192).fill(0) } },
      /representer\/cells must be \[3, triangles\], but is \[64,3\]/,
    ],
    [
      { ...good, 'representer/cells': { shape: [3, 1], values: [0, 1, 34] } },
      /representer\/cells must hold indices of points, 0 to 33, but holds 34/,
    ],
    [
      { ...good, 'representer/cells': { shape: [3, 1], values: [0, 1, 1.5] } },
      /representer\/cells must hold indices of points, 0 to 33, but holds 1.5/,
    ],
    [
      { ...good, 'version/minorVersion': { shape: [], values: [7], type: 'i4' } },
      /version must be 0\.8, 0\.9 or 1, but is 0\.7/,
    ],
    [
      { ...good, 'version/minorVersion': { shape: [], values: [8], type: 'i4' } },
      /model\/pcaBasis must have columns whose squared length is pcaVariance as version 0\.8 says \(400 at 0\), but has 1/,
    ],
    [
      { ...good, 'model/mean': { shape: [34, 3], values: HEAD.mean } },
      /model\/mean must have 1 dimensions, but is \[34,3\]/,
    ],
  ];
  for (const [datasets, message] of cases) {
    await writeHdf5(file, datasets);
    await assert.rejects(readModelFile(file), (error: Error) => {
      assert.equal(error.name, 'FileError');
      assert.ok(error.message.startsWith(`${file}: `));
      assert.match(error.message, message);
      return true;
    });
  }
});

test('a promise of a terabyte, a group for a dataset and a link to another file are refused', async (t) => {
  const folder = temporaryFolder(t);
  const file = path.join(folder, 'nasty.h5');
  await writeHdf5(file, statismoDatasets(HEAD, { version: '0.9', chunked: true }));
  const bytes = fs.readFileSync(file);
  const shape = packed([102, 3], 'u8');
  for (let at = bytes.indexOf(shape); at >= 0; at = bytes.indexOf(shape, at + 1))
    packed([2 ** 37], 'u8').copy(bytes, at);
  correctChecksums(bytes);
  fs.writeFileSync(file, bytes);
  await assert.rejects(
    readModelFile(file),
    /model\/pcaBasis holds 412316860416 numbers, more than a file of this size may/,
  );

  const { File } = await hdf5Library();
  const other = path.join(folder, 'other.h5');
  await writeHdf5(other, statismoDatasets(HEAD, { version: '0.9' }));
  const h5 = new File(file, 'w');
  h5.create_external_link(other, '/model', 'model');
  h5.close();
  await assert.rejects(readModelFile(file), /model must be in the file itself, but is a link that leads elsewhere/);
  const grouped = new File(file, 'w');
  grouped.create_group('model');
  grouped.get('model').create_group('mean');
  grouped.close();
  await assert.rejects(readModelFile(file), /model\/mean must be a dataset, but is a Group/);
});
