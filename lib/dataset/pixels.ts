import fs from 'node:fs';
import { mirrorPicture } from './symmetrize';

/**
 * The bytes of a split's images, one image after the other: a Uint8Array, or what reads them from files when they are asked
 * for, so that a split of any size can be opened.
 */
export interface Pixels {
  readonly length: number;
  subarray(start: number, end: number): Uint8Array;
}

/** Where pixels lie, in a form that can be sent to a thread. */
export interface PixelStore {
  imageSize: number;
  /** In memory, or in order in files. */
  stored: Uint8Array | PixelFile[];
  /** Whether all images follow once more, mirrored. */
  symmetrized: boolean;
}

/** A part of a file that holds whole images. */
export interface PixelFile {
  file: string;
  /** Bytes before the first image, and of all its images. */
  offset: number;
  bytes: number;
}

/** @param store  its files hold whole images, and are read anew for each `subarray` */
export function pixelsOf(store: PixelStore): Pixels & { store: PixelStore } {
  const { imageSize, stored, symmetrized } = store;
  const imageBytes = 3 * imageSize * imageSize;
  const length = stored instanceof Uint8Array ? stored.length : stored.reduce((sum, { bytes }) => sum + bytes, 0);
  const read = (start: number, end: number) =>
    stored instanceof Uint8Array ? stored.subarray(start, end) : readFiles(stored, start, end);
  return {
    store,
    length: symmetrized ? 2 * length : length,
    subarray(start, end) {
      if (end <= length) return read(start, end);
      const result = new Uint8Array(end - start);
      // image by image: from the middle on they are mirrored
      for (let at = start; at < end; ) {
        const first = at - (at % imageBytes);
        const image =
          first < length
            ? read(first, first + imageBytes)
            : mirrorPicture(read(first - length, first - length + imageBytes), imageSize);
        const part = image.subarray(at - first, Math.min(imageBytes, end - first));
        result.set(part, at - start);
        at += part.length;
      }
      return result;
    },
  };
}

export const storeOf = (pixels: Pixels, imageSize: number): PixelStore =>
  'store' in pixels
    ? (pixels.store as PixelStore)
    : { imageSize, stored: pixels.subarray(0, pixels.length), symmetrized: false };

function readFiles(files: PixelFile[], start: number, end: number): Uint8Array {
  const result = new Uint8Array(end - start);
  let before = 0;
  for (const { file, offset, bytes } of files) {
    const from = Math.max(start, before);
    const to = Math.min(end, before + bytes);
    if (from < to) {
      const handle = fs.openSync(file, 'r');
      try {
        const read = fs.readSync(handle, result, from - start, to - from, offset + from - before);
        if (read < to - from) throw new Error(`${file} is cut off: an image in it is not whole`);
      } finally {
        fs.closeSync(handle);
      }
    }
    before += bytes;
  }
  return result;
}
