/**
 * The template after the affine map that brings it nearest to the registered points: argmin over A, t of Σ a_i |A p_i + t - y_i|².
 *
 * @param template  [N, 3] cm
 * @param areas     [N], what each point counts
 * @param points    [N, 3] cm
 * @param into      [N, 3], written to; the template itself where the four normal equations are singular (a flat template)
 */
export function affineReference(
  template: Float64Array,
  areas: Float64Array,
  points: Float64Array,
  into: Float64Array,
): void {
  // normal equations of (x, y, z, 1), beside them the three right-hand sides
  const rows = Array.from({ length: 4 }, () => new Float64Array(7));
  const h = [0, 0, 0, 1];
  for (let i = 0; i < areas.length; i++) {
    for (let c = 0; c < 3; c++) h[c] = template[3 * i + c];
    for (let a = 0; a < 4; a++) {
      const weighted = areas[i] * h[a];
      for (let b = 0; b < 4; b++) rows[a][b] += weighted * h[b];
      for (let c = 0; c < 3; c++) rows[a][4 + c] += weighted * points[3 * i + c];
    }
  }
  if (!eliminate(rows)) {
    into.set(template);
    return;
  }
  for (let i = 0; i < areas.length; i++) {
    const [x, y, z] = [template[3 * i], template[3 * i + 1], template[3 * i + 2]];
    for (let c = 4; c < 7; c++) into[3 * i + c - 4] = x * rows[0][c] + y * rows[1][c] + z * rows[2][c] + rows[3][c];
  }
}

/** Gauss-Jordan elimination of a 4 x 4 positive matrix with three right-hand sides; false when it is singular. */
function eliminate(rows: Float64Array[]): boolean {
  const diagonal = rows.map((row, i) => row[i]);
  for (let k = 0; k < 4; k++) {
    const pivot = rows[k][k];
    if (!(pivot > 1e-9 * diagonal[k])) return false;
    for (let c = k; c < 7; c++) rows[k][c] /= pivot;
    for (let r = 0; r < 4; r++) {
      if (r === k) continue;
      const factor = rows[r][k];
      for (let c = k; c < 7; c++) rows[r][c] -= factor * rows[k][c];
    }
  }
  return true;
}
