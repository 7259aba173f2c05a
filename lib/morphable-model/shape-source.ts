import type { NdArray } from 'ndarray';

/** Shapes that are read one at a time and more than once, so that they need not fit into memory together. */
export interface ShapeSource {
  count: number;
  /** Shape number `index`, [N, 3] cm; the same each time. */
  read(index: number): NdArray<Float32Array> | Promise<NdArray<Float32Array>>;
}

/** Shapes in memory, or a source that reads them. */
export type Shapes = readonly NdArray<Float32Array>[] | ShapeSource;

/** What a function that reads all shapes, once or several times, tells and obeys. */
export interface ReadingOptions {
  /** After each chunk of shapes: `done` of `count` shapes in the pass with this number, from 1. */
  onProgress?: (progress: { pass: number; done: number; count: number }) => void | Promise<void>;
  /** Breaks off between two chunks: the promise is rejected with the signal's reason. */
  signal?: AbortSignal;
}

/** Some shapes in a row, one a row of `rows`, [count, 3N] cm. */
export interface Chunk {
  first: number;
  count: number;
  rows: Float32Array;
}

/** Numbers in a chunk, at most: 16 MB of coordinates keep the products busy and the memory small. */
const CHUNK = 2 ** 22;

const isSource = (shapes: Shapes): shapes is ShapeSource => !Array.isArray(shapes);

export const shapeSource = (shapes: Shapes): ShapeSource =>
  isSource(shapes) ? shapes : { count: shapes.length, read: (index) => shapes[index] };

/** How many shapes of that many coordinates a chunk holds. */
export const shapesInChunk = (size: number): number => Math.max(1, Math.floor(CHUNK / size));

/**
 * All shapes in their order, in chunks.
 *
 * @param size  3N, coordinates of a shape
 * @throws {RangeError} that names the shape when one has other points than shape 0, or in pass 1 a coordinate that is not finite
 */
export async function* readInChunks(
  source: ShapeSource,
  size: number,
  pass: number,
  { onProgress, signal }: ReadingOptions,
): AsyncGenerator<Chunk> {
  const most = shapesInChunk(size);
  for (let first = 0; first < source.count; first += most) {
    const count = Math.min(most, source.count - first);
    const rows = new Float32Array(count * size);
    for (let i = 0; i < count; i++) {
      const shape = await source.read(first + i);
      if (shape.data.length !== size)
        throw new RangeError(
          `shape ${first + i} must have ${size / 3} points as shape 0 has, but has ${shape.shape[0]}`,
        );
      if (pass === 1) checkFinite(shape, first + i);
      rows.set(shape.data, i * size);
    }
    // lets a stop button, a progress line and other work of this process in
    await new Promise((resolve) => setImmediate(resolve));
    signal?.throwIfAborted();
    yield { first, count, rows };
    await onProgress?.({ pass, done: first + count, count: source.count });
  }
}

function checkFinite({ data }: NdArray<Float32Array>, index: number): void {
  for (let i = 0; i < data.length; i++)
    if (!Number.isFinite(data[i]))
      throw new RangeError(`shape ${index} must be finite, but point ${Math.floor(i / 3)} has ${data[i]}`);
}
