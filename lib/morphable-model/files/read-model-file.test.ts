import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { createRandom } from 'lib/random';
import { temporaryFolder } from '../../files/temporary-folder.fixture';
import { readIctFaceKit } from '../ict-facekit';
import { madeUpIctFaceKit } from '../ict-facekit.fixture';
import { writeMorphableModel } from '../model-file';
import { instance, type MorphableModel } from '../morphable-model';
import {
  basel2009File,
  eosFile,
  type ForeignFrame,
  flameFile,
  foreignHead,
  madeUpHead,
  makeBigEndian,
  matFile,
  npyFile,
  npyHeader,
  statismoDatasets,
  writeHdf5,
  zipFile,
} from './foreign-files.fixture';
import { type ModelFile, readModelFile } from './read-model-file';

const HEAD = madeUpHead();
const BASEL_2009: ForeignFrame = { unit: 1e-4, turned: true, offset: [10, 20, -30_000], clockwise: true };
const MILLIMETRES: ForeignFrame = { unit: 0.1, turned: true, offset: [1, -2, 300] };
const METRES: ForeignFrame = { unit: 100, turned: true, offset: [0, 1.5, 0] };

/** Reads bytes as a file. */
async function readBytes(t: TestContext, name: string, bytes: Buffer): Promise<ModelFile> {
  const file = path.join(temporaryFolder(t), name);
  fs.writeFileSync(file, bytes);
  return readModelFile(file);
}

const nearly = (a: ArrayLike<number>, b: ArrayLike<number>, tolerance: number, what: string) => {
  assert.equal(a.length, b.length, what);
  for (let i = 0; i < a.length; i++)
    assert.ok(Math.abs(a[i] - b[i]) <= tolerance, `${what} ${i} is ${a[i]}, not ${b[i]}`);
};

/** That a model has the mean, the triangles and the components of the head in our frame. */
function assertSameModel(model: MorphableModel, truth = HEAD) {
  nearly(model.mean.data, truth.mean.data, 2e-5, 'mean');
  nearly(model.variances, truth.variances, 1e-5, 'variance');
  nearly(model.components.data, truth.components.data, 1e-6, 'components');
  assert.deepEqual([...model.triangles.data], [...truth.triangles.data]);
  assert.deepEqual(model.triangles.shape, truth.triangles.shape);
}

/** Σ λ_k u_k (u_k · v): the covariance of shapes, applied to a vector. */
function covarianceTimes({ components, variances }: MorphableModel, v: number[]): number[] {
  const result = v.map(() => 0);
  variances.forEach((variance, k) => {
    const row = components.data.subarray(k * v.length, (k + 1) * v.length);
    const dot = v.reduce((sum, value, i) => sum + value * row[i], 0);
    row.forEach((u, i) => {
      result[i] += variance * dot * u;
    });
  });
  return result;
}

function assertSameDistribution(model: MorphableModel, truth = HEAD) {
  nearly(model.mean.data, truth.mean.data, 2e-5, 'mean');
  const random = createRandom('probes');
  for (let probe = 0; probe < 5; probe++) {
    const v = Array.from(truth.mean.data, () => random.normal());
    nearly(covarianceTimes(model, v), covarianceTimes(truth, v), 1e-4, 'covariance');
  }
  const size = truth.mean.data.length;
  for (let k = 0; k < model.variances.length; k++)
    for (let j = 0; j <= k; j++) {
      let dot = 0;
      for (let i = 0; i < size; i++) dot += model.components.data[k * size + i] * model.components.data[j * size + i];
      assert.ok(Math.abs(dot - (j === k ? 1 : 0)) < 1e-6, `components ${k} and ${j} have the product ${dot}`);
    }
  assert.ok(model.variances.every((variance, k) => k === 0 || variance <= model.variances[k - 1]));
}

test('Basel 2009 comes into our frame from each number type, byte order and compression', async (t) => {
  const head = foreignHead(HEAD, BASEL_2009);
  const forms: Parameters<typeof basel2009File>[1][] = [
    {},
    { compressed: true },
    { littleEndian: false, number: 'f8', index: 'u1' },
    { littleEndian: false, compressed: true, index: 'i4' },
    { number: 'f8', index: 'u2', compressed: true },
  ];
  for (const form of forms) {
    const { model, layout, unit, steps } = await readBytes(t, '01_MorphableModel.mat', basel2009File(head, form));
    assertSameModel(model);
    assert.deepEqual([layout, unit], ['Basel Face Model 2009 (MAT)', 'micrometre']);
    assert.deepEqual(steps, [
      'scaled by 0.0001, from micrometres to centimetres',
      'turned by 180 degrees about +y, since the face looks toward +z',
      "moved by (0.00, 0.00, -3.00) cm, so that the mean's centroid is the origin",
      'reversed the 64 triangles, which ran clockwise seen from outside',
      'took corners of triangles from 1 to from 0',
      'left out the colour model (texMU)',
    ]);
  }
});

