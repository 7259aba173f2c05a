import { deflateSync } from 'node:zlib';
import { tf } from 'lib/tensorflow';

const u16 = (value: number) => Buffer.of(value >> 8, value & 255);
const u32 = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};

/** CRC-32 of PNG and zip, bit by bit. */
function crc(bytes: Uint8Array): number {
  let value = 0xffffffff;
  for (const byte of bytes) {
    value ^= byte;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  }
  return (value ^ 0xffffffff) >>> 0;
}

export function pngChunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  return Buffer.concat([u32(data.length), body, u32(crc(body))]);
}

/**
 * A PNG file of samples as they are stored, without a filter.
 *
 * @param colour  0 grey, 2 RGB, 3 palette, 4 grey and alpha, 6 RGB and alpha
 * @param rows    bytes of each row
 * @param before  chunks before the pixels
 */
export function pngFile(
  { width, height, depth = 8, colour }: { width: number; height: number; depth?: number; colour: number },
  rows: number[][],
  before: Buffer[] = [],
): Buffer {
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    pngChunk('IHDR', Buffer.concat([u32(width), u32(height), Buffer.of(depth, colour, 0, 0, 0)])),
    ...before,
    pngChunk('IDAT', deflateSync(Buffer.from(rows.flatMap((row) => [0, ...row])))),
    pngChunk('IEND', Buffer.alloc(0)),
  ]);
}

export const jpegSegment = (marker: number, data: Uint8Array): Buffer =>
  Buffer.concat([Buffer.of(0xff, marker), u16(data.length + 2), data]);

/** A JPEG file with segments put in behind its first two bytes. */
export const withSegments = (jpeg: Buffer, ...segments: Buffer[]): Buffer =>
  Buffer.concat([jpeg.subarray(0, 2), ...segments, jpeg.subarray(2)]);

/**
 * A baseline JPEG file of one colour in each block of 8 x 8 pixels, for any number of components.
 *
 * All quantization steps are 1, so that a block of the value v has the DC coefficient 8 (v - 128) and no other.
 *
 * @param blocks  values of the components, block by block in rows
 * @param before  segments before the tables
 */
export function blockJpeg(width: number, height: number, blocks: number[][], before: Buffer[] = []): Buffer {
  const components = blocks[0].length;
  const ids = Array.from({ length: components }, (_, i) => i + 1);
  let bits = '';
  const last = new Array(components).fill(0);
  for (const block of blocks)
    for (const [c, value] of block.entries()) {
      const dc = 8 * (value - 128);
      const difference = dc - last[c];
      last[c] = dc;
      const size = difference === 0 ? 0 : Math.floor(Math.log2(Math.abs(difference))) + 1;
      const stored = difference < 0 ? difference + 2 ** size - 1 : difference;
      bits += size.toString(2).padStart(4, '0') + (size > 0 ? stored.toString(2).padStart(size, '0') : '');
      // the end of the block: no AC coefficient
      bits += '0';
    }
  const scan: number[] = [];
  for (let at = 0; at < bits.length; at += 8) {
    const byte = Number.parseInt(bits.slice(at, at + 8).padEnd(8, '1'), 2);
    scan.push(byte);
    if (byte === 255) scan.push(0);
  }
  return Buffer.concat([
    Buffer.of(0xff, 0xd8),
    ...before,
    jpegSegment(0xdb, Buffer.from([0, ...new Array(64).fill(1)])),
    jpegSegment(
      0xc0,
      Buffer.concat([
        Buffer.of(8),
        u16(height),
        u16(width),
        Buffer.of(components, ...ids.flatMap((id) => [id, 0x11, 0])),
      ]),
    ),
    // DC: twelve codes of four bits, for sizes 0 to 11; AC: one code of one bit
    jpegSegment(
      0xc4,
      Buffer.from([0x00, 0, 0, 0, 12, ...new Array(12).fill(0), ...Array.from({ length: 12 }, (_, i) => i)]),
    ),
    jpegSegment(0xc4, Buffer.from([0x10, 1, ...new Array(15).fill(0), 0])),
    jpegSegment(0xda, Buffer.of(components, ...ids.flatMap((id) => [id, 0]), 0, 63, 0)),
    Buffer.from(scan),
    Buffer.of(0xff, 0xd9),
  ]);
}

/** Entries of a TIFF directory: tag, type (3 SHORT, 4 LONG), value. */
export type TiffEntry = [number, 3 | 4, number];

