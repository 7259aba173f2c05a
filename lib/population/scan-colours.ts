import type { Random } from 'lib/random';

/** Noise of the colour camera, bytes. */
const NOISE = 2;

/**
 * The colours that a scanner stores: the head in the light of a room and of a lamp beside the sensor, in sRGB bytes.
 *
 * radiance = albedo (room occlusion + lamp cos), cos the mean over where the sample was read from. Exposure and warmth
 * of the light differ from scan to scan.
 *
 * @param albedo     [samples, 3], flat, linear RGB
 * @param occlusion  [samples] how much of the surroundings a sample sees, 0 to 1
 * @param normals    [samples, 3], flat, outward unit normals
 * @param toward     [samples, 3], flat, the mean of the unit vectors to where a sample was read from, no longer than 1
 * @returns          [samples, 3], flat
 */
export function scanColours(
  albedo: Float32Array,
  occlusion: Float32Array,
  normals: Float32Array,
  toward: Float32Array,
  random: Random,
): Uint8Array {
  const exposure = 0.85 + 0.3 * random.uniform();
  const warmth = 0.05 * random.normal();
  const light = [exposure * (1 + warmth), exposure, exposure * (1 - warmth)];
  const colours = new Uint8Array(albedo.length);
  for (let s = 0, i = 0; s < occlusion.length; s++, i += 3) {
    const cosine = normals[i] * toward[i] + normals[i + 1] * toward[i + 1] + normals[i + 2] * toward[i + 2];
    const bright = 0.45 * occlusion[s] + 0.6 * Math.max(0, cosine);
    for (let c = 0; c < 3; c++)
      colours[i + c] = Math.min(
        255,
        Math.max(0, Math.round(encode(albedo[i + c] * bright * light[c]) + NOISE * random.normal())),
      );
  }
  return colours;
}

/** sRGB of linear light, 0 to 255 (IEC 61966-2-1). */
const encode = (linear: number) => 255 * (linear <= 0.0031308 ? 12.92 * linear : 1.055 * linear ** (1 / 2.4) - 0.055);
