import { FileError, type NumberType } from 'lib/files';

/** One property of an element: a number, or a list of numbers with its length before it. */
export interface PlyProperty {
  name: string;
  type: NumberType;
  /** The type of a list's length; undefined for a single number. */
  countType?: NumberType;
}

export interface PlyElement {
  name: string;
  count: number;
  properties: PlyProperty[];
}

export interface PlyHeader {
  format: 'ascii' | 'binary_little_endian' | 'binary_big_endian';
  elements: PlyElement[];
  /** Where the header ends and the numbers begin, in bytes. */
  bodyStart: number;
}

const TYPES: Record<string, NumberType> = {
  char: 'i1',
  uchar: 'u1',
  short: 'i2',
  ushort: 'u2',
  int: 'i4',
  uint: 'u4',
  float: 'f4',
  double: 'f8',
  int8: 'i1',
  uint8: 'u1',
  int16: 'i2',
  uint16: 'u2',
  int32: 'i4',
  uint32: 'u4',
  float32: 'f4',
  float64: 'f8',
};
const FORMATS = ['ascii', 'binary_little_endian', 'binary_big_endian'] as const;
const MAX_HEADER_BYTES = 65_536;
const MAX_ELEMENTS = 16;
const MAX_PROPERTIES = 64;

/**
 * Reads the header of a PLY file: its format, its elements with their counts and properties, and where the numbers begin.
 *
 * Reference: Greg Turk's "The PLY Polygon File Format", 1994.
 *
 * @throws {FileError} that names the header's line
 */
export function parsePlyHeader(file: string, bytes: Uint8Array): PlyHeader {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, MAX_HEADER_BYTES)).toString('latin1');
  const end = /(?:^|\n)end_header[ \t]*\r?\n/.exec(text);
  if (!/^ply[ \t]*\r?\n/.test(text)) throw new FileError(file, 'must begin with the line "ply"');
  if (!end) throw new FileError(file, `must have the line "end_header" within ${MAX_HEADER_BYTES} bytes, but has none`);
  const lines = text.slice(0, end.index + 1).split('\n');
  let format: PlyHeader['format'] | undefined;
  const elements: PlyElement[] = [];
  for (const [i, line] of lines.entries()) {
    const words = line.trim().split(/\s+/);
    const wrong = (expected: string) =>
      new FileError(file, `header line ${i + 1}: expected ${expected}, but found "${line.trim().slice(0, 80)}"`);
    if (i === 0 || words[0] === '' || words[0] === 'comment' || words[0] === 'obj_info') continue;
    if (words[0] === 'format') {
      format = FORMATS.find((known) => known === words[1]);
      if (!format || words[2] !== '1.0') throw wrong(`"format", one of ${FORMATS.join(', ')}, and "1.0"`);
    } else if (words[0] === 'element') {
      if (words.length !== 3 || !/^\d{1,10}$/.test(words[2])) throw wrong('"element", a name and a count');
      if (elements.length === MAX_ELEMENTS) throw wrong(`at most ${MAX_ELEMENTS} elements`);
      if (elements.some(({ name }) => name === words[1])) throw wrong('each element once');
      elements.push({ name: words[1], count: Number(words[2]), properties: [] });
    } else if (words[0] === 'property') {
      const element = elements.at(-1);
      if (!element) throw wrong('an element before its properties');
      if (element.properties.length === MAX_PROPERTIES) throw wrong(`at most ${MAX_PROPERTIES} properties`);
      element.properties.push(parseProperty(words, wrong));
    } else throw wrong('format, element, property, comment, obj_info or end_header');
  }
  if (!format) throw new FileError(file, 'must have the header line "format ... 1.0", but has none');
  return { format, elements, bodyStart: end.index + end[0].length };
}

function parseProperty(words: string[], wrong: (expected: string) => FileError): PlyProperty {
  const typeOf = (word: string): NumberType => {
    if (!Object.hasOwn(TYPES, word)) throw wrong(`a type of ${Object.keys(TYPES).slice(0, 8).join(', ')}`);
    return TYPES[word];
  };
  if (words[1] === 'list') {
    if (words.length !== 5) throw wrong('"property list", two types and a name');
    const countType = typeOf(words[2]);
    if (countType.startsWith('f')) throw wrong("an integer type for the list's length");
    return { name: words[4], type: typeOf(words[3]), countType };
  }
  if (words.length !== 3) throw wrong('"property", a type and a name');
  return { name: words[2], type: typeOf(words[1]) };
}
