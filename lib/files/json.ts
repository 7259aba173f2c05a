import fs from 'node:fs';
import path from 'node:path';
import type { z } from 'zod';
import { FileError } from './file-error';
import { checkFile } from './read-bounded';
import { checkSeal, isSeal, SEAL, sealed, wayOut } from './seal';
import { writeWhole } from './write-whole';

/** The text of an object in JSON, indented for people, with its seal as the first field. */
export const sealedJson = (value: object): string =>
  sealed(Buffer.from(`${JSON.stringify({ checksum: SEAL, ...value }, null, 1)}\n`)).toString();

/** Writes an object whole, as `sealedJson` has it. */
export const writeJson = (file: string, value: object): void => writeWhole(file, sealedJson(value));

/**
 * Reads JSON of a known form, written by `writeJson` or by hand.
 *
 * @param most  how many bytes it may hold, for one that someone else wrote
 * @throws {Error} that names the file, and what was changed in it, or the field and what was expected
 */
export function readJson<T>(file: string, schema: z.ZodType<T>, most = Number.POSITIVE_INFINITY): T {
  if (fs.existsSync(file)) checkFile(file, most);
  const bytes = read(file);
  checkSeal(file, bytes);
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    throw new Error(
      `${file} cannot be read as JSON: ${(error as Error).message}; if a command made it, ${wayOut(file)}`,
    );
  }
  const result = schema.safeParse(unsealed(file, value));
  if (result.success) return result.data;
  const fields = result.error.issues.map((issue) => `${issue.path.join('.') || path.basename(file)}: ${issue.message}`);
  throw new Error(`${file} is not as expected:\n  ${fields.slice(0, 5).join('\n  ')}`);
}

function read(file: string): Buffer {
  try {
    return fs.readFileSync(file);
  } catch (error) {
    throw new Error(`${file} cannot be read as JSON: ${(error as Error).message}`);
  }
}

/** The value without the field that `writeJson` adds. */
function unsealed(file: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('checksum' in value)) return value;
  const { checksum, ...rest } = value;
  if (!isSeal(checksum)) throw new FileError(file, `checksum must be a seal, but is damaged; ${wayOut(file)}`);
  return rest;
}