/** EXIF data: a first directory, and the one that its entry 0x8769 points to where `exif` is given. */
export function tiffBytes(first: TiffEntry[], exif?: TiffEntry[], little = true): Buffer {
  const all: TiffEntry[] = exif ? [...first, [0x8769, 4, 8 + 2 + 12 * (first.length + 1) + 4]] : first;
  const write = (value: number, size: 2 | 4) => {
    const bytes = size === 2 ? u16(value) : u32(value);
    return little ? bytes.reverse() : bytes;
  };
  const directory = (entries: TiffEntry[]) =>
    Buffer.concat([
      write(entries.length, 2),
      ...entries.map(([tag, type, value]) =>
        Buffer.concat([
          write(tag, 2),
          write(type, 2),
          write(1, 4),
          type === 3 ? Buffer.concat([write(value, 2), Buffer.alloc(2)]) : write(value, 4),
        ]),
      ),
      write(0, 4),
    ]);
  return Buffer.concat([
    Buffer.from(little ? 'II' : 'MM', 'latin1'),
    write(42, 2),
    write(8, 4),
    directory(all),
    exif ? directory(exif) : Buffer.alloc(0),
  ]);
}

export const exifSegment = (tiff: Buffer): Buffer =>
  jpegSegment(0xe1, Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), tiff]));

/** A JPEG of random pixels, as a camera's program writes it. */
export async function noiseJpeg(width: number, height: number): Promise<Buffer> {
  const noise = tf.randomUniform([height, width, 3], 0, 256, 'int32', 1);
  const bytes = await tf.node.encodeJpeg(noise as never);
  noise.dispose();
  return Buffer.from(bytes);
}

/** An animated GIF of two frames of one pixel each, in the words of GIF89a. */
const ANIMATED_GIF = Buffer.from(
  '47494638396101000100800000000000ffffff21f904000a0000002c00000000010001000002024401002c0000000001000100000202440100' +
    '3b',
  'hex',
);

/**
 * Thirteen files that people give to a program that wants a portrait, by name.
 *
 * @returns `wrong` is what is wrong with it, for those that no one can read
 */
export async function difficultPictures(): Promise<{ name: string; bytes: Buffer; wrong?: RegExp }[]> {
  const jpeg = await noiseJpeg(48, 40);
  const broken = Buffer.from(jpeg);
  broken.fill(0xa5, 200, 420);
  const rows = (width: number, height: number, samples: number) =>
    Array.from({ length: height }, (_, y) =>
      Array.from({ length: width * samples }, (_, x) => (37 * x + 11 * y) % 256),
    );
  return [
    { name: 'broken.jpg', bytes: broken, wrong: /cannot be decoded|marker|frame header/ },
    {
      name: 'cut-off.jpg',
      bytes: jpeg.subarray(0, jpeg.length - 300),
      wrong: /cannot be decoded: it is damaged or cut off/,
    },
    {
      name: 'huge.png',
      bytes: pngFile({ width: 100_000, height: 100_000, colour: 2 }, [[]]),
      wrong: /must have at most 40000000 pixels, but has 100000 x 100000/,
    },
    { name: 'grey.png', bytes: pngFile({ width: 48, height: 40, colour: 0 }, rows(48, 40, 1)) },
    { name: 'sixteen-bits.png', bytes: pngFile({ width: 48, height: 40, depth: 16, colour: 2 }, rows(48, 40, 6)) },
    { name: 'alpha.png', bytes: pngFile({ width: 48, height: 40, colour: 6 }, rows(48, 40, 4)) },
    { name: 'turned.jpg', bytes: withSegments(jpeg, exifSegment(tiffBytes([[0x0112, 3, 6]], [[0xa405, 3, 50]]))) },
    { name: 'one-pixel.png', bytes: pngFile({ width: 1, height: 1, colour: 2 }, [[200, 100, 50]]) },
    {
      name: 'text.jpg',
      bytes: Buffer.from('This is no picture.\n'),
      wrong: /must be a JPEG or PNG picture, but is none/,
    },
    {
      name: 'animated.gif',
      bytes: ANIMATED_GIF,
      wrong: /must be a JPEG or PNG picture, but is a GIF file: convert it/,
    },
    { name: 'cmyk.jpg', bytes: cmykJpeg() },
    { name: 'no-head.jpg', bytes: jpeg },
    { name: 'empty.jpg', bytes: Buffer.alloc(0), wrong: /must be a JPEG or PNG picture, but is none/ },
  ];
}

/** As Photoshop writes CMYK: Adobe's segment, and inks stored as what they leave of white. */
export function cmykJpeg(): Buffer {
  const adobe = jpegSegment(0xee, Buffer.concat([Buffer.from('Adobe', 'latin1'), Buffer.of(0, 100, 0, 0, 0, 0, 0)]));
  // 48 x 40 pixels: 30 blocks, the first half without cyan and magenta but yellow, the other without any ink
  const blocks = Array.from({ length: 30 }, (_, i) => (i < 15 ? [255, 255, 0, 255] : [255, 255, 255, 255]));
  return blockJpeg(48, 40, blocks, [adobe]);
}
