import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { writeWhole } from 'lib/files';
import ndarray from 'ndarray';
import type { MorphableModel } from './morphable-model';

/**
 * Writes a model whole, as HDF5 in the statismo layout of version 0.9, which scalismo opens.
 *
 * `model/mean` [3N], `model/pcaBasis` [3N, K] (unit columns), `model/pcaVariance` [K], `model/noiseVariance` [1],
 * `representer/points` [3, N], `representer/cells` [3, T]; here in centimetres.
 */
export async function writeMorphableModel(file: string, model: MorphableModel): Promise<void> {
  const { File } = await hdf5();
  const [points, size] = [model.mean.shape[0], model.mean.data.length];
  const count = model.variances.length;
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'model-'));
  try {
    const made = path.join(scratch, 'model.h5');
    const h5 = new File(made, 'w');
    h5.create_group('version');
    h5.get('version/').create_dataset({ name: 'majorVersion', data: Int32Array.of(0), shape: [1] });
    h5.get('version/').create_dataset({ name: 'minorVersion', data: Int32Array.of(9), shape: [1] });
    h5.create_group('model');
    const group = h5.get('model/');
    group.create_dataset({ name: 'mean', data: model.mean.data, shape: [size] });
    group.create_dataset({
      name: 'pcaBasis',
      data: transpose(model.components.data, count, size),
      shape: [size, count],
    });
    group.create_dataset({ name: 'pcaVariance', data: Float32Array.from(model.variances), shape: [count] });
    group.create_dataset({ name: 'noiseVariance', data: Float32Array.of(0), shape: [1] });
    h5.create_group('representer');
    const representer = h5.get('representer/');
    representer.create_dataset({ name: 'points', data: transpose(model.mean.data, points, 3), shape: [3, points] });
    const triangles = model.triangles.shape[0];
    const cells = transpose(Int32Array.from(model.triangles.data), triangles, 3);
    representer.create_dataset({ name: 'cells', data: cells, shape: [3, triangles] });
    h5.close();
    writeWhole(file, fs.readFileSync(made));
  } finally {
    fs.rmSync(scratch, { recursive: true, force: true });
  }
}

/**
 * Reads a model that `writeMorphableModel` wrote.
 *
 * @throws {Error} that names the file and the dataset that is missing or has the wrong size
 */
export async function readMorphableModel(file: string): Promise<MorphableModel> {
  const { File } = await hdf5();
  if (!fs.existsSync(file)) throw new Error(`${file} is not there`);
  const h5 = new File(file, 'r');
  try {
    const read = (name: string, rank: number) => {
      const dataset = h5.get(name);
      if (!dataset || dataset.shape?.length !== rank)
        throw new Error(`${file} must hold ${name} with ${rank} dimensions`);
      return { data: dataset.value as Float32Array, shape: dataset.shape as number[] };
    };
    const mean = read('model/mean', 1);
    const basis = read('model/pcaBasis', 2);
    const variances = read('model/pcaVariance', 1);
    const cells = read('representer/cells', 2);
    const [size, count] = basis.shape;
    if (size !== mean.data.length || count !== variances.data.length)
      throw new Error(
        `${file}: model/pcaBasis must be [${mean.data.length}, ${variances.data.length}], but is [${size}, ${count}]`,
      );
    return {
      mean: ndarray(Float32Array.from(mean.data), [size / 3, 3]),
      components: ndarray(transpose(basis.data, size, count), [count, size]),
      variances: Float64Array.from(variances.data),
      triangles: ndarray(Uint32Array.from(transpose(cells.data, 3, cells.shape[1])), [cells.shape[1], 3]),
    };
  } finally {
    h5.close();
  }
}

/** The WASM library, loaded when it is first needed; an ES module, which only `import()` loads. */
// biome-ignore lint/suspicious/noExplicitAny: the package's types do not describe its file system's objects
async function hdf5(): Promise<any> {
  const module = await import('h5wasm/node');
  await module.ready;
  return module.default ?? module;
}

function transpose<T extends Float32Array | Int32Array>(data: T, rows: number, columns: number): T {
  const result = data.slice() as T;
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) result[j * rows + i] = data[i * columns + j];
  return result;
}
