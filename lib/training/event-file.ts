import path from 'node:path';
import { append } from 'lib/files';
import { EVENTS, numberedFiles } from './run-files';

/**
 * Returns a function that writes numbers for TensorBoard: a step, and values by name.
 *
 * Each call of this function begins a new event file, with the first number written, and says that steps from `firstStep` on
 * are done again: TensorBoard forgets what older files of the folder say of them.
 *
 * The format: a record is its length (8 bytes, little-endian), the length's masked CRC-32C, an Event in protocol buffers, and the
 * event's masked CRC-32C (tensorflow/core/lib/io/record_writer.cc and tensorflow/core/util/event.proto).
 */
export function tensorboardEvents(folder: string, firstStep: number) {
  let file: string | undefined;
  return (step: number, values: Record<string, number>): void => {
    const seconds = Date.now() / 1000;
    const summary = Buffer.concat(Object.entries(values).map(([name, value]) => bytes(1, scalar(name, value))));
    const events = [event(seconds, integer(2, step), bytes(5, summary))];
    if (!file) {
      // TensorBoard reads files in the order of their names
      const last = numberedFiles(folder, EVENTS).at(-1)?.number ?? 0;
      file = path.join(folder, `events.out.tfevents.${String(last + 1).padStart(6, '0')}`);
      const start = bytes(7, integer(1, 1));
      events.unshift(
        event(seconds, bytes(3, Buffer.from('brain.Event:2'))),
        event(seconds, integer(2, firstStep), start),
      );
    }
    append(file, Buffer.concat(events.map(record)));
  };
}

// fields of protocol buffers, by their number
const varint = (value: number): Buffer => {
  const digits: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.from([...digits, rest]);
    digits.push((rest % 128) + 128);
  }
};
const integer = (field: number, value: number) => Buffer.concat([varint(field << 3), varint(value)]);
const bytes = (field: number, content: Buffer) =>
  Buffer.concat([varint((field << 3) | 2), varint(content.length), content]);
const fixed = (field: number, type: 1 | 5, content: ArrayBufferView) =>
  Buffer.concat([varint((field << 3) | type), Buffer.from(content.buffer as ArrayBuffer)]);

const event = (seconds: number, ...fields: Buffer[]) =>
  Buffer.concat([fixed(1, 1, Float64Array.of(seconds)), ...fields]);
const scalar = (name: string, value: number) =>
  Buffer.concat([bytes(1, Buffer.from(name)), fixed(2, 5, Float32Array.of(value))]);

function record(content: Buffer): Buffer {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(content.length));
  return Buffer.concat([length, maskedChecksum(length), content, maskedChecksum(content)]);
}

/** CRC-32C (polynomial 0x1edc6f41, reflected), turned and shifted so that a checksum of checksums is not weak. */
export function maskedChecksum(content: Uint8Array): Buffer {
  let crc = 0xffffffff;
  for (const byte of content) crc = TABLE[(crc ^ byte) & 255] ^ (crc >>> 8);
  crc = ~crc >>> 0;
  const masked = Buffer.alloc(4);
  masked.writeUInt32LE((((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0);
  return masked;
}

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0x82f63b78 ^ (value >>> 1) : value >>> 1;
  return value;
});
