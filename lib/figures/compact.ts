import { scriptSafe } from './escape';

/** plotly.js' names of the typed arrays that it reads as base64. */
const dtypes: [new (length: number) => ArrayBufferView, string][] = [
  [Float32Array, 'f4'],
  [Float64Array, 'f8'],
  [Uint8Array, 'u1'],
  [Uint8ClampedArray, 'u1c'],
  [Uint16Array, 'u2'],
  [Uint32Array, 'u4'],
  [Int8Array, 'i1'],
  [Int16Array, 'i2'],
  [Int32Array, 'i4'],
];

/**
 * A copy of plain data in which each typed array is `{ dtype, bdata }` with its bytes in base64, and nothing is undefined.
 *
 * Four floats in JSON take about 75 characters, in base64 22; and NaN, which JSON cannot say, survives.
 */
export function compact(value: unknown): unknown {
  if (ArrayBuffer.isView(value)) {
    const dtype = dtypes.find(([TypedArray]) => value instanceof TypedArray)?.[1];
    if (!dtype) throw new RangeError(`a figure cannot hold a ${value.constructor.name}`);
    return { dtype, bdata: Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64') };
  }
  if (Array.isArray(value)) return value.map(compact);
  if (value !== null && typeof value === 'object')
    return Object.fromEntries(
      Object.entries(value).flatMap(([key, entry]) => (entry === undefined ? [] : [[key, compact(entry)]])),
    );
  return value;
}

/** Plain data as compact JSON that may stand inside a script element. */
export const compactJson = (value: unknown): string => scriptSafe(JSON.stringify(compact(value)));
