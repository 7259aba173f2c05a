import { type TriangleMesh, triangleMesh } from 'lib/mesh';

/** A closed box around the origin, wound outwards, each side in steps x steps squares; points of two sides are shared. */
export function box([width, height, depth]: readonly number[], steps: number): TriangleMesh {
  const numbers = new Map<string, number>();
  const points: number[] = [];
  const pointAt = (place: number[]): number => {
    const key = place.join();
    const known = numbers.get(key);
    if (known !== undefined) return known;
    numbers.set(key, numbers.size);
    points.push(...place.map((v, k) => (v / steps - 0.5) * [width, height, depth][k]));
    return numbers.size - 1;
  };
  const triangles: number[] = [];
  for (let axis = 0; axis < 3; axis++)
    for (const side of [0, steps])
      for (let u = 0; u < steps; u++)
        for (let v = 0; v < steps; v++) {
          const corner = (du: number, dv: number) => {
            const place = [0, 0, 0];
            place[axis] = side;
            place[(axis + 1) % 3] = u + du;
            place[(axis + 2) % 3] = v + dv;
            return pointAt(place);
          };
          const [a, b, c, d] = [corner(0, 0), corner(1, 0), corner(1, 1), corner(0, 1)];
          triangles.push(...(side > 0 ? [a, b, c, a, c, d] : [a, c, b, a, d, c]));
        }
  return triangleMesh(Float32Array.from(points), Uint32Array.from(triangles));
}

/** All surfaces as one, their points one after the other. */
export function together(...meshes: TriangleMesh[]): TriangleMesh {
  const points: number[] = [];
  const triangles: number[] = [];
  for (const mesh of meshes) {
    const before = points.length / 3;
    points.push(...mesh.points.data);
    for (const n of mesh.triangles.data) triangles.push(before + n);
  }
  return triangleMesh(Float32Array.from(points), Uint32Array.from(triangles));
}

/** The same surface in four times as many triangles. */
export function subdivided({ points, triangles: { data } }: TriangleMesh): TriangleMesh {
  const all = [...points.data];
  const middles = new Map<string, number>();
  const middle = (a: number, b: number): number => {
    const key = a < b ? `${a} ${b}` : `${b} ${a}`;
    const known = middles.get(key);
    if (known !== undefined) return known;
    for (let c = 0; c < 3; c++) all.push((points.data[3 * a + c] + points.data[3 * b + c]) / 2);
    middles.set(key, all.length / 3 - 1);
    return all.length / 3 - 1;
  };
  const triangles: number[] = [];
  for (let t = 0; t < data.length; t += 3) {
    const [a, b, c] = data.subarray(t, t + 3);
    const [ab, bc, ca] = [middle(a, b), middle(b, c), middle(c, a)];
    triangles.push(a, ab, ca, ab, b, bc, ca, bc, c, ab, bc, ca);
  }
  return triangleMesh(Float32Array.from(all), Uint32Array.from(triangles));
}

/** One triangle with two sides of a millimetre, around a place and across an axis. */
export function speck(place: readonly number[], axis: number): TriangleMesh {
  const points = [0, 1, 2].flatMap((corner) =>
    place.map((v, k) => v + (corner > 0 && k === (axis + corner) % 3 ? 0.1 : 0)),
  );
  return triangleMesh(Float32Array.from(points), Uint32Array.of(0, 1, 2));
}

/** The triangles of which all points are wanted, with all points. */
export function part(
  { points, triangles: { data } }: TriangleMesh,
  isWanted: (place: number[]) => boolean,
): TriangleMesh {
  const wanted = Uint8Array.from({ length: points.shape[0] }, (_, n) =>
    isWanted([0, 1, 2].map((k) => points.get(n, k))) ? 1 : 0,
  );
  return triangleMesh(
    points,
    data.filter((_, i) => [0, 1, 2].every((k) => wanted[data[i - (i % 3) + k]] === 1)),
  );
}
