import { createRandom } from 'lib/random';
import { type TriangleMesh, triangleMesh } from './triangle-mesh';

/** A unit cube, corners at 0 and 1, wound outwards: corner i has coordinates from the bits of i (x, y, z). */
export function unitCube(): TriangleMesh {
  const points = Float32Array.from({ length: 24 }, (_, i) => (Math.floor(i / 3) >> (i % 3)) & 1);
  const quads = [
    [0, 4, 6, 2],
    [1, 3, 7, 5],
    [0, 1, 5, 4],
    [2, 6, 7, 3],
    [0, 2, 3, 1],
    [4, 5, 7, 6],
  ];
  return triangleMesh(points, Uint32Array.from(quads.flatMap(([a, b, c, d]) => [a, b, c, a, c, d])));
}

/** A closed, bumpy ball of about `radius` cm around the origin, wound outwards. */
export function bumpyBall(radius: number, rings: number, seed: string | number): TriangleMesh {
  const random = createRandom(seed);
  const across = 2 * rings;
  const points: number[] = [0, radius, 0];
  for (let ring = 1; ring < rings; ring++)
    for (let i = 0; i < across; i++) {
      const down = (Math.PI * ring) / rings;
      const around = (2 * Math.PI * i) / across;
      const r = radius * (0.9 + 0.2 * random.uniform());
      points.push(r * Math.sin(down) * Math.cos(around), r * Math.cos(down), -r * Math.sin(down) * Math.sin(around));
    }
  points.push(0, -radius, 0);
  const at = (ring: number, i: number) => 1 + (ring - 1) * across + (i % across);
  const triangles: number[] = [];
  for (let i = 0; i < across; i++) {
    triangles.push(0, at(1, i), at(1, i + 1));
    for (let ring = 1; ring < rings - 1; ring++) {
      triangles.push(at(ring, i), at(ring + 1, i), at(ring, i + 1));
      triangles.push(at(ring, i + 1), at(ring + 1, i), at(ring + 1, i + 1));
    }
    triangles.push(at(rings - 1, i), points.length / 3 - 1, at(rings - 1, i + 1));
  }
  return triangleMesh(Float32Array.from(points), Uint32Array.from(triangles));
}
