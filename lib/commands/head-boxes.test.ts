import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '../files/temporary-folder.fixture';
import { readPlaces } from './head-boxes';

test('boxes and landmarks are read, and of many wrong ones the first is named', (t) => {
  const file = path.join(temporaryFolder(t), 'boxes.json');
  const read = (places: object) => {
    fs.writeFileSync(file, JSON.stringify(places));
    return readPlaces(file);
  };
  const places = { 'a.jpg': { box: [1, -2, 3, 4] }, 'b.png': { landmarks: { pronasale: [5, 6] } } };
  assert.deepEqual(read(places), places);
  const wrong: [object, RegExp][] = [
    [{ ...places, 'c.jpg': { box: [1, 2, -3, 4] }, 'd.jpg': 5 }, /boxes\.json is not as expected:\n {2}c\.jpg/],
    [
      { 'a.jpg': { landmarks: Object.fromEntries(Array.from({ length: 1001 }, (_, i) => [i, [0, 0]])) } },
      /boxes\.json is not as expected:\n {2}a\.jpg/,
    ],
    [{ 'a.jpg': 'x'.repeat(2 ** 20) }, /boxes\.json: must hold at most 1048576 bytes, but holds 10485/],
    [[], /boxes\.json is not as expected/],
  ];
  for (const [content, words] of wrong) assert.throws(() => read(content), words, String(words));
});
