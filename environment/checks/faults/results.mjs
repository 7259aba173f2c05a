/** What a run's folder holds that must not depend on faults. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

/** Locks, what killed writers left, and what holds times: Optuna's journal and TensorBoard's files. */
const LEFT_OUT =
  /(^|\/)(lock|notebooks)$|\.partial$|\.done$|\.journal(\.lock)?$|events\.out\.tfevents\.\d+$|^report\.html$/;
/** Fields of times, and of how often a search was broken off. */
const TIMES = new Set(['seconds', 'imagesPerSecond', 'date', 'lost', 'checksum', 'commit']);

/** All files of a folder, by their place in it. */
export function filesOf(folder) {
  return fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath ?? entry.path, entry.name)))
    .sort();
}

/** A checksum of each file, of JSON without its times. */
export function resultsOf(folder) {
  const names = filesOf(folder).filter((name) => !LEFT_OUT.test(name));
  return Object.fromEntries(names.map((name) => [name, sum(timeless(name, fs.readFileSync(path.join(folder, name))))]));
}

/** In what two folders' results differ, a line each. */
export function differences(found, expected) {
  const names = [...new Set([...Object.keys(found), ...Object.keys(expected)])].sort();
  return names
    .filter((name) => found[name] !== expected[name])
    .map((name) =>
      found[name] ? (expected[name] ? `${name} is another` : `${name} is too many`) : `${name} is missing`,
    );
}

const sum = (content) => createHash('sha256').update(content).digest('hex');

function timeless(name, content) {
  const strip = (_, value) =>
    value && typeof value === 'object' && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).filter(([key]) => !TIMES.has(key)))
      : value;
  const one = (text) => JSON.stringify(JSON.parse(text, strip));
  try {
    if (name.endsWith('.json')) return one(content.toString());
    if (name.endsWith('.jsonl')) return content.toString().trimEnd().split('\n').map(one).join('\n');
  } catch {
    // damaged, and not noticed so far
  }
  return content;
}
