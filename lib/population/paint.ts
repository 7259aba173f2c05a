import type { Random } from 'lib/random';
import { smoothStep } from './interpolation';
import type { Colour, Palette } from './palette';
import type { HeadTemplate } from './template';

const EYE_WHITE: Colour = [0.55, 0.52, 0.5];
const LASH: Colour = [0.03, 0.02, 0.02];
const PUPIL: Colour = [0.01, 0.01, 0.01];

/**
 * Paints a head: the palette's colours, region over region, with a person's own mottling.
 *
 * @param random  draws the mottling: patches of a few centimetres and specks of a point
 * @returns       [points, 3], flat: albedo in linear RGB
 */
export function paintHead(template: HeadTemplate, palette: Palette, random: Random): Float32Array {
  const { regions } = template;
  const points = template.points.data;
  const albedo = new Float32Array(points.length);
  const patches = Array.from({ length: 6 }, () => [
    random.normal(),
    random.normal(),
    random.normal(),
    random.uniform(),
  ]);
  const { skin, hair, lip, iris } = palette;
  const colour = new Float64Array(3);
  const over = (paint: ArrayLike<number>, brightness: number, cover: number) => {
    if (cover <= 0) return;
    for (let c = 0; c < 3; c++) colour[c] += (brightness * paint[c] - colour[c]) * cover;
  };
  const tint = (red: number, green: number, blue: number, cover: number) => {
    colour[0] *= 1 + (red - 1) * cover;
    colour[1] *= 1 + (green - 1) * cover;
    colour[2] *= 1 + (blue - 1) * cover;
  };
  for (let i = 0; i < regions.hair.length; i++) {
    let patch = 0;
    for (const [x, y, z, phase] of patches)
      patch += Math.cos(0.5 * (x * points[3 * i] + y * points[3 * i + 1] + z * points[3 * i + 2]) + phase);
    const tone = 1 + 0.012 * patch + 0.025 * (2 * random.uniform() - 1);
    const strand = 1 + 0.15 * (2 * random.uniform() - 1);

    for (let c = 0; c < 3; c++) colour[c] = tone * skin[c];
    tint(1.02, 0.76, 0.74, palette.flush * regions.flush[i]);
    tint(0.8, 0.7, 0.7, 0.4 * regions.socket[i]);
    over(lip, 1, 0.85 * regions.lip[i]);
    over(skin, 0.12, 0.85 * regions.nostril[i]);
    over(hair, strand, palette.beard * regions.beard[i]);
    over(hair, strand, palette.browCover * smoothStep(-0.12, 0.16, regions.brow[i] + palette.browWidth));
    over(hair, strand, palette.hairCover * smoothStep(-0.3, 0.35, regions.hair[i] - palette.recession));
    over(LASH, 1, 0.8 * regions.lash[i]);
    over(EYE_WHITE, 1, regions.eye[i]);
    over(iris, 1, regions.iris[i]);
    over(iris, 0.3, regions.limbus[i]);
    over(PUPIL, 1, regions.pupil[i]);
    tint(0.4, 0.4, 0.4, regions.lidShadow[i]);
    albedo.set(colour, 3 * i);
  }
  return albedo;
}
