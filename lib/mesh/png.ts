import { writeWhole } from 'lib/files';
import { PNG } from 'pngjs';

/**
 * A picture as the bytes of a PNG file.
 *
 * @param rgb     [height, width, 3], sRGB bytes in rows from the top
 * @param width   pixels
 * @param height  pixels
 * @throws {RangeError} when `rgb` does not hold 3 x width x height bytes
 */
export function encodePng(rgb: Uint8Array | Uint8ClampedArray, width: number, height: number): Buffer {
  if (rgb.length !== 3 * width * height)
    throw new RangeError(
      `rgb must hold 3 x ${width} x ${height} = ${3 * width * height} bytes, but holds ${rgb.length}`,
    );
  const png = new PNG({ width, height, colorType: 2, inputColorType: 2, inputHasAlpha: false });
  png.data = Buffer.from(rgb.buffer, rgb.byteOffset, rgb.byteLength);
  return PNG.sync.write(png, { colorType: 2, inputColorType: 2, inputHasAlpha: false });
}

/** Writes a picture to a PNG file, whole or not at all; the arguments are those of `encodePng`. */
export function writePng(file: string, rgb: Uint8Array | Uint8ClampedArray, width: number, height: number): void {
  writeWhole(file, encodePng(rgb, width, height));
}
