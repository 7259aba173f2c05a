import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readFlame } from './flame';
import { npyFile, zipFile } from './foreign-files.fixture';

test('of 302 modes the first 300 are read, in the order of points, and the two expressions are left out', () => {
  const [points, modes] = [101, 302];
  // number n, axis a, mode k holds 1000 k + 3 n + a
  const directions = Array.from({ length: 3 * points * modes }, (_, i) => 1000 * (i % modes) + Math.floor(i / modes));
  for (const fortran of [false, true]) {
    const { rows, deviations, notes } = readFlame(
      'flame.npz',
      zipFile([
        ['v_template.npy', npyFile([points, 3], new Array(3 * points).fill(0))],
        ['f.npy', npyFile([1, 3], [0, 1, 2], { type: 'i4' })],
        ['shapedirs.npy', npyFile([points, 3, modes], directions, { fortran })],
      ]),
    );
    assert.deepEqual([deviations.length, rows.length], [300, 300 * 3 * points]);
    rows.forEach((value, i) => {
      assert.equal(value, 1000 * Math.floor(i / (3 * points)) + (i % (3 * points)));
    });
    assert.deepEqual(notes, ['left out the 2 expression modes']);
  }
});
