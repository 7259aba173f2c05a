import fs from 'node:fs';
import zlib from 'node:zlib';
import { type NumberType, sizeOf } from 'lib/files';
import { createRandom } from 'lib/random';
import ndarray from 'ndarray';
import type { MorphableModel } from '../morphable-model';
import { correctChecksums } from './hdf5-checksum.fixture';
import { crc32 } from './zip';

const RINGS = 5;
const AROUND = 8;

/**
 * A made-up head in our frame: an ellipsoid of 15 x 22 x 18 cm with a nose toward -z, its centroid at the origin, and three
 * orthonormal components.
 */
export function madeUpHead(): MorphableModel {
  const points: number[][] = [[0, 11, 0]];
  for (let ring = 1; ring < RINGS; ring++)
    for (let step = 0; step < AROUND; step++) {
      const [polar, around] = [(Math.PI * ring) / RINGS, (2 * Math.PI * step) / AROUND];
      const nose = ring === 2 && step === 0 ? 1.2 : 1;
      points.push([
        7.5 * Math.sin(polar) * Math.sin(around),
        11 * Math.cos(polar),
        -9 * nose * Math.sin(polar) * Math.cos(around),
      ]);
    }
  points.push([0, -11, 0]);
  const at = (ring: number, step: number) => 1 + (ring - 1) * AROUND + (step % AROUND);
  const triangles: number[] = [];
  for (let step = 0; step < AROUND; step++) {
    triangles.push(0, at(1, step + 1), at(1, step));
    for (let ring = 1; ring < RINGS - 1; ring++) {
      const [a, b, c, d] = [at(ring, step), at(ring + 1, step), at(ring + 1, step + 1), at(ring, step + 1)];
      triangles.push(a, c, b, a, d, c);
    }
    triangles.push(points.length - 1, at(RINGS - 1, step), at(RINGS - 1, step + 1));
  }
  const centre = [0, 1, 2].map((axis) => points.reduce((sum, point) => sum + point[axis], 0) / points.length);
  const mean = points.flatMap((point) => point.map((v, axis) => v - centre[axis]));
  const random = createRandom('head');
  const rows: number[][] = [];
  for (let k = 0; k < 3; k++) {
    let row = mean.map(() => random.normal());
    for (const known of [...rows, ...rows]) {
      const dot = known.reduce((sum, v, i) => sum + v * row[i], 0);
      row = row.map((v, i) => v - dot * known[i]);
    }
    const length = Math.hypot(...row);
    rows.push(row.map((v) => v / length));
  }
  return {
    mean: ndarray(Float32Array.from(mean), [points.length, 3]),
    components: ndarray(Float32Array.from(rows.flat()), [3, mean.length]),
    variances: Float64Array.of(4, 1, 0.25),
    triangles: ndarray(Uint32Array.from(triangles), [triangles.length / 3, 3]),
  };
}

/** How another project would have put the model down. */
export interface ForeignFrame {
  /** Of their unit in cm. */
  unit: number;
  /** The face toward +z. */
  turned?: boolean;
  /** Where their origin is, in their unit. */
  offset?: number[];
  clockwise?: boolean;
}

export interface ForeignHead {
  mean: number[];
  /** Orthonormal, one component a row. */
  rows: number[][];
  /** In their unit. */
  deviations: number[];
  /** From 0. */
  triangles: number[][];
}

export function foreignHead(
  model: MorphableModel,
  { unit, turned, offset = [0, 0, 0], clockwise }: ForeignFrame,
): ForeignHead {
  const sign = (i: number) => (turned && i % 3 !== 1 ? -1 : 1);
  const size = model.mean.data.length;
  const { data } = model.triangles;
  return {
    mean: Array.from(model.mean.data, (v, i) => (sign(i) * v) / unit + offset[i % 3]),
    rows: Array.from(model.variances, (_, k) =>
      Array.from(model.components.data.subarray(k * size, (k + 1) * size), (v, i) => sign(i) * v),
    ),
    deviations: Array.from(model.variances, (variance) => Math.sqrt(variance) / unit),
    triangles: Array.from({ length: data.length / 3 }, (_, t) => {
      const [a, b, c] = data.subarray(3 * t, 3 * t + 3);
      return clockwise ? [a, c, b] : [a, b, c];
    }),
  };
}

