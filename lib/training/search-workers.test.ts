import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { type TestContext, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { createRandom } from 'lib/random';
import type { SearchResult } from './search';
import { newJournal, numbers, quadratic, type SPACE, search, timeless } from './search.fixture';

test('workers side by side share a study: each trial is made once, and all return the same', async (t) => {
  const journal = newJournal(t);
  const random = createRandom('delays');
  const evaluated: number[] = [];
  const evaluate = async (parameters: Record<keyof typeof SPACE, number>, trial: number) => {
    evaluated.push(trial);
    await setTimeout(20 * random.uniform());
    return quadratic(parameters);
  };
  const results = await Promise.all(numbers(3).map(() => search(journal, { trials: 24, evaluate })));
  assert.deepEqual(
    evaluated.sort((a, b) => a - b),
    numbers(24),
  );
  for (const { trials, lost } of results) {
    assert.deepEqual(trials, results[0].trials);
    assert.deepEqual([trials.length, lost], [24, 0]);
  }
  assert.equal(new Set(results[0].trials.map(({ parameters }) => parameters.weight)).size, 24);
});

test('who asked earlier chooses first, and who finds nothing left then begins no trial', async (t) => {
  const journal = newJournal(t);
  await search(journal, { trials: 1 });
  const write = (line: object) =>
    fs.appendFileSync(journal, `${JSON.stringify({ worker_id: 'elsewhere', ...line })}\n`);
  // another worker asked, but has not chosen yet
  write({ op_code: 4, study_id: 0, datetime_start: new Date().toISOString() });
  const evaluated: number[] = [];
  const late = search(journal, {
    trials: 2,
    help: Number.POSITIVE_INFINITY,
    evaluate: async (_, trial) => evaluated.push(trial),
  });
  const asked = () => fs.readFileSync(journal, 'utf8').match(/"op_code":4/g)?.length;
  while (asked() !== 3) await setTimeout(10);
  await setTimeout(200);
  write({ op_code: 8, trial_id: 1, user_attr: { place: 1 } });
  const { trials, lost } = await late;
  assert.deepEqual([evaluated, trials.map(({ trial }) => trial), lost], [[], [0], 0]);
});

/** Starts a worker in a group of its own; `begun` resolves when it begins a trial, `ended` when all its processes have. */
function startWorker(t: TestContext, journal: string, given: object) {
  const worker = spawn(
    process.execPath,
    ['--import', 'tsx', path.join(__dirname, 'search-worker.fixture.ts'), journal, JSON.stringify(given)],
    { stdio: ['ignore', 'pipe', 'inherit'], detached: true },
  );
  const lines: string[] = [];
  const output = createInterface({ input: worker.stdout }).on('line', (line) => void lines.push(line));
  const ended = new Promise<void>((resolve) => void worker.on('close', () => resolve()));
  const kill = (id: number) => {
    try {
      process.kill(id, 'SIGKILL');
    } catch {
      // it has ended
    }
  };
  t.after(() => kill(-(worker.pid as number)));
  return {
    async begun(trial: number | 'any'): Promise<void> {
      const isIt = (line: string) => (trial === 'any' ? line.startsWith('trial') : line === `trial ${trial}`);
      while (!lines.some(isIt)) await once(output, 'line');
    },
    result: () => ended.then(() => JSON.parse(lines.at(-1) as string) as SearchResult),
    /** Kills it alone, so that its Optuna is left; or all of it at once. */
    kill: (alone: boolean) => {
      kill(alone ? (worker.pid as number) : -(worker.pid as number));
      return ended;
    },
  };
}

/** A journal without its lines' checksums, so that they may be changed. */
const unsealed = (journal: string): string =>
  fs.readFileSync(journal, 'utf8').replace(/,"checksum":"[0-9a-f]{64}"/g, '');

test('a killed worker loses its trial, which the next makes again, to the last bit', async (t) => {
  const unbroken = timeless((await search(newJournal(t), { trials: 14 })).trials);
  for (const how of ['alone', 'with its Optuna', 'and buried'] as const) {
    const alone = how === 'alone';
    const journal = newJournal(t);
    const worker = startWorker(t, journal, { milliseconds: 30, trials: 14 });
    await worker.begun(12);
    await worker.kill(alone);
    // its Optuna gives the trial up; who asks before that gets another first
    while (alone && !fs.readFileSync(journal, 'utf8').includes('"state":3')) await setTimeout(10);
    // a dead process may stay listed for a while; no process has this number
    if (how === 'and buried')
      fs.writeFileSync(
        journal,
        unsealed(journal).replace(/("worker":\["[^"]+",)\d+/g, (_, before) => `${before}${2 ** 22 + 1}`),
      );
    const { trials, lost } = await search(journal, { trials: 14 });
    assert.deepEqual([trials.length, lost], [14, 1]);
    assert.deepEqual(timeless(trials), unbroken);
  }
});

test('of two workers one is killed in the middle of a trial: the other makes all that is left', async (t) => {
  const journal = newJournal(t);
  const [left, killed] = [1, 2].map(() => startWorker(t, journal, { milliseconds: 100, trials: 12 }));
  await killed.begun('any');
  await killed.kill(false);
  const { trials, lost } = await left.result();
  assert.deepEqual(
    trials.map(({ trial, state }) => [trial, state]),
    numbers(12).map((trial) => [trial, 'complete']),
  );
  assert.ok(lost <= 1);
});

test('of a worker elsewhere only its silence tells that it died; a helper does not wait for it', async (t) => {
  const journal = newJournal(t);
  const worker = startWorker(t, journal, { milliseconds: 100_000, trials: 2 });
  await worker.begun(0);
  await worker.kill(false);
  const lines = unsealed(journal);
  const moved = lines.replace(/"worker":\["[^"]+"/, '"worker":["another machine"');
  assert.notEqual(moved, lines);
  fs.writeFileSync(journal, moved);
  const helped = await search(journal, { trials: 2, help: Number.POSITIVE_INFINITY });
  assert.deepEqual(
    helped.trials.map(({ trial }) => trial),
    [1],
  );
  const { trials, lost } = await search(journal, { trials: 2, staleSeconds: 0.5 });
  assert.deepEqual([trials.length, lost], [2, 1]);
});

test('helpers that make one trial each make, one after the other, the trials of a lone worker', async (t) => {
  const journal = newJournal(t);
  const counts: number[] = [];
  for (let helper = 0; helper < 4; helper++) counts.push((await search(journal, { trials: 3, help: 1 })).trials.length);
  // the last found none left
  assert.deepEqual(counts, [1, 2, 3, 3]);
  const { trials, lost } = await search(journal, { trials: 3 });
  assert.equal(lost, 0);
  assert.deepEqual(timeless(trials), timeless((await search(newJournal(t), { trials: 3 })).trials));
});

test('a worker that was taken for dead does no harm when it comes back', async (t) => {
  const journal = newJournal(t);
  const made = { slow: [] as number[], fast: [] as number[] };
  let fast: Promise<SearchResult> | undefined;
  // it says that it lives every 100 s only
  const slow = await search(journal, {
    trials: 4,
    staleSeconds: 600,
    evaluate: async (_, trial) => {
      made.slow.push(trial);
      await setTimeout(400);
      fast = search(journal, {
        trials: 4,
        staleSeconds: 0.3,
        evaluate: async (_, trial) => {
          made.fast.push(trial);
          return 1;
        },
      });
      await fast;
      return 2;
    },
  });
  assert.deepEqual(made, { slow: [0], fast: [0, 1, 2, 3] });
  assert.deepEqual(slow, await fast);
  assert.ok(slow.trials.every((trial) => trial.state === 'complete' && trial.score === 1));
});
