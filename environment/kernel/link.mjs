/** Makes the virtual environment's Jupyter find the kernel and the settings, by links that move with the repository. */
import { lstatSync, mkdirSync, readlinkSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));

/** Where Jupyter looks inside an environment, and what it finds there. */
const links = {
  'share/jupyter/kernels/typescript': '.',
  'share/jupyter/lab/settings/overrides.json': 'settings/overrides.json',
  'etc/jupyter/jupyter_config.py': 'settings/jupyter_config.py',
};

/**
 * Links the kernel, JupyterLab's settings and Jupyter's configuration into a virtual environment.
 *
 * A second call changes nothing. What stands in the way is replaced; nothing outside of the environment is touched.
 *
 * @param {string} venvFolder  the environment; it must exist
 */
export function linkKernel(venvFolder) {
  for (const [place, source] of Object.entries(links)) {
    const link = path.join(venvFolder, place);
    mkdirSync(path.dirname(link), { recursive: true });
    // A relative link counts from the folder that holds it, after that folder's own links.
    const target = path.relative(realpathSync(path.dirname(link)), path.join(here, source));
    const existing = lstatSync(link, { throwIfNoEntry: false });
    if (existing?.isSymbolicLink() && readlinkSync(link) === target) continue;
    if (existing) rmSync(link, { recursive: true });
    symlinkSync(target, link);
  }
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const root = path.resolve(here, '../..');
  linkKernel(path.resolve(process.argv[2] ?? path.join(root, '.venv')));
}
