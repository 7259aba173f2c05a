import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { FileError } from './file-error';

// A sealed file holds the checksum of itself: after a mark stand 64 digits, the SHA-256 of all its bytes with these digits as
// zeros. The mark is a field in JSON, a comment in a mesh, a dataset in HDF5, so that other programs read the file as ever.

const MARK = 'content-sha256:';
const DIGITS = 64;
const ZEROS = Buffer.alloc(DIGITS, '0');

/** What a file holds in place of its seal before it has one. */
export const SEAL = MARK + ZEROS;

/** Whether a text could be a seal. */
export const isSeal = (text: unknown): boolean =>
  typeof text === 'string' && /^content-sha256:[0-9a-f]{64}$/.test(text);

/** The checksum in a seal, which alone is none: the first mark in a file is the file's own. */
export const sealDigits = (seal: string): string => seal.slice(MARK.length);

/** Puts the checksum into content that holds `SEAL`, in place; of several the first is the seal. */
export function sealed<T extends Buffer>(content: T): T {
  const at = content.indexOf(SEAL);
  if (at < 0) throw new RangeError(`content must hold ${SEAL}, but does not`);
  content.write(digest(content, at + MARK.length), at + MARK.length, 'latin1');
  return content;
}

/** How the seal of some bytes does not fit them, in words; undefined where it fits. Bytes without one, as of others, fit. */
export function brokenSeal(content: Uint8Array): string | undefined {
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  const at = bytes.indexOf(MARK);
  if (at < 0) return undefined;
  const said = bytes.toString('latin1', at + MARK.length, at + MARK.length + DIGITS);
  const found = digest(bytes, at + MARK.length);
  const shown = said.slice(0, 12).replace(/[^0-9a-f]/g, '?');
  return said === found ? undefined : `its checksum must be ${shown}..., but is ${found.slice(0, 12)}...`;
}

/**
 * Verifies the seal of a file's bytes. Bytes without one pass: files of others, and those of earlier versions.
 *
 * @throws {FileError} that names the file and what to do, when it was changed since it was sealed
 */
export function checkSeal(file: string, content: Uint8Array): void {
  const broken = brokenSeal(content);
  if (broken)
    throw new FileError(
      file,
      `was changed since it was written: ${broken}; ${wayOut(file)}; who changed it on purpose takes its ${MARK} and the digits out`,
    );
}

function digest(bytes: Buffer, at: number): string {
  return createHash('sha256')
    .update(bytes.subarray(0, at))
    .update(ZEROS)
    .update(bytes.subarray(at + DIGITS))
    .digest('hex');
}

/**
 * What to do about a file that one of our commands made and that is damaged or gone, in words.
 *
 * Beside its folder may stand what says that all in the folder is there, and must go too: FOLDER.json, an index, and
 * FOLDER.1-of-4.done, which the workflow makes.
 */
export function wayOut(file: string): string {
  const folder = path.dirname(file);
  const { dir: above, base } = path.parse(folder);
  const beside = fs.existsSync(above) ? fs.readdirSync(above) : [];
  const removed = [
    ...(fs.existsSync(file) ? ['it'] : []),
    ...(beside.some((name) => name.startsWith(`${base}.`) && name.endsWith('.done')) ? [`${folder}.*.done`] : []),
    ...(beside.includes(`${base}.json`) ? [`${folder}.json`] : []),
  ].join(' and ');
  return `${removed && `remove ${removed}, and `}run again what made it (npm start and npm run reproduce do so by themselves)`;
}

/** Reads a file that one of our commands made: whatever is wrong with it, the error says what to do. */
export function readMade<T>(file: string, read: (file: string) => T): T {
  try {
    return read(file);
  } catch (error) {
    throw withWayOut(file, error as Error);
  }
}

/** The error of a file that one of our commands made, with what to do where it does not say so yet. */
export function withWayOut(file: string, error: Error): Error {
  if (error.message.includes('run again what made it')) return error;
  const named = error.message.includes(file) ? error.message : `${file}: ${error.message}`;
  return new Error(`${named}; ${wayOut(file)}`, { cause: error });
}
