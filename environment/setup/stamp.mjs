// A stamp says what a made folder was made from; a step is done when its stamp says so.
// The stamp is written last, so that a step that was broken off has none and is done again.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

export const fingerprint = (...parts) => createHash('sha256').update(JSON.stringify(parts)).digest('hex');

const stampFile = (folder) => path.join(folder, '.made-from');

export function isMadeFrom(folder, expected) {
  try {
    return fs.readFileSync(stampFile(folder), 'utf8') === expected;
  } catch {
    return false;
  }
}

export function stampAsMadeFrom(folder, value) {
  const file = stampFile(folder);
  fs.writeFileSync(`${file}.partial`, value);
  fs.renameSync(`${file}.partial`, file);
}
