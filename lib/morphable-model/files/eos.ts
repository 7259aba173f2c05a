import { type ByteSource, FileError, plainSource, readNumbers } from 'lib/files';
import { type ForeignModel, numberBudget, trianglesFrom } from './foreign-model';

/** Whether the bytes may be a model of eos: a version, then a column of 3N numbers. */
export function isEos(bytes: Uint8Array): boolean {
  if (bytes.length < 12) return false;
  const view = new DataView(bytes.buffer, bytes.byteOffset, 12);
  const version = view.getUint32(0, true);
  return version >= 1 && version <= 4 && view.getInt32(8, true) === 1;
}

/**
 * Reads the shape model of eos's `.bin`, such as the Surrey Face Model.
 *
 * cereal's binary archive, little-endian, without names: u32 version (1 to 4); a PCA model of shapes; one of colours, which may
 * be empty; from version 2 an optional expression model (a byte that is 1 where there is none; i32 0 and a PCA model, or i32 1
 * and named blendshapes); from 3 optional landmarks; texture coordinates, two f64 a point; from 4 their triangles. A PCA model is
 * mean, orthonormal basis and eigenvalues, each a matrix of i32 rows, i32 columns and column-major f32, then u64 triangles of
 * three i32 from 0. Millimetres, +y up, the face toward +z.
 *
 * Reference: Huber et al. 2016; eos's MorphableModel.hpp and PcaModel.hpp (serialize), eigen_cerealisation.hpp, and for the unit
 * and frame share/sfm_reference.obj. cereal's optional.hpp and variant.hpp for the expression model.
 *
 * @throws {FileError} that names the part that is cut off or does not fit
 */
export function readEos(file: string, bytes: Uint8Array): ForeignModel {
  const source = plainSource(file, bytes);
  const budget = { left: numberBudget(bytes.length), file };
  const version = integer(source, 'u4', 'version');
  if (!(version >= 1 && version <= 4)) throw new FileError(file, `version must be 1 to 4, but is ${version}`);
  const shape = readPca(source, budget, 'shape model');
  const [size, count] = shape.basis.shape;
  if (size !== shape.mean.length || count !== shape.eigenvalues.length)
    throw new FileError(
      file,
      `shape model: basis must be [${shape.mean.length}, ${shape.eigenvalues.length}] as mean and eigenvalues say, but is [${size}, ${count}]`,
    );
  const colour = skipPca(source, file, 'colour model');
  const expressions = version >= 2 ? skipExpressions(source, file) : '';
  if (version >= 3) skipLandmarks(source, file);
  skipVector(source, file, 16, 'texture coordinates');
  if (version >= 4) skipVector(source, file, 12, 'texture triangles');
  if (!source.ended()) throw new FileError(file, `must end after the model, but goes on at byte ${source.position()}`);
  return {
    layout: `eos, such as the Surrey Face Model (bin, version ${version})`,
    mean: Float64Array.from(shape.mean),
    rows: shape.basis.data,
    deviations: Float64Array.from(shape.eigenvalues, (variance, k) => {
      if (!(variance >= 0))
        throw new FileError(file, `shape model: eigenvalue ${k} must be at least 0, but is ${variance}`);
      return Math.sqrt(variance);
    }),
    triangles: trianglesFrom(file, 'shape model: triangles', shape.triangles, shape.mean.length / 3),
    facing: '+z',
    unit: 'millimetre',
    notes: [...(colour > 0 ? ['left out the colour model'] : []), ...(expressions ? [`left out ${expressions}`] : [])],
  };
}

interface Budget {
  left: number;
  file: string;
}

function integer(source: ByteSource, type: 'i4' | 'u4' | 'u8' | 'u1', field: string): number {
  let result = 0;
  readNumbers(source, { type, littleEndian: true }, 1, field, (value) => {
    result = value;
  });
  return result;
}

