import type { NdArray } from 'ndarray';

/** Things that are read one at a time and more than once, so that they need not fit into memory together. */
export interface Source<T> {
  count: number;
  /** Number `index`; the same each time. */
  read(index: number): T | Promise<T>;
}

/** Shapes, each [N, 3] cm, in memory or read by a source. */
export type Shapes = readonly NdArray<Float32Array>[] | Source<NdArray<Float32Array>>;

/** What a function that reads all shapes, once or several times, tells and obeys. */
export interface ReadingOptions {
  /** After each chunk of shapes: `done` of `count` shapes in the pass with this number, from 1. */
  onProgress?: (progress: { pass: number; done: number; count: number }) => void | Promise<void>;
  /** Breaks off between two chunks: the promise is rejected with the signal's reason. */
  signal?: AbortSignal;
}

/** Numbers in a chunk, at most: 16 MB of coordinates keep the products busy and the memory small. */
const CHUNK = 2 ** 22;

export const sourceOf = <T>(things: readonly T[] | Source<T>): Source<T> =>
  'read' in things ? things : { count: things.length, read: (index) => things[index] };

/**
 * All things of a source in their order, in chunks.
 *
 * @param numbers  how many numbers each of them holds
 */
export async function* readInChunks<T>(
  source: Source<T>,
  numbers: number,
  pass: number,
  { onProgress, signal }: ReadingOptions,
): AsyncGenerator<{ first: number; items: T[] }> {
  const most = Math.max(1, Math.floor(CHUNK / numbers));
  for (let first = 0; first < source.count; first += most) {
    const items: T[] = [];
    for (let i = first; i < Math.min(first + most, source.count); i++) items.push(await source.read(i));
    // lets a stop button, a progress line and other work of this process in
    await new Promise((resolve) => setImmediate(resolve));
    signal?.throwIfAborted();
    yield { first, items };
    await onProgress?.({ pass, done: first + items.length, count: source.count });
  }
}

/** Some shapes in a row, one a row of `rows`, [count, 3N] cm. */
export interface Chunk {
  first: number;
  count: number;
  rows: Float32Array;
}

/**
 * All shapes in their order, in chunks.
 *
 * @param size  3N, coordinates of a shape
 * @throws {RangeError} that names the shape when one has other points than shape 0, or in pass 1 a coordinate that is not finite
 */
export async function* readShapes(
  source: Source<NdArray<Float32Array>>,
  size: number,
  pass: number,
  options: ReadingOptions,
): AsyncGenerator<Chunk> {
  for await (const { first, items } of readInChunks(source, size, pass, options)) {
    const rows = new Float32Array(items.length * size);
    items.forEach((shape, i) => {
      checkSize(shape, size, first + i);
      if (pass === 1) checkFinite(shape, first + i);
      rows.set(shape.data, i * size);
    });
    yield { first, count: items.length, rows };
  }
}

export function checkSize({ data, shape }: NdArray<Float32Array>, size: number, index: number, as = 'shape 0'): void {
  if (data.length !== size)
    throw new RangeError(`shape ${index} must have ${size / 3} points as ${as} has, but has ${shape[0]}`);
}

function checkFinite({ data }: NdArray<Float32Array>, index: number): void {
  for (let i = 0; i < data.length; i++)
    if (!Number.isFinite(data[i]))
      throw new RangeError(`shape ${index} must be finite, but point ${Math.floor(i / 3)} has ${data[i]}`);
}
