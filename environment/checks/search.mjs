// npm run check -- search [--kills N]: workers of a search, killed (kill -9) at N random moments and started again, end with all
// trials: a lone worker with those of a search that was never killed, to the last bit; two workers with each trial made once.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { root } from '../setup.mjs';
import { statOf } from './processes/kill-session.mjs';

const { values } = parseArgs({ options: { kills: { type: 'string', default: '50' } } });
const KILLS = Number(values.kills);
if (!(Number.isInteger(KILLS) && KILLS > 0)) fail(`--kills must be a whole number above 0, but is ${values.kills}`);
/** A worker is killed within so long of its start or, three times of four, of its first trial; then it has made several. */
const LONGEST_LIFE_SECONDS = 1.5;
const TRIAL_MS = 50;
const worker = path.join(root, 'lib', 'training', 'search-worker.fixture.ts');
const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'search '));

// enough that some are left after the last kill
const trials = 20 + 8 * KILLS;
console.log(`a lone worker, ${trials} trials, ${KILLS} kills`);
const lone = await searchWithKills('lone', 1);
const unbroken = await start(path.join(scratch, 'unbroken')).ended;
if (JSON.stringify(timeless(lone.trials)) !== JSON.stringify(timeless(unbroken.trials)))
  fail('a lone worker that was killed made other trials than one that was not');
if (unbroken.lost !== 0) fail(`the search that was never killed lost ${unbroken.lost} trials`);
console.log(`two workers, ${trials} trials, ${KILLS} kills`);
await searchWithKills('two', 2);
fs.rmSync(scratch, { recursive: true });
console.log('search: all trials after all kills\n2 passed, 0 failed');
process.exit(0);

/** Keeps so many workers at one study, kills one at random moments and starts another; checks what they end with. */
async function searchWithKills(name, count) {
  const journal = path.join(scratch, name);
  const workers = Array.from({ length: count }, () => start(journal));
  const made = { all: 0, alone: 0, optuna: 0 };
  for (let kill = 0; kill < KILLS; kill++) {
    const which = kill % count;
    if (Math.random() < 0.75) await workers[which].begun;
    await new Promise((resolve) => setTimeout(resolve, 1000 * LONGEST_LIFE_SECONDS * Math.random()));
    const how = ['all', 'alone', 'optuna'][Math.floor(3 * Math.random())];
    if (!workers[which].isOver()) made[how]++;
    await workers[which].kill(how);
    workers[which] = start(journal);
  }
  const results = await Promise.all(workers.map(({ ended }) => ended));
  const kills = made.all + made.alone + made.optuna;
  for (const result of results) {
    if (JSON.stringify(result) !== JSON.stringify(results[0])) fail('two workers ended with different results');
    const numbers = result.trials.map(({ trial }) => trial);
    if (numbers.length !== trials || numbers.some((number, i) => number !== i))
      fail(`the trials must be 0 to ${trials - 1}, but are ${numbers}`);
    const failed = result.trials.filter(({ state }) => state !== 'complete');
    if (failed.length > 0) fail(`no trial may fail, but ${JSON.stringify(failed[0])}`);
    if (new Set(result.trials.map(({ parameters }) => JSON.stringify(parameters))).size < trials)
      fail('two trials have the same parameters');
    if (result.lost > kills) fail(`${kills} kills may lose ${kills} trials, but ${result.lost} were lost`);
  }
  const begun = fs.readFileSync(journal, 'utf8').match(/"place":/g).length;
  if (begun !== trials + results[0].lost) fail(`${begun} trials were begun for ${trials} and ${results[0].lost} lost`);
  console.log(
    `  killed: ${made.all} with all that they started, ${made.alone} alone, ${made.optuna} only their Optuna; ${results[0].lost} trials lost and made again`,
  );
  return results[0];
}

/** A worker in a session of its own. */
function start(journal) {
  const options = { milliseconds: TRIAL_MS, trials, staleSeconds: 20 };
  const child = spawn(process.execPath, ['--import', 'tsx', worker, journal, JSON.stringify(options)], {
    cwd: root,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [output, complaints, killed] = ['', '', false];
  let hasBegun = () => {};
  const begun = new Promise((resolve) => {
    hasBegun = resolve;
  });
  child.stdout.setEncoding('utf8').on('data', (text) => {
    output += text;
    hasBegun();
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    complaints += text;
  });
  const ended = new Promise((resolve) => {
    child.on('close', (code) => {
      hasBegun();
      if (!killed && code !== 0) fail(`a worker ended with ${code}:\n${complaints}`);
      resolve(killed ? undefined : JSON.parse(output.trim().split('\n').at(-1)));
    });
  });
  return {
    begun,
    ended,
    isOver: () => child.exitCode !== null,
    async kill(how) {
      if (child.exitCode !== null) return;
      killed = true;
      const optuna = optunaOf(child.pid);
      try {
        process.kill(how === 'all' ? -child.pid : how === 'alone' ? child.pid : optuna, 'SIGKILL');
      } catch {
        // it ended meanwhile
      }
      await ended;
      // one whose worker was killed alone gives its trial up; who is started before that takes another first
      while (isThere(optuna)) await new Promise((resolve) => setTimeout(resolve, 10));
    },
  };
}

/** The process that holds a worker's Optuna; the worker itself where it has ended. */
function optunaOf(worker) {
  const others = fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return Number(
    others.find((pid) => {
      try {
        const command = fs.readFileSync(`/proc/${pid}/cmdline`, 'latin1');
        return command.includes('optuna_child.py') && statOf(pid)[1] === String(worker);
      } catch {
        return false;
      }
    }) ?? worker,
  );
}

function isThere(pid) {
  try {
    return !'ZX'.includes(statOf(pid)[0]);
  } catch {
    return false;
  }
}

/** What the clock does not change. */
function timeless(all) {
  return all.map(({ seconds: _, ...trial }) => trial);
}

function fail(message) {
  console.error(`${message}\nWhat the workers wrote is in ${scratch}`);
  process.exit(1);
}
