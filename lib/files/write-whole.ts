import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

/**
 * Writes a file so that it is there whole or not at all, whenever the process is killed: beside its place, flushed to the
 * disk, then renamed. Makes the folders above it.
 */
export function writeWhole(file: string, content: string | Uint8Array): void {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  const beside = `${file}.${process.pid}.partial`;
  try {
    const handle = fs.openSync(beside, 'w');
    try {
      fs.writeFileSync(handle, content);
      fs.fsyncSync(handle);
    } finally {
      fs.closeSync(handle);
    }
    fs.renameSync(beside, file);
  } catch (error) {
    fs.rmSync(beside, { force: true });
    throw error;
  }
}

/** SHA-256, in hexadecimal. */
export const checksum = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex');
