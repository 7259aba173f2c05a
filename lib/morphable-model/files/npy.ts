import { type ByteSource, FileError, isNumberType, type NumberType, readNumbers, sizeOf } from 'lib/files';

/** An array of NumPy, whose numbers are still to be read. */
export interface NpyArray {
  shape: number[];
  /** Reads all numbers in the file's order; `index` is the place in row-major (C) order. */
  read(put: (value: number, index: number) => void): void;
}

const MAX_HEADER_BYTES = 65_536;
const MAX_DIMENSIONS = 8;

/**
 * The array that begins here: version 1 to 3, integers and floats of both byte orders, C and Fortran order.
 *
 * An array of objects is refused: its bytes are a Python pickle, which runs code when it is loaded.
 *
 * Reference: NumPy's numpy.lib.format.
 *
 * @param field  the array's name, for the errors
 */
export function openNpy(file: string, field: string, source: ByteSource, size: number): NpyArray {
  const magic = source.read(8, field);
  const major = magic[6];
  if (Buffer.from(magic.subarray(0, 6)).toString('latin1') !== '\x93NUMPY' || !(major >= 1 && major <= 3))
    throw new FileError(file, `${field} must begin as an array of NumPy, of version 1 to 3`);
  const lengthBytes = source.read(major === 1 ? 2 : 4, field);
  const lengthView = new DataView(lengthBytes.buffer, lengthBytes.byteOffset, lengthBytes.byteLength);
  const length = major === 1 ? lengthView.getUint16(0, true) : lengthView.getUint32(0, true);
  if (length > MAX_HEADER_BYTES)
    throw new FileError(file, `${field}: the header must have at most ${MAX_HEADER_BYTES} bytes, but has ${length}`);
  const text = Buffer.from(source.read(length, field)).toString('latin1');
  const { type, littleEndian, fortran, shape } = parseHeader(file, field, text);
  const count = shape.reduce((a, b) => a * b, 1);
  if (count * sizeOf(type) !== size - source.position())
    throw new FileError(
      file,
      `${field} is [${shape}] of ${type}, which takes ${count * sizeOf(type)} bytes, but holds ${size - source.position()}`,
    );
  const place = fortran && shape.length > 1 ? rowMajorPlace(shape) : undefined;
  return {
    shape,
    read: (put) =>
      readNumbers(source, { type, littleEndian }, count, field, place ? (value, i) => put(value, place(i)) : put),
  };
}

function parseHeader(file: string, field: string, text: string) {
  const wrong = (expected: string) =>
    new FileError(file, `${field}: the header must have ${expected}, but is ${text.trim().slice(0, 200)}`);
  const descr = /'descr':\s*'([^']*)'/.exec(text)?.[1];
  if (descr === undefined) throw wrong("'descr' with one type");
  if (/^[<>|=]?O/.test(descr))
    throw new FileError(
      file,
      `${field} is an array of Python objects, which NumPy stores as a pickle; a pickle runs code when it is loaded, so none is read`,
    );
  const type = descr.slice(1);
  if (!/^[<>|=]/.test(descr) || !isNumberType(type)) throw wrong("a 'descr' of integers or floats such as <f4");
  const order = /'fortran_order':\s*(True|False)/.exec(text)?.[1];
  if (!order) throw wrong("'fortran_order'");
  const lengths = /'shape':\s*\(([\d, ]*)\)/.exec(text)?.[1];
  if (lengths === undefined) throw wrong("'shape' of non-negative numbers");
  const shape = lengths
    .split(',')
    .filter((word) => word.trim() !== '')
    .map(Number);
  if (shape.length > MAX_DIMENSIONS || !shape.every(Number.isSafeInteger))
    throw wrong(`at most ${MAX_DIMENSIONS} dimensions`);
  return { type: type as NumberType, littleEndian: descr[0] !== '>', fortran: order === 'True', shape };
}

/** From the place in column-major order to that in row-major order. */
function rowMajorPlace(shape: number[]): (index: number) => number {
  const strides = shape.map((_, d) => shape.slice(d + 1).reduce((a, b) => a * b, 1));
  return (index) => {
    let rest = index;
    let place = 0;
    for (let d = 0; d < shape.length; d++) {
      place += (rest % shape[d]) * strides[d];
      rest = Math.floor(rest / shape[d]);
    }
    return place;
  };
}
