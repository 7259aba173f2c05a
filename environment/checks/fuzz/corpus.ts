import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { sealedJson } from 'lib/files';
import {
  blockJpeg,
  exifSegment,
  jpegSegment,
  pngChunk,
  pngFile,
  tiffBytes,
} from '../../../lib/dataset/difficult-pictures.fixture';
import { frameEntry, landmarkText, miccVertices } from '../../../lib/evaluation/benchmark.fixture';
import { TINY } from '../../../lib/experiment/profile.fixture';
import { asciiPly, binaryPly } from '../../../lib/mesh/ply.fixture';
import {
  basel2009File,
  eosFile,
  flameFile,
  foreignHead,
  hdf5Library,
  madeUpHead,
  matFile,
  npyFile,
  npyHeader,
  packed,
  statismoDatasets,
  writeHdf5,
  zipFile,
} from '../../../lib/morphable-model/files/foreign-files.fixture';
import { correctChecksums } from '../../../lib/morphable-model/files/hdf5-checksum.fixture';
import { writeMorphableModel } from '../../../lib/morphable-model/model-file';

/** The formats, and for each the files that its inputs are made from: those of the tests' writers, and nasty ones by hand. */
export const CORPORA: Record<string, () => Buffer[] | Promise<Buffer[]>> = {
  ply,
  obj,
  mat,
  npz,
  hdf5,
  eos,
  landmarks,
  frames,
  picture,
  profile,
  boxes,
  points,
};

/** Bombs as large as the readers let them be: read once as they are, since a thousand changes of each would take hours. */
export const BOMBS: Record<string, () => Buffer[]> = {
  // as many cases, as deep, and as long a text, as fit
  frames: () => [
    text(JSON.stringify({ cases: Array.from({ length: 1000 }, (_, i) => frameEntry(i + 1, i + 1)) })),
    text(JSON.stringify({ cases: Array(80_000).fill({}) })),
    text(`{"cases":${'['.repeat(2 ** 17 - 20)}${']'.repeat(2 ** 17 - 20)}}`),
    text(JSON.stringify({ cases: [{ ...frameEntry(1, 1), frame: `./cases/subject_${'1'.repeat(2 ** 17)}` }] })),
  ],
  // as many wrong entries, as deep, and as many names, as fit
  profile: () => [
    text(JSON.stringify({ ...PROFILE, losses: Array(20_000).fill({}) }).slice(0, 2 ** 16 - 2)),
    text(JSON.stringify({ ...PROFILE, losses: Array(15_000).fill({}) })),
    text(`{"views":${nested(2 ** 15 - 20)}}`),
    text(JSON.stringify({ extends: '../../../etc/passwd', name: 'other', description: '' })),
    text(JSON.stringify({ extends: 'input', name: 'input', description: '' })),
  ],
  boxes: () => [
    text(JSON.stringify({ 'a.jpg': { landmarks: names(80_000, [1]) } })),
    text(JSON.stringify(names(100_000, 1))),
    text(JSON.stringify(names(30_000, { box: [0, 0, 1, 1] }))),
    text(`{"a.jpg":${nested(2 ** 19 - 20)}}`),
  ],
  points: () => [
    text(JSON.stringify({ unit: 'mm', landmarks: names(5000, [1]) })),
    text(`{"unit":"mm","landmarks":${nested(2 ** 15 - 30)}}`),
  ],
  mat: () => [matFile([zeros([2 ** 11, 2 ** 11])]), matFile([zeros([2 ** 12, 2 ** 12])])],
  npz: () => [bomb(2 ** 19, 2 ** 19), bomb(2 ** 19, 1), bomb(2 ** 20, 2 ** 20)],
  obj: () => [text('v 0 0 0', ...Array(3900).fill(`f${' 1'.repeat(990)}`))],
  ply: () => [Buffer.concat([text(...TINY_PLY), Buffer.alloc(9), packed([3_999_000], 'u4'), Buffer.alloc(3_999_000)])],
};

/** A compressed variable of zeros, a byte each. */
const zeros = (shape: number[], bytes = shape[0] * shape[1]) =>
  ({ name: 'shapePC', values: new Uint8Array(bytes), type: 'u1', compressed: true, shape }) as const;

/** A deflated array of so many rows of zeros, which says that it has others. */
function bomb(rows: number, said: number): Buffer {
  const header = npyHeader(`{'descr': '<f8', 'fortran_order': False, 'shape': (${said}, 3), }`);
  return zipFile([['v_template.npy', Buffer.concat([header, Buffer.alloc(24 * rows)])]], { deflated: true });
}

