import { FileError, readBounded, SEAL, sealed } from 'lib/files';
import { MOST_BYTES, MOST_TRIANGLES, MOST_VERTICES } from './mesh-limits';
import { type TriangleMesh, triangleMesh } from './triangle-mesh';

const LIMITS = { vertices: MOST_VERTICES, faces: MOST_TRIANGLES, triangles: MOST_TRIANGLES, lineLength: 2_000 };

/**
 * Reads a Wavefront OBJ file, keeping the identity of its vertices: vertex i of the mesh is the file's (i+1)-th `v` line.
 *
 * Common loaders build vertex buffers for drawing, one vertex a corner of a face; the point-to-point correspondence of a
 * morphable model is lost there. So this parser is our own, and reads what such models need: `v` and `f` lines, triangles,
 * quads and larger convex polygons (cut into a fan from their first corner). Texture and normal indices are skipped, as
 * is every other kind of line. Numbers are taken as they are: ICT-FaceKit's are centimetres.
 *
 * @throws {FileError} when the file exceeds a limit, or naming the line and what was expected there
 */
export const readObj = (file: string): TriangleMesh => parseObj(file, readBounded(file, MOST_BYTES).toString('latin1'));

/**
 * The mesh in the text of an OBJ file; see `readObj`.
 *
 * @param file  its path, for the errors
 * @param most  counts, and a line's characters
 */
export function parseObj(file: string, text: string, most = LIMITS): TriangleMesh {
  // the first walk counts, so that the second can fill arrays of the right length and nothing is held twice
  const counts = { vertices: 0, faces: 0, triangles: 0 };
  const lines = eachStatement(text, most.lineLength, file, (kind, start, end, line) => {
    if (kind === 'v') counts.vertices++;
    else {
      counts.faces++;
      counts.triangles += Math.max(0, wordCount(text, start, end) - 3);
    }
    for (const name of ['vertices', 'faces', 'triangles'] as const)
      if (counts[name] > most[name])
        throw new FileError(file, `line ${line}: there must be at most ${most[name]} ${name}`);
  });
  const coordinates = new Float32Array(3 * counts.vertices);
  const corners = new Uint32Array(3 * counts.triangles);
  let vertices = 0;
  let filled = 0;
  eachStatement(text, most.lineLength, file, (kind, start, end, line) => {
    const words = text.slice(start, end).trim().split(/\s+/);
    const wrong = (expected: string, found: string) =>
      new FileError(file, `line ${line}: expected ${expected}, but found "${found.slice(0, 200)}"`);
    if (kind === 'v') {
      coordinates.set(readVertex(words, wrong), 3 * vertices);
      vertices++;
      return;
    }
    const polygon = readFace(words, vertices, wrong);
    for (let i = 2; i < polygon.length; i++) {
      corners[filled++] = polygon[0];
      corners[filled++] = polygon[i - 1];
      corners[filled++] = polygon[i];
    }
  });
  if (counts.faces === 0) throw new FileError(file, `the file must have faces, but its ${lines} lines have none`);
  return triangleMesh(coordinates, corners);
}

/** What `\s` matches in a text of bytes: another notion would count other words than those that are read. */
const isSpace = (code: number): boolean => code === 32 || (code >= 9 && code <= 13) || code === 0xa0;

/** Calls back with each line that begins with the word `v` or `f`; returns the number of lines. */
function eachStatement(
  text: string,
  lineLength: number,
  file: string,
  visit: (kind: 'v' | 'f', start: number, end: number, line: number) => void,
): number {
  let line = 0;
  for (let start = 0; start < text.length; ) {
    let end = text.indexOf('\n', start);
    if (end < 0) end = text.length;
    line++;
    if (end - start > lineLength)
      throw new FileError(file, `line ${line} must have at most ${lineLength} characters, but has ${end - start}`);
    let at = start;
    while (at < end && isSpace(text.charCodeAt(at))) at++;
    const word = text[at];
    if ((word === 'v' || word === 'f') && (at + 1 >= end || isSpace(text.charCodeAt(at + 1))))
      visit(word, at, end, line);
    start = end + 1;
  }
  return line;
}

function wordCount(text: string, start: number, end: number): number {
  let count = 0;
  for (let at = start; at < end; at++)
    if (!isSpace(text.charCodeAt(at)) && (at === start || isSpace(text.charCodeAt(at - 1)))) count++;
  return count;
}

type Wrong = (expected: string, found: string) => FileError;

function readVertex(words: string[], wrong: Wrong): number[] {
  const values = words.slice(1, 4).map(Number);
  // a float32 ends at 3.4e38: what is larger would be stored as infinity
  if (values.length < 3 || !values.every((value) => Math.abs(value) < 3.4e38))
    throw wrong('"v x y z" with finite numbers', words.join(' '));
  return values;
}

function readFace(words: string[], vertices: number, wrong: Wrong): number[] {
  if (words.length < 4) throw wrong('a face of at least 3 corners', words.join(' '));
  const polygon: number[] = [];
  for (let w = 1; w < words.length; w++) {
    const number = leadingInteger(words[w]);
    // 1 is the file's first vertex, -1 the latest
    const index = number > 0 ? number - 1 : number < 0 ? vertices + number : -1;
    if (!(index >= 0 && index < vertices)) throw wrong(`a corner from 1 to ${vertices}`, words[w]);
    polygon.push(index);
  }
  return polygon;
}

/** The integer before the first slash, or NaN; by hand, since a face's corner is the commonest word of all. */
function leadingInteger(word: string): number {
  const negative = word[0] === '-';
  let value = 0;
  let at = negative ? 1 : 0;
  const first = at;
  for (; at < word.length && word[at] !== '/'; at++) {
    const digit = word.charCodeAt(at) - 48;
    if (!(digit >= 0 && digit <= 9)) return Number.NaN;
    value = 10 * value + digit;
  }
  return at === first ? Number.NaN : negative ? -value : value;
}

/** The bytes of an OBJ file, sealed, with the mesh's points, to float32's last digit, and its triangles. */
export function objBytes({ points, triangles }: TriangleMesh): Buffer {
  const lines = [`# ${SEAL}`];
  // nine digits tell any two float32 apart
  const digits = (value: number) => String(Number(value.toPrecision(9)));
  for (let n = 0; n < points.shape[0]; n++)
    lines.push(`v ${digits(points.get(n, 0))} ${digits(points.get(n, 1))} ${digits(points.get(n, 2))}`);
  for (let t = 0; t < triangles.shape[0]; t++)
    lines.push(`f ${triangles.get(t, 0) + 1} ${triangles.get(t, 1) + 1} ${triangles.get(t, 2) + 1}`);
  return sealed(Buffer.from(`${lines.join('\n')}\n`));
}
