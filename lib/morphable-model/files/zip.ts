import { type ByteSource, FileError, inflatingSource, plainSource } from 'lib/files';

/** A file in a zip archive, whose bytes are still to be read. */
export interface ZipEntry {
  name: string;
  /** Uncompressed, by the archive's directory. */
  size: number;
  /** Its bytes in order; those beyond `size` are never inflated. */
  open(): ByteSource;
  /** Throws where `source`, read to the end, is not what the archive's directory says. */
  check(source: ByteSource): void;
}

const END = 0x06054b50;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;
const MAX_ENTRIES = 1000;
const IN_ZIP64 = 0xffffffff;

/** Whether the bytes begin as a zip archive. */
export const isZip = (bytes: Uint8Array): boolean =>
  bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 3 && bytes[3] === 4;

/**
 * The files in a zip archive, by name, from its central directory; stored or deflated. Nothing is written to the disk.
 *
 * Reference: PKWARE's APPNOTE.TXT, sections 4.3.7, 4.3.12 and 4.3.16. Archives of more than 4 GB, of several disks and encrypted
 * ones are refused.
 *
 * @throws {FileError} that names the entry and what is wrong
 */
export function zipEntries(file: string, bytes: Uint8Array): Map<string, ZipEntry> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = endOfDirectory(file, view);
  const count = view.getUint16(end + 10, true);
  const start = view.getUint32(end + 16, true);
  if (count > MAX_ENTRIES)
    throw new FileError(file, `the zip directory must have at most ${MAX_ENTRIES} entries, but has ${count}`);
  const entries = new Map<string, ZipEntry>();
  let at = start;
  for (let i = 0; i < count; i++) {
    const field = `entry ${i} of the zip directory`;
    if (at + 46 > end || view.getUint32(at, true) !== CENTRAL)
      throw new FileError(file, `${field} is not where it should be, at byte ${at}`);
    const nameLength = view.getUint16(at + 28, true);
    const next = at + 46 + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
    if (next > end) throw new FileError(file, `${field} is cut off`);
    const name = textAt(bytes, at + 46, nameLength);
    if (name.split(/[/\\]/).includes('..') || /^[/\\]|^[a-z]:|\0/i.test(name))
      throw new FileError(file, `${field} must have a name inside the archive, but is called ${JSON.stringify(name)}`);
    if (entries.has(name)) throw new FileError(file, `${name} must be in the archive once, but is there twice`);
    entries.set(name, entryAt(file, bytes, view, at, name, start));
    at = next;
  }
  return entries;
}

const textAt = (bytes: Uint8Array, at: number, length: number): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset + at, length).toString('utf8');

function endOfDirectory(file: string, view: DataView): number {
  // a comment of at most 65,535 bytes may follow
  for (let at = view.byteLength - 22; at >= Math.max(0, view.byteLength - 22 - 65_535); at--)
    if (view.getUint32(at, true) === END) return at;
  throw new FileError(file, 'is cut off: the directory at the end of the zip archive is missing');
}

function entryAt(
  file: string,
  bytes: Uint8Array,
  view: DataView,
  at: number,
  name: string,
  directory: number,
): ZipEntry {
  const flags = view.getUint16(at + 8, true);
  const method = view.getUint16(at + 10, true);
  const checksum = view.getUint32(at + 16, true);
  const packed = view.getUint32(at + 20, true);
  const size = view.getUint32(at + 24, true);
  const local = view.getUint32(at + 42, true);
  const open = (): ByteSource => {
    if (flags & 1) throw new FileError(file, `${name} must not be encrypted`);
    if (packed === IN_ZIP64 || size === IN_ZIP64) throw new FileError(file, `${name} must be less than 4 GB`);
    if (method !== 0 && method !== 8)
      throw new FileError(file, `${name} must be stored (0) or deflated (8), but is compressed by method ${method}`);
    if (method === 0 && packed !== size)
      throw new FileError(file, `${name} is stored in ${packed} bytes, but said to be of ${size}`);
    if (local + 30 > directory || view.getUint32(local, true) !== LOCAL)
      throw new FileError(file, `${name} does not begin where the directory says, at byte ${local}`);
    const nameLength = view.getUint16(local + 26, true);
    if (textAt(bytes, local + 30, Math.min(nameLength, directory - local - 30)) !== name)
      throw new FileError(file, `${name} has another name where it begins, at byte ${local}`);
    const from = local + 30 + nameLength + view.getUint16(local + 28, true);
    if (from + packed > directory)
      throw new FileError(
        file,
        `${name} needs ${packed} bytes at byte ${from}, but the directory begins at ${directory}`,
      );
    const body = bytes.subarray(from, from + packed);
    return summed(method === 0 ? plainSource(file, body) : inflatingSource(file, body, 'deflate'));
  };
  const check = (source: ByteSource) => {
    if (source.position() !== size || !source.ended())
      throw new FileError(
        file,
        `${name} must hold the ${size} bytes that the directory says, but holds ${source.ended() ? source.position() : 'more'}`,
      );
    const found = (source as Summed).checksum();
    if (found !== checksum)
      throw new FileError(file, `${name} was changed: its checksum must be ${hex(checksum)}, but is ${hex(found)}`);
  };
  return { name, size, open, check };
}

const hex = (value: number): string => value.toString(16).padStart(8, '0');

interface Summed extends ByteSource {
  checksum(): number;
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

/** CRC-32 of some bytes; `before` continues that of the bytes before them. */
export function crc32(bytes: Uint8Array, before = 0): number {
  let value = ~before;
  for (let i = 0; i < bytes.length; i++) value = CRC_TABLE[(value ^ bytes[i]) & 0xff] ^ (value >>> 8);
  return ~value >>> 0;
}

/** A source that keeps the CRC-32 of all that was read. */
function summed(source: ByteSource): Summed {
  let sum = 0;
  return {
    ...source,
    read(count, field) {
      const bytes = source.read(count, field);
      sum = crc32(bytes, sum);
      return bytes;
    },
    checksum: () => sum,
  };
}
