import type { Random } from 'lib/random';

/** A scan under construction, in the model frame. */
export interface ScanDraft {
  /** [points, 3], flat, cm */
  points: number[];
  /** [triangles, 3], flat */
  triangles: number[];
  /** [points] the sample of the surface that a point was read at */
  sample: number[];
}

/** The share of points that are spikes, and how far they stand out: at least, the mean beyond that, and at most; cm. */
const SPIKES = 0.0007;
const SPIKE_LEAST = 0.2;
const SPIKE_MEAN = 0.25;
const SPIKE_MOST = 1.5;

/**
 * Moves a few points far along their line of sight, to either side, as a wrong match of the light's pattern does.
 *
 * @param toward  [samples, 3] the direction from which a sample was read
 */
export function addSpikes({ points, sample }: ScanDraft, toward: Float32Array, random: Random): void {
  for (const [v, s] of sample.entries()) {
    if (random.uniform() >= SPIKES) continue;
    const height = Math.min(SPIKE_MOST, SPIKE_LEAST - SPIKE_MEAN * Math.log(1 - random.uniform()));
    moveAlong(points, v, toward, s, random.uniform() < 0.5 ? -height : height);
  }
}

/**
 * Adds two to six small pieces of surface that float 1.5 to 5 cm before or behind the scan: copies of patches of it.
 *
 * @param toward  [samples, 3] the direction from which a sample was read
 */
export function addIslands(draft: ScanDraft, toward: Float32Array, random: Random): void {
  const { points, triangles, sample } = draft;
  const [pointCount, triangleCount] = [sample.length, triangles.length / 3];
  if (triangleCount === 0) return;
  const fans: number[][] = Array.from({ length: pointCount }, () => []);
  for (let i = 0; i < triangles.length; i++) fans[triangles[i]].push(Math.floor(i / 3));
  for (let left = 2 + random.integer(5); left > 0; left--) {
    const size = 6 + random.integer(40);
    const height = (1.5 + 3.5 * random.uniform()) * (random.uniform() < 0.5 ? -1 : 1);
    const patch = new Set([random.integer(triangleCount)]);
    for (const triangle of patch) {
      for (let i = 0; i < 3 && patch.size < size; i++)
        for (const next of fans[triangles[3 * triangle + i]]) if (patch.size < size) patch.add(next);
    }
    const copies = new Map<number, number>();
    for (const triangle of patch)
      for (let i = 0; i < 3; i++) {
        const v = triangles[3 * triangle + i];
        let copy = copies.get(v);
        if (copy === undefined) {
          copy = sample.length;
          copies.set(v, copy);
          sample.push(sample[v]);
          points.push(points[3 * v], points[3 * v + 1], points[3 * v + 2]);
          moveAlong(points, copy, toward, sample[v], height + 0.1 * random.normal());
        }
        triangles.push(copy);
      }
  }
}

function moveAlong(points: number[], v: number, toward: Float32Array, s: number, height: number): void {
  const length = Math.hypot(toward[3 * s], toward[3 * s + 1], toward[3 * s + 2]);
  for (let c = 0; c < 3; c++) points[3 * v + c] += (height * toward[3 * s + c]) / length;
}
