import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { type Arrays, locateArrays, readArrays, writeArrays } from './arrays';
import { SEAL } from './seal';
import { temporaryFolder } from './temporary-folder.fixture';
import { checksum } from './write-whole';

/** An expression that matches any text with this file's name in it, and then the words. */
const naming = (file: string, words: string) => (error: Error) =>
  error.message.includes(file) && new RegExp(words).test(error.message);

test('three numbers stand in the file as the description says', (t) => {
  const file = path.join(temporaryFolder(t), 'three');
  writeArrays(file, { t: { data: Float32Array.of(1, -2, 0.5), shape: [3] } });
  const content = fs.readFileSync(file);
  assert.equal(content.subarray(0, 8).toString(), 'ARRAYS01');
  const length = Number(content.subarray(8, 16).toString());
  const body = content.subarray(16 + length);
  const header = JSON.parse(content.subarray(16, 16 + length).toString());
  assert.deepEqual(header.arrays, [{ name: 't', type: 'float32', shape: [3] }]);
  // of the whole file, with zeros where the checksum stands
  const unsealed = Buffer.from(content.toString('latin1').replace(header.checksum, SEAL), 'latin1');
  assert.equal(header.checksum, `content-sha256:${checksum(unsealed)}`);
  // 1, -2 and 0.5 in IEEE 754, lowest byte first
  assert.equal(body.toString('hex'), '0000803f000000c00000003f');
});

test('arrays of all types and any shapes, empty ones too, come back as they were', (t) => {
  const file = path.join(temporaryFolder(t), 'any');
  const shape = fc.array(fc.nat(4), { maxLength: 4 });
  const number = { float32: fc.float(), uint8: fc.nat(255), uint32: fc.nat(2 ** 32 - 1) };
  const make = { float32: Float32Array, uint8: Uint8Array, uint32: Uint32Array };
  const array = fc.tuple(fc.constantFrom('float32', 'uint8', 'uint32'), shape).chain(([type, dimensions]) => {
    const length = dimensions.reduce((a, b) => a * b, 1);
    return fc
      .array(number[type], { minLength: length, maxLength: length })
      .map((values) => ({ data: make[type].from(values), shape: dimensions }));
  });
  const name = fc.string({ maxLength: 20 }).filter((text) => text !== '__proto__');
  fc.assert(
    fc.property(fc.dictionary(name, array, { maxKeys: 5, noNullPrototype: true }), (arrays) => {
      writeArrays(file, arrays);
      assert.deepEqual(readArrays(file), arrays);
    }),
    { seed: 1, numRuns: 60 },
  );
});

test('packed, arrays that repeat take less room and come back as they were', (t) => {
  const folder = temporaryFolder(t);
  const [plain, packed] = ['plain', 'packed'].map((name) => path.join(folder, name));
  const arrays: Arrays = { steps: { data: Float32Array.from({ length: 4000 }, (_, i) => (i % 7) / 8), shape: [4000] } };
  writeArrays(plain, arrays);
  writeArrays(packed, arrays, { gzip: true });
  assert.deepEqual(readArrays(packed), arrays);
  assert.ok(fs.statSync(packed).size < fs.statSync(plain).size / 10);
});

test('a packed file that is cut off, and one that unpacks to too much, are refused by name', (t) => {
  const file = path.join(temporaryFolder(t), 'packed');
  writeArrays(file, { a: { data: new Float32Array(100), shape: [100] } }, { gzip: true });
  fs.truncateSync(file, fs.statSync(file).size - 9);
  assert.throws(() => readArrays(file), naming(file, 'cannot be unpacked .*; remove it'));
  const member = gzipSync(Buffer.alloc(2 ** 26), { level: 9 });
  fs.writeFileSync(file, Buffer.concat(new Array(17).fill(member)));
  assert.throws(() => readArrays(file), naming(file, 'cannot be unpacked'));
});

test('a view into a larger buffer is written alone', (t) => {
  const file = path.join(temporaryFolder(t), 'view');
  writeArrays(file, { part: { data: Float32Array.of(1, 2, 3, 4).subarray(1, 3), shape: [2] } });
  assert.deepEqual([...readArrays(file).part.data], [2, 3]);
});

test('refuses to write an array whose shape does not fit', (t) => {
  const file = path.join(temporaryFolder(t), 'never');
  const data = new Uint8Array(5);
  assert.throws(
    () => writeArrays(file, { images: { data, shape: [2, 3] } }),
    /images holds 5 numbers, but its shape is \[2,3\]/,
  );
  assert.equal(fs.existsSync(file), false);
});

