import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import { temporaryFolder } from '../files/temporary-folder.fixture';
import { decodePicture, turnUpright } from './decode-picture';
import {
  blockJpeg,
  cmykJpeg,
  difficultPictures,
  exifSegment,
  jpegSegment,
  noiseJpeg,
  pngChunk,
  pngFile,
  type TiffEntry,
  tiffBytes,
  withSegments,
} from './difficult-pictures.fixture';
import { readExif } from './exif';
import { readPictureHeader } from './picture-header';

function decode(t: TestContext, bytes: Buffer) {
  const file = path.join(temporaryFolder(t), 'picture');
  fs.writeFileSync(file, bytes);
  return decodePicture(file);
}

test('the pixels of a PNG of each kind of colour are those that its bytes say', async (t) => {
  const of = async (bytes: Buffer) => [...(await decode(t, bytes)).pixels];
  const size = { width: 2, height: 1 };
  assert.deepEqual(await of(pngFile({ ...size, colour: 2 }, [[1, 2, 3, 250, 251, 252]])), [1, 2, 3, 250, 251, 252]);
  assert.deepEqual(await of(pngFile({ ...size, colour: 0 }, [[7, 200]])), [7, 7, 7, 200, 200, 200]);
  // two bits a pixel: 3 and 1 of 3
  assert.deepEqual(await of(pngFile({ ...size, depth: 2, colour: 0 }, [[0b11010000]])), [255, 255, 255, 85, 85, 85]);
  const palette = pngChunk('PLTE', Buffer.of(9, 8, 7, 60, 50, 40));
  assert.deepEqual(await of(pngFile({ ...size, colour: 3 }, [[1, 0]], [palette])), [60, 50, 40, 9, 8, 7]);
  // of 16 bits the nearest of 8: 0x1234 / 257 = 18.13
  const deep = [0x12, 0x34, 0x80, 0x80, 0xff, 0xff, 0, 0, 0x01, 0x01, 0x7f, 0x7f];
  assert.deepEqual(await of(pngFile({ ...size, depth: 16, colour: 2 }, [deep])), [18, 0x80, 0xff, 0, 1, 0x7f]);
});

test('what is transparent is laid over white, and said', async (t) => {
  const size = { width: 3, height: 1 };
  const file = pngFile({ ...size, colour: 6 }, [[10, 20, 30, 255, 10, 20, 30, 0, 10, 20, 30, 51]]);
  const { pixels, transparent } = await decode(t, file);
  // 51 / 255 = 1/5: 255 - (255 - 10) / 5 = 206
  assert.deepEqual([...pixels], [10, 20, 30, 255, 255, 255, 206, 208, 210]);
  assert.equal(transparent, true);
  const opaque = await decode(t, pngFile({ ...size, colour: 4 }, [[1, 255, 2, 255, 3, 255]]));
  assert.deepEqual([[...opaque.pixels], opaque.transparent], [[1, 1, 1, 2, 2, 2, 3, 3, 3], false]);
  // a colour of a palette may be transparent too
  const before = [pngChunk('PLTE', Buffer.of(9, 8, 7)), pngChunk('tRNS', Buffer.of(0))];
  assert.deepEqual(
    [...(await decode(t, pngFile({ width: 1, height: 1, colour: 3 }, [[0]], before))).pixels],
    [255, 255, 255],
  );
});

test('a JPEG in grey and one in CMYK become RGB', async (t) => {
  const grey = await decode(t, blockJpeg(16, 8, [[40], [200]]));
  assert.deepEqual([grey.width, grey.height], [16, 8]);
  assert.deepEqual([...grey.pixels.subarray(0, 3), ...grey.pixels.subarray(45, 48)], [40, 40, 40, 200, 200, 200]);
  const { pixels } = await decode(t, cmykJpeg());
  // yellow, then white
  assert.deepEqual([...pixels.subarray(0, 3)], [255, 255, 0]);
  assert.deepEqual([...pixels.subarray(-3)], [255, 255, 255]);
});

/** A picture in which each pixel tells its own row and column. */
const told = (width: number, height: number) => ({
  width,
  height,
  pixels: Uint8Array.from({ length: 3 * width * height }, (_, i) => {
    const pixel = Math.floor(i / 3);
    return [Math.floor(pixel / width), pixel % width, 0][i % 3];
  }),
});

