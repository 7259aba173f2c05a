import fs from 'node:fs';
import { FileError } from './file-error';

/**
 * Reads a file whole, after a look at its size.
 *
 * @param most  how many bytes it may hold
 * @throws {FileError} when it is not there, no file or too large
 */
export function readBounded(file: string, most: number): Buffer {
  checkFile(file, most);
  return fs.readFileSync(file);
}

/** Its size in bytes, when it is a file of at most `most` bytes; see `readBounded`. */
export function checkFile(file: string, most: number): number {
  const found = fs.statSync(file, { throwIfNoEntry: false });
  if (!found) throw new FileError(file, 'is not there');
  if (!found.isFile()) throw new FileError(file, 'must be a file, but is none');
  if (found.size > most) throw new FileError(file, `must hold at most ${most} bytes, but holds ${found.size}`);
  return found.size;
}
