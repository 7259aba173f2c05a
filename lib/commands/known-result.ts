import fs from 'node:fs';
import { checksum, readJson } from 'lib/files';
import type { z } from 'zod';

/** For a fingerprint of what a result is made from. */
export const checksumOf = (file: string): string => (fs.existsSync(file) ? checksum(fs.readFileSync(file)) : 'none');

/** The result in a file; undefined when it is not there, broken, or made from something else, and so to be made again. */
export function knownResult<T extends { madeFrom: string }>(
  file: string,
  schema: z.ZodType<T>,
  madeFrom: string,
): T | undefined {
  if (!fs.existsSync(file)) return undefined;
  try {
    const known = readJson(file, schema);
    return known.madeFrom === madeFrom ? known : undefined;
  } catch {
    return undefined;
  }
}
