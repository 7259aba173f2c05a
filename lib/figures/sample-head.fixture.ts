import type { TriangleMesh } from 'lib/mesh';
import ndarray from 'ndarray';

/**
 * A small surface for tests of figures: an egg of about a head's size in centimetres, with a nose toward -z.
 *
 * @param rings  circles from top to bottom; the surface has about twice the square of it as points
 */
export function sampleHead(rings = 40): TriangleMesh {
  const around = 2 * rings;
  const points: number[] = [];
  const triangles: number[] = [];
  for (let ring = 0; ring <= rings; ring++)
    for (let step = 0; step < around; step++) {
      const [down, turn] = [(Math.PI * ring) / rings, (2 * Math.PI * step) / around];
      const [x, y, z] = [Math.sin(down) * Math.cos(turn), Math.cos(down), Math.sin(down) * Math.sin(turn)];
      const nose = 1.8 * Math.exp(-((x / 0.16) ** 2 + ((y + 0.1) / 0.22) ** 2)) * (z < 0 ? 1 : 0);
      points.push(7.5 * x * (1 + 0.12 * y), 11 * y, 9 * z - nose);
      if (ring === rings) continue;
      const [a, b] = [ring * around + step, ring * around + ((step + 1) % around)];
      triangles.push(a, b, a + around, b, b + around, a + around);
    }
  return {
    points: ndarray(new Float32Array(points), [points.length / 3, 3]),
    triangles: ndarray(new Uint32Array(triangles), [triangles.length / 3, 3]),
  };
}
