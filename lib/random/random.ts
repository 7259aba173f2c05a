/**
 * A seeded generator of random numbers that can be split by name.
 *
 * The same seed gives the same numbers on every machine: the generator works on 32-bit integers and doubles alone. `normal` also
 * takes a logarithm, a sine and a cosine, whose last digit another version of Node may round otherwise.
 */
export interface Random {
  /** Uniform in [0, 1), a multiple of 2^-32. */
  uniform(): number;
  /** Standard normal. */
  normal(): number;
  /** Uniform among 0 ... count - 1. */
  integer(count: number): number;
  /** The numbers 0 ... count - 1 in random order. */
  permutation(count: number): Uint32Array;
  /**
   * An independent generator that depends on this generator's seed and on the name alone, not on how many numbers were
   * drawn. So a new use of randomness, under a new name, changes no old result.
   */
  fork(name: string | number): Random;
}

/**
 * Makes a generator from a seed.
 *
 * Numbers come from sfc32 (small fast counting generator, 128 bits of state), its state from a hash of the seed's text.
 *
 * @param seed  any text or number; equal seeds give equal numbers
 *
 * Reference: Doty-Humphrey, PractRand, 2014 (sfc32); normals by Box and Muller 1958.
 */
export function createRandom(seed: string | number): Random {
  const text = String(seed);
  const [a, b, c, d] = hash128(text);
  const next = sfc32(a, b, c, d);
  let spare: number | undefined;
  const uniform = () => next() / 2 ** 32;
  const integer = (count: number) => {
    if (!Number.isInteger(count) || count < 1 || count > 2 ** 32)
      throw new RangeError(`count must be a whole number from 1 to 2^32, but is ${count}`);
    return Math.floor(uniform() * count);
  };
  return {
    uniform,
    integer,
    normal() {
      if (spare !== undefined) {
        const value = spare;
        spare = undefined;
        return value;
      }
      // 1 - uniform() lies in (0, 1], so the logarithm is finite
      const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
      const angle = 2 * Math.PI * uniform();
      spare = radius * Math.sin(angle);
      return radius * Math.cos(angle);
    },
    permutation(count) {
      if (!Number.isInteger(count) || count < 0)
        throw new RangeError(`count must be a whole number from 0, but is ${count}`);
      const order = Uint32Array.from({ length: count }, (_, i) => i);
      for (let i = count - 1; i > 0; i--) {
        const j = integer(i + 1);
        [order[i], order[j]] = [order[j], order[i]];
      }
      return order;
    },
    fork: (name) => createRandom(`${text}/${name}`),
  };
}

function sfc32(a: number, b: number, c: number, d: number): () => number {
  const next = () => {
    const sum = (a + b + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + sum) | 0;
    return sum >>> 0;
  };
  for (let i = 0; i < 16; i++) next();
  return next;
}

/** Four 32-bit hashes of a text (murmur3's mixing, one lane each). */
function hash128(text: string): [number, number, number, number] {
  const lanes: [number, number, number, number] = [0x9e3779b9, 0x243f6a88, 0xb7e15162, 0xdeadbeef];
  for (let i = 0; i < text.length; i++)
    for (let lane = 0; lane < 4; lane++)
      lanes[lane] = mix(lanes[lane] ^ Math.imul(text.charCodeAt(i) + 0x10001 * lane, 0xcc9e2d51));
  return lanes;
}

function mix(h: number): number {
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
