import fs from 'node:fs';

/** Damages a file as a disk or a slip may: cuts it off, flips a bit, or sets a byte. @returns what was done */
export function damage(file, random) {
  const content = fs.readFileSync(file);
  const kind = content.length === 0 ? 'byte' : ['cut', 'bit', 'byte'][random.integer(3)];
  if (kind === 'cut') {
    const length = random.integer(content.length);
    fs.truncateSync(file, length);
    return `cut off after ${length} of ${content.length} bytes`;
  }
  const at = random.integer(Math.max(1, content.length));
  const before = content[at] ?? 0;
  const after = kind === 'bit' ? before ^ (1 << random.integer(8)) : (before + 1 + random.integer(255)) % 256;
  // in place, as a disk does it
  const handle = fs.openSync(file, 'r+');
  fs.writeSync(handle, Uint8Array.of(after), 0, 1, at);
  fs.closeSync(handle);
  return `byte ${at} is ${after} in place of ${before}`;
}