function matrixShape(source: ByteSource, file: string, field: string): [number, number] {
  const rows = integer(source, 'i4', `${field}: rows`);
  const columns = integer(source, 'i4', `${field}: columns`);
  if (rows < 0 || columns < 0)
    throw new FileError(file, `${field} must have at least 0 rows and columns, but is [${rows}, ${columns}]`);
  return [rows, columns];
}

function readMatrix(source: ByteSource, budget: Budget, field: string) {
  const shape = matrixShape(source, budget.file, field);
  const count = shape[0] * shape[1];
  budget.left -= 4 * count;
  if (budget.left < 0) throw new FileError(budget.file, `${field} is [${shape}], more numbers than the file can hold`);
  const data = new Float32Array(count);
  readNumbers(source, { type: 'f4', littleEndian: true }, count, field, (value, i) => {
    data[i] = value;
  });
  return { shape, data };
}

function readPca(source: ByteSource, budget: Budget, field: string) {
  const { data: mean } = readMatrix(source, budget, `${field}: mean`);
  const basis = readMatrix(source, budget, `${field}: basis`);
  const { data: eigenvalues } = readMatrix(source, budget, `${field}: eigenvalues`);
  const count = integer(source, 'u8', `${field}: triangles`);
  budget.left -= 12 * count;
  if (budget.left < 0)
    throw new FileError(budget.file, `${field}: triangles are ${count}, more than the file can hold`);
  const triangles = new Int32Array(3 * count);
  readNumbers(source, { type: 'i4', littleEndian: true }, 3 * count, `${field}: triangles`, (value, i) => {
    triangles[i] = value;
  });
  return { mean, basis, eigenvalues, triangles };
}

/** Passes over a PCA model; returns how many numbers its mean has. */
function skipPca(source: ByteSource, file: string, field: string): number {
  const sizes = ['mean', 'basis', 'eigenvalues'].map((part) => {
    const [rows, columns] = matrixShape(source, file, `${field}: ${part}`);
    source.read(4 * rows * columns, `${field}: ${part}`);
    return rows * columns;
  });
  skipVector(source, file, 12, `${field}: triangles`);
  return sizes[0];
}

/** Passes over a list of items of so many bytes. */
function skipVector(source: ByteSource, file: string, itemBytes: number, field: string): void {
  source.read(itemBytes * listLength(source, file, itemBytes, field), field);
}

function listLength(source: ByteSource, file: string, itemBytes: number, field: string): number {
  const count = integer(source, 'u8', field);
  if (!(count * itemBytes <= Number.MAX_SAFE_INTEGER))
    throw new FileError(file, `${field} are ${count}, more than the file can hold`);
  return count;
}

function skipExpressions(source: ByteSource, file: string): string {
  if (integer(source, 'u1', 'expression model') !== 0) return '';
  const kind = integer(source, 'i4', 'expression model: kind');
  if (kind === 0) {
    skipPca(source, file, 'expression model');
    return 'the expression model (PCA)';
  }
  if (kind !== 1)
    throw new FileError(file, `expression model: kind must be 0 (PCA) or 1 (blendshapes), but is ${kind}`);
  const count = listLength(source, file, 1, 'expression model: blendshapes');
  for (let b = 0; b < count; b++) {
    skipVector(source, file, 1, `expression model: name of blendshape ${b}`);
    const [rows, columns] = matrixShape(source, file, `expression model: blendshape ${b}`);
    source.read(4 * rows * columns, `expression model: blendshape ${b}`);
  }
  return `the ${count} expression blendshapes`;
}

function skipLandmarks(source: ByteSource, file: string): void {
  if (integer(source, 'u1', 'landmarks') !== 0) return;
  const count = listLength(source, file, 1, 'landmarks');
  for (let l = 0; l < count; l++) {
    skipVector(source, file, 1, `name of landmark ${l}`);
    integer(source, 'i4', `landmark ${l}`);
  }
}
