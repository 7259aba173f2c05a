// Two runs of one profile, file by file.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

/** What says how a run was made, not what came of it: names of chunks, locks, the way of the work. */
const NOT_RESULTS = /(\.done|\.trial|\.lock|\/lock|^lock|workflow\.json|\.partial)$/;
/** What holds the time or the process of every record: TensorBoard's events, the journal of a search. */
const RECORDS_OF_TIME = /(\/events\.out\.[^/]+|\.journal)$/;
/** Fields that the clock and the checkout write. */
const CLOCK = new Set(['seconds', 'provenance']);

/**
 * Compares the files of two runs.
 *
 * @returns  for each kind of file, such as `training/*.arrays`, how many are the same to the bit, the same but for the clock's
 *           fields, and not compared since they record time; and the names of all that differ or that one run lacks
 */
export function compareRuns(one, other) {
  const [names, others] = [one, other].map(results);
  const differences = [
    ...names.filter((name) => !others.includes(name)).map((name) => `${name} is not in ${other}`),
    ...others.filter((name) => !names.includes(name)).map((name) => `${name} is not in ${one}`),
  ];
  const kinds = new Map();
  for (const name of names.filter((name) => others.includes(name))) {
    const kind = kindOf(name);
    const counts = kinds.get(kind) ?? { kind, same: 0, butClock: 0, notCompared: 0 };
    kinds.set(kind, counts);
    const [a, b] = [one, other].map((folder) => path.join(folder, name));
    if (RECORDS_OF_TIME.test(name)) counts.notCompared++;
    else if (checksum(a) === checksum(b)) counts.same++;
    else if (/\.jsonl?$/.test(name) && timeless(a) === timeless(b)) counts.butClock++;
    else differences.push(`${name} differs`);
  }
  return { kinds: [...kinds.values()].sort((a, b) => a.kind.localeCompare(b.kind)), differences };
}

const results = (folder) =>
  fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .filter((name) => !NOT_RESULTS.test(name))
    .sort();

/** The first folder and the ending. */
function kindOf(name) {
  const [first, ...rest] = name.split(path.sep);
  return rest.length === 0
    ? first
    : `${first}/*${RECORDS_OF_TIME.test(name) ? ' (records of time)' : path.extname(name)}`;
}

const checksum = (file) => createHash('sha256').update(fs.readFileSync(file)).digest('hex');

/** A file of JSON, or of a JSON a line, without what the clock changes. */
function timeless(file) {
  const text = fs.readFileSync(file, 'utf8');
  const documents = file.endsWith('.jsonl') ? text.split('\n').filter((line) => line) : [text];
  return documents
    .map((one) => JSON.stringify(JSON.parse(one, (key, value) => (CLOCK.has(key) ? undefined : value))))
    .join('\n');
}
