import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { tryLock } from './lock.mjs';

const scratch = (t) => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lock '));
  t.after(() => fs.rmSync(folder, { recursive: true }));
  return path.join(folder, 'deep', 'lock');
};

/** A program of this workspace, as far as its arguments tell, that holds a lock until it is killed. */
async function holder(file, { program = 'environment/start.mjs', at = 0 } = {}) {
  // not among the arguments, where it would be a program of this workspace
  const env = { ...process.env, LOCK_MODULE: new URL('./lock.mjs', import.meta.url).href, AT: String(at) };
  const source = `const { tryLock } = await import(process.env.LOCK_MODULE);
    await new Promise((resolve) => setTimeout(resolve, Number(process.env.AT) - Date.now()));
    console.log(JSON.stringify(tryLock(process.argv[1])));
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', source, file, program], { env });
  const [answer] = await once(child.stdout, 'data');
  return { child, answer: JSON.parse(String(answer)) };
}

test('a lock belongs to one process, and is free once that is killed', async (t) => {
  const file = scratch(t);
  const { child, answer } = await holder(file);
  assert.deepEqual(answer, {});
  assert.deepEqual(tryLock(file), { holder: child.pid });
  child.kill('SIGKILL');
  await once(child, 'close');
  const { unlock } = tryLock(file);
  assert.equal(Number.parseInt(fs.readFileSync(file, 'utf8'), 10), process.pid);
  unlock();
  assert.deepEqual(fs.readdirSync(path.dirname(file)), []);
});

test('a program with a hyphen in its name, or in a folder, holds a lock as well', async (t) => {
  const file = scratch(t);
  for (const program of ['environment/gpu-check.mjs', '/a b/environment/checks/lab.mjs']) {
    const { child } = await holder(file, { program });
    assert.deepEqual(tryLock(file), { holder: child.pid });
    child.kill('SIGKILL');
    await once(child, 'close');
  }
});

async function assertOneWins(holders) {
  const all = await Promise.all(holders);
  for (const { child } of all) child.kill('SIGKILL');
  const winners = all.filter(({ answer }) => answer.holder === undefined);
  assert.equal(winners.length, 1);
  for (const { answer, child } of all)
    if (child !== winners[0].child) assert.equal(answer.holder, winners[0].child.pid);
}

test('of eight processes that start together one gets the lock', (t) => {
  const file = scratch(t);
  return assertOneWins(Array.from({ length: 8 }, () => holder(file)));
});

test('of eight processes that find the lock of a dead one at the same moment one gets it', async (t) => {
  const file = scratch(t);
  fs.mkdirSync(path.dirname(file));
  fs.writeFileSync(file, '99999999');
  const at = Date.now() + 3000;
  await assertOneWins(Array.from({ length: 8 }, () => holder(file, { at })));
  assert.deepEqual(fs.readdirSync(path.dirname(file)), ['lock']);
});

test('the number of a program that is not of this workspace locks nothing, nor does the own', (t) => {
  const file = scratch(t);
  fs.mkdirSync(path.dirname(file));
  for (const pid of [1, process.pid]) {
    fs.writeFileSync(file, String(pid));
    tryLock(file).unlock();
  }
});