test('Basel 2017 comes into our frame, with its models of colours and expressions left out', async (t) => {
  const head = foreignHead(HEAD, MILLIMETRES);
  const file = path.join(temporaryFolder(t), 'model2017.h5');
  for (const form of [
    { version: '0.9' as const },
    {},
    { version: '0.9' as const, number: 'f8' as const, index: 'f8' as const, chunked: true },
  ]) {
    await writeHdf5(file, {
      ...statismoDatasets(head, { root: 'shape/', ...form }),
      ...statismoDatasets(head, { root: 'color/', ...form }),
      ...statismoDatasets(head, { root: 'expression/', ...form }),
    });
    const { model, layout, unit, steps } = await readModelFile(file);
    assertSameModel(model);
    assert.deepEqual([layout, unit], ['Basel Face Model 2017 or 2019 (HDF5, version 0.9)', 'millimetre']);
    for (const words of [
      'scaled by 0.1',
      'turned by 180',
      'moved by (0.10, 0.20, 30.00)',
      'colour model',
      'expression model',
      'noise variance 0.5',
    ])
      assert.ok(steps.join('; ').includes(words), `${words} in ${steps.join('; ')}`);
    assert.ok(!steps.join().includes('reversed'));
  }
});

test('statismo 0.8, 0.9, 1.2 and files without a version come in with their own axes, in centimetres by their size', async (t) => {
  const file = path.join(temporaryFolder(t), 'statismo.h5');
  const forms = [
    { version: '0.8' as const, index: 'u1' as const },
    { version: '0.9' as const, index: 'i8' as const, number: 'f8' as const },
    {},
  ];
  for (const form of forms) {
    await writeHdf5(file, statismoDatasets(foreignHead(HEAD, { unit: 0.1 }), form));
    const { model, layout, unit, steps } = await readModelFile(file);
    assertSameModel(model);
    assert.equal(layout, `statismo (HDF5, version ${form.version ?? '0.9'})`);
    assert.equal(unit, 'millimetre');
    assert.ok(steps.includes('kept the axes: the file does not say where the face looks'));
    assert.equal(steps.includes('brought the components to unit length'), form.version === '0.8');
  }
  const first = statismoDatasets(foreignHead(HEAD, { unit: 0.1 }), { version: '0.9' });
  for (const [name, number] of Object.entries({ majorVersion: 1, minorVersion: 2 }))
    first[`version/${name}`] = { shape: [], values: [number], type: 'i4' };
  await writeHdf5(file, first);
  const { model: ofFirst, layout: firstLayout } = await readModelFile(file);
  assertSameModel(ofFirst);
  assert.equal(firstLayout, 'statismo (HDF5, version 1.2)');
  await writeHdf5(
    file,
    statismoDatasets(foreignHead(HEAD, { unit: 1, clockwise: true, offset: [100, 0, 0] }), { version: '0.9' }),
  );
  const { model, unit, steps } = await readModelFile(file);
  assertSameModel(model);
  assert.equal(unit, 'centimetre');
  assert.ok(
    steps.some((step) => step.startsWith('moved by (-100.00, ')) && steps.some((step) => step.startsWith('reversed')),
  );
});

test('numbers of an HDF5 file in the other byte order are turned round', async (t) => {
  const file = path.join(temporaryFolder(t), 'big-endian.h5');
  const head = foreignHead(HEAD, { unit: 0.1 });
  await writeHdf5(file, statismoDatasets(head, { version: '0.9' }));
  makeBigEndian(file, head.mean);
  assertSameModel((await readModelFile(file)).model);
});

test('what we wrote comes back without a change', async (t) => {
  const file = path.join(temporaryFolder(t), 'ours.h5');
  await writeMorphableModel(file, HEAD);
  const { model, layout, unit, steps } = await readModelFile(file);
  for (const name of ['mean', 'components', 'triangles'] as const) assert.deepEqual(model[name].data, HEAD[name].data);
  assert.deepEqual(model.variances, HEAD.variances);
  assert.deepEqual([layout, unit, steps], ['statismo (HDF5, version 0.9)', 'centimetre', []]);
});

