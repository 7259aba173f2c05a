import type { TriangleMesh } from 'lib/mesh';

/**
 * A surface with at most so many of its points: those nearest to the middle of what lies in one cell of a grid.
 *
 * Triangles whose corners fall into fewer than three cells vanish. Good enough to look at from afar, not to measure.
 *
 * @returns  which points are kept, and the triangles [3 T] among them; all of both where they are few enough
 *
 * Reference: Rossignac and Borrel 1993.
 */
export function coarserSurface({ points, triangles }: TriangleMesh, most: number) {
  const count = points.shape[0];
  const at = (n: number, axis: number) => points.get(n, axis);
  const all = Uint32Array.from({ length: count }, (_, n) => n);
  const corners = Array.from({ length: 3 * triangles.shape[0] }, (_, i) => triangles.get(Math.floor(i / 3), i % 3));
  if (count <= most) return { kept: all, triangles: Uint32Array.from(corners) };
  const low = [0, 1, 2].map((axis) => all.reduce((least, n) => Math.min(least, at(n, axis)), Infinity));
  const high = [0, 1, 2].map((axis) => all.reduce((largest, n) => Math.max(largest, at(n, axis)), -Infinity));
  // a surface crosses about as many cells as its box's sides have; the cells grow until they are few enough
  let side = Math.max(...high.map((value, axis) => value - low[axis])) / Math.sqrt(most);
  for (; ; side *= 1.1) {
    const cells = new Map<string, number[]>();
    for (const n of all) {
      const key = [0, 1, 2].map((axis) => Math.floor((at(n, axis) - low[axis]) / side)).join();
      const cell = cells.get(key);
      if (cell) cell.push(n);
      else cells.set(key, [n]);
    }
    if (cells.size > most) continue;
    const place = new Uint32Array(count);
    const kept = Uint32Array.from([...cells.values()], (members, index) => {
      for (const n of members) place[n] = index;
      const middle = [0, 1, 2].map((axis) => members.reduce((sum, n) => sum + at(n, axis), 0) / members.length);
      const away = (n: number) => Math.hypot(...middle.map((value, axis) => at(n, axis) - value));
      return members.reduce((best, n) => (away(n) < away(best) ? n : best));
    });
    const left: number[] = [];
    for (let t = 0; t < corners.length; t += 3) {
      const [a, b, c] = [place[corners[t]], place[corners[t + 1]], place[corners[t + 2]]];
      if (a !== b && b !== c && c !== a) left.push(a, b, c);
    }
    return { kept, triangles: Uint32Array.from(left) };
  }
}
