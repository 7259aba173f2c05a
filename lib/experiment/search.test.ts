import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { writeJson } from 'lib/files';
import { temporaryFolder } from '../files/temporary-folder.fixture';
import { readSearch, type Search } from './search';

test('a search’s result can be read, or says which field is wrong', (t) => {
  const parameters = { alpha: 2, learningRate: 0.001 };
  const best = { trial: 1, state: 'complete', score: 0.9, parameters, seconds: 12 } as const;
  const failed = { trial: 0, state: 'failed', failure: 'the loss is NaN by step 3', parameters, seconds: 1 } as const;
  const search: Search = {
    loss: 'coarse',
    madeFrom: 'a checksum',
    sampler: 'TPESampler of Optuna 5.0.0',
    seed: 1,
    steps: 250,
    balancedWeights: { alpha: 1 },
    bounds: { alpha: [0.1, 10], learningRate: [1e-5, 1e-3] },
    best,
    trials: [failed, best],
    lost: 0,
  };
  const file = path.join(temporaryFolder(t), 'coarse.json');
  writeJson(file, search);
  assert.deepEqual(readSearch(file), search);
  for (const [wrong, words] of [
    [{ ...search, loss: 'srl' }, /loss: /],
    [{ ...search, best: failed }, /best\./],
    [{ ...search, trials: [{ ...best, score: null }] }, /trials\.0\.score: /],
  ] as const) {
    writeJson(file, wrong);
    assert.throws(
      () => readSearch(file),
      (error: Error) => error.message.startsWith(file) && words.test(error.message),
    );
  }
});
