import { checkFile, FileError } from 'lib/files';
import { type ForeignModel, numberBudget, trianglesFrom } from './foreign-model';
import { type Hdf5Content, readHdf5 } from './hdf5';

const MOST_FILE_BYTES = 2 * 2 ** 30;
/** The largest public model, 700 MB, takes a fifth of it on two busy cores. */
const MOST_SECONDS = 120;
/** The attribute at `representer` by which our own files say in which unit and frame they are. */
export const FRAME_ATTRIBUTE = 'frame';
export const OUR_FRAME = 'cm, +y up, face toward -z';

/**
 * Reads the shape model of an HDF5 file in the statismo layout: statismo and scalismo 0.8, 0.9 and 1.x at the root, or the Basel
 * Face Models 2017 and 2019 below `shape`.
 *
 * `model/mean` [3N], `model/pcaBasis` [3N, K], `model/pcaVariance` [K], `representer/cells` [3, T] from 0, or in old files
 * `representer/reference-mesh/triangle-list` [T, 3]. Up to version 0.8 the basis has U √λ in its columns, since 0.9 it has U; a
 * file without a version is of 0.8, unless its columns are of unit length. The Basel models are in millimetres with the face
 * toward +z. A statismo file says neither unit nor frame, unless we wrote it.
 *
 * Reference: statismo's StatismoIO.h (versions, the default 0.8), scalismo's StatismoIO.scala and scalismo-faces' MoMoIO.scala
 * (paths, shapes, orders), eos's convert-bfm2017-to-eos.py.
 *
 * @throws {FileError} that names the dataset that is missing or does not fit
 */
export async function readStatismo(file: string): Promise<ForeignModel> {
  const fileBytes = checkFile(file, MOST_FILE_BYTES);
  const content = await readHdf5(
    file,
    ['shape/', ''].flatMap((root) => [
      { path: `${root}model/mean`, ranks: [1] },
      { path: `${root}model/pcaBasis`, ranks: [2], transposed: true },
      { path: `${root}model/pcaVariance`, ranks: [1] },
      { path: `${root}model/noiseVariance`, ranks: [0, 1] },
      { path: `${root}representer/cells`, ranks: [2] },
      { path: `${root}representer/reference-mesh/triangle-list`, ranks: [2] },
      { path: `${root}version/majorVersion`, ranks: [0, 1] },
      { path: `${root}version/minorVersion`, ranks: [0, 1] },
    ]),
    [
      { path: 'representer', names: [FRAME_ATTRIBUTE] },
      { path: 'color', names: [] },
      { path: 'expression', names: [] },
    ],
    {
      fileBytes: MOST_FILE_BYTES,
      numberBytes: numberBudget(fileBytes),
      heapBytes: fileBytes + 64 * 2 ** 20,
      seconds: MOST_SECONDS,
    },
  );
  const basel = content.datasets['shape/model/mean'] !== undefined;
  const root = basel ? 'shape/' : '';
  const need = (name: string) => {
    const found = content.datasets[`${root}${name}`];
    if (!found) throw new FileError(file, `must hold ${root}${name}, but does not`);
    return found;
  };
  const mean = need('model/mean');
  const basis = need('model/pcaBasis');
  const variances = need('model/pcaVariance');
  const [size, count] = basis.shape;
  if (size !== mean.data.length || count !== variances.data.length)
    throw new FileError(
      file,
      `${root}model/pcaBasis must be [${mean.data.length}, ${variances.data.length}], but is [${size}, ${count}]`,
    );
  const wrong = variances.data.findIndex((variance) => !(variance >= 0));
  if (wrong >= 0)
    throw new FileError(
      file,
      `${root}model/pcaVariance must be at least 0, but is ${variances.data[wrong]} at ${wrong}`,
    );
  const rows = basis.data as Float32Array;
  const notes: string[] = [];
  const version = versionOf(content, root) ?? versionOf(content, '');
  const scaled = hasDeviations(file, version, root, rows, variances.data, notes);
  const noise = content.datasets[`${root}model/noiseVariance`]?.data[0] ?? 0;
  if (noise > 0) notes.push(`left out the noise variance ${noise}`);
  for (const part of ['color', 'expression'])
    if (content.groups.includes(part)) notes.push(`left out the ${part === 'color' ? 'colour' : part} model`);
  return {
    layout: `${basel ? 'Basel Face Model 2017 or 2019' : 'statismo'} (HDF5, version ${version ?? (scaled ? '0.8' : '0.9')})`,
    mean: Float64Array.from(mean.data),
    rows,
    deviations: Float64Array.from(variances.data, (variance) => (scaled ? 1 : Math.sqrt(variance))),
    triangles: readCells(file, content, root, mean.data.length / 3),
    ...(basel ? { facing: '+z', unit: 'millimetre' } : {}),
    ours: content.attributes[`representer@${FRAME_ATTRIBUTE}`] === OUR_FRAME,
    notes,
  };
}

/** The version below `root`, such as "0.9"; undefined where the file has none there. */
function versionOf({ datasets }: Hdf5Content, root: string): string | undefined {
  const [major, minor] = ['majorVersion', 'minorVersion'].map((name) => datasets[`${root}version/${name}`]?.data[0]);
  return major === undefined || minor === undefined ? undefined : `${major}.${minor}`;
}

/** Whether the basis has U √λ in its columns, as version 0.8 has, and not U. */
function hasDeviations(
  file: string,
  version: string | undefined,
  root: string,
  rows: Float32Array,
  variances: ArrayLike<number>,
  notes: string[],
): boolean {
  if (version && !(version.startsWith('1.') || version === '0.8' || version === '0.9'))
    throw new FileError(file, `version must be 0.8, 0.9 or 1, but is ${version}`);
  if (version && version !== '0.8') return false;
  const size = rows.length / variances.length;
  let squares = 0;
  for (let i = 0; i < size; i++) squares += rows[i] ** 2;
  const isNear = (a: number, b: number) => Math.abs(a - b) <= 0.01 * b;
  if (isNear(squares, variances[0])) return true;
  if (!version && isNear(squares, 1)) {
    notes.push('took the basis for unit vectors, as its columns are, though the file has no version');
    return false;
  }
  throw new FileError(
    file,
    `${root}model/pcaBasis must have columns whose squared length is pcaVariance as version 0.8 says (${variances[0]} at 0), but has ${squares}`,
  );
}

function readCells(file: string, { datasets }: Hdf5Content, root: string, points: number): Uint32Array {
  const cells = datasets[`${root}representer/cells`] ?? datasets['representer/cells'];
  if (cells) {
    const [corners, count] = cells.shape;
    if (corners !== 3)
      throw new FileError(file, `${root}representer/cells must be [3, triangles], but is [${cells.shape}]`);
    const inOrder = Float64Array.from(cells.data, (_, i) => cells.data[(i % 3) * count + Math.floor(i / 3)]);
    return trianglesFrom(file, `${root}representer/cells`, inOrder, points);
  }
  const list = datasets[`${root}representer/reference-mesh/triangle-list`];
  if (!list) throw new FileError(file, `must hold ${root}representer/cells, but does not`);
  if (list.shape[1] !== 3)
    throw new FileError(
      file,
      `${root}representer/reference-mesh/triangle-list must be [triangles, 3], but is [${list.shape}]`,
    );
  return trianglesFrom(file, `${root}representer/reference-mesh/triangle-list`, list.data, points);
}