const nested = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`;
const names = <T>(count: number, value: T): Record<string, T> =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`n${i}`, value]));

const TINY_PLY = [
  'ply',
  'format binary_little_endian 1.0',
  'element vertex 3',
  'property uchar x',
  'property uchar y',
  'property uchar z',
  'element face 1',
  'property list uint uchar vertex_index',
  'end_header',
];

const HEAD = madeUpHead();
const PROFILE = TINY;
const text = (...lines: string[]) => Buffer.from(`${lines.join('\n')}\n`);

function mesh() {
  const { mean, triangles } = foreignHead(HEAD, { unit: 1 });
  const points = Array.from({ length: mean.length / 3 }, (_, n) =>
    mean.slice(3 * n, 3 * n + 3).map((v) => Number(v.toFixed(3))),
  );
  const polygons = [[0, 1, 2, 3, 4], ...triangles];
  return { points, polygons, colours: points.map((_, n) => [n, 2 * n, 255 - n]) };
}

function ply(): Buffer[] {
  const { points, polygons, colours } = mesh();
  return [
    Buffer.from(asciiPly(points, polygons, colours)),
    Buffer.from(asciiPly(points, polygons).replaceAll('\n', '\r\n')),
    Buffer.from(
      binaryPly({ littleEndian: true, number: 'float', count: 'uchar', index: 'int' }, points, polygons, colours),
    ),
    Buffer.from(binaryPly({ littleEndian: false, number: 'double', count: 'int', index: 'short' }, points, polygons)),
    text(
      'ply',
      'format ascii 1.0',
      'element vertex 1999999',
      'property char x',
      'property char y',
      'property char z',
      'element face 1',
      'property list uchar int vertex_indices',
      'end_header',
      '0 0 0',
    ),
    text(
      'ply',
      'format ascii 1.0',
      'element vertex -3',
      'property list char int x',
      'element face 4294967297',
      'property list char int vertex_indices',
      'end_header',
      '-1 0 0',
    ),
    text(
      'ply',
      'format ascii 1.0',
      'element nothing 9999999999',
      'element vertex 3',
      'property float x',
      'property float y',
      'property float z',
      'element face 1',
      'property list int uchar vertex_index',
      'end_header',
      '0 0 0 1 0 0 0 1 0 3999999 0 1 2',
    ),
    Buffer.concat([
      text(
        'ply',
        'format binary_big_endian 1.0',
        'element vertex 3',
        'property uchar x',
        'property uchar y',
        'property uchar z',
        'element face 2',
        'property list uint uchar vertex_index',
        'end_header',
      ),
      Buffer.alloc(9),
      Buffer.from('ffffffff', 'hex'),
      Buffer.alloc(50),
    ]),
  ];
}

function obj(): Buffer[] {
  const { points, polygons } = mesh();
  const faces = (form: (corner: number) => string) =>
    polygons.map((corners) => `f ${corners.map((c) => form(c + 1)).join(' ')}`);
  const vertices = points.map((point) => `v ${point.join(' ')}`);
  return [
    text('# a head', ...vertices, ...faces(String)),
    text(
      ...vertices.map((line) => `${line} 0.1 0.2 0.3`),
      'vt 0 0',
      'vn 0 0 1',
      'usemtl skin',
      ...faces((c) => `${c}/1/1`),
    ),
    text(...vertices, ...faces((c) => `${c - points.length - 1}//2`)).subarray(0, -1),
    text(...vertices, `f ${'1 '.repeat(900)}`, `#${'x'.repeat(1999)}`),
    text('v 1e38 -1e38 0', 'v 0 0 0', 'v 1 1 1', 'f 1 2 3', 'f 999999999999 1 1'),
    // names of other files, and counts from the end that are below its beginning
    text('mtllib ../../../../etc/passwd', 'usemtl /dev/zero', ...vertices, ...faces((c) => String(c - points.length))),
    text(...vertices.slice(0, 3), 'f -1 -2 -999999999999', 'f -4 -3 -2'),
  ];
}

function mat(): Buffer[] {
  const head = foreignHead(HEAD, { unit: 1e-4, turned: true, clockwise: true });
  return [
    basel2009File(head),
    basel2009File(head, { compressed: true }),
    basel2009File(head, { littleEndian: false, number: 'f8', index: 'u1' }),
    basel2009File(head, { littleEndian: false, compressed: true, index: 'i4' }),
    // a bomb, and a promise of far more
    matFile([zeros([2 ** 9, 2 ** 9])]),
    matFile([zeros([2 ** 30, 2 ** 30], 2 ** 18)]),
    matFile([{ name: 'shapeMU', shape: [-1, 1], values: [], type: 'f8' }]),
    matFile([{ name: 'tl', shape: [0, 3], values: [], type: 'i1', compressed: true }]),
  ];
}

