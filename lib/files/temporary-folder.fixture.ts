import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';

/** A new, empty folder that is gone when the test ends. */
export function temporaryFolder(t: TestContext): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'test-'));
  t.after(() => fs.rmSync(folder, { recursive: true, force: true }));
  return folder;
}
