import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { startOptuna } from './optuna-process';

/** A process that runs a line of JavaScript for each line that it gets. */
const speaking = (script: string) =>
  startOptuna([
    process.execPath,
    '-e',
    `require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => { ${script} })`,
  ]);
const number = z.number();

test('replies come to the request that they answer', async () => {
  const optuna = speaking(
    'const { call, n } = JSON.parse(line); console.log(JSON.stringify({ ok: call === "double" ? 2 * n : n }))',
  );
  assert.equal(await optuna.call({ call: 'double', n: 4 }, number), 8);
  assert.equal(await optuna.call({ call: 'same', n: 4 }, number), 4);
  assert.equal(optuna.broken.aborted, false);
  await optuna.end();
  await assert.rejects(optuna.call({ call: 'same', n: 4 }, number), /ended with 0/);
});

test('an error that it replies is thrown, and it answers on', async () => {
  const optuna = speaking('console.log(JSON.stringify(line.includes("bad") ? { error: "bad request" } : { ok: 1 }))');
  await assert.rejects(optuna.call({ call: 'bad' }, number), /^Error: bad request$/);
  assert.equal(await optuna.call({ call: 'good' }, number), 1);
  await optuna.end();
});

test('a line that is no reply is an error that quotes it, and ends the process', async () => {
  for (const [script, words] of [
    ['console.log("Traceback: hm")', /must reply to "ask" in JSON of the agreed form, but wrote "Traceback: hm"/],
    ['console.log(JSON.stringify({ ok: "one" }))', /must reply to "ask" in JSON/],
    ['console.log(JSON.stringify({ ok: 1, more: 2 }))', /must reply to "ask" in JSON/],
    ['console.log("x".repeat(1000))', /but wrote "x{200}"$/],
    ['process.stdout.write("y".repeat(5_000_000))', /a line of at most 4194304 characters, but its line is longer/],
    [
      'process.stdout.write(JSON.stringify({ ok: 1 }) + "\\nand more")',
      /must reply once .*, but also wrote "and more"/,
    ],
  ] as const) {
    const optuna = speaking(script);
    await assert.rejects(optuna.call({ call: 'ask' }, number), words);
    assert.ok(optuna.broken.aborted);
    await optuna.end();
  }
});

test('a process that speaks unasked is not used', async () => {
  const optuna = startOptuna([process.execPath, '-e', 'console.log("hello"); setInterval(() => {}, 1000)']);
  await new Promise((resolve) => optuna.broken.addEventListener('abort', resolve));
  await assert.rejects(optuna.call({ call: 'ask' }, number), /also wrote "hello"/);
  await optuna.end();
});

test('a process that ends is an error with what it wrote last', async () => {
  const optuna = speaking(
    'console.error("x".repeat(10_000)); console.error("no module named optuna"); process.exit(3)',
  );
  await assert.rejects(optuna.call({ call: 'ask' }, number), (error: Error) => {
    assert.match(error.message, /^Optuna's process \(.*\) ended with 3; it wrote:\nx+\nno module named optuna$/s);
    return error.message.length < 5000;
  });
  await optuna.end();
  const killed = speaking('process.kill(process.pid, "SIGKILL")');
  await assert.rejects(killed.call({ call: 'ask' }, number), /was ended by SIGKILL$/);
  await killed.end();
});

test('a program that is not there is an error that names it', async () => {
  const optuna = startOptuna(['/nowhere/python', 'optuna_child.py']);
  await assert.rejects(
    optuna.call({ call: 'ask' }, number),
    /^Error: Optuna's process \(\/nowhere\/python optuna_child.py\) cannot be started: spawn \/nowhere\/python ENOENT$/,
  );
  await optuna.end();
});
