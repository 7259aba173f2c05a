/**
 * The nearest point of a triangle to the point (x, y, z), as weights of its corners.
 *
 * @param corners  nine coordinates a triangle, flat
 * @param at       where the triangle's coordinates begin
 * @param weights  written to: the shares of the three corners, none below 0, their sum 1
 * @returns        the squared distance
 *
 * A triangle without area is one of its edges or points, to which the shares then belong.
 * Reference: Ericson 2005, "Real-Time Collision Detection", section 5.1.5.
 */
export function closestOnTriangle(
  corners: Float64Array,
  at: number,
  x: number,
  y: number,
  z: number,
  weights: Float64Array,
): number {
  const ax = corners[at];
  const ay = corners[at + 1];
  const az = corners[at + 2];
  const ux = corners[at + 3] - ax;
  const uy = corners[at + 4] - ay;
  const uz = corners[at + 5] - az;
  const vx = corners[at + 6] - ax;
  const vy = corners[at + 7] - ay;
  const vz = corners[at + 8] - az;
  const px = x - ax;
  const py = y - ay;
  const pz = z - az;
  const uu = ux * ux + uy * uy + uz * uz;
  const uv = ux * vx + uy * vy + uz * vz;
  const vv = vx * vx + vy * vy + vz * vz;
  const up = ux * px + uy * py + uz * pz;
  const vp = vx * px + vy * py + vz * pz;
  // the plane's nearest point is a + (s u + t v) / det
  const det = uu * vv - uv * uv;
  let s = vv * up - uv * vp;
  let t = uu * vp - uv * up;
  if (s >= 0 && t >= 0 && s + t <= det && det > 0) {
    s /= det;
    t /= det;
  } else {
    // outside: the nearest of the three edges' nearest points
    const onU = uu > 0 ? clampShare(up / uu) : 0;
    const onV = vv > 0 ? clampShare(vp / vv) : 0;
    const ww = uu - 2 * uv + vv;
    const onW = ww > 0 ? clampShare((vp - up - uv + uu) / ww) : 0;
    // squared distances to the point, less |p|²
    const toU = onU * (onU * uu - 2 * up);
    const toV = onV * (onV * vv - 2 * vp);
    const ofU = 1 - onW;
    const toW = ofU * (ofU * uu - 2 * up) + onW * (onW * vv - 2 * vp) + 2 * ofU * onW * uv;
    if (toU <= toV && toU <= toW) [s, t] = [onU, 0];
    else if (toV <= toW) [s, t] = [0, onV];
    else [s, t] = [ofU, onW];
  }
  weights[0] = Math.max(0, 1 - s - t);
  weights[1] = s;
  weights[2] = t;
  const dx = px - s * ux - t * vx;
  const dy = py - s * uy - t * vy;
  const dz = pz - s * uz - t * vz;
  return dx * dx + dy * dy + dz * dz;
}

const clampShare = (share: number): number => Math.min(1, Math.max(0, share));
