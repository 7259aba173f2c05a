import { FileError } from 'lib/files';

/** What a picture's file says of itself before any pixel is decoded. */
export interface PictureHeader {
  format: 'JPEG' | 'PNG';
  /** Pixels, as stored: before a turn by EXIF. */
  width: number;
  height: number;
  /** The TIFF structure of its EXIF data, when it has some. */
  exif?: Uint8Array;
}

/** The first bytes of files that people take for pictures that we read. */
const OTHERS: [string, RegExp][] = [
  ['a GIF', /^GIF8/],
  ['a BMP', /^BM/],
  ['a WebP', /^RIFF.{4}WEBP/s],
  ['a HEIC or AVIF', /^.{4}ftyp/s],
  ['a TIFF or a raw', /^(II\*\0|MM\0\*)/],
  ['an SVG or XML', /^\s*</],
];

/**
 * Reads how large a JPEG or PNG picture is, and where its EXIF data lie, from its headers alone.
 *
 * JPEG: segments up to the first frame header, SOF0 to SOF15 (ITU-T T.81, B.2.2). PNG: chunks up to the first pixels (PNG 1.2,
 * chapter 3; eXIf of its extensions 1.5). Each segment and chunk is looked at once, so that no file takes longer than its size.
 *
 * @param file  its path, for the errors
 * @throws {FileError} when it is of another kind, says no size, or is cut off before that
 */
export function readPictureHeader(file: string, bytes: Buffer): PictureHeader {
  if (bytes.subarray(0, 8).equals(PNG_SIGNATURE)) return pngHeader(file, bytes);
  if (bytes.length > 2 && bytes[0] === 0xff && bytes[1] === 0xd8) return jpegHeader(file, bytes);
  const beginning = bytes.toString('latin1', 0, 16);
  const [name = 'none'] = OTHERS.find(([, begins]) => begins.test(beginning)) ?? [];
  throw new FileError(
    file,
    `must be a JPEG or PNG picture, but is ${name === 'none' ? name : `${name} file: convert it`}`,
  );
}

const PNG_SIGNATURE = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');

function pngHeader(file: string, bytes: Buffer): PictureHeader {
  if (bytes.length < 33 || bytes.toString('latin1', 12, 16) !== 'IHDR')
    throw new FileError(file, 'IHDR must be the first chunk of a PNG, but is missing or cut off');
  const header: PictureHeader = { format: 'PNG', width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) };
  // length, type, data, checksum
  for (let at = 8; at + 12 <= bytes.length; at += 12 + bytes.readUInt32BE(at)) {
    const type = bytes.toString('latin1', at + 4, at + 8);
    if (type === 'IDAT') break;
    if (type === 'eXIf') header.exif = bytes.subarray(at + 8, at + 8 + bytes.readUInt32BE(at));
  }
  return withSize(file, header);
}

const EXIF_MARK = Buffer.from('Exif\0\0', 'latin1');
const APP1 = 0xe1;
const START_OF_SCAN = 0xda;
/** SOF0 to SOF15, without DHT, JPG and DAC, which stand between them. */
const isFrame = (marker: number): boolean => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);

function jpegHeader(file: string, bytes: Buffer): PictureHeader {
  let exif: Uint8Array | undefined;
  for (let at = 2; at + 4 <= bytes.length; ) {
    if (bytes[at] !== 0xff) throw new FileError(file, `must have a JPEG marker at byte ${at}, but has ${bytes[at]}`);
    const marker = bytes[at + 1];
    // any number of bytes 255 may stand before a marker
    if (marker === 0xff) {
      at++;
      continue;
    }
    if (marker === START_OF_SCAN) break;
    const length = bytes.readUInt16BE(at + 2);
    const segment = bytes.subarray(at + 4, at + 2 + length);
    if (marker === APP1 && !exif && segment.subarray(0, 6).equals(EXIF_MARK)) exif = segment.subarray(6);
    // precision, height, width
    if (isFrame(marker) && segment.length >= 6)
      return withSize(file, {
        format: 'JPEG',
        width: segment.readUInt16BE(3),
        height: segment.readUInt16BE(1),
        ...(exif && { exif }),
      });
    at += 2 + length;
  }
  throw new FileError(file, 'must say its size in a frame header of JPEG, but has none or is cut off before it');
}

function withSize(file: string, header: PictureHeader): PictureHeader {
  const { width, height } = header;
  if (width === 0 || height === 0)
    throw new FileError(file, `must be at least 1 x 1 pixels, but says ${width} x ${height}`);
  return header;
}