/** Modes at any angle to each other whose Σ d d^T is the head's covariance: the scaled components, mixed by a rotation. */
function mixedModes(rows: number[][], deviations: number[]): number[][] {
  const [s, c] = [Math.sin(0.7), Math.cos(0.7)];
  const scaled = rows.map((row, k) => row.map((v) => v * deviations[k]));
  const [a, b, d] = scaled;
  const first = a.map((v, i) => c * v + s * b[i]);
  const second = a.map((v, i) => -s * v + c * b[i]);
  return [first, second.map((v, i) => c * v + s * d[i]), second.map((v, i) => -s * v + c * d[i])];
}

test('FLAME comes into our frame with orthonormal components of the same distribution', async (t) => {
  const head = foreignHead(HEAD, METRES);
  const modes = mixedModes(head.rows, head.deviations);
  const expressions = modes.map((mode) => mode.map((v) => 3 * v));
  const many = [...modes, ...Array.from({ length: 297 }, () => modes[0].map(() => 0)), ...expressions];
  const forms: [number[][], Parameters<typeof flameFile>[2]][] = [
    [modes, {}],
    [modes, { deflated: true, type: 'f4' }],
    [modes, { fortran: true, littleEndian: false, type: 'f4', index: 'i8' }],
    [modes, { fortran: true, deflated: true, index: 'u1', version: 2 }],
    [many, { deflated: true }],
  ];
  for (const [directions, form] of forms) {
    // all 303 modes at 34 points are more than the 102 dimensions: FLAME has 15,069
    if (directions === many) {
      await assert.rejects(
        readBytes(t, 'flame.npz', flameFile(head, many, form)),
        /the components must be at most 102, but are 300/,
      );
      continue;
    }
    const { model, layout, unit, steps } = await readBytes(t, 'flame.npz', flameFile(head, directions, form));
    assertSameDistribution(model);
    nearly(model.variances, HEAD.variances, 1e-5, 'variance');
    assert.deepEqual([...model.triangles.data], [...HEAD.triangles.data]);
    assert.deepEqual([layout, unit], ['FLAME (npz)', 'metre']);
    assert.ok(steps.includes('made the 3 modes orthonormal by a singular value decomposition'), steps.join('; '));
    assert.ok(steps.includes('left out what poses the head (weights)'));
  }
});

test('eos comes into our frame in each version, with what follows the shapes left out', async (t) => {
  const head = foreignHead(HEAD, MILLIMETRES);
  for (const form of [
    { version: 1 },
    { version: 2, colours: true, expressions: 'pca' as const },
    { version: 3, expressions: 'none' as const },
    { version: 4, expressions: 'blendshapes' as const },
  ]) {
    const { model, layout, unit, steps } = await readBytes(t, 'sfm.bin', eosFile(head, form));
    assertSameModel(model);
    assert.deepEqual(
      [layout, unit],
      [`eos, such as the Surrey Face Model (bin, version ${form.version})`, 'millimetre'],
    );
    assert.equal(steps.includes('left out the colour model'), form.colours === true);
    assert.equal(steps.includes('left out the expression model (PCA)'), form.expressions === 'pca');
    assert.equal(steps.includes('left out the 2 expression blendshapes'), form.expressions === 'blendshapes');
  }
});

test('ICT-FaceKit comes in with orthonormal components of the same distribution', async (t) => {
  const folder = temporaryFolder(t);
  madeUpIctFaceKit(folder);
  const { model, layout, steps } = await readModelFile(folder);
  assert.equal(layout, 'ICT-FaceKit (folder)');
  assert.equal(model.mean.shape[0], 14388);
  // mode 0 moves points by 0 to 9 cm along -z, mode 99 all of them by 1 cm along +y, the others nothing
  assert.equal(model.variances.length, 2);
  const digits = Array.from({ length: 14388 }, (_, n) => (n < 11248 ? n : n - 11248 + 21451) % 10);
  nearly(model.variances, [digits.reduce((sum, d) => sum + d * d, 0), 14388], 0.2, 'variance');
  const shape = instance(model, [0, Math.sign(model.components.data[14388 * 3 + 1])]);
  assert.ok(Math.abs(shape.get(5, 1) - model.mean.get(5, 1) - 1) < 1e-5);
  assert.ok(
    steps.some((step) => step.includes('left out 98 without variance')),
    steps.join('; '),
  );
});

const ICT = process.env.ICT_FACEKIT;

