import fs from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';
import { z } from 'zod';
import { checkSeal, isSeal, readMade, SEAL, sealDigits, sealed, wayOut } from './seal';
import { checksum, writeWhole } from './write-whole';

/** Named arrays of numbers in one file. */
export type Arrays = Record<string, { data: Float32Array | Uint8Array | Uint32Array; shape: number[] }>;

const TYPES = { float32: Float32Array, uint8: Uint8Array, uint32: Uint32Array };
const MAGIC = 'ARRAYS01';
const MAX_HEADER_BYTES = 1 << 20;
const MAX_UNPACKED_BYTES = 2 ** 30;
const GZIP_MAGIC = Buffer.of(0x1f, 0x8b);

const arrays = z.array(
  z.strictObject({
    name: z.string().max(200),
    type: z.enum(['float32', 'uint8', 'uint32']),
    shape: z.array(z.number().int().nonnegative()).max(8),
  }),
);
const headerSchema = z.union([
  z.strictObject({ checksum: z.string().refine(isSeal), arrays }),
  // as earlier versions wrote it: the checksum of the numbers alone
  z.strictObject({ arrays, sha256: z.string().length(64) }),
]);

/**
 * Writes arrays whole: eight bytes "ARRAYS01", the header's length as 8 digits, the header in JSON (the file's seal, names, types,
 * shapes), then each array's bytes in little-endian order.
 *
 * @param options.gzip  all of that as a gzip file, which `readArrays` unpacks: for small files of numbers that repeat
 */
export function writeArrays(file: string, arrays: Arrays, options: { gzip?: boolean } = {}): void {
  const bytes = Object.values(arrays).map(({ data }) => Buffer.from(data.buffer, data.byteOffset, data.byteLength));
  const header = {
    checksum: SEAL,
    arrays: Object.entries(arrays).map(([name, { data, shape }]) => {
      if (shape.reduce((a, b) => a * b, 1) !== data.length)
        throw new RangeError(`${name} holds ${data.length} numbers, but its shape is [${shape}]`);
      const type = data instanceof Float32Array ? 'float32' : data instanceof Uint8Array ? 'uint8' : 'uint32';
      return { name, type, shape };
    }),
  };
  const json = Buffer.from(JSON.stringify(header));
  const content = sealed(Buffer.concat([Buffer.from(MAGIC + String(json.length).padStart(8, '0')), json, ...bytes]));
  writeWhole(file, options.gzip ? gzipSync(content, { level: 9 }) : content);
}

/** Where the numbers of a file of arrays lie. */
export interface ArraysLayout {
  /** SHA-256 of the file, or of the numbers alone where it is not sealed, as files of earlier versions are not. */
  checksum: string;
  isSealed: boolean;
  arrays: { name: string; type: keyof typeof TYPES; shape: number[]; offset: number }[];
}

const wrongFile = (file: string, what: string) => new Error(`${file} ${what}; ${wayOut(file)}`);

/**
 * Reads what `writeArrays` wrote and verifies its checksum.
 *
 * @throws {Error} that names the file and what is wrong: not such a file, cut off, or changed since it was written
 */
export function readArrays(file: string): Arrays {
  const content = unpacked(
    file,
    readMade(file, (name) => fs.readFileSync(name)),
  );
  const { isSealed, checksum: said, arrays } = layout(file, content);
  const start = headerEnd(content);
  if (isSealed) checkSeal(file, content);
  else if (checksum(content.subarray(start)) !== said)
    throw wrongFile(file, 'is cut off or was changed (its checksum differs)');
  const result: Arrays = {};
  let end = start;
  for (const { name, type, shape, offset } of arrays) {
    const Type = TYPES[type];
    end = offset + shape.reduce((a, b) => a * b, 1) * Type.BYTES_PER_ELEMENT;
    if (end > content.length)
      throw wrongFile(file, `holds ${content.length - start} bytes of numbers, but its header promises more`);
    // a copy, since a view of floats must begin at a multiple of four bytes
    result[name] = { data: new Type(new Uint8Array(content.subarray(offset, end)).buffer), shape };
  }
  if (end < content.length)
    throw wrongFile(file, `holds ${content.length - start} bytes of numbers, but its header promises less`);
  return result;
}

function unpacked(file: string, content: Buffer): Buffer {
  if (!content.subarray(0, 2).equals(GZIP_MAGIC)) return content;
  try {
    return gunzipSync(content, { maxOutputLength: MAX_UNPACKED_BYTES });
  } catch (error) {
    throw wrongFile(file, `cannot be unpacked (${(error as Error).message})`);
  }
}

/**
 * Reads where the numbers of a file of arrays lie, so that a part of a large array can be read alone; the numbers themselves
 * are neither read nor verified.
 *
 * @throws {Error} that names the file when it is no file of arrays, or one that was packed with `gzip`
 */
export function locateArrays(file: string): ArraysLayout {
  const handle = fs.openSync(file, 'r');
  try {
    const beginning = Buffer.alloc(16 + MAX_HEADER_BYTES);
    return layout(file, beginning.subarray(0, fs.readSync(handle, beginning, 0, beginning.length, 0)));
  } finally {
    fs.closeSync(handle);
  }
}

const headerEnd = (content: Buffer): number => 16 + Number(content.subarray(8, 16).toString('latin1'));

function layout(file: string, content: Buffer): ArraysLayout {
  const length = headerEnd(content) - 16;
  if (content.subarray(0, 8).toString('latin1') !== MAGIC || !(length > 0 && length <= MAX_HEADER_BYTES))
    throw wrongFile(file, `is no file of arrays (it must begin with ${MAGIC})`);
  const header = parseHeader(content.subarray(16, 16 + length).toString('utf8'));
  if (!header) throw wrongFile(file, 'has a damaged header');
  let offset = 16 + length;
  const located = header.arrays.map((array) => {
    const own = { ...array, offset };
    offset += array.shape.reduce((a, b) => a * b, 1) * TYPES[array.type].BYTES_PER_ELEMENT;
    return own;
  });
  const isSealed = 'checksum' in header;
  return { isSealed, checksum: isSealed ? sealDigits(header.checksum) : header.sha256, arrays: located };
}

function parseHeader(text: string) {
  try {
    return headerSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
