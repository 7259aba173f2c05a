import { createRandom, type Random } from 'lib/random';
import type { Triple } from './picture-light';
import { LINEAR_LIGHT, LINEAR_STEPS, SRGB_BYTES } from './srgb';

/** What a camera adds to a picture between the lens and the file. */
export interface PictureSensor {
  /** Standard deviation of a Gaussian blur, pixels. */
  blurPixels: number;
  /** Factors on linear red, green and blue: what is left of the light's tint, or too much was taken of it. */
  whiteBalance: Triple;
  /** Noise of a pixel with linear light v, 0 to 1: a normal number of variance readNoise^2 + shotNoise^2 v. */
  readNoise: number;
  shotNoise: number;
}

/**
 * Draws a sensor, from a good one in daylight to a poor one indoors.
 *
 * The blur is up to 0.8 pixels of a picture of 224, and the same share of others; white balance is off by 5 % (red, blue: one
 * standard deviation each); read noise is up to 0.8 % and shot noise up to 3 % of white, small ones more often.
 *
 * @param size  the picture's, pixels
 */
export function randomSensor(random: Random, size: number): PictureSensor {
  const { uniform, normal } = random;
  return {
    blurPixels: (0.8 * uniform() * size) / 224,
    whiteBalance: [Math.exp(0.05 * normal()), 1, Math.exp(0.05 * normal())],
    readNoise: 0.008 * uniform() ** 2,
    shotNoise: 0.03 * uniform() ** 2,
  };
}

/** Pixels. Below this a Gaussian's neighbouring weight is under 1.2e-5, nothing in a byte. */
const LEAST_BLUR = 0.21;
/** Normal numbers, drawn once: a picture takes them by 16 random bits each, which is much quicker than new ones. */
const NORMALS = (() => {
  const { normal } = createRandom('sensor noise');
  return Float32Array.from({ length: 1 << 16 }, normal);
})();

/**
 * Takes a picture through a sensor, in place: blur, white balance and noise in linear light, then sRGB bytes again.
 *
 * @param picture  [size, size, 3] sRGB bytes
 * @param random   of the noise
 *
 * What was clipped at white stays clipped: the bytes hold no more light.
 */
export function applySensor(picture: Uint8Array, size: number, sensor: PictureSensor, random: Random): void {
  // of this function alone: what a module imports is looked up at each use
  const [light, bytes, white] = [LINEAR_LIGHT, SRGB_BYTES, LINEAR_STEPS];
  const linear = new Float32Array(picture.length);
  for (let i = 0; i < linear.length; i++) linear[i] = light[picture[i]];
  if (sensor.blurPixels > LEAST_BLUR) blur(linear, size, sensor.blurPixels);
  const readVariance = sensor.readNoise ** 2;
  const shotVariance = sensor.shotNoise ** 2;
  const noisy = readVariance + shotVariance > 0;
  for (let c = 0; c < 3; c++) {
    const balance = sensor.whiteBalance[c];
    for (let i = c; i < linear.length; i += 3) {
      let value = linear[i] * balance;
      if (noisy)
        value += NORMALS[(random.uniform() * NORMALS.length) | 0] * Math.sqrt(readVariance + shotVariance * value);
      picture[i] = bytes[value <= 0 ? 0 : value >= 1 ? white : (value * white + 0.5) | 0];
    }
  }
}

/** A Gaussian along rows, then columns, out to three deviations; the border's pixels go on beyond it. */
function blur(values: Float32Array, size: number, deviation: number): void {
  const reach = Math.ceil(3 * deviation);
  const weights = Float64Array.from({ length: 2 * reach + 1 }, (_, k) =>
    Math.exp(-(((k - reach) / deviation) ** 2) / 2),
  );
  const sum = weights.reduce((a, b) => a + b);
  for (let k = 0; k < weights.length; k++) weights[k] /= sum;
  const line = new Float32Array(3 * (size + 2 * reach));
  for (const [step, across] of [
    [3, 3 * size],
    [3 * size, 3],
  ])
    for (let start = 0, lines = 0; lines < size; lines++, start += across) {
      for (let place = -reach, to = 0; place < size + reach; place++, to += 3) {
        const from = start + step * Math.max(0, Math.min(size - 1, place));
        line[to] = values[from];
        line[to + 1] = values[from + 1];
        line[to + 2] = values[from + 2];
      }
      for (let place = 0, to = start; place < size; place++, to += step) {
        let red = 0;
        let green = 0;
        let blue = 0;
        for (let k = 0, from = 3 * place; k < weights.length; k++, from += 3) {
          red += weights[k] * line[from];
          green += weights[k] * line[from + 1];
          blue += weights[k] * line[from + 2];
        }
        values[to] = red;
        values[to + 1] = green;
        values[to + 2] = blue;
      }
    }
}
