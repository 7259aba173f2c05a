import type { Random } from 'lib/random';

/** Numbers that counts, sizes and indices break at. */
const EDGES = [0, 1, 2, 3, 127, 128, 255, 256, 65_535, 65_536, 2 ** 24, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1, 2 ** 32 - 2];
const WORDS = [
  '-1',
  '0',
  '1',
  '3',
  '4294967296',
  '99999999999',
  '1e309',
  '-1e38',
  'nan',
  'inf',
  '0x10',
  '',
  '1.5',
  '-0',
  '..',
];

const pick = <T>(items: readonly T[], random: Random): T => items[below(items.length, random)];
const below = (limit: number, random: Random): number => random.integer(limit);

type Mutation = (bytes: Buffer, random: Random) => Buffer;

const within = (bytes: Buffer, length: number, random: Random) => below(Math.max(1, bytes.length - length + 1), random);

const MUTATIONS: Mutation[] = [
  function flipBit(bytes, random) {
    bytes[below(bytes.length, random)] ^= 1 << below(8, random);
    return bytes;
  },
  function setByte(bytes, random) {
    bytes[below(bytes.length, random)] = below(256, random);
    return bytes;
  },
  function editNumber(bytes, random) {
    const size = pick([1, 2, 4, 8], random);
    if (bytes.length < size) return bytes;
    // most fields stand at multiples of four
    const at = within(bytes, size, random) & (random.uniform() < 0.5 ? ~3 : ~0);
    const value =
      BigInt(pick([...EDGES, bytes.length, below(1000, random)], random)) * (random.uniform() < 0.2 ? -1n : 1n);
    for (let i = 0; i < size; i++) {
      const place = random.uniform() < 0.8 ? i : size - 1 - i;
      bytes[at + place] = Number((value >> BigInt(8 * i)) & 0xffn);
    }
    return bytes;
  },
  function editText(bytes, random) {
    // a run of digits somewhere after a random place
    let at = below(bytes.length, random);
    const isDigit = (byte: number) => (byte >= 0x30 && byte <= 0x39) || byte === 0x2d || byte === 0x2e;
    while (at < bytes.length && !isDigit(bytes[at])) at++;
    let end = at;
    while (end < bytes.length && isDigit(bytes[end])) end++;
    return Buffer.concat([bytes.subarray(0, at), Buffer.from(pick(WORDS, random)), bytes.subarray(end)]);
  },
  function truncate(bytes, random) {
    return bytes.subarray(0, below(bytes.length, random));
  },
  function duplicate(bytes, random) {
    const length = 1 + below(Math.min(200, bytes.length), random);
    const at = within(bytes, length, random);
    const part = bytes.subarray(at, at + length);
    const times = random.uniform() < 0.1 ? 50 : 1;
    return Buffer.concat([bytes.subarray(0, at), ...Array(times).fill(part), bytes.subarray(at)]);
  },
  function remove(bytes, random) {
    const length = 1 + below(Math.min(200, bytes.length), random);
    const at = within(bytes, length, random);
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)]);
  },
  function copyOver(bytes, random) {
    const length = 1 + below(Math.min(64, bytes.length), random);
    const from = within(bytes, length, random);
    bytes.copy(bytes, within(bytes, length, random), from, from + length);
    return bytes;
  },
];

/** A copy of the bytes with one to four changes: flipped bits, edited numbers and words, parts cut, doubled, moved. */
export function mutate(bytes: Buffer, random: Random): Buffer {
  let result: Buffer = Buffer.from(bytes);
  const changes = random.uniform() < 0.5 ? 1 : 1 + below(4, random);
  for (let change = 0; change < changes && result.length > 0; change++) {
    const mutation = pick(MUTATIONS, random);
    result = mutation(result, random);
  }
  return result;
}

/** One of the items, and one time in ten the beginning of one with the end of another. */
export function pickInput(corpus: readonly Buffer[], random: Random): Buffer {
  const first = pick(corpus, random);
  if (random.uniform() >= 0.1) return first;
  const second = pick(corpus, random);
  return Buffer.concat([
    first.subarray(0, below(first.length + 1, random)),
    second.subarray(below(second.length + 1, random)),
  ]);
}