test('the first row and the first column are shown at the side that EXIF says, for all eight orientations', () => {
  const [width, height] = [3, 2];
  const sides = {
    row: ['top', 'top', 'bottom', 'bottom', 'left', 'right', 'right', 'left'],
    column: ['left', 'right', 'right', 'left', 'top', 'top', 'bottom', 'bottom'],
  };
  for (let orientation = 1; orientation <= 8; orientation++) {
    const shown = turnUpright(told(width, height), orientation);
    assert.deepEqual([shown.width, shown.height], orientation < 5 ? [3, 2] : [2, 3]);
    const at = (x: number, y: number) => [
      ...shown.pixels.subarray(3 * (y * shown.width + x), 3 * (y * shown.width + x) + 2),
    ];
    const edge = (side: string): number[][] => {
      const [last, bottom] = [shown.width - 1, shown.height - 1];
      if (side === 'top' || side === 'bottom')
        return Array.from({ length: shown.width }, (_, x) => at(x, side === 'top' ? 0 : bottom));
      return Array.from({ length: shown.height }, (_, y) => at(side === 'left' ? 0 : last, y));
    };
    assert.ok(
      edge(sides.row[orientation - 1]).every(([row]) => row === 0),
      `row of ${orientation}`,
    );
    assert.ok(
      edge(sides.column[orientation - 1]).every(([, column]) => column === 0),
      `column of ${orientation}`,
    );
  }
});

test('a JPEG and a PNG whose EXIF data say so are turned', async (t) => {
  const size = { width: 3, height: 1 };
  const png = pngFile(
    { ...size, colour: 0 },
    [[1, 2, 3]],
    [pngChunk('eXIf', tiffBytes([[0x0112, 3, 8]], undefined, false))],
  );
  const turned = await decode(t, png);
  // the first column, 1, is at the bottom
  assert.deepEqual([turned.width, turned.height, turned.orientation], [1, 3, 8]);
  assert.deepEqual([...turned.pixels], [3, 3, 3, 2, 2, 2, 1, 1, 1]);
  const exif = exifSegment(tiffBytes([[0x0112, 3, 6]], [[0xa405, 3, 28]]));
  const jpeg = await decode(t, blockJpeg(16, 8, [[40], [200]], [exif]));
  assert.deepEqual([jpeg.width, jpeg.height, jpeg.focalLength35mm], [8, 16, 28]);
  assert.deepEqual([jpeg.pixels[0], jpeg.pixels[3 * 8 * 15]], [40, 200]);
});

test('orientation and focal length are read in both byte orders, and nothing is made of what is malformed', () => {
  const first: TiffEntry[] = [
    [0x0100, 4, 9],
    [0x0112, 3, 3],
  ];
  for (const little of [true, false]) {
    assert.deepEqual(
      readExif(
        tiffBytes(
          first,
          [
            [0x9209, 3, 1],
            [0xa405, 3, 77],
          ],
          little,
        ),
      ),
      {
        orientation: 3,
        focalLength35mm: 77,
      },
    );
    assert.deepEqual(readExif(tiffBytes(first, undefined, little)), { orientation: 3 });
  }
  const nothing = [
    Buffer.alloc(0),
    Buffer.from('II'),
    Buffer.from('XX*\0\x08\0\0\0', 'latin1'),
    tiffBytes([[0x0112, 3, 9]]),
    tiffBytes([[0x0112, 3, 0]], [[0xa405, 3, 0]]),
    // a directory that is the header itself
    tiffBytes([[0x8769, 4, 0]]),
    // one beyond the end, and one cut off in its first entry
    tiffBytes([[0x8769, 4, 0xfffffff0]]),
    tiffBytes([[0x0112, 3, 6]]).subarray(0, 20),
  ];
  for (const bytes of nothing) assert.deepEqual(readExif(bytes), {});
  // a directory that points to itself is read twice and no more
  assert.deepEqual(
    readExif(
      tiffBytes([
        [0x8769, 4, 8],
        [0x0112, 3, 6],
      ]),
    ),
    { orientation: 6 },
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), fc.boolean(), (noise, little) => {
      const { orientation = 1, focalLength35mm = 1 } = readExif(
        Buffer.concat([Buffer.from(little ? 'II*\0\x08\0\0\0' : 'MM\0*\0\0\0\x08', 'latin1'), noise]),
      );
      assert.ok(orientation >= 1 && orientation <= 8 && focalLength35mm > 0);
    }),
    { seed: 1, numRuns: 500 },
  );
});

