import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { z } from 'zod';
import { readJson, sealedJson, writeJson } from './json';
import { temporaryFolder } from './temporary-folder.fixture';
import { checksum } from './write-whole';

/** An expression that matches any text with this file's name in it, and then the words. */
const naming = (file: string, words: string) => (error: Error) =>
  error.message.includes(file) && new RegExp(words).test(error.message);
const SCHEMA = z.strictObject({ name: z.string(), values: z.array(z.number()) });
const SOME = { name: 'å', values: [1, 2] };

test('JSON comes back as it was, one field on a line, behind its seal', (t) => {
  const file = path.join(temporaryFolder(t), 'some.json');
  writeJson(file, SOME);
  const text = fs.readFileSync(file, 'utf8');
  assert.match(text, /^\{\n "checksum": "content-sha256:[0-9a-f]{64}",\n "name": "å",\n/);
  assert.deepEqual(readJson(file, SCHEMA), SOME);
  assert.equal(sealedJson(SOME), text);
  const digits = /sha256:([0-9a-f]{64})/.exec(text)?.[1] ?? '';
  assert.equal(digits, checksum(text.replace(digits, '0'.repeat(64))));
});

test('JSON without a seal is read, as a person writes it and as earlier versions did', (t) => {
  const file = path.join(temporaryFolder(t), 'by-hand.json');
  fs.writeFileSync(file, JSON.stringify(SOME));
  assert.deepEqual(readJson(file, SCHEMA), SOME);
  // a checksum of something inside is no seal
  fs.writeFileSync(file, '{"shards":[{"sha256":"ab"}]}');
  assert.ok(readJson(file, z.looseObject({})));
});

test('a changed byte anywhere, or an end that is cut off, is an error that names the file and says what to do', (t) => {
  const file = path.join(temporaryFolder(t), 'changed.json');
  writeJson(file, SOME);
  const whole = fs.readFileSync(file);
  for (let at = 0; at < whole.length; at++) {
    const changed = Buffer.from(whole);
    changed[at] ^= 1;
    for (const content of [changed, whole.subarray(0, at)]) {
      fs.writeFileSync(file, content);
      assert.throws(() => readJson(file, SCHEMA), naming(file, 'remove it'), `byte ${at} of ${content.length}`);
    }
  }
});

test('JSON of another form is an error that names the file and the field', (t) => {
  const file = path.join(temporaryFolder(t), 'wrong.json');
  const schema = z.strictObject({ views: z.strictObject({ distance: z.number().min(30) }) });
  writeJson(file, { views: { distance: 3 } });
  assert.throws(() => readJson(file, schema), naming(file, 'is not as expected:\n {2}views.distance: .*30'));
  fs.writeFileSync(file, '5');
  assert.throws(() => readJson(file, schema), naming(file, 'wrong.json: .*expected object'));
  fs.writeFileSync(file, '{"views":');
  assert.throws(() => readJson(file, schema), naming(file, 'cannot be read as JSON: '));
  assert.throws(() => readJson(`${file}.gone`, schema), naming(`${file}.gone`, 'cannot be read as JSON: ENOENT'));
});
