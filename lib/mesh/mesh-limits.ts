// What a mesh file may hold: ten times the largest face model that we know. A file beyond it is a mistake or an attack.

export const MOST_BYTES = 256 * 2 ** 20;
export const MOST_VERTICES = 2_000_000;
export const MOST_TRIANGLES = 4_000_000;
