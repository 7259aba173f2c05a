import path from 'node:path';
import { checkSeal, FileError, readBounded, writeWhole } from 'lib/files';
import { MOST_BYTES } from './mesh-limits';
import { type ColouredMesh, parsePly, plyBytes } from './ply';
import { objBytes, parseObj } from './wavefront-obj';

/**
 * Reads a mesh from a PLY (ASCII or binary) or Wavefront OBJ file, told apart by its first bytes. Numbers are taken as they
 * are, in the file's own unit and frame.
 *
 * @throws {FileError} that names the file and the line, or the element and property, that is wrong; or says that the file was
 *   changed since `writeMesh` wrote it
 */
export const readMesh = (file: string): ColouredMesh => parseMesh(file, readBounded(file, MOST_BYTES));

/** The mesh in a file's bytes; see `readMesh`. */
export function parseMesh(file: string, bytes: Buffer): ColouredMesh {
  checkSeal(file, bytes);
  if (/^ply\s/.test(bytes.toString('latin1', 0, 4))) return parsePly(file, bytes);
  return parseObj(file, bytes.toString('latin1'));
}

/**
 * Writes a mesh whole and sealed: `.ply` in binary with its colours, `.obj` as text without them. The seal is a comment.
 *
 * @throws {FileError} for another ending
 */
export function writeMesh(file: string, mesh: ColouredMesh): void {
  const ending = path.extname(file).toLowerCase();
  if (ending === '.ply') writeWhole(file, plyBytes(mesh));
  else if (ending === '.obj') writeWhole(file, objBytes(mesh));
  else throw new FileError(file, `must end with .ply or .obj, but ends with "${ending}"`);
}