function npz(): Buffer[] {
  const head = foreignHead(HEAD, { unit: 100, turned: true });
  const modes = head.rows.map((row, k) => row.map((v, i) => v * head.deviations[k] + 0.01 * head.rows[0][i]));
  return [
    flameFile(head, modes),
    flameFile(head, modes, { deflated: true, type: 'f4' }),
    flameFile(head, modes, { fortran: true, littleEndian: false, type: 'f4', index: 'i8' }),
    bomb(10_000, 10_000),
    bomb(10_000, 1_000_000_000),
    zipFile([['../../v_template.npy', npyFile([3, 3], new Array(9).fill(1))]]),
    zipFile(Array.from({ length: 300 }, (_, i) => [`${i}`, Buffer.alloc(0)])),
    zipFile([['v_template.npy', npyHeader("{'descr': '|O', 'fortran_order': False, 'shape': (3, 3), }")]]),
  ];
}

function eos(): Buffer[] {
  const head = foreignHead(HEAD, { unit: 0.1, turned: true });
  return [
    eosFile(head, { version: 1 }),
    eosFile(head, { version: 2, colours: true, expressions: 'pca' }),
    eosFile(head, { version: 3, expressions: 'none' }),
    eosFile(head, { version: 4, expressions: 'blendshapes' }),
    Buffer.concat([packed([4], 'u4'), packed([2 ** 30, 1], 'i4'), Buffer.alloc(64)]),
    Buffer.concat([packed([2], 'u4'), packed([0, 1, 0, 0, 0, 1], 'i4'), packed([2 ** 60], 'u8'), Buffer.alloc(64)]),
  ];
}

function landmarks(): Buffer[] {
  return [
    Buffer.from(landmarkText(miccVertices(1))),
    Buffer.from(landmarkText({ ...miccVertices(2), right_ear_tragus: 5, left_ear_tragus: 999_999_999 }).trim()),
    Buffer.from(`\r\n ${landmarkText(miccVertices(3)).replaceAll('\n', '\r\n').replaceAll(' ', ' \t ')}`),
    text(...Array.from({ length: 99 }, (_, i) => `name_${i} ${i}`)),
    // as large as it may be, of spaces, which a slow pattern would try again and again
    text(`a${' '.repeat(2 ** 14 - 4)}b`),
    text('x'.repeat(2 ** 14 - 1)),
    text('../../etc/passwd 1', 'left_eye -1', 'right_eye 99999999999999999999'),
  ];
}

function frames(): Buffer[] {
  const cases = Array.from({ length: 20 }, (_, i) => frameEntry(i + 1, 50 * i + 1));
  return [
    text(JSON.stringify({ cases }, null, 3)),
    // changes of spaces leave it whole
    text(JSON.stringify({ cases: cases.slice(0, 3) }, null, 10).replaceAll('\n', `\n${' '.repeat(300)}\n`)),
    text(JSON.stringify({ cases: [] }), ' '.repeat(100)),
    text(
      JSON.stringify({
        cases: [
          { ...frameEntry(1, 1), frame: './cases/../../../etc/subject_1/frame1.jpg' },
          { ...frameEntry(2, 1), correspondences: '/etc/passwd' },
          frameEntry(-1, 2 ** 53),
        ],
      }),
    ),
    text(JSON.stringify({ cases: Array(100).fill({}) })),
  ];
}

/** Of JPEG and PNG, whose headers alone are ours: with EXIF data in both byte orders, many segments, and a directory that is its own. */
function picture(): Buffer[] {
  const exif = (little: boolean) => tiffBytes([[0x0112, 3, 6]], [[0xa405, 3, 50]], little);
  const comments = Array.from({ length: 200 }, (_, i) => jpegSegment(0xfe, Buffer.alloc(i, i)));
  const rows = [[1, 2, 3, 4, 5, 6]];
  const size = { width: 2, height: 1, colour: 2 };
  return [
    blockJpeg(16, 8, [[40], [200]], [exifSegment(exif(true))]),
    blockJpeg(16, 8, [[40], [200]], [...comments, Buffer.alloc(300, 255), exifSegment(exif(false))]),
    pngFile(size, rows, [pngChunk('eXIf', exif(true))]),
    pngFile(size, rows, [pngChunk('tEXt', Buffer.alloc(500, 65)), pngChunk('eXIf', exif(false))]),
    blockJpeg(16, 8, [[40], [200]], [exifSegment(tiffBytes([[0x8769, 4, 8]]))]),
    pngFile({ width: 2 ** 31, height: 2 ** 31, colour: 2 }, rows),
  ];
}

