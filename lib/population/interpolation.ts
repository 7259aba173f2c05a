export function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}

/** 0 at `from`, 1 at `to`, with level ends: t^2 (3 - 2 t). `from` may be the larger one. */
export function smoothStep(from: number, to: number, value: number): number {
  const t = clamp((value - from) / (to - from), 0, 1);
  return t * t * (3 - 2 * t);
}

/** The line through (x, y) pairs in falling order of x, level beyond its ends. */
export function piecewiseLinear(line: readonly (readonly [number, number])[], x: number): number {
  if (x >= line[0][0]) return line[0][1];
  for (let i = 1; i < line.length; i++) {
    const [left, atLeft] = line[i];
    if (x < left) continue;
    const [right, atRight] = line[i - 1];
    return atRight + ((atLeft - atRight) * (x - right)) / (left - right);
  }
  return line[line.length - 1][1];
}

/** Distance to a line through (x, y) pairs in falling order of x, positive above it (at larger y). */
export function distanceAbove(line: readonly (readonly [number, number])[], x: number, y: number): number {
  let nearest = Number.POSITIVE_INFINITY;
  for (let i = 1; i < line.length; i++) {
    const [px, py] = line[i - 1];
    const ex = line[i][0] - px;
    const ey = line[i][1] - py;
    const t = clamp(((x - px) * ex + (y - py) * ey) / (ex * ex + ey * ey), 0, 1);
    nearest = Math.min(nearest, Math.hypot(x - px - t * ex, y - py - t * ey));
  }
  return y > piecewiseLinear(line, x) ? nearest : -nearest;
}
