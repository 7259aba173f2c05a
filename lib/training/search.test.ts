import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { createRandom } from 'lib/random';
import { temporaryFolder } from '../files/temporary-folder.fixture';
import { searchWeights } from './search';
import { newJournal, quadratic, quadraticSearch, search, timeless } from './search.fixture';

test('parameters stay within their bounds, and are spread over the logarithm', async (t) => {
  const space = { wide: [1e-5, 1], narrow: [2, 2.1] } as const;
  const { trials } = await searchWeights({
    ...quadraticSearch(newJournal(t)),
    space,
    // no place is better than another
    evaluate: async () => 1,
    trials: 30,
  });
  for (const { parameters } of trials)
    for (const [name, [low, high]] of Object.entries(space))
      assert.ok(parameters[name] >= low && parameters[name] <= high, `${name} is ${parameters[name]}`);
  // of numbers spread evenly between 0.00001 and 1, one in 316 would be below the middle of the logarithm
  const below = trials.filter(({ parameters }) => parameters.wide < 10 ** -2.5).length;
  assert.ok(below >= 8 && below <= 22, `${below} of 30 are in the lower half`);
});

test('one worker makes the same trials for the same seed, to the last bit, and others for another', async (t) => {
  const [one, same, other] = await Promise.all([5, 5, 6].map((seed) => search(newJournal(t), { seed })));
  assert.deepEqual(timeless(same.trials), timeless(one.trials));
  assert.equal(new Set([...one.trials, ...other.trials].map(({ parameters }) => parameters.weight)).size, 40);
  assert.match(one.sampler, /^TPESampler of Optuna \d/);
});

test('a search goes on where another ended, to the trials that it would have made itself', async (t) => {
  const journal = newJournal(t);
  const evaluated: number[] = [];
  const first = await search(journal, { trials: 11 });
  const whole = await search(journal, {
    trials: 13,
    evaluate: async (parameters, trial) => {
      evaluated.push(trial);
      return quadratic(parameters);
    },
  });
  assert.deepEqual(evaluated, [11, 12]);
  assert.deepEqual(whole.trials.slice(0, 11), first.trials);
  assert.deepEqual(timeless(whole.trials), timeless((await search(newJournal(t), { trials: 13 })).trials));
  // there is nothing left to do
  assert.deepEqual(await search(journal, { trials: 13 }), whole);
});

test('a database serves as well as a journal', async (t) => {
  const database = `sqlite:///${path.join(temporaryFolder(t), 'database')}`;
  const [there, here] = [await search(database, { trials: 3 }), await search(newJournal(t), { trials: 3 })];
  assert.deepEqual(timeless(there.trials), timeless(here.trials));
});

test('a trial that throws or has no finite score counts, with its reason, and is never the best', async (t) => {
  const evaluate = async (_: unknown, trial: number) => {
    if (trial === 1) throw new Error('the loss is NaN by step 3');
    return [2, Number.NaN, Number.NEGATIVE_INFINITY, 1][trial === 0 ? 0 : trial - 1];
  };
  const { trials, best } = await search(newJournal(t), { trials: 5, evaluate });
  assert.deepEqual(
    trials.map((trial) => (trial.state === 'complete' ? trial.score : trial.failure)),
    [2, 'the loss is NaN by step 3', 'the score is NaN', 'the score is -Infinity', 1],
  );
  assert.equal(best, trials[4]);
  assert.ok(trials.every(({ parameters, seconds }) => parameters.weight > 0 && seconds >= 0));
  const failing = async () => {
    throw new Error('no data');
  };
  assert.equal((await search(newJournal(t), { trials: 2, evaluate: failing })).best, undefined);
});

test('progress counts all workers’ trials and knows the best', async (t) => {
  const journal = newJournal(t);
  await search(journal, { trials: 2 });
  const reports: [number, number, number | undefined][] = [];
  const scores = [0, 0, 3, 1, 2];
  await search(journal, {
    trials: 5,
    evaluate: async (_, trial) => scores[trial] - 100,
    onProgress: ({ done, trials, best }) => void reports.push([done, trials, best?.score]),
  });
  assert.deepEqual(reports, [
    [3, 5, -97],
    [4, 5, -99],
    [5, 5, -99],
  ]);
});

test('an abort waits for the trial under way, does not use what it returns, and leaves its place to the next', async (t) => {
  const journal = newJournal(t);
  const stop = new AbortController();
  let over = false;
  await assert.rejects(
    search(journal, {
      trials: 4,
      signal: stop.signal,
      evaluate: async (parameters, trial, signal) => {
        if (trial < 2) return quadratic(parameters);
        stop.abort(new Error('enough'));
        assert.equal(signal.aborted, true);
        await setTimeout(50);
        over = true;
        return -1;
      },
    }),
    /^Error: enough$/,
  );
  assert.ok(over);
  // it was given up at once; a worker elsewhere would not see that this one is gone
  assert.match(fs.readFileSync(journal, 'utf8'), /"state":3/);
  const { trials, lost } = await search(journal, { trials: 4 });
  assert.equal(lost, 1);
  assert.deepEqual(timeless(trials), timeless((await search(newJournal(t), { trials: 4 })).trials));
  await assert.rejects(search(journal, { signal: stop.signal }), /enough/);
});

