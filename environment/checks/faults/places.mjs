/** Folders whose disk is small, or which may not be written to; both need the rights to mount. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

const LARGE = 2 ** 30;
const mounted = new Set();

function run(...command) {
  const { status, stderr, error } = spawnSync(command[0], command.slice(1), { encoding: 'utf8' });
  return status === 0 ? undefined : (error?.message ?? stderr.trim());
}

/** Why nothing can be mounted here; undefined where it can. */
export function whyNoMounts(scratch) {
  const place = path.join(scratch, 'mount');
  const why = mountDisk(place);
  unmount(place);
  return why;
}

/** Mounts an empty file system in memory. @returns why that fails, where it does */
export function mountDisk(place) {
  fs.mkdirSync(place, { recursive: true });
  const why = run('mount', '-t', 'tmpfs', '-o', `size=${LARGE}`, 'faults', place);
  if (!why) mounted.add(place);
  return why;
}

/** Leaves so many bytes free on it; all of them again where none are named. */
export function leaveFree(place, bytes) {
  const { bsize, blocks, bfree } = fs.statfsSync(place);
  const size = bytes === undefined ? LARGE : Math.max(bsize, (blocks - bfree) * bsize + bytes);
  const why = run('mount', '-o', `remount,size=${size}`, place);
  if (why) throw new Error(`${place} cannot be given ${size} bytes: ${why}`);
}

/** Takes the right to write away from a folder, and from root too. @returns why that fails, where it does */
export function forbidWriting(place) {
  const why = run('mount', '--bind', place, place) ?? run('mount', '-o', 'remount,bind,ro', place);
  mounted.add(place);
  return why;
}

export function unmount(place) {
  if (mounted.delete(place)) run('umount', '-l', place);
}

export function unmountAll() {
  for (const place of [...mounted]) unmount(place);
}
