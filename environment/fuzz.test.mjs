import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';

const FORMATS = [
  ...['ply', 'obj', 'mat', 'npz', 'hdf5', 'eos', 'landmarks', 'frames', 'picture'],
  ...['profile', 'boxes', 'points'],
];
const fuzz = (...args) => spawnSync(process.execPath, ['environment/checks/fuzz.mjs', ...args], { encoding: 'utf8' });

test('a thousand changed files of each format are read or refused in time, within memory, by messages of ours', () => {
  const { status, stdout, stderr } = fuzz('--count', '1000');
  assert.equal(status, 0, `${stdout}${stderr}`);
  const rows = [...stdout.matchAll(/^(\w+) +1000 inputs: (\d+) accepted, (\d+) refused/gm)];
  assert.deepEqual(
    rows.map(([, format]) => format),
    FORMATS,
  );
  // all accepted or all refused would mean that the changes do not reach the readers
  for (const [row, , accepted, refused] of rows) assert.ok(Number(accepted) > 20 && Number(refused) > 100, row);
});

test('an unknown format or a count of none is an error', () => {
  assert.match(fuzz('stl').stderr, new RegExp(`a format must be one of ${FORMATS.join(', ')}, but is stl`));
  assert.match(fuzz('--count', '0').stderr, /--count must be a positive number, but is 0/);
});
