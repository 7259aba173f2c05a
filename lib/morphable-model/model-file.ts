import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { SEAL, sealed, writeWhole } from 'lib/files';
import { readModelFile } from './files/read-model-file';
import { FRAME_ATTRIBUTE, OUR_FRAME } from './files/statismo';
import type { MorphableModel } from './morphable-model';

const REPRESENTER = {
  name: 'itkStandardMeshRepresenter',
  version: '0.9',
  datasetType: 'POLYGON_MESH',
};

/** So many rows of the components are packed together; a reader holds as many at a time. */
const PACKED_ROWS = 4096;

/**
 * Writes a model whole, as HDF5 in the statismo layout of version 0.9, which scalismo opens.
 *
 * `model/mean` [3N], `model/pcaBasis` [3N, K] (unit columns), `model/pcaVariance` [K], `model/noiseVariance` [1],
 * `representer/points` [3, N], `representer/cells` [3, T]; `version/majorVersion` and `minorVersion` are scalars, since scalismo
 * takes no array there; `representer` has the attributes `name`, `version` and `datasetType` by which scalismo and statismo
 * choose how to read it, and one of ours, `frame`, by which we know the file again; statismo wants the group `modelinfo`.
 * `checksum` is ours too, the file's seal in ASCII: other readers pass it over.
 *
 * @param options.gzip  pack the components, for those that are rounded to few values; every reader of HDF5 unpacks them
 *
 * Reference: scalismo's StatismoIO.scala and HDF5Reader.scala, statismo's StatismoIO.h and ModelInfo.cxx.
 */
export async function writeMorphableModel(
  file: string,
  model: MorphableModel,
  options: { gzip?: boolean } = {},
): Promise<void> {
  const { File } = await hdf5();
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'model-'));
  try {
    const made = path.join(scratch, 'model.h5');
    atNoTime(() => {
      const h5 = new File(made, 'w');
      try {
        fill(h5, model, options);
      } finally {
        h5.close();
      }
    });
    writeWhole(file, sealed(fs.readFileSync(made)));
  } finally {
    fs.rmSync(scratch, { recursive: true, force: true });
  }
}

function fill(h5: Hdf5, model: MorphableModel, options: { gzip?: boolean }): void {
  const [points, size] = [model.mean.shape[0], model.mean.data.length];
  const count = model.variances.length;
  h5.create_group('version');
  h5.get('version/').create_dataset({ name: 'majorVersion', data: Int32Array.of(0), shape: [] });
  h5.get('version/').create_dataset({ name: 'minorVersion', data: Int32Array.of(9), shape: [] });
  h5.create_group('model');
  const group = h5.get('model/');
  group.create_dataset({ name: 'mean', data: model.mean.data, shape: [size] });
  group.create_dataset({
    name: 'pcaBasis',
    data: transpose(model.components.data, count, size),
    shape: [size, count],
    ...(options.gzip && { chunks: [Math.min(size, PACKED_ROWS), count], compression: 'gzip', compression_opts: [9] }),
  });
  group.create_dataset({ name: 'pcaVariance', data: Float32Array.from(model.variances), shape: [count] });
  group.create_dataset({ name: 'noiseVariance', data: Float32Array.of(0), shape: [1] });
  h5.create_group('representer');
  const representer = h5.get('representer/');
  for (const [name, text] of Object.entries(REPRESENTER)) representer.create_attribute(name, text);
  // of fixed length: our reader follows no pointers of strangers
  representer.create_attribute(FRAME_ATTRIBUTE, OUR_FRAME, [], `S${OUR_FRAME.length}`);
  representer.create_dataset({ name: 'points', data: transpose(model.mean.data, points, 3), shape: [3, points] });
  const triangles = model.triangles.shape[0];
  const cells = transpose(Int32Array.from(model.triangles.data), triangles, 3);
  representer.create_dataset({ name: 'cells', data: cells, shape: [3, triangles] });
  h5.create_group('modelinfo');
  // statismo's word for "no scores were kept"
  h5.get('modelinfo/').create_dataset({ name: 'scores', data: Float32Array.of(0), shape: [1, 1] });
  // numbers, since HDF5 sums none of those itself: the seal can be put in afterwards
  const seal = Uint8Array.from(Buffer.from(SEAL));
  h5.create_dataset({ name: 'checksum', data: seal, shape: [seal.length] });
}

/** HDF5 notes the time in each dataset, and the same model would be another file each time: trainings on it would begin anew. */
function atNoTime(write: () => void): void {
  const { now } = Date;
  Date.now = () => 0;
  try {
    write();
  } finally {
    Date.now = now;
  }
}

/**
 * The model of a file of any layout that we know, in our unit and frame; see `readModelFile`, which also says what was done.
 *
 * @throws {FileError} that names the file and the field that is wrong
 */
export const readMorphableModel = async (file: string): Promise<MorphableModel> => (await readModelFile(file)).model;

// biome-ignore lint/suspicious/noExplicitAny: the package's types do not describe its file system's objects
type Hdf5 = any;

/** The WASM library, loaded when it is first needed; an ES module, which only `import()` loads. */
async function hdf5(): Promise<Hdf5> {
  const module = await import('h5wasm/node');
  await module.ready;
  return module.default ?? module;
}

function transpose<T extends Float32Array | Int32Array>(data: T, rows: number, columns: number): T {
  const result = data.slice() as T;
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) result[j * rows + i] = data[i * columns + j];
  return result;
}
