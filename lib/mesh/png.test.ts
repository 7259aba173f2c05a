import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { PNG } from 'pngjs';
import { encodePng, writePng } from './png';

test('a decoder finds the same pixels, in a file too', () => {
  const rgb = Uint8Array.from({ length: 3 * 5 * 4 }, (_, i) => (i * 37) % 256);
  const folder = mkdtempSync(join(tmpdir(), 'png-'));
  try {
    const file = join(folder, 'picture.png');
    writePng(file, rgb, 5, 4);
    for (const bytes of [encodePng(rgb, 5, 4), readFileSync(file)]) {
      const { width, height, data } = PNG.sync.read(bytes);
      assert.deepEqual([width, height], [5, 4]);
      assert.deepEqual([...data.filter((_, i) => i % 4 < 3)], [...rgb]);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('says how many bytes a picture must hold', () => {
  assert.throws(() => encodePng(new Uint8Array(5), 2, 1), /rgb must hold 3 x 2 x 1 = 6 bytes, but holds 5/);
});
