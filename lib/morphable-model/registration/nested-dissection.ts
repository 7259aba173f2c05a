import type { SparseMatrix } from './sparse-matrix';

/** Sets of at most as many points are not split any more. */
const LEAF = 24;

/**
 * An order of elimination that keeps the Cholesky factor of a surface's matrix sparse, by nested dissection.
 *
 * The points are halved across their longest extent; those of the first half that the matrix joins with the second one
 * separate the halves and come last; each half is ordered in the same way. For a surface of n points the factor holds about
 * n log n numbers.
 *
 * @param matrix  its pattern alone matters
 * @param points  [size, 3]: where the unknowns lie
 * @returns       the unknown that is eliminated first, second, ...
 *
 * Reference: George 1973, "Nested dissection of a regular finite element mesh".
 */
export function dissectionOrder(
  { size, starts, columns }: SparseMatrix,
  points: Float32Array | Float64Array,
): Int32Array {
  const order = Int32Array.from({ length: size }, (_, i) => i);
  const half = new Uint8Array(size);
  const split = (from: number, to: number): void => {
    if (to - from <= LEAF) return;
    const axis = longestAxis(points, order, from, to);
    const part = order.subarray(from, to).sort((a, b) => points[3 * a + axis] - points[3 * b + axis] || a - b);
    const middle = (to - from) >> 1;
    for (let i = middle; i < part.length; i++) half[part[i]] = 1;
    const isSeparator = (i: number) => {
      for (let k = starts[i]; k < starts[i + 1]; k++) if (half[columns[k]] === 1) return true;
      return false;
    };
    const first = part.subarray(0, middle);
    const separator = first.filter(isSeparator);
    const inside = first.filter((i) => !isSeparator(i));
    const second = part.slice(middle);
    for (const i of second) half[i] = 0;
    // no progress: all is joined with all
    if (separator.length === first.length) return;
    part.set(inside, 0);
    part.set(second, inside.length);
    part.set(separator, inside.length + second.length);
    split(from, from + inside.length);
    split(from + inside.length, from + inside.length + second.length);
  };
  split(0, size);
  return order;
}

function longestAxis(points: Float32Array | Float64Array, order: Int32Array, from: number, to: number): number {
  let longest = 0;
  let extent = -1;
  for (let axis = 0; axis < 3; axis++) {
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    for (let i = from; i < to; i++) {
      const x = points[3 * order[i] + axis];
      if (x < low) low = x;
      if (x > high) high = x;
    }
    if (high - low > extent) [longest, extent] = [axis, high - low];
  }
  return longest;
}