/** Numbers as bytes of a type. */
export function packed(values: ArrayLike<number>, type: NumberType, littleEndian = true): Buffer {
  const bytes = Buffer.alloc(values.length * sizeOf(type));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const setters: Record<NumberType, (at: number, value: number) => void> = {
    i1: (at, v) => view.setInt8(at, v),
    u1: (at, v) => view.setUint8(at, v),
    i2: (at, v) => view.setInt16(at, v, littleEndian),
    u2: (at, v) => view.setUint16(at, v, littleEndian),
    i4: (at, v) => view.setInt32(at, v, littleEndian),
    u4: (at, v) => view.setUint32(at, v, littleEndian),
    i8: (at, v) => view.setBigInt64(at, BigInt(v), littleEndian),
    u8: (at, v) => view.setBigUint64(at, BigInt(v), littleEndian),
    f4: (at, v) => view.setFloat32(at, v, littleEndian),
    f8: (at, v) => view.setFloat64(at, v, littleEndian),
  };
  for (let i = 0; i < values.length; i++) setters[type](i * sizeOf(type), values[i]);
  return bytes;
}

const MAT_TYPES: Record<NumberType, [type: number, matrixClass: number]> = {
  i1: [1, 8],
  u1: [2, 9],
  i2: [3, 10],
  u2: [4, 11],
  i4: [5, 12],
  u4: [6, 13],
  f4: [7, 7],
  f8: [9, 6],
  i8: [12, 14],
  u8: [13, 15],
};

/** A variable of a MAT file, with its numbers in column-major order. */
export interface MatFixture {
  name: string;
  shape: number[];
  values: ArrayLike<number>;
  type: NumberType;
  compressed?: boolean;
}

export function matFile(variables: MatFixture[], littleEndian = true): Buffer {
  const header = Buffer.alloc(128, ' ');
  header.write('MATLAB 5.0 MAT-file, made up');
  packed([0x0100, 0x4d49], 'u2', littleEndian).copy(header, 124);
  return Buffer.concat([header, ...variables.map((variable) => matVariable(variable, littleEndian))]);
}

function matVariable({ name, shape, values, type, compressed }: MatFixture, littleEndian: boolean): Buffer {
  const element = (kind: number, data: Buffer): Buffer => {
    const short = data.length > 0 && data.length <= 4;
    if (short)
      return Buffer.concat([
        packed([(data.length << 16) | kind], 'u4', littleEndian),
        data,
        Buffer.alloc(4 - data.length),
      ]);
    return Buffer.concat([
      packed([kind, data.length], 'u4', littleEndian),
      data,
      Buffer.alloc((8 - (data.length % 8)) % 8),
    ]);
  };
  const [kind, matrixClass] = MAT_TYPES[type];
  const body = Buffer.concat([
    element(6, packed([matrixClass, 0], 'u4', littleEndian)),
    element(5, packed(shape, 'i4', littleEndian)),
    element(1, Buffer.from(name, 'latin1')),
    element(kind, packed(values, type, littleEndian)),
  ]);
  const whole = Buffer.concat([packed([14, body.length], 'u4', littleEndian), body]);
  if (!compressed) return whole;
  const deflated = zlib.deflateSync(whole);
  return Buffer.concat([packed([15, deflated.length], 'u4', littleEndian), deflated]);
}

/** Basel 2009's file, in the types given. */
export function basel2009File(
  { mean, rows, deviations, triangles }: ForeignHead,
  {
    number = 'f4',
    index = 'f8',
    littleEndian = true,
    compressed = false,
  }: { number?: NumberType; index?: NumberType; littleEndian?: boolean; compressed?: boolean } = {},
): Buffer {
  const of = (name: string, shape: number[], values: ArrayLike<number>, type: NumberType): MatFixture => ({
    name,
    shape,
    values,
    type,
    compressed,
  });
  return matFile(
    [
      of('segbin', [2, 2], [1, 0, 0, 1], 'u1'),
      of('shapeEV', [deviations.length, 1], deviations, number),
      of('shapeMU', [mean.length, 1], mean, number),
      of('shapePC', [mean.length, rows.length], rows.flat(), number),
      of('texMU', [mean.length, 1], mean, number),
      of(
        'tl',
        [triangles.length, 3],
        [0, 1, 2].flatMap((corner) => triangles.map((triangle) => triangle[corner] + 1)),
        index,
      ),
    ],
    littleEndian,
  );
}

/** An array of NumPy's; the values in row-major order. */
export function npyFile(
  shape: number[],
  values: ArrayLike<number>,
  {
    type = 'f8',
    littleEndian = true,
    fortran = false,
    version = 1,
  }: { type?: NumberType; littleEndian?: boolean; fortran?: boolean; version?: number } = {},
): Buffer {
  const order = fortran ? columnMajor(shape, values) : values;
  const descr = `${littleEndian ? '<' : '>'}${type}`;
  const tuple = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const text = `{'descr': '${descr}', 'fortran_order': ${fortran ? 'True' : 'False'}, 'shape': (${tuple}), }`;
  return Buffer.concat([npyHeader(text, version), packed(order, type, littleEndian)]);
}

