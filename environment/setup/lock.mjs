// A lock is a file that holds the number of the process that works on something, and a random name, so that no two locks are alike;
// a process that is gone holds nothing.
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { answers } from './requirements.mjs';

/**
 * Takes a lock, or says who holds it: `{ unlock }` or `{ holder }`, a process number.
 */
export function tryLock(file) {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  const own = `${file}.${process.pid}`;
  fs.writeFileSync(own, `${process.pid} ${randomUUID()}`);
  try {
    for (;;) {
      try {
        // a link appears whole or, where the file exists, not at all
        fs.linkSync(own, file);
        return { unlock: () => fs.rmSync(file, { force: true }) };
      } catch (error) {
        if (error.code !== 'EEXIST') throw error;
      }
      const found = contentOf(file);
      if (found === undefined) continue;
      const holder = Number(found.split(' ')[0]);
      // in a fresh container this process may have the number of one that was killed
      if (holder !== process.pid && isOneOfOurs(holder)) return { holder };
      removeStale(file, found);
    }
  } finally {
    fs.rmSync(own, { force: true });
  }
}

/** Removes the lock of a process that is gone, under a lock of its own: of several that found it one removes it, and no later one. */
function removeStale(file, found) {
  const { unlock } = tryLock(`${file}.after-${found.replaceAll(/\W/g, '-')}`);
  if (!unlock) return;
  try {
    if (contentOf(file) === found) fs.rmSync(file);
  } finally {
    unlock();
  }
}

function contentOf(file) {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
    return undefined;
  }
}

/** Whether a process is alive and a program of this folder: its number may meanwhile be another program's. */
function isOneOfOurs(pid) {
  return /environment\/[\w/-]+\.mjs/.test(answers('ps', ['-o', 'args=', '-p', String(pid)]) ?? '');
}
