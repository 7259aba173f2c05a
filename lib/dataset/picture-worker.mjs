// Reads, decodes and changes images for a training in a thread of its own: workerData is a `PixelStore`, a request names images,
// may say how each is changed (`PictureChange`), and may bring a buffer to write to; the reply brings it back with floats, from -1
// to 1 where nothing is changed.
import fs from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';

const { imageSize, stored, symmetrized } = workerData;
const row = 3 * imageSize;
const imageBytes = row * imageSize;
const files = stored instanceof Uint8Array ? [] : stored;
const bytesStored = files.reduce((sum, { bytes }) => sum + bytes, 0);
const count = (stored instanceof Uint8Array ? stored.length : bytesStored) / imageBytes;
const images = symmetrized ? 2 * count : count;
const FLOATS = Float32Array.from({ length: 256 }, (_, byte) => byte / 127.5 - 1);
const scratch = new Uint8Array(imageBytes);
const whole = new Float32Array(imageBytes);

parentPort.on('message', ({ step, images: asked, changes, buffer }) => {
  try {
    const length = asked.length * imageBytes;
    const pixels = buffer?.byteLength === 4 * length ? new Float32Array(buffer) : new Float32Array(length);
    asked.forEach((image, b) => {
      const into = pixels.subarray(b * imageBytes, (b + 1) * imageBytes);
      decode(image, changes ? whole : into);
      if (changes) change(whole, changes[b], into);
    });
    parentPort.postMessage({ step, pixels }, [pixels.buffer]);
  } catch (error) {
    parentPort.postMessage({ step, failure: String(error?.message ?? error) });
  }
});

function decode(image, into) {
  // a view beyond the end is shorter, and what it lacks would become pixels that are no numbers
  if (image >= images) throw new RangeError(`there is no image ${image}: the split has ${images}`);
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

/** Bilinear between pixels' centres, which are at halves; beyond its edge a picture goes on as it ends there. */
function change(picture, { homography: [h0, h1, h2, h3, h4, h5, h6, h7, h8], gain, offset }, into) {
  const last = imageSize - 1;
  const [red, green, blue] = gain;
  for (let y = 0, to = 0; y < imageSize; y++)
    for (let x = 0; x < imageSize; x++, to += 3) {
      const weight = 1 / (h6 * (x + 0.5) + h7 * (y + 0.5) + h8);
      const u = Math.max(0, Math.min(last, (h0 * (x + 0.5) + h1 * (y + 0.5) + h2) * weight - 0.5));
      const v = Math.max(0, Math.min(last, (h3 * (x + 0.5) + h4 * (y + 0.5) + h5) * weight - 0.5));
      const left = u | 0;
      const top = v | 0;
      const a = row * top + 3 * left;
      const b = left < last ? a + 3 : a;
      const c = top < last ? a + row : a;
      const d = b + c - a;
      const right = u - left;
      const down = v - top;
      const wA = (1 - right) * (1 - down);
      const wB = right * (1 - down);
      const wC = (1 - right) * down;
      const wD = right * down;
      into[to] = red * (wA * picture[a] + wB * picture[b] + wC * picture[c] + wD * picture[d]) + offset;
      into[to + 1] =
        green * (wA * picture[a + 1] + wB * picture[b + 1] + wC * picture[c + 1] + wD * picture[d + 1]) + offset;
      into[to + 2] =
        blue * (wA * picture[a + 2] + wB * picture[b + 2] + wC * picture[c + 2] + wD * picture[d + 2]) + offset;
    }
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
}
