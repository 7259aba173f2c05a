/** Steps of linear light from 0 to 1: fine enough that the steepest part of the curve moves by at most one byte. */
export const LINEAR_STEPS = 4096;

/** sRGB bytes of linear light (IEC 61966-2-1), by step. */
export const SRGB_BYTES = Uint8Array.from({ length: LINEAR_STEPS + 1 }, (_, i) => {
  const linear = i / LINEAR_STEPS;
  return Math.round(255 * (linear <= 0.0031308 ? 12.92 * linear : 1.055 * linear ** (1 / 2.4) - 0.055));
});

/** The linear light of an sRGB byte, 0 to 1. */
export const LINEAR_LIGHT = Float32Array.from({ length: 256 }, (_, byte) => {
  const value = byte / 255;
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
});
