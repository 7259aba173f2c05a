import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { checksum } from 'lib/files';
import { createRandom } from 'lib/random';
import { temporaryFolder } from '../files/temporary-folder.fixture';
import { scanHeads } from './scan';

test('a truth of another seed is not taken for this one', (t) => {
  const folder = temporaryFolder(t);
  const [scans, truth] = ['scans', 'truth'].map((name) => path.join(folder, name));
  const make = (seed: string) => {
    scanHeads({ scans, truth, count: 1, random: createRandom(seed).fork });
    return checksum(fs.readFileSync(path.join(scans, '0000.ply')));
  };
  const first = make('one');
  assert.equal(make('one'), first);
  // nor is a truth alone taken for a scan
  fs.rmSync(path.join(scans, '0000.ply'));
  assert.equal(make('one'), first);
  assert.notEqual(make('two'), first);
});
