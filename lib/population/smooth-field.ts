import type { Random } from 'lib/random';

/** Waves of a field: with so many its values are normal to the eye, and 8,000 points take a tenth of a second. */
const WAVES = 150;
/** ν = 5/2: twice differentiable. */
const DEGREES = 5;

/**
 * A draw from a Gaussian process with the Matérn 5/2 kernel, three independent components of variance 1 at each point.
 *
 * u_c(x) = sqrt(2 / W) Σ_w a_wc cos(f_w · x + p_w), f_w from the kernel's spectrum, a multivariate t of 2 ν = 5 degrees of freedom
 * and scale 1 / length, p_w uniform, a_wc standard normal: for many waves W its covariance is the kernel.
 *
 * @param points  [points, 3], flat, cm
 * @param length  the kernel's length scale, cm
 * @returns       [points, 3], flat
 *
 * Reference: Rahimi and Recht 2007, "Random features for large-scale kernel machines"; Rasmussen and Williams 2006, eq. 4.15.
 */
export function smoothField(points: ArrayLike<number>, length: number, random: Random): Float32Array {
  const field = new Float32Array(points.length);
  const gain = Math.sqrt(2 / WAVES);
  for (let wave = 0; wave < WAVES; wave++) {
    let squares = 0;
    for (let k = 0; k < DEGREES; k++) squares += random.normal() ** 2;
    const scale = Math.sqrt(DEGREES / squares) / length;
    const [x, y, z] = [scale * random.normal(), scale * random.normal(), scale * random.normal()];
    const phase = 2 * Math.PI * random.uniform();
    const [a, b, c] = [gain * random.normal(), gain * random.normal(), gain * random.normal()];
    for (let i = 0; i < points.length; i += 3) {
      const height = Math.cos(x * points[i] + y * points[i + 1] + z * points[i + 2] + phase);
      field[i] += a * height;
      field[i + 1] += b * height;
      field[i + 2] += c * height;
    }
  }
  return field;
}