test('an abort ends the wait for another worker’s trial', async (t) => {
  const journal = newJournal(t);
  const stop = new AbortController();
  await search(journal, {
    trials: 1,
    evaluate: async () => {
      await assert.rejects(
        search(journal, { trials: 1, signal: stop.signal, onProgress: () => stop.abort(new Error('enough')) }),
        /enough/,
      );
      return 1;
    },
  });
});

test('a journal whose last line was not finished goes on without it', async (t) => {
  const journal = newJournal(t);
  await search(journal, { trials: 3 });
  fs.appendFileSync(journal, '{"op_code":4,"worker_');
  const { trials } = await search(journal, { trials: 4 });
  assert.deepEqual(timeless(trials), timeless((await search(newJournal(t), { trials: 4 })).trials));
  assert.ok(!fs.readFileSync(journal, 'utf8').includes('"worker_{'));
});

const unsealed = (journal: string) => journal.replaceAll(/,"checksum":"[0-9a-f]{64}"/g, '');

test('a journal of earlier versions, whose lines have no checksums, is gone on with', async (t) => {
  const journal = newJournal(t);
  await search(journal, { trials: 2 });
  fs.writeFileSync(journal, unsealed(fs.readFileSync(journal, 'utf8')));
  const { trials } = await search(journal, { trials: 4 });
  assert.deepEqual(timeless(trials), timeless((await search(newJournal(t), { trials: 4 })).trials));
});

test('a changed digit anywhere in a journal is an error that names its line', async (t) => {
  const journal = newJournal(t);
  await search(journal, { trials: 1 });
  const whole = fs.readFileSync(journal, 'utf8');
  const digits = [...whole.matchAll(/\d/g)].map(({ index }) => index);
  const random = createRandom('digits');
  for (let i = 0; i < 4; i++) {
    const at = digits[random.integer(digits.length)];
    fs.writeFileSync(journal, `${whole.slice(0, at)}${(Number(whole[at]) + 1) % 10}${whole.slice(at + 1)}`);
    const line = whole.slice(0, at).split('\n').length;
    await assert.rejects(search(journal, { trials: 1 }), new RegExp(`damaged \\(line ${line} `));
  }
});

test('a broken journal, or a file that is none, is an error that names it, and stays as it is', async (t) => {
  const journal = newJournal(t);
  await search(journal, { trials: 2 });
  const whole = fs.readFileSync(journal, 'utf8');
  const cases: [string, RegExp][] = [
    [
      whole.replace('"trial_id"', '"trial'),
      /^Error: .*journal is damaged \(line \d+ is no object in JSON\); remove it/,
    ],
    [whole.replaceAll('"op_code":8', '"op_code":99'), /^Error: .*journal is damaged \(line \d+ was changed since/],
    // as earlier versions wrote it, without checksums
    [unsealed(whole).replaceAll('"op_code":8', '"op_code":99'), /^Error: .*journal is damaged \(AssertionError/],
    [unsealed(whole).replace('"study_name"', '"name"'), /^Error: .*journal is damaged \(KeyError: 'study_name'\)/],
    ['a letter to a friend', /^Error: .*journal must be a journal of Optuna, but does not begin as one$/],
  ];
  for (const [content, words] of cases) {
    fs.writeFileSync(journal, content);
    await assert.rejects(search(journal, { trials: 3 }), words);
    assert.equal(fs.readFileSync(journal, 'utf8'), content);
  }
  await assert.rejects(search(path.dirname(journal)), /folder with a space cannot be opened: Is a directory$/);
});

test('a study keeps its space and its seed', async (t) => {
  const journal = newJournal(t);
  await search(journal, { trials: 1 });
  await assert.rejects(
    search(journal, { trials: 2, seed: 2 }),
    /^Error: seed must be that of the study quadratic in .*journal, 1, but is 2$/,
  );
  await assert.rejects(
    searchWeights({ ...quadraticSearch(journal), space: { weight: [0.1, 9], learningRate: [1e-5, 1e-3] } }),
    /^Error: space must be that of the study .*"weight": \[0.1, 10\].*, but is .*"weight": \[0.1, 9\]/,
  );
  // another study of the same file is its own
  assert.equal((await search(journal, { trials: 1, seed: 2, studyName: 'other' })).trials.length, 1);
});

test('says which option is wrong', async () => {
  const wrong = (given: object, words: RegExp) =>
    assert.rejects(searchWeights({ ...quadraticSearch('nowhere'), ...given }), (error: Error) => {
      return error instanceof RangeError && words.test(error.message);
    });
  await wrong({ space: {} }, /^space must have a parameter, but is \{\}$/);
  await wrong({ space: { a: [0, 1] } }, /^space.a must be \[low, high\] with 0 < low < high, but is \[0,1\]$/);
  await wrong({ space: { a: [2, 1] } }, /^space.a must/);
  await wrong({ space: { a: [2, Number.POSITIVE_INFINITY] } }, /^space.a must/);
  await wrong({ trials: 0 }, /^trials must be a whole number above 0, but is 0$/);
  await wrong({ trials: 1.5 }, /^trials must/);
  await wrong({ seed: -1 }, /^seed must be a whole number from 0 on, but is -1$/);
  await wrong({ help: 0 }, /^help must be above 0, but is 0$/);
  await wrong({ staleSeconds: 0 }, /^staleSeconds must be above 0, but is 0$/);
});
