// One cache of downloads for a room of computers: RECONSTRUCT_CACHE names a folder that all of them see.
import fs from 'node:fs';
import path from 'node:path';
import { SetupError } from './terminal.mjs';

const FOLDERS = { npm_config_cache: 'npm', PIP_CACHE_DIR: 'pip' };

/**
 * The variables that make npm and pip, TensorFlow's archive with it, take their downloads from the shared folder and leave new ones
 * there. What they take is checked against the hashes of our locks, as a download is.
 */
export function cacheVariables({ RECONSTRUCT_CACHE: folder }) {
  if (!folder) return {};
  const variables = Object.entries(FOLDERS).map(([variable, name]) => [variable, path.resolve(folder, name)]);
  for (const [, place] of variables) {
    try {
      fs.mkdirSync(place, { recursive: true });
      // pip takes nothing from a folder that it may not write to
      fs.accessSync(place, fs.constants.R_OK | fs.constants.W_OK);
    } catch (error) {
      throw new SetupError(
        `RECONSTRUCT_CACHE must be a folder that you may write to, but ${place} is not: ${error.code}`,
      );
    }
  }
  return Object.fromEntries(variables);
}