export function npyHeader(text: string, version = 1): Buffer {
  const padded = Buffer.from(`${text}${' '.repeat(63 - ((text.length + 10) % 64))}\n`, 'latin1');
  return Buffer.concat([
    Buffer.from('\x93NUMPY', 'latin1'),
    Buffer.of(version, 0),
    packed([padded.length], version === 1 ? 'u2' : 'u4'),
    padded,
  ]);
}

function columnMajor(shape: number[], values: ArrayLike<number>): number[] {
  return Array.from({ length: values.length }, (_, i) => {
    let [rest, place] = [i, 0];
    shape.forEach((length, d) => {
      place += (rest % length) * shape.slice(d + 1).reduce((a, b) => a * b, 1);
      rest = Math.floor(rest / length);
    });
    return values[place];
  });
}

/** A zip archive of some files. */
export function zipFile(
  files: [name: string, content: Buffer][],
  { deflated = false }: { deflated?: boolean } = {},
): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const [name, content] of files) {
    const body = deflated ? zlib.deflateRawSync(content) : content;
    const shared = Buffer.concat([
      packed([20, 0, deflated ? 8 : 0, 0, 0], 'u2'),
      packed([crc32(content), body.length, content.length], 'u4'),
      packed([name.length], 'u2'),
    ]);
    const local = Buffer.concat([packed([0x04034b50], 'u4'), shared, packed([0], 'u2'), Buffer.from(name)]);
    directory.push(
      Buffer.concat([
        packed([0x02014b50], 'u4'),
        packed([20], 'u2'),
        shared,
        packed([0, 0, 0, 0], 'u2'),
        packed([0, at], 'u4'),
        Buffer.from(name),
      ]),
    );
    parts.push(local, body);
    at += local.length + body.length;
  }
  const size = directory.reduce((sum, part) => sum + part.length, 0);
  const end = Buffer.concat([
    packed([0x06054b50], 'u4'),
    packed([0, 0, files.length, files.length], 'u2'),
    packed([size, at], 'u4'),
    packed([0], 'u2'),
  ]);
  return Buffer.concat([...parts, ...directory, end]);
}

type FlameForm = {
  type?: NumberType;
  index?: NumberType;
  littleEndian?: boolean;
  fortran?: boolean;
  deflated?: boolean;
  version?: number;
};

/** FLAME's archive: modes scaled by their deviations, then as many expression modes as make `modes` together. */
export function flameFile({ mean, triangles }: ForeignHead, modes: number[][], form: FlameForm = {}): Buffer {
  const { type = 'f8', index = 'u4', deflated, ...order } = form;
  const directions = mean.flatMap((_, i) => modes.map((mode) => mode[i]));
  const points = mean.length / 3;
  return zipFile(
    [
      ['f.npy', npyFile([triangles.length, 3], triangles.flat(), { ...order, type: index })],
      ['weights.npy', npyFile([1], [1])],
      ['shapedirs.npy', npyFile([points, 3, modes.length], directions, { ...order, type })],
      ['v_template.npy', npyFile([points, 3], mean, { ...order, type })],
    ],
    { deflated },
  );
}

/** A matrix of eos: rows, columns, then column by column. */
const eosMatrix = (rows: number, columns: number, values: ArrayLike<number>): Buffer =>
  Buffer.concat([packed([rows, columns], 'i4'), packed(values, 'f4')]);

const eosPca = (mean: number[], rows: number[][], eigenvalues: number[], triangles: number[][]): Buffer =>
  Buffer.concat([
    eosMatrix(mean.length, 1, mean),
    eosMatrix(mean.length, rows.length, rows.flat()),
    eosMatrix(eigenvalues.length, 1, eigenvalues),
    packed([triangles.length], 'u8'),
    packed(triangles.flat(), 'i4'),
  ]);

const eosText = (text: string): Buffer => Buffer.concat([packed([text.length], 'u8'), Buffer.from(text)]);

/** eos's archive of each version, with a colour model or an empty one, and each kind of expression model from version 2. */
export function eosFile(
  { mean, rows, deviations, triangles }: ForeignHead,
  {
    version,
    colours = false,
    expressions = 'none',
  }: { version: number; colours?: boolean; expressions?: 'none' | 'pca' | 'blendshapes' },
): Buffer {
  const eigenvalues = deviations.map((d) => d ** 2);
  const shape = eosPca(mean, rows, eigenvalues, triangles);
  const kinds = {
    none: Buffer.of(1),
    pca: Buffer.concat([Buffer.of(0), packed([0], 'i4'), shape]),
    blendshapes: Buffer.concat([
      Buffer.of(0),
      packed([1], 'i4'),
      packed([2], 'u8'),
      ...['anger', 'joy'].flatMap((name) => [eosText(name), eosMatrix(mean.length, 1, mean)]),
    ]),
  };
  return Buffer.concat([
    packed([version], 'u4'),
    shape,
    colours ? shape : eosPca([], [], [], []),
    version >= 2 ? kinds[expressions] : Buffer.alloc(0),
    version >= 3
      ? Buffer.concat([Buffer.of(0), packed([1], 'u8'), eosText('nose.tip'), packed([2], 'i4')])
      : Buffer.alloc(0),
    packed([mean.length / 3], 'u8'),
    packed(new Array((2 * mean.length) / 3).fill(0.5), 'f8'),
    version >= 4 ? Buffer.concat([packed([triangles.length], 'u8'), packed(triangles.flat(), 'i4')]) : Buffer.alloc(0),
  ]);
}