test('the real ICT-FaceKit keeps its variance', { skip: ICT ? false : 'needs ICT_FACEKIT' }, async () => {
  const { model } = await readModelFile(ICT as string);
  const { modes } = readIctFaceKit(ICT as string);
  const total = modes.reduce((sum, mode) => mode.reduce((own, v) => own + v * v, sum), 0);
  const kept = model.variances.reduce((a, b) => a + b, 0);
  assert.ok(Math.abs(kept / total - 1) < 1e-6, `${kept} of ${total}`);
  assert.deepEqual([model.mean.shape[0], model.variances.length], [14388, 100]);
  const size = model.mean.data.length;
  const probe = modes[7];
  let along = 0;
  for (let k = 0; k < 100; k++) {
    let dot = 0;
    for (let i = 0; i < size; i++) dot += model.components.data[k * size + i] * probe[i];
    along += model.variances[k] * dot * dot;
  }
  const direct = modes.reduce((sum, mode) => sum + mode.reduce((dot, v, i) => dot + v * probe[i], 0) ** 2, 0);
  assert.ok(Math.abs(along / direct - 1) < 1e-5, `${along} along a mode, not ${direct}`);
});

test('a layout in an unusual unit is told by the size of the head', async (t) => {
  const { model, unit, steps } = await readBytes(
    t,
    'flame.npz',
    flameFile(
      foreignHead(HEAD, { unit: 0.1, turned: true }),
      mixedModes(foreignHead(HEAD, { unit: 0.1, turned: true }).rows, [20, 10, 5]),
    ),
  );
  assertSameDistribution(model);
  assert.equal(unit, 'millimetre');
  assert.ok(steps[0].startsWith('took it for millimetres, as a head of 220 must be'), steps[0]);
});

