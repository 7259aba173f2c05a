import assert from 'node:assert/strict';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { register } from 'tsx/cjs/api';
import { differences, resultsOf, sameByKind } from './results.mjs';

register();
const { writeArrays, writeJson } = createRequire(import.meta.url)('../../../lib/files/index.ts');

/** A run's folder as one machine and one day make it. */
function run(t, { seconds, error = 2, weights = 1 }) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'run '));
  t.after(() => fs.rmSync(folder, { recursive: true }));
  const place = (name) => path.join(folder, ...name.split('/'));
  writeArrays(place('training/srl/weights.arrays'), { w: { data: Float32Array.of(weights), shape: [1] } });
  writeJson(place('summary.json'), { rows: [{ error, seconds }], provenance: { date: `day ${seconds}` } });
  fs.writeFileSync(place('training/srl/metrics.jsonl'), `{"step":1,"seconds":${seconds}}\n{"step":2}\n`);
  fs.writeFileSync(place('training/srl/events.out.tfevents.7'), `${seconds}`);
  fs.writeFileSync(place(`training/srl.${seconds}-of-9.done`), '');
  return folder;
}

test('two runs with other times and seals have the same results, and their weights the same bits', (t) => {
  const [found, expected] = [1, 2].map((seconds) => resultsOf(run(t, { seconds })));
  assert.deepEqual(differences(found, expected), []);
  assert.deepEqual(sameByKind(found, expected), {
    'summary.json': { sameBits: 0, butForTimes: 1 },
    'training/*.arrays': { sameBits: 1, butForTimes: 0 },
    'training/*.jsonl': { sameBits: 0, butForTimes: 1 },
  });
});

test('another number, other weights, a file too many and a missing one are named', (t) => {
  const expected = run(t, { seconds: 1 });
  const found = run(t, { seconds: 1, error: 3, weights: 1.5 });
  fs.writeFileSync(path.join(found, 'more.json'), '{}');
  fs.rmSync(path.join(found, 'training', 'srl', 'metrics.jsonl'));
  assert.deepEqual(differences(resultsOf(found), resultsOf(expected)), [
    'more.json is too many',
    'summary.json is another',
    'training/srl/metrics.jsonl is missing',
    'training/srl/weights.arrays is another',
  ]);
});

test('a file of JSON that is cut off is another', (t) => {
  const [whole, cut] = [1, 1].map((seconds) => run(t, { seconds }));
  fs.truncateSync(path.join(cut, 'summary.json'), 20);
  assert.deepEqual(differences(resultsOf(cut), resultsOf(whole)), ['summary.json is another']);
});
