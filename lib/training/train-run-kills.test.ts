import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { createRandom } from 'lib/random';
import { temporaryFolder } from '../files/temporary-folder.fixture';
import { newestState } from './run-checkpoints';
import { type Moment, outcome, tinyRun } from './tiny-run.fixture';
import { trainRun } from './train-run';

const STEPS = 48;
const PROGRAM = path.join(__dirname, 'tiny-run.fixture.ts');

/** A process of its own that trains in a folder; its lines are the steps that it has reported. */
function start(t: TestContext, folder: string, moment?: Moment) {
  const args = ['--import', 'tsx', PROGRAM, folder, String(STEPS), ...(moment ? [JSON.stringify(moment)] : [])];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  t.after(() => child.kill('SIGKILL'));
  return child;
}

/** What an unbroken training leaves, made by this process: other processes must come to the same bits. */
async function unbroken(t: TestContext) {
  const folder = temporaryFolder(t);
  await trainRun(folder, tinyRun({ steps: STEPS }));
  return outcome(folder);
}

test('killed in the middle of a checkpoint, before and after its rename, and in a line of metrics, a training goes on', async (t) => {
  const folder = temporaryFolder(t);
  const moments: [Moment, number | undefined][] = [
    [{ file: 'metrics.jsonl', when: 'half written' }, undefined],
    [{ file: 'checkpoint-12.arrays', when: 'half written' }, 6],
    [{ file: 'checkpoint-18.arrays', when: 'before its rename' }, 12],
    [{ file: 'checkpoint-18.arrays', when: 'after its rename' }, 18],
    [{ file: 'weights.arrays', when: 'half written' }, 48],
  ];
  for (const [moment, step] of moments) {
    const child = start(t, folder, moment);
    child.stdout.resume();
    assert.deepEqual(await once(child, 'exit'), [null, 'SIGKILL'], JSON.stringify(moment));
    assert.equal(newestState(folder, assert.fail)?.checkpoint.step, step, JSON.stringify(moment));
  }
  await trainRun(folder, tinyRun({ steps: STEPS }));
  assert.deepEqual(outcome(folder), await unbroken(t));
  assert.deepEqual(
    fs.readdirSync(folder).filter((name) => name.endsWith('.partial') || name === 'lock'),
    [],
  );
});

test('killed at random moments, a training ends with the same bits', async (t) => {
  const folder = temporaryFolder(t);
  const random = createRandom('moments of the kill');
  for (let kill = 0; kill < 3; kill++) {
    const child = start(t, folder);
    const exit = once(child, 'exit');
    await once(child.stdout, 'data');
    child.stdout.resume();
    await setTimeout(60 * random.uniform());
    child.kill('SIGKILL');
    await exit;
  }
  await trainRun(folder, tinyRun({ steps: STEPS }));
  assert.deepEqual(outcome(folder), await unbroken(t));
});

test('a folder in which another process trains is refused, and free once that is killed', async (t) => {
  const folder = temporaryFolder(t);
  const child = start(t, folder);
  await once(child.stdout, 'data');
  child.kill('SIGSTOP');
  await assert.rejects(
    trainRun(folder, tinyRun({ steps: STEPS })),
    (error: Error) =>
      error.message === `${folder} is being trained by process ${child.pid}; wait for it, or stop it and try again`,
  );
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
  assert.equal((await trainRun(folder, tinyRun({ steps: STEPS }))).finished, true);
});

const mountable =
  spawnSync('unshare', ['--mount', '--map-root-user', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status === 0;

test('on a small disk that is full a training ends with its last checkpoint whole', {
  skip: mountable ? false : 'this machine lets no disk in memory be mounted',
}, async (t) => {
  const disk = temporaryFolder(t);
  const out = temporaryFolder(t);
  // a checkpoint of this network with its best weights is 1 MB: the second does not fit beside the first
  const script = `mount -t tmpfs -o size=1600k tmpfs "$0" && "$@"; cp "$0"/* "${out}"`;
  const trained = [process.execPath, '--import', 'tsx', PROGRAM, disk, String(STEPS)];
  const { stderr } = spawnSync('unshare', ['--mount', '--map-root-user', 'sh', '-c', script, disk, ...trained], {
    encoding: 'utf8',
  });
  assert.match(
    stderr,
    /checkpoint-\d+\.arrays cannot be written: the disk is full \(ENOSPC\); free some space and run/,
  );
  const step = newestState(out, assert.fail)?.checkpoint.step;
  assert.ok(step !== undefined && step > 0 && step < STEPS, `the last checkpoint is of step ${step}`);
  await trainRun(out, tinyRun({ steps: STEPS }));
  assert.deepEqual(outcome(out), await unbroken(t));
});
