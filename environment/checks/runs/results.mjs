/** What a run's folder holds that must not depend on faults, or on where its jobs ran. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

/** How the work went, and not what came of it: locks, names of chunks and trials, what killed writers left, a page with times. */
const NOT_RESULTS = /(^|\/)lock$|\.(lock|partial|done|trial)$|^(workflow\.json|report\.html)$/;
/** What notes the time of every record: TensorBoard's events, the journal of a search. */
const RECORDS_OF_TIME = /(^|\/)events\.out\.[^/]+$|\.journal$/;
/** Fields that the clock and the checkout write, how often a search was broken off, and the seal, which covers these. */
const TIMES = new Set(['seconds', 'imagesPerSecond', 'lost', 'provenance', 'checksum']);

/** All files of a folder, by their place in it. */
export const filesOf = (folder) =>
  fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath ?? entry.path, entry.name)))
    .sort();

/** Two checksums of each result, by its place: of its bits, and of JSON without its times. */
export function resultsOf(folder) {
  const names = filesOf(folder).filter((name) => !NOT_RESULTS.test(name) && !RECORDS_OF_TIME.test(name));
  return Object.fromEntries(
    names.map((name) => {
      const content = fs.readFileSync(path.join(folder, name));
      return [name, { bits: sum(content), timeless: sum(timeless(name, content)) }];
    }),
  );
}

/** In what two runs' results differ, but for times; a line each. */
export function differences(found, expected) {
  const names = [...new Set([...Object.keys(found), ...Object.keys(expected)])].sort();
  return names
    .filter((name) => found[name]?.timeless !== expected[name]?.timeless)
    .map((name) =>
      found[name] ? (expected[name] ? `${name} is another` : `${name} is too many`) : `${name} is missing`,
    );
}

/** Of each kind of results, such as `training/*.arrays`, how many are the same to the bit, and how many but for times. */
export function sameByKind(found, expected) {
  const kinds = {};
  for (const [name, { bits, timeless: without }] of Object.entries(found)) {
    if (without !== expected[name]?.timeless) continue;
    const [first, ...rest] = name.split(path.sep);
    const kind = rest.length === 0 ? first : `${first}/*${path.extname(name)}`;
    kinds[kind] ??= { sameBits: 0, butForTimes: 0 };
    kinds[kind][bits === expected[name].bits ? 'sameBits' : 'butForTimes']++;
  }
  return kinds;
}

const sum = (content) => createHash('sha256').update(content).digest('hex');

function timeless(name, content) {
  const one = (text) => JSON.stringify(JSON.parse(text, (key, value) => (TIMES.has(key) ? undefined : value)));
  try {
    if (name.endsWith('.json')) return one(content.toString());
    if (name.endsWith('.jsonl')) return content.toString().trimEnd().split('\n').map(one).join('\n');
  } catch {
    // damaged, and not noticed so far
  }
  return content;
}
