import {
  type ByteSource,
  FileError,
  inflatingSource,
  type NumberType,
  plainSource,
  readNumbers,
  sizeOf,
} from 'lib/files';

/** A numeric variable of a MAT file, whose numbers are still to be read. */
export interface MatVariable {
  name: string;
  /** [rows, columns, ...] */
  shape: number[];
  /** Reads all numbers, in MATLAB's column-major order. */
  read(put: (value: number, index: number) => void): void;
}

const NUMBER_TYPES: Record<number, NumberType> = {
  1: 'i1',
  2: 'u1',
  3: 'i2',
  4: 'u2',
  5: 'i4',
  6: 'u4',
  7: 'f4',
  9: 'f8',
  12: 'i8',
  13: 'u8',
};
const INT8 = 1;
const INT32 = 5;
const UINT32 = 6;
const MATRIX = 14;
const COMPRESSED = 15;
/** The numeric classes of a matrix: double, single and the integers; all others (cells, structs, text, sparse) are skipped. */
const NUMERIC_CLASSES = [6, 7, 8, 9, 10, 11, 12, 13, 14, 15];
const COMPLEX = 0x0800;
const MAX_NAME = 256;
const MAX_DIMENSIONS = 8;

/** Whether the bytes begin as a MAT file of version 5. */
export const isMat = (bytes: Uint8Array): boolean =>
  bytes.length >= 128 && ((bytes[126] === 0x49 && bytes[127] === 0x4d) || (bytes[126] === 0x4d && bytes[127] === 0x49));

/**
 * Hands each numeric variable of a MAT file of version 5 to `visit`, in the file's order; a variable that `visit` does not read
 * is skipped without being inflated.
 *
 * The sub-set that numeric matrices need: plain and compressed (zlib) elements, both byte orders, all integer and float types,
 * also where MATLAB stores small integers for doubles. Compressed streams are inflated piece by piece.
 *
 * Reference: "MAT-File Format", The MathWorks, chapter 1 (version 5).
 *
 * @throws {FileError} that names the variable and the byte
 */
export function visitMat(file: string, bytes: Uint8Array, visit: (variable: MatVariable) => void): void {
  const littleEndian = bytes[126] === 0x49;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const version = view.getUint16(124, littleEndian);
  if (version !== 0x0100)
    throw new FileError(
      file,
      `must be a MAT file of version 5 (0x0100), but is of 0x${version.toString(16).padStart(4, '0')}; MATLAB writes it with save -v7`,
    );
  for (let at = 128; at < bytes.length; ) {
    if (bytes.length - at < 8)
      throw new FileError(file, `byte ${at}: an element's tag needs 8 bytes, but ${bytes.length - at} are left`);
    const type = view.getUint32(at, littleEndian);
    const size = view.getUint32(at + 4, littleEndian);
    const field = `the element at byte ${at}`;
    if (size > bytes.length - at - 8)
      throw new FileError(file, `${field} needs ${size} bytes, but ${bytes.length - at - 8} are left`);
    const body = bytes.subarray(at + 8, at + 8 + size);
    if (type === COMPRESSED) {
      const source = inflatingSource(file, body, 'zlib');
      const tag = readTag(source, littleEndian, field);
      if (tag.type === MATRIX) visitMatrix(file, source, littleEndian, field, visit);
    } else if (type === MATRIX) visitMatrix(file, plainSource(file, body), littleEndian, field, visit);
    else if (!NUMBER_TYPES[type] && !(type >= 16 && type <= 18))
      throw new FileError(file, `${field} must be of type 14 (matrix) or 15 (compressed), but is of ${type}`);
    // plain elements begin at multiples of eight bytes; compressed ones follow each other closely
    at += 8 + size + (type === COMPRESSED ? 0 : (8 - (size % 8)) % 8);
  }
}

interface Tag {
  type: number;
  size: number;
  /** How many bytes follow the data up to the next multiple of eight. */
  padding: number;
}

function readTag(source: ByteSource, littleEndian: boolean, field: string): Tag {
  const word = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, littleEndian);
  const first = word(source.read(4, field));
  // up to four bytes of data stand in the tag itself, their number in the upper half of its first word
  if (first >>> 16 !== 0) {
    const size = first >>> 16;
    return { type: first & 0xffff, size, padding: 4 - size };
  }
  const size = word(source.read(4, field));
  return { type: first, size, padding: (8 - (size % 8)) % 8 };
}

/** The numbers of a small element: flags, dimensions, a name. */
function readSmall(
  file: string,
  source: ByteSource,
  littleEndian: boolean,
  field: string,
  type: number,
  most: number,
): number[] {
  const tag = readTag(source, littleEndian, field);
  const size = sizeOf(NUMBER_TYPES[type]);
  if (tag.type !== type || tag.size > most * size || tag.size % size !== 0 || tag.padding < 0)
    throw new FileError(
      file,
      `${field} must be of type ${type} and at most ${most * size} bytes, but is of type ${tag.type} and ${tag.size} bytes`,
    );
  const values: number[] = [];
  readNumbers(source, { type: NUMBER_TYPES[type], littleEndian }, tag.size / size, field, (value) =>
    values.push(value),
  );
  source.read(tag.padding, field);
  return values;
}

function visitMatrix(
  file: string,
  source: ByteSource,
  littleEndian: boolean,
  field: string,
  visit: (variable: MatVariable) => void,
): void {
  const [flags = 0] = readSmall(file, source, littleEndian, `${field}: its flags`, UINT32, 2);
  if (!NUMERIC_CLASSES.includes(flags & 0xff)) return;
  const shape = readSmall(file, source, littleEndian, `${field}: its dimensions`, INT32, MAX_DIMENSIONS);
  const name = String.fromCharCode(...readSmall(file, source, littleEndian, `${field}: its name`, INT8, MAX_NAME));
  if (shape.length < 2 || shape.some((length) => length < 0))
    throw new FileError(file, `${name} must have at least two dimensions of 0 or more, but has [${shape}]`);
  const count = shape.reduce((a, b) => a * b, 1);
  visit({
    name,
    shape,
    read(put) {
      if (flags & COMPLEX) throw new FileError(file, `${name} must be real, but is complex`);
      const { type, size } = readTag(source, littleEndian, name);
      const numberType = NUMBER_TYPES[type];
      if (!numberType) throw new FileError(file, `${name} must hold numbers, but holds data of type ${type}`);
      if (size !== count * sizeOf(numberType))
        throw new FileError(
          file,
          `${name} is [${shape}], which takes ${count * sizeOf(numberType)} bytes, but holds ${size}`,
        );
      readNumbers(source, { type: numberType, littleEndian }, count, name, put);
    },
  });
}
