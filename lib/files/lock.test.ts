import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { tryLock } from './lock';
import { temporaryFolder } from './temporary-folder.fixture';

const HOLDER = `
  const { tryLock } = require(${JSON.stringify(path.join(__dirname, 'lock.ts'))});
  process.stdout.write(JSON.stringify(tryLock(process.argv[1])));
  setInterval(() => {}, 1000);
`;

/** A process that takes a lock, or does not, and lives until it is killed. */
async function holder(t: TestContext, file: string) {
  const child = spawn(process.execPath, ['--import', 'tsx', '-e', HOLDER, file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(() => child.kill('SIGKILL'));
  const [answer] = await once(child.stdout, 'data');
  return { child, answer: JSON.parse(String(answer)) as { holder?: string } };
}

test('a lock belongs to one process, and is free once that is killed', async (t) => {
  const file = path.join(temporaryFolder(t), 'deep', 'lock');
  const { child, answer } = await holder(t, file);
  assert.deepEqual(answer, {});
  assert.deepEqual(tryLock(file), { holder: `process ${child.pid}` });
  child.kill('SIGKILL');
  await once(child, 'close');
  const taken = tryLock(file);
  assert.ok('unlock' in taken);
  assert.deepEqual(tryLock(file), { holder: `this process (${process.pid})` });
  taken.unlock();
  assert.deepEqual(fs.readdirSync(path.dirname(file)), []);
});

test('of five processes that start together beside a dead one’s lock, one gets it', async (t) => {
  const file = path.join(temporaryFolder(t), 'lock');
  const dead = await holder(t, file);
  dead.child.kill('SIGKILL');
  await once(dead.child, 'close');
  const five = await Promise.all(Array.from({ length: 5 }, () => holder(t, file)));
  const [winner, ...others] = five.filter(({ answer }) => answer.holder === undefined);
  assert.deepEqual(others, []);
  for (const { answer, child } of five)
    if (child !== winner.child) assert.equal(answer.holder, `process ${winner.child.pid}`);
});

/** The lock of this process, changed. */
function changed(file: string, change: Record<string, unknown>): void {
  const taken = tryLock(file);
  assert.ok('unlock' in taken);
  fs.writeFileSync(file, JSON.stringify({ ...JSON.parse(fs.readFileSync(file, 'utf8')), ...change }));
}

test('a number that has become another process’s holds nothing, nor does a file that names none', (t) => {
  const file = path.join(temporaryFolder(t), 'lock');
  changed(file, { began: '1' });
  for (const content of [fs.readFileSync(file, 'utf8'), '', '{"pid":', '7']) {
    fs.writeFileSync(file, content);
    const taken = tryLock(file);
    assert.ok('unlock' in taken, content);
    taken.unlock();
  }
});

test('another computer’s lock holds, and the words say what to do once its process is gone', (t) => {
  const file = path.join(temporaryFolder(t), 'lock');
  changed(file, { host: 'another', pid: 7 });
  assert.deepEqual(tryLock(file), { holder: `process 7 on another (if that is gone, remove ${file})` });
});

test('a full disk leaves nothing beside the lock', (t) => {
  const folder = temporaryFolder(t);
  const write = fs.writeFileSync;
  t.mock.method(fs, 'writeFileSync', (to: string, content: string) => {
    write(to, content.slice(0, 5));
    throw new Error('ENOSPC: no space left on device, write');
  });
  assert.throws(() => tryLock(path.join(folder, 'lock')), /ENOSPC/);
  assert.deepEqual(fs.readdirSync(folder), []);
});

test('who was given up for dead does not remove the lock of who came after', (t) => {
  const file = path.join(temporaryFolder(t), 'lock');
  const first = tryLock(file);
  assert.ok('unlock' in first);
  fs.writeFileSync(file, 'another’s');
  first.unlock();
  assert.equal(fs.readFileSync(file, 'utf8'), 'another’s');
});
