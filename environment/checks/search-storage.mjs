// npm run check -- search-storage: four workers share a search, in a journal's file and in a PostgreSQL that the check starts; one
// of them is killed (kill -9) in the middle of a trial. The others make all trials, each once, and end with the same result.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setUpOrExit } from '../setup.mjs';
import { postgresObstacle, startPostgres } from './search/postgres.mjs';
import { startWorker } from './search/worker.mjs';

const [WORKERS, TRIALS, TRIAL_MS] = [4, 24, 500];

const obstacle = postgresObstacle();
if (obstacle) {
  console.error(obstacle);
  process.exit(1);
}
await setUpOrExit({ cluster: true });

const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'search '));
const failures = [];
await search('a journal', path.join(scratch, 'journal'));
const postgres = await startPostgres();
try {
  await search('PostgreSQL', postgres.address);
} finally {
  await postgres.stop();
}
fs.rmSync(scratch, { recursive: true });
for (const failure of failures) console.log(`FAILED: ${failure}`);
const failed = new Set(failures.map((text) => text.split(': ')[0])).size;
console.log(`${2 - failed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);

async function search(name, storage) {
  const expect = (holds, what) => holds || failures.push(`${name}: ${what}`);
  const fail = (message) => failures.push(`${name}: ${message}`);
  const options = { milliseconds: TRIAL_MS, trials: TRIALS, staleSeconds: 60 };
  const workers = Array.from({ length: WORKERS }, () => startWorker(storage, options, fail));
  const [victim, ...others] = workers;
  await victim.begun;
  await new Promise((resolve) => setTimeout(resolve, 0.5 * TRIAL_MS * Math.random()));
  expect(!victim.isOver(), 'the worker to be killed must still be at work');
  await victim.kill('all');
  const results = await Promise.all(others.map(({ ended }) => ended));
  for (const result of results)
    expect(JSON.stringify(result) === JSON.stringify(results[0]), 'workers ended with different results');
  const { trials, lost } = results[0];
  const numbers = trials.map(({ trial }) => trial);
  expect(
    numbers.length === TRIALS && numbers.every((number, i) => number === i),
    `the trials must be 0 to ${TRIALS - 1}, but are ${numbers}`,
  );
  expect(
    trials.every(({ state }) => state === 'complete'),
    'a trial failed',
  );
  const drawn = new Set(trials.map(({ parameters }) => JSON.stringify(parameters))).size;
  expect(drawn === TRIALS, `${TRIALS} trials must have as many parameters, but have ${drawn}`);
  expect(lost <= 1, `one kill may lose one trial, but ${lost} were lost`);
  console.log(`${name}: ${WORKERS} workers, one killed: ${numbers.length} trials, ${lost} lost and made again`);
}
