import type { Random } from 'lib/random';

export type Triple = readonly [number, number, number];

/** Light in the camera frame (+x to the picture's left, +y up, +z into the scene). */
export interface PictureLight {
  /**
   * [9, 3] linear RGB: the light that arrives at a surface with normal n is sum_k harmonics_k Y_k(n), Y the real spherical
   * harmonics of order 0 to 2 in the order 1; y, z, x; xy, yz, 3z^2 - 1, xz, x^2 - y^2. The cosine is already folded in,
   * and white of 1 at every n shows the albedo itself.
   */
  harmonics: ArrayLike<number>;
  /** One far lamp on top. */
  lamp?: {
    /** unit vector toward the lamp */
    direction: Triple;
    /** linear RGB */
    colour: Triple;
    /** strength of skin's broad highlight, about 0.05 */
    specular: number;
  };
}

/** Real spherical harmonics' factors, orders 0 to 2 (Ramamoorthi and Hanrahan 2001, eq. 3). */
export const Y0 = 0.5 * Math.sqrt(1 / Math.PI);
export const Y1 = Math.sqrt(3 / (4 * Math.PI));
export const Y2 = Math.sqrt(15 / (4 * Math.PI));
export const Y20 = 0.25 * Math.sqrt(5 / Math.PI);
export const Y22 = 0.25 * Math.sqrt(15 / Math.PI);

/**
 * The order-2 harmonics of the light that a far, white lamp sends to a diffuse surface.
 *
 * c_k = A_l Y_k(d), A = (pi, 2 pi / 3, pi / 4): so sum_k c_k Y_k(n) is close to max(0, n . d), within 0.1.
 *
 * @param direction  unit vector toward the lamp
 * @returns          [9], one number a harmonic
 *
 * Reference: Ramamoorthi and Hanrahan 2001, "An efficient representation for irradiance environment maps".
 */
export function lampHarmonics([x, y, z]: Triple): number[] {
  const a1 = ((2 * Math.PI) / 3) * Y1;
  const a2 = Math.PI / 4;
  return [
    Math.PI * Y0,
    a1 * y,
    a1 * z,
    a1 * x,
    a2 * Y2 * x * y,
    a2 * Y2 * y * z,
    a2 * Y20 * (3 * z * z - 1),
    a2 * Y2 * x * z,
    a2 * Y22 * (x * x - y * y),
  ];
}

/**
 * Draws light as a face meets it: a room, brighter above than below, two soft lamps anywhere, and often a lamp on the
 * camera's side, each with its own tint; then all is scaled to an exposure.
 *
 * The exposure, the mean light on a surface that faces the camera, is uniform between 0.8 and 1.35. Four lights in five
 * have the direct lamp. The light is fixed to the camera, as when people turn in front of it.
 */
export function randomLight(random: Random): PictureLight {
  const between = (low: number, high: number) => low + (high - low) * random.uniform();
  // warm (incandescent) to cool (sky): red and blue move against each other
  const tint = (spread: number): Triple => {
    const warmth = spread * random.normal();
    return [1 + warmth, 1, 1 - warmth];
  };
  const toward = (x: number, y: number, z: number): Triple => {
    const length = Math.hypot(x, y, z);
    return [x / length, y / length, z / length];
  };
  const harmonics = new Float32Array(27);
  const add = (coefficients: number[], colour: Triple, strength: number) => {
    for (let k = 0; k < coefficients.length; k++)
      for (let c = 0; c < 3; c++) harmonics[3 * k + c] += strength * colour[c] * coefficients[k];
  };
  const skyShare = between(0, 0.3);
  add([1 / Y0, skyShare / Y1], tint(0.05), between(0.25, 0.5));
  for (let soft = 0; soft < 2; soft++)
    add(
      lampHarmonics(toward(random.normal(), 0.4 + 0.5 * random.normal(), -0.5 + random.normal())),
      tint(0.12),
      between(0, 0.45),
    );
  const direction = toward(between(-1, 1), between(0, 0.9), -0.75);
  const colour = tint(0.06);
  const strength = random.uniform() < 0.8 ? between(0.3, 1) : 0;
  const specular = between(0.03, 0.08);

  const facing = Y0 * harmonics[1] - Y1 * harmonics[7] + 2 * Y20 * harmonics[19] - strength * direction[2];
  const exposure = between(0.8, 1.35) / facing;
  for (let i = 0; i < 27; i++) harmonics[i] *= exposure;
  if (strength === 0) return { harmonics };
  const scaled = colour.map((value) => value * strength * exposure) as unknown as Triple;
  return { harmonics, lamp: { direction, colour: scaled, specular } };
}
