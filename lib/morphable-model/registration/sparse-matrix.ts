/** A symmetric sparse matrix by rows, both triangles stored: row i is `values` at `columns` from `starts[i]` to `starts[i + 1]`. */
export interface SparseMatrix {
  size: number;
  starts: Int32Array;
  columns: Int32Array;
  values: Float64Array;
}

/**
 * The sum of many entries, of which several may fall on one place.
 *
 * @param rows, columns, values  entry k adds `values[k]` at row `rows[k]` and column `columns[k]`; both triangles are given
 * @returns                      each row's columns in rising order, the diagonal always among them
 */
export function sumEntries(size: number, rows: Uint32Array, columns: Uint32Array, values: Float64Array): SparseMatrix {
  const firsts = new Int32Array(size + 1);
  for (const row of rows) firsts[row + 1]++;
  for (let i = 0; i < size; i++) firsts[i + 1] += firsts[i];
  const byRow = new Uint32Array(rows.length);
  const next = firsts.slice();
  for (let k = 0; k < rows.length; k++) byRow[next[rows[k]]++] = k;
  const sums = new Float64Array(size);
  const seen = new Int32Array(size).fill(-1);
  const starts = new Int32Array(size + 1);
  const outColumns: number[] = [];
  const outValues: number[] = [];
  for (let i = 0; i < size; i++) {
    const inRow = [i];
    seen[i] = i;
    sums[i] = 0;
    for (let e = firsts[i]; e < firsts[i + 1]; e++) {
      const column = columns[byRow[e]];
      if (seen[column] !== i) {
        seen[column] = i;
        sums[column] = 0;
        inRow.push(column);
      }
      sums[column] += values[byRow[e]];
    }
    inRow.sort((a, b) => a - b);
    for (const column of inRow) {
      outColumns.push(column);
      outValues.push(sums[column]);
    }
    starts[i + 1] = outColumns.length;
  }
  return { size, starts, columns: Int32Array.from(outColumns), values: Float64Array.from(outValues) };
}
