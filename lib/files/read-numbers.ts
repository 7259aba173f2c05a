import type { ByteSource } from './byte-source';

/** How a number stands in a file, in NumPy's letters: signed and unsigned integers and floats with their size in bytes. */
export type NumberType = 'i1' | 'u1' | 'i2' | 'u2' | 'i4' | 'u4' | 'i8' | 'u8' | 'f4' | 'f8';

type Getter = (view: DataView, at: number, littleEndian: boolean) => number;

const GETTERS: Record<NumberType, Getter> = {
  i1: (view, at) => view.getInt8(at),
  u1: (view, at) => view.getUint8(at),
  i2: (view, at, little) => view.getInt16(at, little),
  u2: (view, at, little) => view.getUint16(at, little),
  i4: (view, at, little) => view.getInt32(at, little),
  u4: (view, at, little) => view.getUint32(at, little),
  i8: (view, at, little) => Number(view.getBigInt64(at, little)),
  u8: (view, at, little) => Number(view.getBigUint64(at, little)),
  f4: (view, at, little) => view.getFloat32(at, little),
  f8: (view, at, little) => view.getFloat64(at, little),
};

export const isNumberType = (text: string): text is NumberType => Object.hasOwn(GETTERS, text);

/** How many bytes a number takes. */
export const sizeOf = (type: NumberType): number => Number(type[1]);

/** The number that stands at a place. */
export const numberAt = (view: DataView, type: NumberType, at: number, littleEndian: boolean): number =>
  GETTERS[type](view, at, littleEndian);

/** So many numbers at a time, so that a large array is not held twice. */
const AT_ONCE = 8192;

/** Reads numbers in order and hands each to `put`. */
export function readNumbers(
  source: ByteSource,
  { type, littleEndian }: { type: NumberType; littleEndian: boolean },
  count: number,
  field: string,
  put: (value: number, index: number) => void,
): void {
  const get = GETTERS[type];
  const size = sizeOf(type);
  for (let from = 0; from < count; from += AT_ONCE) {
    const length = Math.min(AT_ONCE, count - from);
    const bytes = source.read(length * size, field);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let i = 0; i < length; i++) put(get(view, i * size, littleEndian), from + i);
  }
}