test('a pickle is refused with the reason and the way to convert it, by its bytes and by its name', async (t) => {
  for (const [name, bytes] of [
    ['generic_model.bin', Buffer.from('80027d71002e', 'hex')],
    ['generic_model.pkl', Buffer.from('(dp0\n.')],
  ] as const)
    await assert.rejects(readBytes(t, name, bytes), (error: Error) => {
      assert.match(
        error.message,
        /generic_model\.\w+: is a Python pickle, which runs code when it is loaded, so none is read/,
      );
      assert.match(error.message, /numpy\.savez_compressed\('flame\.npz'/);
      return true;
    });
});

test('an error names the file and the field', async (t) => {
  const mm = foreignHead(HEAD, MILLIMETRES);
  const micro = foreignHead(HEAD, BASEL_2009);
  const metres = foreignHead(HEAD, METRES);
  const modes = metres.rows;
  const mat = (change: (head: typeof micro) => void) => {
    const head = structuredClone(micro);
    change(head);
    return basel2009File(head);
  };
  const npz = (name: string, content: Buffer) =>
    zipFile(
      [
        ['f.npy', npyFile([1, 3], [0, 1, 2])],
        ['v_template.npy', npyFile([3, 3], [0, 0, 0, 0.1, 0, 0, 0, 0.2, 0])],
        [
          'shapedirs.npy',
          npyFile(
            [3, 3, 2],
            new Array(18).fill(0).map((_, i) => i),
          ),
        ],
      ]
        .filter(([each]) => each !== name)
        .concat([[name, content]]) as [string, Buffer][],
    );
  const eos = eosFile(mm, { version: 4, expressions: 'blendshapes' });
  const edited = (bytes: Buffer, at: number, value: number) => {
    const copy = Buffer.from(bytes);
    copy.writeInt32LE(value, at);
    return copy;
  };
  const meanEnd = 12 + 4 * mm.mean.length;
  const cases: [string, Buffer, RegExp][] = [
    ['empty.bin', Buffer.alloc(0), /is no model that can be read: .* but begins with ""/],
    ['text.txt', Buffer.from('no model at all'), /but begins with "no model at "/],
    [
      'new.mat',
      Buffer.from('MATLAB 7.3 MAT-file, Platform'.padEnd(200)),
      /must be a MAT file of version 5, but is of 7\.3; .* save -v7/,
    ],
    [
      'no-mean.mat',
      matFile([{ name: 'shapeEV', shape: [1, 1], values: [1], type: 'f4' }]),
      /must hold the variable shapeMU, but does not/,
    ],
    [
      'twice.mat',
      matFile([1, 2].map((value) => ({ name: 'shapeEV', shape: [1, 1], values: [value], type: 'f4' as const }))),
      /shapeEV must be there once, but is there twice/,
    ],
    [
      'short.mat',
      mat((head) => {
        head.deviations.pop();
      }),
      /shapePC must be \[102, 2\] as shapeMU and shapeEV say, but is \[102,3\]/,
    ],
    [
      'index.mat',
      mat((head) => {
        head.triangles[2][1] = 34;
      }),
      /tl must hold indices of points, 1 to 34, but holds 35/,
    ],
    [
      'index0.mat',
      mat((head) => {
        head.triangles[2][1] = -1;
      }),
      /tl must hold indices of points, 1 to 34, but holds 0/,
    ],
    [
      'nan.mat',
      mat((head) => {
        head.mean[4] = Number.NaN;
      }),
      /the mean must be finite, but number 4 is NaN/,
    ],
    [
      'bomb.mat',
      matFile([{ name: 'shapePC', shape: [30_000, 3_000], values: [], type: 'f4' }]),
      /shapePC is \[30000,3000\], more numbers than a file of this size may unfold to/,
    ],
    [
      'negative.mat',
      matFile([{ name: 'shapeMU', shape: [-3, 1], values: [], type: 'f4' }]),
      /shapeMU must have at least two dimensions of 0 or more, but has \[-3,1\]/,
    ],
    [
      'lies.mat',
      matFile([{ name: 'shapeMU', shape: [9, 1], values: [1, 2, 3], type: 'f4' }]),
      /shapeMU is \[9,1\], which takes 36 bytes, but holds 12/,
    ],
    ['cut.mat', basel2009File(micro).subarray(0, 300), /the element at byte \d+ needs \d+ bytes, but \d+ are left/],
    [
      'cut.npz',
      flameFile(metres, modes).subarray(0, -30),
      /is cut off: the directory at the end of the zip archive is missing/,
    ],
    ['lacks.npz', zipFile([['f.npy', npyFile([1, 3], [0, 1, 2])]]), /must hold the array v_template, but has f\.npy/],
    [
      'object.npz',
      npz(
        'shapedirs.npy',
        Buffer.concat([
          npyHeader("{'descr': '|O', 'fortran_order': False, 'shape': (3, 3, 2), }"),
          Buffer.from('80024b012e', 'hex'),
        ]),
      ),
      /shapedirs is an array of Python objects, which NumPy stores as a pickle; a pickle runs code/,
    ],
    [
      'complex.npz',
      npz('shapedirs.npy', npyHeader("{'descr': '<c16', 'fortran_order': False, 'shape': (3, 3, 2), }")),
      /shapedirs: the header must have a 'descr' of integers or floats such as <f4/,
    ],
    [
      'struct.npz',
      npz('shapedirs.npy', npyHeader("{'descr': [('x', '<f4')], 'fortran_order': False, 'shape': (3,), }")),
      /shapedirs: the header must have 'descr' with one type/,
    ],
    [
      'minus.npz',
      npz('shapedirs.npy', npyHeader("{'descr': '<f4', 'fortran_order': False, 'shape': (3, 3, -2), }")),
      /shapedirs: the header must have 'shape' of non-negative numbers/,
    ],
    [
      'long.npz',
      npz('shapedirs.npy', npyHeader("{'descr': '<f4', 'fortran_order': False, 'shape': (3, 3, 9), }")),
      /shapedirs is \[3,3,9\] of f4, which takes 324 bytes, but holds 0/,
    ],
    [
      'other.npz',
      npz('shapedirs.npy', npyFile([2, 3, 3], new Array(18).fill(1))),
      /shapedirs must be \[3, 3, any\], but is \[2,3,3\]/,
    ],
    [
      'up.npz',
      npz('../shapedirs.npy', Buffer.alloc(3)),
      /entry \d of the zip directory must have a name inside the archive, but is called "\.\.\/shapedirs\.npy"/,
    ],
    ['root.npz', npz('/etc/f.npy', Buffer.alloc(3)), /must have a name inside the archive/],
    ['cut.bin', eos.subarray(0, -1), /texture triangles needs \d+ bytes at byte \d+, but \d+ are left/],
    ['more.bin', Buffer.concat([eos, Buffer.of(0)]), /must end after the model, but goes on at byte/],
    ['rows.bin', edited(eos, meanEnd, 99), /shape model: basis must be \[102, 3\]|shape model/],
    [
      'minus.bin',
      edited(eos, meanEnd, -99),
      /shape model: basis must have at least 0 rows and columns, but is \[-99, 3\]/,
    ],
    [
      'huge.bin',
      edited(eos, meanEnd, 2 ** 30),
      /shape model: basis is \[1073741824,3\], more numbers than the file can hold/,
    ],
    [
      'size.bin',
      eosFile(foreignHead(HEAD, { unit: 1e5 }), { version: 1 }),
      /the mean must be a head of 8 to 80 cm in micrometres, .* but spans 0\.00022/,
    ],
  ];
  for (const [name, bytes, message] of cases)
    await assert.rejects(readBytes(t, name, bytes), (error: Error) => {
      assert.equal(error.name, 'FileError', `${name}: ${error.stack}`);
      assert.ok(error.message.includes(name), error.message);
      assert.match(error.message, message);
      return true;
    });
});
