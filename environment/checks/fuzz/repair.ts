import zlib from 'node:zlib';
import { SEAL, sealed } from 'lib/files';
import type { Random } from 'lib/random';
import { zipFile } from '../../../lib/morphable-model/files/foreign-files.fixture';
import { correctChecksums } from '../../../lib/morphable-model/files/hdf5-checksum.fixture';
import { zipEntries } from '../../../lib/morphable-model/files/zip';

type Mutate = (bytes: Buffer, random: Random) => Buffer;

/**
 * A changed file, half the time with right checksums, or the readers would look no further: HDF5's metadata are summed again, in
 * an archive one of the files is changed and packed anew, a file of ours is sealed again, and so is a compressed variable of a MAT file.
 */
export function repaired(format: string, bytes: Buffer, mutate: Mutate, random: Random): Buffer {
  if (random.uniform() < 0.5) return mutate(bytes, random);
  if (format === 'npz') return changedInside(bytes, mutate, random);
  if (format === 'mat') return changedVariable(bytes, mutate, random);
  const changed = mutate(bytes, random);
  if (format === 'hdf5') correctChecksums(changed);
  return resealed(changed);
}

/** With a right seal, where there is one: one of ours that somebody made on purpose. */
function resealed(bytes: Buffer): Buffer {
  const at = bytes.indexOf(SEAL.slice(0, -64));
  if (at < 0 || at + SEAL.length > bytes.length) return bytes;
  bytes.write(SEAL, at, 'latin1');
  return sealed(bytes);
}

function changedInside(bytes: Buffer, mutate: Mutate, random: Random): Buffer {
  let files: [string, Buffer][];
  try {
    files = [...zipEntries('archive', bytes).values()].map((entry) => [
      entry.name,
      Buffer.from(entry.open().read(entry.size, entry.name)),
    ]);
  } catch {
    // the corpus has archives that are refused
    return mutate(bytes, random);
  }
  if (files.length === 0) return mutate(bytes, random);
  const chosen = random.integer(files.length);
  files[chosen][1] = mutate(files[chosen][1], random);
  return zipFile(files, { deflated: random.uniform() < 0.5 });
}

/** The first element of a MAT file, changed; compressed elements are unpacked before and packed after. */
function changedVariable(bytes: Buffer, mutate: Mutate, random: Random): Buffer {
  const littleEndian = bytes[126] === 0x49;
  const read = (at: number) => (littleEndian ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at));
  if (bytes.length < 136 || read(128) !== 15 || 136 + read(132) > bytes.length) return mutate(bytes, random);
  const end = 136 + read(132);
  let packed: Buffer;
  try {
    packed = zlib.deflateSync(mutate(zlib.inflateSync(bytes.subarray(136, end)), random));
  } catch {
    // the end of one file with the beginning of another
    return mutate(bytes, random);
  }
  const tag = Buffer.from(bytes.subarray(128, 136));
  if (littleEndian) tag.writeUInt32LE(packed.length, 4);
  else tag.writeUInt32BE(packed.length, 4);
  return Buffer.concat([bytes.subarray(0, 128), tag, packed, bytes.subarray(end)]);
}
