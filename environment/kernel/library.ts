/**
 * Loads library files again after an edit.
 *
 * Files are compared before each cell instead of watched: a watcher may tell of an edit only after the cell that relies
 * on it has started, and loses files that an editor replaces. A comparison of 100 files takes about a millisecond.
 */
import { statSync } from 'node:fs';
import Module from 'node:module';
import path from 'node:path';

/** Changes whenever the file does; empty when there is none. */
export function fileStamp(file: string): string {
  const stat = statSync(file, { throwIfNoEntry: false });
  return stat ? `${stat.mtimeMs} ${stat.size} ${stat.ino}` : '';
}

/**
 * Keeps account of the modules that are loaded from a folder.
 *
 * @param folder  absolute, with links resolved, as the keys of Node's module cache are
 * @returns       a function that forgets every module whose file has changed since it was loaded, and every module that
 *                imports such a one, directly or not: the next import loads them again. Values in cells stay.
 */
export function createModuleRefresh(folder: string): () => void {
  const stamps = new Map<string, string>();
  const isOurs = (file: string) =>
    file.startsWith(folder + path.sep) && !file.includes(`${path.sep}node_modules${path.sep}`);

  // The stamp is taken before the file is read: an edit while the importing cell still runs must not be missed.
  const { load } = Module.prototype as unknown as { load(file: string): void };
  Object.assign(Module.prototype, {
    load(this: NodeModule, file: string) {
      if (isOurs(file)) stamps.set(file, fileStamp(file));
      return load.call(this, file);
    },
  });

  return () => {
    const loaded = Object.entries(require.cache).filter(([, module]) => module && stamps.has(module.filename));
    const stale = new Set<NodeModule>();
    for (const [, module] of loaded)
      if (module && stamps.get(module.filename) !== fileStamp(module.filename)) stale.add(module);
    if (stale.size === 0) return;
    for (let before = 0; before !== stale.size; ) {
      before = stale.size;
      for (const [, module] of loaded) if (module?.children.some((child) => stale.has(child))) stale.add(module);
    }
    for (const [key, module] of loaded) if (module && stale.has(module)) delete require.cache[key];
  };
}

/** Forgets the modules that were being loaded when the cell was stopped: an import would get half of them. */
export function forgetHalfLoaded(): void {
  for (const [key, module] of Object.entries(require.cache)) if (!module?.loaded) delete require.cache[key];
}
