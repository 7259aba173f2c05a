import type { Random } from 'lib/random';
import { clamp } from './interpolation';
import type { Landmarks } from './landmarks';

/** Patches that are lost in hair are about this large, cm, and their borders are as ragged as this share of the field. */
const PATCH = 1.1;
const WAVES = 16;
const RAGGED = 0.3;

/**
 * Which samples give no reading because hair scatters or swallows the light: 1 where lost.
 *
 * A random smooth field (a sum of waves, about normal) is compared with a level: between 5 % and 35 % of thick hair are lost,
 * more of dark hair than of light. The share and its law are ours: no measurement of it is known here.
 *
 * @param samples   [samples, 3], flat, cm
 * @param cover     [samples] how densely hair covers a sample, 0 to 1
 * @param lightness of the hair, linear, 0 to 1
 */
export function lostInHair(samples: Float32Array, cover: Float32Array, lightness: number, random: Random): Uint8Array {
  const level = 0.5 + 0.7 * random.uniform() + 1.2 * clamp(lightness, 0, 0.35);
  const waves = Array.from({ length: WAVES }, () => [
    random.normal() / PATCH,
    random.normal() / PATCH,
    random.normal() / PATCH,
    2 * Math.PI * random.uniform(),
  ]);
  return Uint8Array.from(cover, (share, s) => {
    const ragged = RAGGED * random.normal();
    if (share < 0.5) return 0;
    let field = 0;
    for (const [kx, ky, kz, phase] of waves)
      field += Math.cos(kx * samples[3 * s] + ky * samples[3 * s + 1] + kz * samples[3 * s + 2] + phase);
    return field * Math.sqrt(2 / WAVES) + ragged > level ? 1 : 0;
  });
}

/** A plane; what lies above it, n . x > offset, is kept. */
export interface Crop {
  normal: readonly [number, number, number];
  offset: number;
}

/**
 * Draws the plane that cuts the neck: between a fifth and two thirds of the way from the chin down to the model's end, tilted by
 * some degrees to any side, so that nothing of the model's own end is left.
 *
 * @param points  [points, 3], flat, cm, of the head
 */
export function neckCrop(points: Float32Array, landmarks: Landmarks, random: Random): Crop {
  let lowest = Infinity;
  for (let i = 1; i < points.length; i += 3) lowest = Math.min(lowest, points[i]);
  const chin = points[3 * landmarks.menton + 1];
  const height = chin - (chin - lowest) * (0.2 + 0.45 * random.uniform());
  const [leanX, leanZ] = [0.06 * random.normal(), 0.06 * random.normal()].map((lean) => clamp(lean, -0.12, 0.12));
  const length = Math.hypot(leanX, 1, leanZ);
  // the plane is level with `height` on the neck's axis, about x = 0 and z = 2
  return { normal: [leanX / length, 1 / length, leanZ / length], offset: (height + 2 * leanZ) / length };
}
