import { dissectionOrder } from './nested-dissection';
import type { SparseMatrix } from './sparse-matrix';

/** What a Cholesky factor of all matrices of one pattern shares: the order, and where its numbers lie. */
export interface CholeskyPattern {
  /** The unknown that comes first, second, ..., and the place of each. */
  order: Int32Array;
  place: Int32Array;
  /** The elimination tree: the row of column j's first number below the diagonal, -1 where there is none. */
  parent: Int32Array;
  /** L by columns: numbers from `starts[j]`, the diagonal first. */
  starts: Int32Array;
}

/** L with P A P^T = L L^T. */
export interface CholeskyFactor {
  pattern: CholeskyPattern;
  rows: Int32Array;
  values: Float64Array;
}

/** Orders the unknowns of a surface's matrix and counts the numbers of each column of its factor; see `dissectionOrder`. */
export function analyzePattern(matrix: SparseMatrix, points: Float32Array | Float64Array): CholeskyPattern {
  const { size, starts, columns } = matrix;
  const order = dissectionOrder(matrix, points);
  const place = new Int32Array(size);
  order.forEach((unknown, i) => {
    place[unknown] = i;
  });
  const parent = new Int32Array(size).fill(-1);
  const ancestor = new Int32Array(size).fill(-1);
  const counts = new Int32Array(size).fill(1);
  const mark = new Int32Array(size).fill(-1);
  for (let i = 0; i < size; i++) {
    const unknown = order[i];
    for (let k = starts[unknown]; k < starts[unknown + 1]; k++)
      for (let j = place[columns[k]], next = 0; j !== -1 && j < i; j = next) {
        next = ancestor[j];
        ancestor[j] = i;
        if (next === -1) parent[j] = i;
      }
    mark[i] = i;
    for (let k = starts[unknown]; k < starts[unknown + 1]; k++)
      for (let j = place[columns[k]]; j < i && mark[j] !== i; j = parent[j]) {
        mark[j] = i;
        counts[j]++;
      }
  }
  const offsets = new Int32Array(size + 1);
  for (let j = 0; j < size; j++) offsets[j + 1] = offsets[j] + counts[j];
  return { order, place, parent, starts: offsets };
}

/**
 * The Cholesky factor of scale A + diag(added), row by row of L (up-looking).
 *
 * @throws {Error} when a pivot is not positive: the matrix is not positive definite
 *
 * Reference: Davis 2006, "Direct Methods for Sparse Linear Systems", chapter 4.
 */
export function factorize(
  pattern: CholeskyPattern,
  matrix: SparseMatrix,
  scale: number,
  added: Float64Array,
): CholeskyFactor {
  const { order, place, parent, starts: ends } = pattern;
  const { size, starts, columns, values } = matrix;
  const rows = new Int32Array(ends[size]);
  const L = new Float64Array(ends[size]);
  const next = ends.slice(0, size);
  const x = new Float64Array(size);
  const mark = new Int32Array(size).fill(-1);
  const stack = new Int32Array(size);
  const path = new Int32Array(size);
  for (let i = 0; i < size; i++) {
    const unknown = order[i];
    let top = size;
    let pivot = added[unknown];
    mark[i] = i;
    for (let k = starts[unknown]; k < starts[unknown + 1]; k++) {
      let j = place[columns[k]];
      if (j > i) continue;
      if (j === i) {
        pivot += scale * values[k];
        continue;
      }
      x[j] = scale * values[k];
      let length = 0;
      for (; mark[j] !== i; j = parent[j]) {
        path[length++] = j;
        mark[j] = i;
      }
      while (length > 0) stack[--top] = path[--length];
    }
    for (; top < size; top++) {
      const j = stack[top];
      const start = ends[j];
      const end = next[j];
      const l = x[j] / L[start];
      x[j] = 0;
      for (let p = start + 1; p < end; p++) x[rows[p]] -= L[p] * l;
      pivot -= l * l;
      rows[end] = i;
      L[end] = l;
      next[j] = end + 1;
    }
    if (!(pivot > 0)) throw new Error(`the matrix must be positive definite, but pivot ${i} is ${pivot}`);
    rows[next[i]] = i;
    L[next[i]++] = Math.sqrt(pivot);
  }
  return { pattern, rows, values: L };
}

/**
 * Solves A x = b for three right-hand sides at once.
 *
 * @param b        [size, 3]
 * @param x        [size, 3], written to; may be `b`
 * @param y        as large, for the steps between
 */
export function solveFactor(
  { pattern, rows, values }: CholeskyFactor,
  b: Float64Array,
  x: Float64Array,
  y: Float64Array,
): void {
  const { order, starts } = pattern;
  const size = order.length;
  for (let i = 0; i < size; i++) {
    const from = 3 * order[i];
    y[3 * i] = b[from];
    y[3 * i + 1] = b[from + 1];
    y[3 * i + 2] = b[from + 2];
  }
  for (let j = 0; j < size; j++) {
    const start = starts[j];
    const end = starts[j + 1];
    const share = 1 / values[start];
    const y0 = y[3 * j] * share;
    const y1 = y[3 * j + 1] * share;
    const y2 = y[3 * j + 2] * share;
    y[3 * j] = y0;
    y[3 * j + 1] = y1;
    y[3 * j + 2] = y2;
    for (let p = start + 1; p < end; p++) {
      const l = values[p];
      const i = 3 * rows[p];
      y[i] -= l * y0;
      y[i + 1] -= l * y1;
      y[i + 2] -= l * y2;
    }
  }
  for (let j = size - 1; j >= 0; j--) {
    const start = starts[j];
    const end = starts[j + 1];
    let y0 = y[3 * j];
    let y1 = y[3 * j + 1];
    let y2 = y[3 * j + 2];
    for (let p = start + 1; p < end; p++) {
      const l = values[p];
      const i = 3 * rows[p];
      y0 -= l * y[i];
      y1 -= l * y[i + 1];
      y2 -= l * y[i + 2];
    }
    const share = 1 / values[start];
    y[3 * j] = y0 * share;
    y[3 * j + 1] = y1 * share;
    y[3 * j + 2] = y2 * share;
  }
  for (let i = 0; i < size; i++) {
    const to = 3 * order[i];
    x[to] = y[3 * i];
    x[to + 1] = y[3 * i + 1];
    x[to + 2] = y[3 * i + 2];
  }
}
