import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { writeJson } from 'lib/files';
import { temporaryFolder } from '../files/temporary-folder.fixture';

import { subjectRandom } from './heads';
import { SEARCHED_LOSSES, SPLITS } from './profile';
import { TINY } from './profile.fixture';
import { evenlySpread, readRun, runFiles } from './run';

test('evenly spread numbers by hand', () => {
  assert.deepEqual([...evenlySpread(10, 4)], [0, 2, 5, 7]);
  assert.deepEqual([...evenlySpread(4, 4)], [0, 1, 2, 3]);
  assert.deepEqual([...evenlySpread(3, 10)], [0, 1, 2]);
  assert.deepEqual([...evenlySpread(7, 1)], [0]);
});

test('evenly spread numbers rise, stay below the total, and have gaps that differ by at most one', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 20_000 }), fc.integer({ min: 1, max: 3_000 }), (total, count) => {
      const chosen = [...evenlySpread(total, count), total];
      assert.equal(chosen.length - 1, Math.min(count, total));
      const gaps = chosen.slice(1).map((v, i) => v - chosen[i]);
      assert.ok(Math.min(...gaps) >= 1 && Math.max(...gaps) - Math.min(...gaps) <= 1);
    }),
    { seed: 1, numRuns: 100 },
  );
});

test('a run’s folder says what it was asked to do, or which field is wrong', (t) => {
  const folder = temporaryFolder(t);
  const file = path.join(folder, 'run.json');
  for (const heads of [{ source: 'population' }, { source: 'ict-facekit', folder: '/somewhere' }]) {
    writeJson(file, { profile: TINY, heads });
    const { files, ...asked } = readRun(folder);
    assert.deepEqual(asked, { profile: TINY, heads });
    assert.equal(files.model, path.join(folder, 'model.h5'));
  }
  const wrong = (heads: object, words: RegExp) => {
    writeJson(file, { profile: TINY, heads });
    assert.throws(
      () => readRun(folder),
      (error: Error) => error.message.startsWith(file) && words.test(error.message),
    );
  };
  wrong({ source: 'ict-facekit' }, /heads\.folder: /);
  wrong({ source: 'photographs' }, /heads\.source: /);
});

test('a run that shares heads finds them in the other run, and their model and images where it shares those', (t) => {
  const runs = temporaryFolder(t);
  const folder = path.join(runs, 'open', 'population');
  const other = runFiles(path.join(runs, 'tiny', 'population'));
  const own = runFiles(folder);
  for (const [model, images] of [
    [true, true],
    [true, false],
    [false, false],
  ]) {
    const profile = { ...TINY, name: 'open', shares: { profile: 'tiny', model, images } };
    writeJson(path.join(folder, 'run.json'), { profile, heads: { source: 'population' } });
    const { files } = readRun(folder);
    for (const split of SPLITS) {
      for (const of of ['scans', 'truth', 'registered'] as const) assert.equal(files[of](split), other[of](split));
      assert.equal(files.dataset(split), (images ? other : own).dataset(split));
    }
    assert.equal(files.registration, other.registration);
    for (const file of ['model', 'modelFacts'] as const) assert.equal(files[file], (model ? other : own)[file]);
    for (const file of ['floors', 'summary', 'report', 'notebooks'] as const) assert.equal(files[file], own[file]);
    assert.equal(files.evaluation({ name: 'srl' }, 1), own.evaluation({ name: 'srl' }, 1));
    assert.deepEqual(files.training({ name: 'srl' }, 1), own.training({ name: 'srl' }, 1));
    assert.deepEqual(files.search('xqt'), own.search('xqt'));
  }
});

test('each loss and split has files of its own, all in the run’s folder', () => {
  const files = runFiles('run');
  const losses = [{ name: 'srl' }, { name: 'gal', frame: 'camera' }, { name: 'gal', frame: 'released' }] as const;
  const all = [
    ...losses.flatMap((loss) => [1, 2].flatMap((seed) => Object.values(files.training(loss, seed)))),
    ...losses.flatMap((loss) => [1, 2].map((seed) => files.evaluation(loss, seed))),
    ...[files.scans, files.truth, files.registered, files.dataset].flatMap((of) => SPLITS.map(of)),
    ...SEARCHED_LOSSES.flatMap((loss) => Object.values(files.search(loss))),
    files.registration,
    files.model,
    files.modelFacts,
    files.floors,
    files.summary,
    files.report,
  ];
  assert.equal(new Set(all).size, 3 * 6 + 4 * 3 + 2 * 2 + 6);
  assert.ok(all.every((file) => file.startsWith(`run${path.sep}`)));
});

test('a subject’s generator depends on seed, split and subject alone', () => {
  const first = (seed: number, split: 'train' | 'test', subject: number) =>
    subjectRandom({ ...TINY, seed }, split, subject).uniform();
  assert.equal(first(1, 'train', 3), subjectRandom({ ...TINY, components: 5 }, 'train', 3).uniform());
  const others = [first(1, 'train', 3), first(1, 'train', 4), first(1, 'test', 3), first(2, 'train', 3)];
  assert.equal(new Set(others).size, 4);
});
