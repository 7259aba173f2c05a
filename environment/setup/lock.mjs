// A lock is a file that holds the number of the process that works on something; a process that is gone holds nothing.
import fs from 'node:fs';
import path from 'node:path';
import { answers } from './requirements.mjs';

/**
 * Takes a lock, or says who holds it: `{ unlock }` or `{ holder }`, a process number.
 */
export function tryLock(file) {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  const own = `${file}.${process.pid}`;
  fs.writeFileSync(own, String(process.pid));
  try {
    for (;;) {
      try {
        // a link appears whole or, where the file exists, not at all
        fs.linkSync(own, file);
        return { unlock: () => fs.rmSync(file, { force: true }) };
      } catch (error) {
        if (error.code !== 'EEXIST') throw error;
      }
      const holder = holderOf(file);
      // in a fresh container this process may have the number of one that was killed
      if (holder !== undefined && holder !== process.pid && isOneOfOurs(holder)) return { holder };
      fs.rmSync(file, { force: true });
    }
  } finally {
    fs.rmSync(own, { force: true });
  }
}

function holderOf(file) {
  try {
    return Number(fs.readFileSync(file, 'utf8'));
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
    return undefined;
  }
}

/** Whether a process is alive and a program of this folder: its number may meanwhile be another program's. */
function isOneOfOurs(pid) {
  return /environment\/[\w/-]+\.mjs/.test(answers('ps', ['-o', 'args=', '-p', String(pid)]) ?? '');
}
