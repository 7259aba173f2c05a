import { FileError, readBounded } from 'lib/files';
import { tf } from 'lib/tensorflow';
import { PNG } from 'pngjs';
import { readExif } from './exif';
import { readPictureHeader } from './picture-header';

/** A picture of any size. */
export interface ColourPicture {
  width: number;
  height: number;
  /** [height, width, 3] sRGB bytes in rows from the top */
  pixels: Uint8Array;
}

/** A picture from a file, upright. */
export interface DecodedPicture extends ColourPicture {
  /** As the file had it, 1 to 8; it is undone in `pixels`. */
  orientation: number;
  /** Of its camera, as if with film of 24 x 36 mm; absent when the file does not say. */
  focalLength35mm?: number;
  /** Whether some of it lets through what is behind it, for which white was taken. */
  transparent: boolean;
}

/** More than most cameras' files and pixels; decoding takes about 30 bytes a pixel. */
const MOST_BYTES = 64 * 2 ** 20;
const MOST_PIXELS = 40_000_000;

/**
 * Reads a picture from a JPEG or PNG file, and turns it upright as its EXIF data say.
 *
 * Grey pictures, palettes, 16 bits a channel (rounded to 8) and CMYK become RGB; what is transparent is laid over white. Colour
 * profiles are not looked at: all is taken as sRGB.
 *
 * @throws {FileError} when the file is not there, is no JPEG or PNG, holds more than 64 MiB or 40 million pixels (which is known
 *                     before any pixel is decoded), or is damaged or cut off
 */
export async function decodePicture(file: string): Promise<DecodedPicture> {
  const bytes = readBounded(file, MOST_BYTES);
  const { format, width, height, exif } = readPictureHeader(file, bytes);
  if (width * height > MOST_PIXELS)
    throw new FileError(file, `must have at most ${MOST_PIXELS} pixels, but has ${width} x ${height}`);
  const { orientation = 1, focalLength35mm } = exif ? readExif(exif) : {};
  let decoded: ColourPicture & { transparent: boolean };
  try {
    decoded = format === 'PNG' ? decodePng(bytes) : await decodeJpeg(bytes);
  } catch (error) {
    const reason = (error as Error).message.trim().split('\n').at(-1);
    throw new FileError(file, `cannot be decoded: it is damaged or cut off (${reason})`);
  }
  return {
    ...turnUpright(decoded, orientation),
    orientation,
    ...(focalLength35mm && { focalLength35mm }),
    transparent: decoded.transparent,
  };
}

async function decodeJpeg(bytes: Buffer) {
  const decoded = tf.node.decodeJpeg(bytes, 3);
  try {
    const [height, width] = decoded.shape;
    return { width, height, pixels: Uint8Array.from(await decoded.data()), transparent: false };
  } finally {
    decoded.dispose();
  }
}

/** By pngjs: TensorFlow takes grey of fewer than 8 bits for transparent. */
function decodePng(bytes: Buffer) {
  const { width, height, data } = PNG.sync.read(bytes);
  return { width, height, ...opaque(data) };
}

/** RGB of RGBA bytes, over white. */
function opaque(values: Uint8Array): { pixels: Uint8Array; transparent: boolean } {
  const pixels = new Uint8Array((3 * values.length) / 4);
  let transparent = false;
  for (let from = 0, to = 0; from < values.length; from += 4, to += 3) {
    const opacity = values[from + 3];
    if (opacity < 255) transparent = true;
    for (let c = 0; c < 3; c++) pixels[to + c] = 255 + Math.round((opacity * (values[from + c] - 255)) / 255);
  }
  return { pixels, transparent };
}

/**
 * A picture as it is to be shown, by EXIF's orientation: which side the stored first row and first column are on.
 *
 * | orientation | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 |
 * |---|---|---|---|---|---|---|---|---|
 * | first row | top | top | bottom | bottom | left | right | right | left |
 * | first column | left | right | right | left | top | top | bottom | bottom |
 */
export function turnUpright({ width, height, pixels }: ColourPicture, orientation: number): ColourPicture {
  if (orientation === 1) return { width, height, pixels };
  const rowsBecomeColumns = orientation >= 5;
  const [shownWidth, shownHeight] = rowsBecomeColumns ? [height, width] : [width, height];
  const rowIsLast = [3, 4, 6, 7].includes(orientation);
  const columnIsLast = [2, 3, 7, 8].includes(orientation);
  const shown = new Uint8Array(pixels.length);
  for (let row = 0, from = 0; row < height; row++)
    for (let column = 0; column < width; column++, from += 3) {
      const r = rowIsLast ? height - 1 - row : row;
      const c = columnIsLast ? width - 1 - column : column;
      const to = 3 * (rowsBecomeColumns ? c * shownWidth + r : r * shownWidth + c);
      shown[to] = pixels[from];
      shown[to + 1] = pixels[from + 1];
      shown[to + 2] = pixels[from + 2];
    }
  return { width: shownWidth, height: shownHeight, pixels: shown };
}
