import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { checksum, writeJson } from 'lib/files';
import { z } from 'zod';
import { temporaryFolder } from '../files/temporary-folder.fixture';
import { checksumOf, knownResult } from './known-result';

const schema = z.strictObject({ madeFrom: z.string(), value: z.number() });

test('a result is known that is there, whole, and made from the same', (t) => {
  const file = path.join(temporaryFolder(t), 'result.json');
  const known = () => knownResult(file, schema, 'these');
  assert.equal(known(), undefined);
  writeJson(file, { madeFrom: 'these', value: 3 });
  assert.deepEqual(known(), { madeFrom: 'these', value: 3 });
  writeJson(file, { madeFrom: 'others', value: 3 });
  assert.equal(known(), undefined);
  for (const broken of ['{', '{"madeFrom": "these"}']) {
    fs.writeFileSync(file, broken);
    assert.equal(known(), undefined);
  }
});

test('a file’s checksum is that of its bytes, and a missing file’s is that of none', (t) => {
  const file = path.join(temporaryFolder(t), 'scan.ply');
  assert.equal(checksumOf(file), 'none');
  fs.writeFileSync(file, 'ply');
  assert.equal(checksumOf(file), checksum(Buffer.from('ply')));
});
