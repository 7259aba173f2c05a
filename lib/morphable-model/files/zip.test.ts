import assert from 'node:assert/strict';
import { test } from 'node:test';
import { zipFile } from './foreign-files.fixture';
import { crc32, zipEntries } from './zip';

const FILES: [string, Buffer][] = [
  ['a.npy', Buffer.from('some bytes')],
  ['folder/b.npy', Buffer.alloc(5000, 3)],
  ['empty', Buffer.alloc(0)],
];

/** All bytes of an entry, checked. */
function readEntry(bytes: Buffer, name: string): Buffer {
  const entry = zipEntries('files.zip', bytes).get(name);
  assert.ok(entry);
  const source = entry.open();
  const content = Buffer.from(source.read(entry.size, name));
  entry.check(source);
  return content;
}

test('the checksum is the one of the standard', () => {
  // the check value of CRC-32/ISO-HDLC
  assert.equal(crc32(Buffer.from('123456789')), 0xcbf43926);
  assert.equal(crc32(Buffer.from('56789'), crc32(Buffer.from('1234'))), 0xcbf43926);
});

test('files come out as they went in, stored and deflated, also before a comment', () => {
  for (const deflated of [false, true]) {
    const bytes = zipFile(FILES, { deflated });
    const commented = Buffer.concat([bytes.subarray(0, -2), Buffer.from([5, 0]), Buffer.from('hello')]);
    for (const archive of [bytes, commented])
      for (const [name, content] of FILES) assert.deepEqual(readEntry(archive, name), content);
  }
});

test('an archive that contradicts itself is refused, with the entry and what differs', () => {
  const good = zipFile(FILES);
  const packed = zipFile([FILES[1]], { deflated: true });
  const directory = good.indexOf(Buffer.from('504b0102', 'hex'));
  const edited = (bytes: Buffer, at: number, value: number, size = 4) => {
    const copy = Buffer.from(bytes);
    copy.writeUIntLE(value, at, size);
    return copy;
  };
  const inPacked = packed.indexOf(Buffer.from('504b0102', 'hex'));
  const cases: [Buffer, string, RegExp][] = [
    [
      edited(good, 40, 1, 1),
      'a.npy',
      /files\.zip: a\.npy was changed: its checksum must be [0-9a-f]{8}, but is [0-9a-f]{8}/,
    ],
    [edited(good, directory + 24, 11), 'a.npy', /a\.npy is stored in 10 bytes, but said to be of 11/],
    [edited(good, directory + 42, 7), 'a.npy', /a\.npy does not begin where the directory says, at byte 7/],
    [edited(good, directory + 20, 2 ** 31), 'a.npy', /a\.npy (is stored in|needs) 2147483648 bytes/],
    [
      edited(good, directory + 10, 99, 2),
      'a.npy',
      /a\.npy must be stored \(0\) or deflated \(8\), but is compressed by method 99/,
    ],
    [edited(good, directory + 8, 1, 2), 'a.npy', /a\.npy must not be encrypted/],
    [edited(good, directory + 20, 0xffffffff), 'a.npy', /a\.npy must be less than 4 GB/],
    [edited(good, 30, 0x62, 1), 'a.npy', /a\.npy has another name where it begins, at byte 0/],
    [
      edited(packed, inPacked + 24, 4000),
      'folder/b.npy',
      /folder\/b\.npy must hold the 4000 bytes that the directory says, but holds more/,
    ],
    [
      edited(packed, inPacked + 24, 6000),
      'folder/b.npy',
      /folder\/b\.npy needs 6000 bytes, but the compressed stream ends after 5000/,
    ],
    [edited(good, good.length - 6, directory + 1), 'a.npy', /entry 0 of the zip directory is not where it should be/],
    [
      edited(good, good.length - 12, 5000, 2),
      'a.npy',
      /the zip directory must have at most 1000 entries, but has 5000/,
    ],
    [zipFile([FILES[0], FILES[0]]), 'a.npy', /a\.npy must be in the archive once, but is there twice/],
  ];
  for (const [bytes, name, message] of cases) assert.throws(() => readEntry(bytes, name), message, String(message));
});
