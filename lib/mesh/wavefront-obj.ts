import { readFileSync, statSync } from 'node:fs';
import { type TriangleMesh, triangleMesh } from './triangle-mesh';

/** What a file may ask for before it is refused. */
export interface ObjLimits {
  bytes: number;
  vertices: number;
  faces: number;
  lineLength: number;
}

/** Ten times the largest face model that we know; a file beyond it is a mistake or an attack. */
const DEFAULT_LIMITS: ObjLimits = { bytes: 256 * 2 ** 20, vertices: 2_000_000, faces: 4_000_000, lineLength: 2_000 };

/**
 * Reads a Wavefront OBJ file, keeping the identity of its vertices: vertex i of the mesh is the file's (i+1)-th `v` line.
 *
 * Common loaders build vertex buffers for drawing, one vertex a corner of a face; the point-to-point correspondence of a
 * morphable model is lost there. So this parser is our own, and reads what such models need: `v` and `f` lines, triangles,
 * quads and larger convex polygons (cut into a fan from their first corner). Texture and normal indices are skipped, as
 * is every other kind of line. Numbers are taken as they are: ICT-FaceKit's are centimetres.
 *
 * @param file    path of the file
 * @param limits  largest size, counts and line length
 * @throws {RangeError} when the file exceeds a limit
 * @throws {SyntaxError} naming the line and what was expected there
 */
export function readObj(file: string, limits: Partial<ObjLimits> = {}): TriangleMesh {
  const most = limits.bytes ?? DEFAULT_LIMITS.bytes;
  const { size } = statSync(file);
  if (size > most) throw new RangeError(`${file} must hold at most ${most} bytes, but holds ${size}`);
  return parseObj(readFileSync(file, 'latin1'), limits);
}

/** The mesh in the text of an OBJ file; see `readObj`. */
export function parseObj(text: string, limits: Partial<ObjLimits> = {}): TriangleMesh {
  const most = { ...DEFAULT_LIMITS, ...limits };
  const coordinates: number[] = [];
  const corners: number[] = [];
  let faces = 0;
  let line = 0;
  for (let start = 0; start < text.length; ) {
    let end = text.indexOf('\n', start);
    if (end < 0) end = text.length;
    line++;
    if (end - start > most.lineLength)
      throw new RangeError(`line ${line} must have at most ${most.lineLength} characters, but has ${end - start}`);
    const words = text.slice(start, end).trim().split(/\s+/);
    start = end + 1;
    if (words[0] === 'v') {
      if (coordinates.length === 3 * most.vertices)
        throw new RangeError(`line ${line}: there must be at most ${most.vertices} vertices`);
      readVertex(words, line, coordinates);
    } else if (words[0] === 'f') {
      if (++faces > most.faces) throw new RangeError(`line ${line}: there must be at most ${most.faces} faces`);
      readFace(words, line, coordinates.length / 3, corners);
    }
  }
  if (corners.length === 0) throw new SyntaxError(`the file must have faces, but its ${line} lines have none`);
  return triangleMesh(Float32Array.from(coordinates), Uint32Array.from(corners));
}

function readVertex(words: string[], line: number, coordinates: number[]): void {
  const values = words.slice(1, 4).map(Number);
  // a float32 ends at 3.4e38: what is larger would be stored as infinity
  if (values.length < 3 || !values.every((value) => Math.abs(value) < 3.4e38))
    throw new SyntaxError(`line ${line}: expected "v x y z" with finite numbers, but found "${words.join(' ')}"`);
  coordinates.push(...values);
}

function readFace(words: string[], line: number, vertices: number, corners: number[]): void {
  if (words.length < 4)
    throw new SyntaxError(`line ${line}: expected a face of at least 3 corners, but found "${words.join(' ')}"`);
  const polygon = words.slice(1).map((word) => {
    const text = word.split('/', 1)[0];
    const number = /^-?\d+$/.test(text) ? Number(text) : Number.NaN;
    // 1 is the file's first vertex, -1 the latest
    const index = number > 0 ? number - 1 : number < 0 ? vertices + number : -1;
    if (!(index >= 0 && index < vertices))
      throw new SyntaxError(`line ${line}: expected a corner from 1 to ${vertices}, but found "${word}"`);
    return index;
  });
  for (let i = 2; i < polygon.length; i++) corners.push(polygon[0], polygon[i - 1], polygon[i]);
}
