import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import zlib from 'node:zlib';
import fc from 'fast-check';
import { inflatingSource, plainSource } from './byte-source';
import { checkFile, readBounded } from './read-bounded';
import { type NumberType, readNumbers, sizeOf } from './read-numbers';
import { temporaryFolder } from './temporary-folder.fixture';
import { writeWhole } from './write-whole';

test('an inflated stream gives the same bytes as zlib, in pieces of any length', () => {
  // long enough for several slices of compressed bytes, and partly random, so that it does not shrink to nothing
  const bytes = fc
    .tuple(fc.uint8Array({ maxLength: 3000 }), fc.nat(100_000))
    .map(([noise, zeros]) => Buffer.concat([noise, Buffer.alloc(zeros), noise]));
  fc.assert(
    fc.property(bytes, fc.array(fc.nat(30_000), { maxLength: 20 }), fc.boolean(), (content, pieces, wrapped) => {
      const packed = wrapped ? zlib.deflateSync(content) : zlib.deflateRawSync(content);
      for (const source of [plainSource('f', content), inflatingSource('f', packed, wrapped ? 'zlib' : 'deflate')]) {
        const read: Buffer[] = [];
        for (const piece of [...pieces, Number.POSITIVE_INFINITY]) {
          const length = Math.min(piece, content.length - source.position());
          read.push(Buffer.from(source.read(length, 'all')));
        }
        assert.deepEqual(Buffer.concat(read), content);
        assert.ok(source.ended());
      }
    }),
    { seed: 1, numRuns: 60 },
  );
});

test('an error says which field ends too early, and where', () => {
  assert.throws(
    () => plainSource('some.bin', new Uint8Array(3)).read(4, 'count'),
    /^FileError: some\.bin: count needs 4 bytes at byte 0, but 3 are left$/,
  );
  const packed = zlib.deflateSync(Buffer.alloc(100_000, 7));
  const whole = inflatingSource('some.bin', packed, 'zlib');
  whole.read(99_999, 'most');
  assert.equal(whole.ended(), false);
  assert.throws(() => whole.read(2, 'rest'), /some\.bin: rest needs 2 bytes, but the compressed stream ends after 1/);
  assert.throws(
    () => inflatingSource('some.bin', packed.subarray(0, 50), 'zlib').read(100_000, 'cut'),
    /some\.bin: cut (cannot be inflated: unexpected EOF|needs)/,
  );
  assert.throws(
    () => inflatingSource('some.bin', Buffer.from('no zlib at all'), 'zlib').read(1, 'x'),
    /some\.bin: x cannot be inflated: invalid zlib data/,
  );
});

test('numbers of each type come in both byte orders', () => {
  const cases: [NumberType, string, number][] = [
    ['i1', 'ff', -1],
    ['u1', 'ff', 255],
    ['i2', 'fffe', -2],
    ['u2', '0102', 258],
    ['i4', 'fffffffd', -3],
    ['u4', 'fffffffd', 4294967293],
    ['i8', 'fffffffffffffffc', -4],
    ['u8', '0000000100000000', 4294967296],
    ['f4', 'c0200000', -2.5],
    ['f8', '3ff8000000000000', 1.5],
  ];
  for (const [type, hex, value] of cases)
    for (const littleEndian of [false, true]) {
      const bytes = Buffer.from(hex.repeat(9000), 'hex');
      const numbers: number[] = [];
      const swapped = littleEndian
        ? Buffer.from(hex, 'hex').reverse().toString('hex').repeat(9000)
        : bytes.toString('hex');
      readNumbers(plainSource('f', Buffer.from(swapped, 'hex')), { type, littleEndian }, 9000, type, (number, i) => {
        numbers[i] = number;
      });
      assert.deepEqual([numbers.length, new Set(numbers)], [9000, new Set([value])]);
      assert.equal(sizeOf(type), hex.length / 2);
    }
});

test('a file is read when it is a file and not too large', (t) => {
  const folder = temporaryFolder(t);
  const file = path.join(folder, 'some.bin');
  writeWhole(file, 'four');
  assert.equal(readBounded(file, 4).toString(), 'four');
  assert.equal(checkFile(file, 4), 4);
  assert.throws(() => readBounded(file, 3), /some\.bin: must hold at most 3 bytes, but holds 4/);
  assert.throws(() => readBounded(`${file}.gone`, 3), /some\.bin\.gone: is not there/);
  assert.throws(() => readBounded(folder, 3), /: must be a file, but is none/);
});
