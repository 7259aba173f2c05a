import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '../files/temporary-folder.fixture';
import { chunkCounts, readJobSplit } from './job-split';
import { TINY } from './profile.fixture';

const subjects = { train: 101, validation: 20, test: 1 };
const split = { peoplePerJob: { scan: 100, register: 10, render: 20 }, trialsAtOnce: 4 };

test('a cluster’s jobs have no more people than its split says, and one machine’s are a multiple of its cores', () => {
  assert.deepEqual(chunkCounts({ subjects }, split), {
    scan: { train: 2, validation: 1, test: 1 },
    register: { train: 11, validation: 2, test: 1 },
    render: { train: 6, validation: 1, test: 1 },
  });
  const bySplit = { train: 8, validation: 2, test: 2 };
  assert.deepEqual(chunkCounts(TINY, { cores: 2 }), { scan: bySplit, register: bySplit, render: bySplit });
});

test('a split is read, and a broken one is an error that names the field', (t) => {
  const file = path.join(temporaryFolder(t), 'split.json');
  fs.writeFileSync(file, JSON.stringify(split));
  assert.deepEqual(readJobSplit(file), split);
  fs.writeFileSync(file, JSON.stringify({ ...split, peoplePerJob: { ...split.peoplePerJob, scan: 0 } }));
  assert.throws(() => readJobSplit(file), /split\.json is not as expected:\n {2}peoplePerJob\.scan/);
});
