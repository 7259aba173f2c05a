import fs from 'node:fs';
import path from 'node:path';

const ENDS = /, and run again|, and the search|, and render| to train anew| and render| and run the same|; |\n|$/;

/**
 * Does what a message says: removes the files and folders that follow the word "remove".
 *
 * @param folder  of the run; nothing outside of it is touched
 * @returns       what was removed, by its place in the run; nothing where the message names nothing
 */
export function followWayOut(text, folder) {
  const removed = [];
  for (const match of text.matchAll(/\bremove /g)) {
    const rest = text.slice(match.index + match[0].length);
    const asked = rest.slice(0, rest.search(ENDS));
    for (const word of asked.split(' and '))
      for (const file of word === 'it' ? [namedBefore(text.slice(0, match.index), folder)] : matches(word)) {
        if (!file || path.relative(folder, file).startsWith('..') || !fs.existsSync(file)) continue;
        fs.rmSync(file, { recursive: true });
        removed.push(path.relative(folder, file));
      }
  }
  return removed;
}

/** The run's file that a message named last. */
function namedBefore(text, folder) {
  const at = text.lastIndexOf(`${folder}${path.sep}`);
  return at < 0 ? undefined : /^[^\s:;,]+/.exec(text.slice(at))?.[0];
}

/** The files that a name with a star stands for. */
function matches(word) {
  if (!word.includes('*')) return [word];
  const [before, behind] = path.basename(word).split('*');
  const folder = path.dirname(word);
  const names = fs.existsSync(folder) ? fs.readdirSync(folder) : [];
  return names
    .filter((name) => name.startsWith(before) && name.endsWith(behind))
    .map((name) => path.join(folder, name));
}
