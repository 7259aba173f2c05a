import fs from 'node:fs';
import { checksum, readJson } from 'lib/files';
import type { z } from 'zod';

/** For a fingerprint of what a result is made from. */
export const checksumOf = (file: string): string => (fs.existsSync(file) ? checksum(fs.readFileSync(file)) : 'none');

/**
 * The result in a file; undefined when it is not there, broken, or made from something else, and so to be made again.
 *
 * @param checkRest  throws when what was written beside the result is gone or broken
 */
export function knownResult<T extends { madeFrom: string }>(
  file: string,
  schema: z.ZodType<T>,
  madeFrom: string,
  checkRest?: (known: T) => void,
): T | undefined {
  if (!fs.existsSync(file)) return undefined;
  try {
    const known = readJson(file, schema);
    if (known.madeFrom !== madeFrom) return undefined;
    checkRest?.(known);
    return known;
  } catch {
    return undefined;
  }
}