test('the size is read from the header, past other segments and fill bytes, and before the pixels', async () => {
  const comment = jpegSegment(0xfe, Buffer.alloc(5000, 7));
  const jpeg = withSegments(await noiseJpeg(48, 40), comment, Buffer.of(0xff, 0xff), comment);
  assert.deepEqual(readPictureHeader('f', jpeg), { format: 'JPEG', width: 48, height: 40 });
  // progressive; a table of Huffman codes, 0xc4, is none
  const progressive = Buffer.concat([
    Buffer.of(0xff, 0xd8),
    jpegSegment(0xc4, Buffer.alloc(20)),
    jpegSegment(0xc2, Buffer.of(8, 0x12, 0x34, 0x43, 0x21, 3)),
  ]);
  assert.deepEqual(readPictureHeader('f', progressive), { format: 'JPEG', width: 0x4321, height: 0x1234 });
});

test('what is no picture is refused, and the words say what it is', async () => {
  const jpeg = await noiseJpeg(16, 16);
  const cases: [Buffer, string][] = [
    [Buffer.alloc(0), 'must be a JPEG or PNG picture, but is none'],
    [Buffer.from('RIFF1234WEBPVP8 '), 'must be a JPEG or PNG picture, but is a WebP file: convert it'],
    [
      Buffer.from('\0\0\0\x18ftypheic', 'latin1'),
      'must be a JPEG or PNG picture, but is a HEIC or AVIF file: convert it',
    ],
    [Buffer.from('II*\0abcd'), 'must be a JPEG or PNG picture, but is a TIFF or a raw file: convert it'],
    [Buffer.from('\n<svg>'), 'must be a JPEG or PNG picture, but is an SVG or XML file: convert it'],
    [
      pngFile({ width: 1, height: 1, colour: 0 }, [[1]]).subarray(0, 30),
      'IHDR must be the first chunk of a PNG, but is missing or cut off',
    ],
    [pngFile({ width: 0, height: 5, colour: 0 }, [[1]]), 'must be at least 1 x 1 pixels, but says 0 x 5'],
    [jpeg.subarray(0, 30), 'must say its size in a frame header of JPEG, but has none or is cut off before it'],
    [
      Buffer.of(0xff, 0xd8, 0xff, 0xe0, 0, 1, 0, 0),
      'must say its size in a frame header of JPEG, but has none or is cut off before it',
    ],
    [Buffer.of(0xff, 0xd8, 0xff, 0xe0, 0, 3, 0, 7, 0, 0, 0), 'must have a JPEG marker at byte 7, but has 7'],
  ];
  for (const [bytes, message] of cases)
    assert.throws(() => readPictureHeader('some.jpg', bytes), { name: 'FileError', message: `some.jpg: ${message}` });
});

test('each of thirteen difficult files is read, or refused by its name and its fault', async (t) => {
  const folder = temporaryFolder(t);
  for (const { name, bytes, wrong } of await difficultPictures()) {
    const file = path.join(folder, name);
    fs.writeFileSync(file, bytes);
    if (wrong) {
      await assert.rejects(
        decodePicture(file),
        (error: Error) => {
          assert.equal(error.name, 'FileError');
          assert.match(error.message, wrong);
          return error.message.startsWith(`${file}: `);
        },
        name,
      );
    } else {
      const { width, height, pixels } = await decodePicture(file);
      assert.equal(pixels.length, 3 * width * height, name);
    }
  }
  await assert.rejects(decodePicture(path.join(folder, 'none.jpg')), /none\.jpg: is not there/);
});

test('a file over 64 MiB is refused before it is read', async (t) => {
  const file = path.join(temporaryFolder(t), 'large.jpg');
  const handle = fs.openSync(file, 'w');
  fs.ftruncateSync(handle, 64 * 2 ** 20 + 1);
  fs.closeSync(handle);
  await assert.rejects(decodePicture(file), /large\.jpg: must hold at most 67108864 bytes, but holds 67108865/);
});
