import { FileError } from 'lib/files';

/** A length in which a model may stand. */
export type Unit = 'micrometre' | 'millimetre' | 'centimetre' | 'metre';

/** A model as its file has it: x = mean + Σ_k c_k deviation_k row_k, in the file's own unit and frame. */
export interface ForeignModel {
  /** What the file was recognised as. */
  layout: string;
  /** [3N] */
  mean: Float64Array;
  /** [K, 3N], one mode a row, of any length and angle to the others */
  rows: Float32Array;
  /** [K] in units of the rows: how far one standard deviation goes along each */
  deviations: Float64Array;
  /** [3T], 0-based */
  triangles: Uint32Array;
  /** Where the face looks, by the layout's documentation; undefined where the file alone knows. */
  facing?: '+z' | '-z';
  /** The layout's unit, by its documentation. */
  unit?: Unit;
  /** The file is one of ours, in our unit and frame. */
  ours?: boolean;
  /** What the reader left out or decided, in sentences. */
  notes: string[];
}

/**
 * How many bytes of numbers a file of this size may unfold to, so that reading takes less memory than four times the file and
 * 64 MB: the file, the numbers once as they are read and once made orthonormal.
 */
export const numberBudget = (fileBytes: number): number => 1.5 * fileBytes + 16 * 2 ** 20;

/** Triangles from numbers of any type, as 0-based indices of points. */
export function trianglesFrom(
  file: string,
  field: string,
  numbers: ArrayLike<number>,
  points: number,
  firstIndex: 0 | 1 = 0,
): Uint32Array {
  const triangles = new Uint32Array(numbers.length);
  for (let i = 0; i < numbers.length; i++) {
    const index = numbers[i] - firstIndex;
    if (!(Number.isInteger(index) && index >= 0 && index < points))
      throw new FileError(
        file,
        `${field} must hold indices of points, ${firstIndex} to ${points - 1 + firstIndex}, but holds ${numbers[i]}`,
      );
    triangles[i] = index;
  }
  return triangles;
}
