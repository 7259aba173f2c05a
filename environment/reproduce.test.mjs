import assert from 'node:assert/strict';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { register } from 'tsx/cjs/api';
import { jobCounts, planText } from './reproduce/dry-run.mjs';
import { reproduce } from './reproduce.mjs';

register();
const load = createRequire(import.meta.url);

const TABLE = `Building DAG of jobs...
Job stats:
job                     count
--------------------  -------
register                   12
train                       2
notebooks                   1
total                      15
`;

test('jobs by rule are those of Snakemake’s table', () => {
  assert.deepEqual(jobCounts(`${TABLE}\n[rule train]\n${TABLE}\nReasons:\n`), { register: 12, train: 2, notebooks: 1 });
  assert.deepEqual(jobCounts('Building DAG of jobs...\nNothing to be done (all requested files are present).\n'), {});
  assert.throws(
    () => jobCounts('a letter'),
    /^Error: Snakemake's dry run must hold a table of jobs, but is\na letter$/,
  );
});

const LEFT = { register: 12, train: 2, notebooks: 1 };
const costs = {
  provenance: {
    processor: 'a processor',
    busy: false,
    sizes: 'full',
    tensorflow: '2.21',
    node: 'v20',
    commit: 'abc',
    date: '2026-01-01',
  },
};
/** What lib/experiment says, with groups that are only told apart. */
const library = {
  costsByRule: (groups, { onGpu }) => [
    { rule: 'register', jobs: 12, coreHours: 1.5, gpuHours: 0, memoryMegabytes: 300, diskMegabytes: 1200 },
    {
      rule: 'train',
      jobs: 2,
      coreHours: onGpu ? 0 : 250,
      memoryMegabytes: 4000,
      diskMegabytes: 0,
      ...(groups === 'paper' && { gpuHours: 19.5 }),
    },
    { rule: 'notebooks', jobs: 1 },
  ],
};
const plan = (given) =>
  planText(library, { title: 'a run', left: LEFT, groups: 'own', paperGroups: 'paper', costs, onGpu: false, ...given });

test('the Slurm profile splits the work, so that a job of the paper’s size has people enough', () => {
  const { chunkCounts, readJobSplit } = load('../lib/experiment/job-split.ts');
  const { readProfile } = load('../lib/experiment/profile.ts');
  const split = readJobSplit('environment/workflow/profiles/slurm/split.json');
  assert.ok(split.trialsAtOnce > 1);
  const { register: jobs } = chunkCounts(readProfile('environment/profiles/paper.json'), split);
  assert.equal(jobs.train, Math.ceil(4543 / split.peoplePerJob.register));
});

test('a plan sums jobs, core hours and disk, and says what it is priced on and what it leaves out', () => {
  const text = plan({});
  assert.match(text, /^ {2}register +12 +1\.5 +0\.30 +1\.2$/m);
  assert.match(text, /^ {2}notebooks +1 +– +– +–$/m);
  assert.match(text, /^ {2}sum +15 +252 +4\.0 +1\.2$/m);
  assert.match(text, /by the paper's own minutes an epoch \(Table 2\).* take 20 GPU hours/);
  assert.match(text, /^Priced on a processor, TensorFlow 2\.21, Node v20, commit abc, 2026-01-01\.$/m);
  assert.match(text, /^Not priced: notebooks\.$/m);
});

test('a plan says that its prices are of a busy machine, and that GPU hours are not known', () => {
  const busy = { provenance: { ...costs.provenance, busy: true, sizes: 'small' } };
  assert.match(plan({ costs: busy }), /2026-01-01, WHILE OTHER WORK RAN THERE, AT SMALL SIZES ONLY\.$/m);
  const text = plan({ onGpu: true });
  assert.match(text, /^GPU hours: not known; no step was measured on a GPU/m);
  assert.match(text, /^ {2}train +2 +0 +– +4\.0 +0$/m);
});

test('a plan without measured costs lists jobs, and one without jobs says so', () => {
  assert.match(
    plan({ groups: undefined, why: 'nobody measured' }),
    /^a run: 15 jobs\n {2}register +12\n[\s\S]*\nCosts are not known: nobody measured$/,
  );
  assert.equal(plan({ left: {} }), 'a run: nothing is left to do');
});

test('the jobs that the library plans are those that Snakemake counts', async (t) => {
  const runs = fs.mkdtempSync(path.join(os.tmpdir(), 'runs '));
  t.after(() => fs.rmSync(runs, { recursive: true }));
  const { mock } = t.mock.method(console, 'log', () => {});
  await reproduce({ profile: 'paper', runs, 'dry-run': true });
  const printed = mock.calls.map(({ arguments: [text] }) => text).join('\n');
  mock.restore();
  const { chunkCounts, costsByRule, plannedJobs, readProfile } = load('../lib/experiment');
  const profile = readProfile('environment/profiles/paper.json');
  const chunks = chunkCounts(profile, { cores: os.availableParallelism() });
  const nothing = () => ({ seconds: 0, memoryMegabytes: 0, diskMegabytes: 0 });
  const planned = costsByRule(plannedJobs(profile, nothing, { chunks }));
  assert.ok(planned.length > 10);
  for (const { rule, jobs } of planned) assert.match(printed, new RegExp(`^ {2}${rule} +${jobs}\\b`, 'm'));
});