/** A file of arrays made by hand, with a header that may lie. */
function handMade(file: string, header: unknown, body: Buffer, length?: number): void {
  const json = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const digits = String(length ?? json.length).padStart(8, '0');
  fs.writeFileSync(file, Buffer.concat([Buffer.from(`ARRAYS01${digits}`), json, body]));
}

test('an error names the file that is damaged, and how', (t) => {
  const file = path.join(temporaryFolder(t), 'damaged.arrays');
  const body = Buffer.alloc(12);
  const header = (shape: number[]) => ({
    arrays: [{ name: 'a', type: 'float32', shape }],
    sha256: checksum(body),
  });
  handMade(file, header([3]), body);
  assert.deepEqual(readArrays(file), { a: { data: new Float32Array(3), shape: [3] } });

  const cases: [string, () => void, string][] = [
    ['empty', () => fs.writeFileSync(file, ''), 'is no file of arrays'],
    ['another kind of file', () => fs.writeFileSync(file, 'ARRAYS0200000002{}'), 'must begin with ARRAYS01'],
    ['a huge header', () => handMade(file, header([3]), body, 99_999_999), 'is no file of arrays'],
    ['a header of no bytes', () => handMade(file, '', body), 'is no file of arrays'],
    ['a header that is no JSON', () => handMade(file, '{"arrays":', body), 'damaged header'],
    ['a header of another form', () => handMade(file, { arrays: [] }, body), 'damaged header'],
    ['a header with a negative size', () => handMade(file, header([-3]), body), 'damaged header'],
    ['a header that promises more', () => handMade(file, header([4]), body), '12 bytes .* promises more'],
    ['a header that promises less', () => handMade(file, header([2]), body), '12 bytes .* promises less'],
    ['numbers that changed', () => handMade(file, header([3]), Buffer.alloc(12, 1)), 'its checksum differs'],
  ];
  for (const [name, damage, words] of cases) {
    damage();
    assert.throws(() => readArrays(file), naming(file, `${words}.*; remove it, and run again what made it`), name);
  }
  assert.throws(() => readArrays(`${file}.gone`), naming(`${file}.gone`, 'ENOENT.*; run again what made it'));
});

const SOME: Arrays = {
  step: { data: Uint32Array.of(7), shape: [1] },
  'weights 0': { data: Float32Array.of(1.5, -2, 3, 4, 5, 6), shape: [2, 3] },
  picture: { data: Uint8Array.of(1, 2, 3, 4, 5), shape: [5] },
};

test('the numbers of each array lie where its place says', (t) => {
  const file = path.join(temporaryFolder(t), 'placed.arrays');
  writeArrays(file, SOME);
  const content = fs.readFileSync(file);
  const { checksum: seal, arrays } = locateArrays(file);
  assert.ok(content.includes(`"checksum":"content-sha256:${seal}"`));
  for (const { name, shape, offset } of arrays) {
    const { data } = SOME[name];
    assert.deepEqual(shape, SOME[name].shape);
    assert.deepEqual(content.subarray(offset, offset + data.byteLength), Buffer.from(data.buffer), name);
  }
  fs.writeFileSync(file, 'ARRAYS0200000002{}');
  assert.throws(() => locateArrays(file), naming(file, 'is no file of arrays'));
});

test('a file cut off anywhere is an error that names it', (t) => {
  const file = path.join(temporaryFolder(t), 'cut.arrays');
  writeArrays(file, SOME);
  const whole = fs.readFileSync(file);
  for (let length = 0; length < whole.length; length++) {
    fs.writeFileSync(file, whole.subarray(0, length));
    assert.throws(() => readArrays(file), naming(file, ''), `cut after ${length} bytes`);
  }
});

test('a changed byte anywhere is an error that names the file', (t) => {
  const file = path.join(temporaryFolder(t), 'changed.arrays');
  writeArrays(file, SOME);
  const whole = fs.readFileSync(file);
  for (let at = 0; at < whole.length; at++)
    for (const flip of [1, 2, 4, 16, 64, 255]) {
      const changed = Buffer.from(whole);
      changed[at] ^= flip;
      fs.writeFileSync(file, changed);
      assert.throws(() => readArrays(file), naming(file, 'remove it'), `byte ${at} xor ${flip}`);
    }
});

test('of a file of an earlier version, which has the checksum of its numbers alone, these are verified', (t) => {
  const file = path.join(temporaryFolder(t), 'earlier.arrays');
  const body = Buffer.from(Float32Array.of(1, -2, 0.5).buffer);
  handMade(file, { arrays: [{ name: 't', type: 'float32', shape: [3] }], sha256: checksum(body) }, body);
  assert.deepEqual([...readArrays(file).t.data], [1, -2, 0.5]);
  assert.equal(locateArrays(file).checksum, checksum(body));
});
