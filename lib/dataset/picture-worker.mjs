// Reads and decodes images for a training in a thread of its own: workerData is a `PixelStore`, a request names images and may
// bring a buffer to write to, the reply brings it back with floats from -1 to 1.
import fs from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';

const { imageSize, stored, symmetrized } = workerData;
const row = 3 * imageSize;
const imageBytes = row * imageSize;
const files = stored instanceof Uint8Array ? [] : stored;
const bytesStored = files.reduce((sum, { bytes }) => sum + bytes, 0);
const count = (stored instanceof Uint8Array ? stored.length : bytesStored) / imageBytes;
const FLOATS = Float32Array.from({ length: 256 }, (_, byte) => byte / 127.5 - 1);
const scratch = new Uint8Array(imageBytes);

parentPort.on('message', ({ step, images, buffer }) => {
  try {
    const length = images.length * imageBytes;
    const pixels = buffer?.byteLength === 4 * length ? new Float32Array(buffer) : new Float32Array(length);
    images.forEach((image, b) => {
      decode(image, pixels.subarray(b * imageBytes, (b + 1) * imageBytes));
    });
    parentPort.postMessage({ step, pixels }, [pixels.buffer]);
  } catch (error) {
    parentPort.postMessage({ step, failure: String(error?.message ?? error) });
  }
});

function decode(image, into) {
  if (symmetrized && image >= count) {
    const bytes = read(image - count);
    for (let start = 0; start < imageBytes; start += row)
      for (let from = start, to = start + row - 3; to >= start; from += 3, to -= 3) {
        into[to] = FLOATS[bytes[from]];
        into[to + 1] = FLOATS[bytes[from + 1]];
        into[to + 2] = FLOATS[bytes[from + 2]];
      }
    return;
  }
  const bytes = read(image);
  for (let i = 0; i < imageBytes; i++) into[i] = FLOATS[bytes[i]];
}

function read(image) {
  const start = image * imageBytes;
  if (stored instanceof Uint8Array) return stored.subarray(start, start + imageBytes);
  let before = 0;
  for (const { file, offset, bytes } of files) {
    if (start >= before && start < before + bytes) {
      const handle = fs.openSync(file, 'r');
      try {
        const got = fs.readSync(handle, scratch, 0, imageBytes, offset + start - before);
        if (got < imageBytes) throw new Error(`${file} is cut off: an image in it is not whole`);
        return scratch;
      } finally {
        fs.closeSync(handle);
      }
    }
    before += bytes;
  }
  throw new RangeError(`there is no image ${image}`);
}
