import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

/**
 * Writes a file so that it is there whole or not at all, whenever the process is killed: beside its place, flushed to the
 * disk, then renamed. Makes the folders above it.
 */
export function writeWhole(file: string, content: string | Uint8Array): void {
  const beside = `${file}.${process.pid}.partial`;
  try {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    const handle = fs.openSync(beside, 'w');
    try {
      fs.writeFileSync(handle, content);
      fs.fsyncSync(handle);
    } finally {
      fs.closeSync(handle);
    }
    fs.renameSync(beside, file);
  } catch (error) {
    removeQuietly(beside);
    throw diskError(file, error);
  }
}

/**
 * Adds to a file's end, flushed to the disk; makes the file when it is not there.
 *
 * A kill or a full disk may leave the first part of the content: who reads the file must bear that.
 */
export function append(file: string, content: string | Uint8Array): void {
  try {
    const handle = fs.openSync(file, 'a');
    try {
      fs.writeFileSync(handle, content);
      fs.fsyncSync(handle);
    } finally {
      fs.closeSync(handle);
    }
  } catch (error) {
    throw diskError(file, error);
  }
}

/** What is left of a failed write; where the disk refuses that too, the first error says more. */
function removeQuietly(file: string): void {
  try {
    fs.rmSync(file, { force: true });
  } catch {
    // a folder that may not be written to holds nothing of ours
  }
}

const FULL = ['ENOSPC', 'EDQUOT'];
const FORBIDDEN = ['EACCES', 'EPERM', 'EROFS'];

/** Why nothing may be made in a folder, or in the first above it that is there; undefined where it may. */
function whyForbidden(folder: string): string | undefined {
  if (!fs.existsSync(folder) && path.dirname(folder) !== folder) return whyForbidden(path.dirname(folder));
  try {
    fs.accessSync(folder, fs.constants.W_OK);
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code;
  }
}

/** Node's own error does not always say which file could not be written, and never what to do. */
export function diskError(file: string, error: unknown): unknown {
  const { code: told = '' } = error as NodeJS.ErrnoException;
  // Node's word for folders that cannot be made on a disk that is read only
  const code = told === 'ENOENT' ? (whyForbidden(path.dirname(file)) ?? told) : told;
  const why = FULL.includes(code)
    ? `the disk is full (${code}); free some space`
    : FORBIDDEN.includes(code) && `its folder may not be written to (${code}); give yourself write permission`;
  if (!why) return error;
  return new Error(`${file} cannot be written: ${why} and run the same command again`, { cause: error });
}

/** SHA-256, in hexadecimal. */
export const checksum = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex');
