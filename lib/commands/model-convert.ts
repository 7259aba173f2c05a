import path from 'node:path';
import { FileError } from 'lib/files';
import { writeMesh } from 'lib/mesh';
import { readModelFile, writeMorphableModel } from 'lib/morphable-model';
import { describeModel } from './model-info';

/**
 * Reads a morphable model of any layout that we know and writes it in our unit and frame: as `.h5` in the statismo layout of
 * version 0.9, or its mean as `.ply` or `.obj`.
 *
 * @returns what was read, and what was done to it, as lines of text
 * @throws {FileError} for another ending, before anything is read, and as `readModelFile`
 */
export async function convertModel(from: string, to: string): Promise<string> {
  const ending = path.extname(to).toLowerCase();
  if (!['.h5', '.ply', '.obj'].includes(ending))
    throw new FileError(to, `must end with .h5, .ply or .obj, but ends with "${ending}"`);
  if (path.resolve(from) === path.resolve(to))
    throw new FileError(to, 'must be another file than the one that is read');
  const found = await readModelFile(from);
  if (ending === '.h5') await writeMorphableModel(to, found.model);
  else writeMesh(to, { points: found.model.mean, triangles: found.model.triangles });
  return `${describeModel(found)}\nwritten to ${to}${ending === '.h5' ? '' : ' (the mean)'}`;
}
