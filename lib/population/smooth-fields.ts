import type { Random } from 'lib/random';

/** Random smooth variation at three scales; the amounts are cm of standard deviation over a direction. */
const SCALES = [
  { length: 7, deviation: 0.16, count: 24, asymmetric: 0.1 },
  { length: 3.2, deviation: 0.08, count: 36, asymmetric: 0.15 },
  { length: 1.7, deviation: 0.03, count: 48, asymmetric: 0.2 },
] as const;

/**
 * Draws displacement fields whose random sums are close to Gaussian processes: what no named field says, and left-right
 * differences, which every face has.
 *
 * Each is a cosine wave (a random Fourier feature of a squared-exponential kernel of the scale's length) along one random
 * direction, made even or odd in x, so that it is exactly symmetric or exactly antisymmetric.
 *
 * @param points  [points, 3], flat, of the template
 * @returns       fields [points, 3], flat, cm a standard deviation
 *
 * Reference: Rahimi and Recht 2007, "Random features for large-scale kernel machines".
 */
export function smoothFields(points: Float32Array, random: Random): Float32Array[] {
  const fields: Float32Array[] = [];
  for (const { length, deviation, count, asymmetric } of SCALES)
    for (let feature = 0; feature < count; feature++) {
      const wave = [random.normal() / length, random.normal() / length, random.normal() / length];
      const phase = 2 * Math.PI * random.uniform();
      const direction = [random.normal(), random.normal(), random.normal()];
      const isOdd = random.uniform() < asymmetric;
      // variance of a coordinate: count x amplitude^2 x 1/3 (direction) x 1/2 x 1/2 (two waves squared) = deviation^2
      const amplitude = (2 * deviation * Math.sqrt(3 / count) * (isOdd ? 0.7 : 1)) / Math.hypot(...direction);
      const field = new Float32Array(points.length);
      for (let i = 0; i < points.length; i += 3) {
        const even = Math.cos(wave[0] * points[i]);
        const odd = Math.sin(wave[0] * points[i]);
        const along = amplitude * Math.cos(wave[1] * points[i + 1] + wave[2] * points[i + 2] + phase);
        field[i] = along * direction[0] * (isOdd ? even : odd);
        field[i + 1] = along * direction[1] * (isOdd ? odd : even);
        field[i + 2] = along * direction[2] * (isOdd ? odd : even);
      }
      fields.push(field);
    }
  return fields;
}
