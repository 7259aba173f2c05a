import { Inflate, Unzlib } from 'fflate';
import { FileError } from './file-error';

/** Bytes of a file that are read in order; `field` names what is read, for the error when they end too early. */
export interface ByteSource {
  /** The next bytes, valid until the next call. */
  read(count: number, field: string): Uint8Array;
  /** How many bytes have been read. */
  position(): number;
  /** Whether no byte is left. */
  ended(): boolean;
}

/** The bytes of an array, as they are. */
export function plainSource(file: string, bytes: Uint8Array): ByteSource {
  let at = 0;
  return {
    read(count, field) {
      if (count > bytes.length - at)
        throw new FileError(file, `${field} needs ${count} bytes at byte ${at}, but ${bytes.length - at} are left`);
      at += count;
      return bytes.subarray(at - count, at);
    },
    position: () => at,
    ended: () => at === bytes.length,
  };
}

/** So much compressed at a time: a stream of zeros grows a thousandfold, and must not do so all at once. */
const SLICE = 8192;

/**
 * The bytes that a compressed stream holds, inflated as they are asked for, so that a stream that holds far more than its file
 * says (a zip bomb) costs what was asked for and no more.
 *
 * @param form  `deflate` for the stream alone (zip), `zlib` for one with zlib's header and checksum (MAT)
 */
export function inflatingSource(file: string, bytes: Uint8Array, form: 'deflate' | 'zlib'): ByteSource {
  let ready: Uint8Array = new Uint8Array(0);
  let used = 0;
  let pushed = 0;
  let position = 0;
  const parts: Uint8Array[] = [];
  const stream = form === 'zlib' ? new Unzlib() : new Inflate();
  stream.ondata = (part) => {
    parts.push(part);
  };
  const inflateMore = (field: string) => {
    const next = bytes.subarray(pushed, pushed + SLICE);
    pushed += next.length;
    try {
      stream.push(next, pushed === bytes.length);
    } catch (error) {
      throw new FileError(file, `${field} cannot be inflated: ${(error as Error).message}`);
    }
  };
  const fill = (count: number, field: string) => {
    let length = ready.length - used;
    if (length >= count) return;
    parts.push(ready.subarray(used));
    while (length < count && pushed < bytes.length) {
      inflateMore(field);
      length = parts.reduce((sum, part) => sum + part.length, 0);
    }
    ready = parts.length === 1 ? parts[0] : joined(parts);
    used = 0;
    parts.length = 0;
    if (length < count)
      throw new FileError(file, `${field} needs ${count} bytes, but the compressed stream ends after ${length}`);
  };
  return {
    read(count, field) {
      fill(count, field);
      used += count;
      position += count;
      return ready.subarray(used - count, used);
    },
    position: () => position,
    ended() {
      while (used === ready.length && pushed < bytes.length) {
        inflateMore('the end of the stream');
        ready = joined(parts);
        used = 0;
        parts.length = 0;
      }
      return used === ready.length;
    },
  };
}

function joined(parts: Uint8Array[]): Uint8Array {
  const result = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    result.set(part, at);
    at += part.length;
  }
  return result;
}