function profile(): Buffer[] {
  const { seed: _, subjects: __, components: ___, ...own } = PROFILE;
  return [
    text(JSON.stringify(PROFILE, null, 1)),
    // changes of a long description leave it whole
    text(JSON.stringify({ extends: 'base', name: 'other', description: 'long '.repeat(2000), imageSize: 64 })),
    text(JSON.stringify({ ...own, extends: 'base', search: { trials: 2, stepsShare: 0.5, learningRate: [0.1, 0.2] } })),
    text(JSON.stringify({ ...PROFILE, subjects: { train: -1, validation: 2 ** 60, test: 1.5 }, imageSize: 1e308 })),
    text('{"__proto__":{"extends":"base"},"constructor":{"prototype":{}}}'),
    // changes of spaces leave it whole
    text(JSON.stringify(PROFILE, null, 10).replaceAll('\n', `\n${' '.repeat(100)}\n`)),
  ];
}

function boxes(): Buffer[] {
  return [
    text(JSON.stringify({ 'a.jpg': { box: [1.5, -20, 300, 400] }, 'b c.png': { box: [0, 0, 1, 1] } }, null, 1)),
    text(JSON.stringify({ 'a.jpg': { landmarks: { pronasale: [1, 2], sellion: [-3, 4], menton: [5, 6] } } })),
    text(JSON.stringify({ '../../../etc/passwd': { box: [0, 0, 10, 10] }, '/dev/zero': { box: [] } })),
    text(JSON.stringify({ 'a.jpg': { box: [0, 0, -1, 1e300] }, 'b.jpg': { landmarks: {}, box: 'x' } })),
    text('{"__proto__":{"box":[0,0,1,1]}}', ' '.repeat(200)),
  ];
}

/** Landmarks beside a scan. */
function points(): Buffer[] {
  const landmarks = { pronasale: [1.2, -38, 95.1], sellion: [0.4, 4.2, 88.9], cheilionRight: [24, -71, 80] };
  return [
    text(JSON.stringify({ unit: 'mm', landmarks }, null, 1)),
    text(JSON.stringify({ unit: 'm', landmarks: names(99, [0, -1, 2]) })),
    Buffer.from(sealedJson({ unit: 'cm', landmarks })),
    text(JSON.stringify({ unit: 'km', landmarks: { '../../x': [1e9, -1e300, 0] } })),
    text('{"unit":"mm","landmarks":{"__proto__":[1,2,3]}}', ' '.repeat(200)),
  ];
}

async function hdf5(): Promise<Buffer[]> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'corpus-'));
  const file = path.join(folder, 'model.h5');
  const made: Buffer[] = [];
  const keep = () => {
    made.push(fs.readFileSync(file));
    return made[made.length - 1];
  };
  try {
    const millimetres = foreignHead(HEAD, { unit: 0.1 });
    await writeMorphableModel(file, HEAD);
    keep();
    for (const form of [
      { version: '0.8' as const },
      { version: '0.9' as const, number: 'f8' as const, chunked: true },
      {},
    ]) {
      await writeHdf5(file, statismoDatasets(millimetres, form));
      keep();
    }
    // a promise of 2^40 rows in chunks that are not there
    const rows = keep();
    const promise = Buffer.from(made[2]);
    for (
      let at = promise.indexOf(packed([102, 3], 'u8'));
      at >= 0;
      at = promise.indexOf(packed([102, 3], 'u8'), at + 1)
    )
      packed([2 ** 40], 'u8').copy(promise, at);
    correctChecksums(promise);
    made.push(promise, rows);
    await writeHdf5(file, {
      ...statismoDatasets(foreignHead(HEAD, { unit: 0.1, turned: true }), { root: 'shape/', version: '0.9' }),
      'color/model/mean': { shape: [1], values: [1] },
    });
    keep();
    const { File } = await hdf5Library();
    const links = new File(file, 'w');
    links.create_group('model');
    links.get('model').create_soft_link('/model/mean', 'mean');
    links.get('model').create_soft_link('/model', 'pcaBasis');
    links.create_external_link('/etc/passwd', '/x', 'representer');
    links.close();
    keep();
    return made;
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}
