import { applyHomography, type Matrix3 } from 'lib/geometry';
import type { ColourPicture } from './decode-picture';
import { LINEAR_LIGHT, LINEAR_STEPS, SRGB_BYTES } from './srgb';

/** Samples along a side of a pixel, at most: where a pixel covers more of the picture's, some are passed over. */
const MOST_SAMPLES = 64;

/**
 * A picture as another camera sees it.
 *
 * Each pixel is the mean, in linear light, of n x n samples of the picture, which is bilinear between its pixels' centres; n is
 * the number of the picture's pixels that one covers along a side, so that none is passed over when it shrinks. Beyond its edge
 * the picture goes on as it ends there.
 *
 * @param homography  takes pixels (u, v, from the corner) of the result to those of the picture
 * @param width       of the result, pixels
 * @returns           the picture, and the share of it that lies beyond the first picture's edge
 * @throws {RangeError} when a part of the result has no place in the picture: it lies at right angles to its camera or behind it
 */
export function warpPicture(
  { pixels, width: ownWidth, height: ownHeight }: ColourPicture,
  homography: Matrix3,
  width: number,
  height: number,
): ColourPicture & { shareOutside: number } {
  // of this function alone: what a module imports is looked up at each use
  const [light, bytes, white] = [LINEAR_LIGHT, SRGB_BYTES, LINEAR_STEPS];
  const [h0, h1, h2, h3, h4, h5, h6, h7, h8] = homography;
  const samples = samplesOf(homography, width, height);
  const scale = white / samples ** 2;
  const [right, bottom] = [ownWidth - 1, ownHeight - 1];
  const warped = new Uint8Array(3 * width * height);
  let outside = 0;
  for (let row = 0, pixel = 0; row < height; row++)
    for (let column = 0; column < width; column++, pixel += 3) {
      let red = 0.5 / scale;
      let green = red;
      let blue = red;
      for (let down = 0; down < samples; down++) {
        const v = row + (down + 0.5) / samples;
        for (let across = 0; across < samples; across++) {
          const u = column + (across + 0.5) / samples;
          const weight = 1 / (h6 * u + h7 * v + h8);
          // pixels' centres are at halves
          const x = (h0 * u + h1 * v + h2) * weight - 0.5;
          const y = (h3 * u + h4 * v + h5) * weight - 0.5;
          if (x < -0.5 || y < -0.5 || x > right + 0.5 || y > bottom + 0.5) outside++;
          const inX = Math.max(0, Math.min(right, x));
          const inY = Math.max(0, Math.min(bottom, y));
          const left = inX | 0;
          const top = inY | 0;
          const a = 3 * (top * ownWidth + left);
          const b = left < right ? a + 3 : a;
          const below = top < bottom ? 3 * ownWidth : 0;
          const c = a + below;
          const d = b + below;
          const wx = inX - left;
          const wy = inY - top;
          const wA = (1 - wx) * (1 - wy);
          const wB = wx * (1 - wy);
          const wC = (1 - wx) * wy;
          const wD = wx * wy;
          red += wA * light[pixels[a]] + wB * light[pixels[b]] + wC * light[pixels[c]] + wD * light[pixels[d]];
          green +=
            wA * light[pixels[a + 1]] +
            wB * light[pixels[b + 1]] +
            wC * light[pixels[c + 1]] +
            wD * light[pixels[d + 1]];
          blue +=
            wA * light[pixels[a + 2]] +
            wB * light[pixels[b + 2]] +
            wC * light[pixels[c + 2]] +
            wD * light[pixels[d + 2]];
        }
      }
      warped[pixel] = bytes[(red * scale) | 0];
      warped[pixel + 1] = bytes[(green * scale) | 0];
      warped[pixel + 2] = bytes[(blue * scale) | 0];
    }
  return { width, height, pixels: warped, shareOutside: outside / (width * height * samples ** 2) };
}

/** How many of the picture's pixels one of the result covers along a side, where most: at a corner, since weights are linear. */
function samplesOf(homography: Matrix3, width: number, height: number): number {
  let most = 1;
  for (const u of [0, width])
    for (const v of [0, height]) {
      const corner = applyHomography(homography, [u, v]);
      if (!(corner.weight > 0))
        throw new RangeError(
          `homography must take all of ${width} x ${height} pixels to the picture, but takes (${u}, ${v}) behind its camera`,
        );
      for (const [du, dv] of [
        [1, 0],
        [0, 1],
      ]) {
        const inward = [u > 0 ? u - du : u + du, v > 0 ? v - dv : v + dv] as const;
        const { pixel } = applyHomography(homography, inward);
        most = Math.max(most, Math.hypot(pixel[0] - corner.pixel[0], pixel[1] - corner.pixel[1]));
      }
    }
  return Math.min(MOST_SAMPLES, Math.ceil(most - 1e-9));
}