// biome-ignore lint/suspicious/noExplicitAny: the package's types do not describe its file system's objects
export async function hdf5Library(): Promise<any> {
  const module = await import('h5wasm/node');
  await module.ready;
  return module.default ?? module;
}

/** What stands in an HDF5 file, by path. */
export type Hdf5Fixture = Record<
  string,
  { shape: number[]; values: ArrayLike<number>; type?: 'f4' | 'f8' | 'i4' | 'u1' | 'i8'; chunks?: number[] }
>;

export async function writeHdf5(
  file: string,
  datasets: Hdf5Fixture,
  texts: Record<string, string> = {},
): Promise<void> {
  const { File } = await hdf5Library();
  const h5 = new File(file, 'w');
  const groups = new Set<string>();
  const group = (path: string) => {
    const steps = path.split('/').slice(0, -1);
    steps.forEach((_, i) => {
      const way = steps.slice(0, i + 1).join('/');
      if (!groups.has(way)) h5.create_group(way);
      groups.add(way);
    });
    return steps.length > 0 ? h5.get(steps.join('/')) : h5;
  };
  for (const [path, { shape, values, type = 'f4', chunks }] of Object.entries(datasets)) {
    const Type = { f4: Float32Array, f8: Float64Array, i4: Int32Array, u1: Uint8Array, i8: BigInt64Array }[type];
    const data =
      Type === BigInt64Array
        ? BigInt64Array.from(Array.from(values, BigInt))
        : (Type as Float64ArrayConstructor).from(values);
    group(path).create_dataset({
      name: path.split('/').at(-1),
      data,
      shape,
      ...(chunks ? { chunks, compression: 'gzip' } : {}),
    });
  }
  for (const [path, text] of Object.entries(texts)) {
    const [way, name] = path.split('@');
    group(`${way}/`).create_attribute(name, text, [], `S${text.length}`);
  }
  h5.close();
}

/** A statismo file's datasets below `root`, of version 0.8 (U √λ) or 0.9 (U). */
export function statismoDatasets(
  { mean, rows, deviations, triangles }: ForeignHead,
  {
    root = '',
    version,
    number = 'f4',
    index = 'i4',
    chunked = false,
  }: {
    root?: string;
    version?: '0.8' | '0.9';
    number?: 'f4' | 'f8';
    index?: 'i4' | 'f8' | 'u1' | 'i8';
    chunked?: boolean;
  },
): Hdf5Fixture {
  const scale = (k: number) => (version === '0.8' ? deviations[k] : 1);
  return {
    [`${root}model/mean`]: { shape: [mean.length], values: mean, type: number },
    [`${root}model/pcaBasis`]: {
      shape: [mean.length, rows.length],
      values: mean.flatMap((_, i) => rows.map((row, k) => scale(k) * row[i])),
      type: number,
      ...(chunked ? { chunks: [7, 2] } : {}),
    },
    [`${root}model/pcaVariance`]: { shape: [rows.length], values: deviations.map((d) => d ** 2), type: number },
    [`${root}model/noiseVariance`]: { shape: [1], values: [0.5], type: number },
    [`${root}representer/cells`]: {
      shape: [3, triangles.length],
      values: [0, 1, 2].flatMap((corner) => triangles.map((triangle) => triangle[corner])),
      type: index,
    },
    ...(version
      ? {
          [`${root}version/majorVersion`]: { shape: [], values: [0], type: 'i4' },
          [`${root}version/minorVersion`]: { shape: [], values: [Number(version[2])], type: 'i4' },
        }
      : {}),
  };
}

/** Changes the first float32 dataset of a file into big-endian: its type's description, and its numbers where they stand. */
export function makeBigEndian(file: string, values: ArrayLike<number>): void {
  const bytes = fs.readFileSync(file);
  const numbers = packed(values, 'f4');
  const at = bytes.indexOf(numbers);
  bytes.subarray(at, at + numbers.length).swap32();
  // class 1 (float) of version 1, byte order in the lowest bit of the next byte
  const type = Buffer.from('11201f0004000000', 'hex');
  bytes[bytes.indexOf(type) + 1] |= 1;
  correctChecksums(bytes);
  fs.writeFileSync(file, bytes);
}
