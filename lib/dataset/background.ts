import type { Random } from 'lib/random';

/** Cells of the coarse unevenness, across the picture and down. */
const UNEVEN_CELLS = 5;

/**
 * Draws what stands behind a head: a wall that runs from one colour to another, things before it (up to seven boxes and
 * discs, from sharp to far out of focus), and a coarse unevenness over all. No part of it is a photograph.
 *
 * Colours are a grey between 2 and 85 % (even on a scale of perceived brightness) with a tint; a thing covers it by 40 to
 * 100 %, is 10 to 70 % of the picture wide, and its border is 0.5 to 25 % of the picture soft. The unevenness multiplies by
 * 1 ± 0.15 at most. All lengths are shares of the picture, so that small and large pictures are of the same scene.
 *
 * @param size  pixels
 * @param into  [size, size, 3] linear RGB, written to and returned when given
 */
export function randomBackground(
  random: Random,
  size: number,
  into: Float32Array = new Float32Array(3 * size * size),
): Float32Array {
  fillGradient(random, size, into);
  const things = random.integer(8);
  for (let i = 0; i < things; i++) drawThing(random, size, into);
  makeUneven(random, size, into);
  return into;
}

/** Linear RGB of something in a room: grey more often than not. */
function randomColour({ uniform, normal }: Random): number[] {
  const grey = (0.14 + 0.78 * uniform()) ** 2;
  const saturation = 0.35 * uniform() ** 2;
  return Array.from({ length: 3 }, () => Math.min(1, grey * Math.exp(saturation * 2 * normal())));
}

function fillGradient(random: Random, size: number, into: Float32Array): void {
  const from = randomColour(random);
  const mixed = random.uniform();
  const to = randomColour(random).map((v, c) => from[c] + mixed * (v - from[c]));
  const angle = 2 * Math.PI * random.uniform();
  const [right, down] = [Math.cos(angle) / size, Math.sin(angle) / size];
  for (let row = 0, i = 0; row < size; row++)
    for (let column = 0; column < size; column++, i += 3) {
      const along = 0.5 + 0.7 * (right * (column - size / 2) + down * (row - size / 2));
      for (let c = 0; c < 3; c++) into[i + c] = from[c] + along * (to[c] - from[c]);
    }
}

/** A disc or a turned box over what is there. */
function drawThing(random: Random, size: number, into: Float32Array): void {
  const { uniform, normal } = random;
  const isDisc = uniform() < 0.4;
  const colour = randomColour(random);
  const cover = 0.4 + 0.6 * uniform();
  const middle = [uniform() * size, uniform() * size];
  const half = [0.05 + 0.3 * uniform(), 0.05 + 0.3 * uniform()].map((v) => v * size);
  // most things in a room stand upright
  const angle = 0.15 * normal();
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const soft = size * (0.005 + 0.245 * uniform() ** 2);
  const reach = Math.hypot(half[0], half[1]) + soft;
  const [top, bottom] = [middle[1] - reach, middle[1] + reach].map((v) => Math.max(0, Math.min(size, Math.round(v))));
  const [left, right] = [middle[0] - reach, middle[0] + reach].map((v) => Math.max(0, Math.min(size, Math.round(v))));
  for (let row = top; row < bottom; row++)
    for (let column = left; column < right; column++) {
      const dx = column - middle[0];
      const dy = row - middle[1];
      const u = Math.abs(cos * dx + sin * dy);
      const v = Math.abs(cos * dy - sin * dx);
      // about the distance from the border, positive inside
      const inside = isDisc
        ? (1 - Math.sqrt((u / half[0]) ** 2 + (v / half[1]) ** 2)) * Math.min(half[0], half[1])
        : Math.min(half[0] - u, half[1] - v);
      const share = cover * Math.max(0, Math.min(1, 0.5 + inside / soft));
      if (share === 0) continue;
      const i = 3 * (row * size + column);
      for (let c = 0; c < 3; c++) into[i + c] += share * (colour[c] - into[i + c]);
    }
}

/** Multiplies by numbers that change slowly: random at the corners of a coarse grid, bilinear between. */
function makeUneven(random: Random, size: number, into: Float32Array): void {
  const strength = 0.15 * random.uniform();
  const corners = UNEVEN_CELLS + 1;
  const grid = Float64Array.from({ length: corners * corners }, () => 1 + strength * (2 * random.uniform() - 1));
  const step = UNEVEN_CELLS / size;
  for (let row = 0, i = 0; row < size; row++) {
    const y = row * step;
    const above = corners * Math.floor(y);
    const down = y % 1;
    for (let column = 0; column < size; column++, i += 3) {
      const x = column * step;
      const at = above + Math.floor(x);
      const right = x % 1;
      const upper = grid[at] + right * (grid[at + 1] - grid[at]);
      const lower = grid[at + corners] + right * (grid[at + corners + 1] - grid[at + corners]);
      const factor = upper + down * (lower - upper);
      for (let c = 0; c < 3; c++) into[i + c] *= factor;
    }
  }
}
