/** Writes the checksums of an HDF5 file's superblock and object headers anew, after bytes in them were changed. */
export function correctChecksums(bytes: Buffer): void {
  // superblock of version 2 or 3: 44 bytes, then their checksum
  if (bytes.length >= 48 && bytes[8] >= 2) bytes.writeUInt32LE(lookup3(bytes.subarray(0, 44)), 44);
  for (let at = bytes.indexOf('OHDR'); at >= 0; at = bytes.indexOf('OHDR', at + 4)) {
    const flags = bytes[at + 5];
    const sizeAt = at + 6 + (flags & 0x20 ? 16 : 0) + (flags & 0x10 ? 4 : 0);
    const sizeBytes = 1 << (flags & 3);
    if (sizeBytes > 4 || sizeAt + sizeBytes > bytes.length) continue;
    const end = sizeAt + sizeBytes + bytes.readUIntLE(sizeAt, sizeBytes);
    if (end + 4 <= bytes.length) bytes.writeUInt32LE(lookup3(bytes.subarray(at, end)), end);
  }
}

const rotate = (value: number, by: number): number => (value << by) | (value >>> (32 - by));

/** Bob Jenkins's hash lookup3 (hashlittle, initial value 0), which HDF5 takes for checksums of its metadata. */
function lookup3(bytes: Uint8Array): number {
  let [a, b, c] = Array(3).fill((0xdeadbeef + bytes.length) | 0);
  const word = (at: number) => {
    let value = 0;
    for (let i = 0; i < 4 && at + i < bytes.length; i++) value |= bytes[at + i] << (8 * i);
    return value;
  };
  let at = 0;
  for (; bytes.length - at > 12; at += 12) {
    a = (a + word(at)) | 0;
    b = (b + word(at + 4)) | 0;
    c = (c + word(at + 8)) | 0;
    a = (a - c) ^ rotate(c, 4);
    c = (c + b) | 0;
    b = (b - a) ^ rotate(a, 6);
    a = (a + c) | 0;
    c = (c - b) ^ rotate(b, 8);
    b = (b + a) | 0;
    a = (a - c) ^ rotate(c, 16);
    c = (c + b) | 0;
    b = (b - a) ^ rotate(a, 19);
    a = (a + c) | 0;
    c = (c - b) ^ rotate(b, 4);
    b = (b + a) | 0;
  }
  if (at === bytes.length) return c >>> 0;
  a = (a + word(at)) | 0;
  b = (b + word(at + 4)) | 0;
  c = (c + word(at + 8)) | 0;
  c = (c ^ b) - rotate(b, 14);
  a = (a ^ c) - rotate(c, 11);
  b = (b ^ a) - rotate(a, 25);
  c = (c ^ b) - rotate(b, 16);
  a = (a ^ c) - rotate(c, 4);
  b = (b ^ a) - rotate(a, 14);
  c = (c ^ b) - rotate(b, 24);
  return c >>> 0;
}
