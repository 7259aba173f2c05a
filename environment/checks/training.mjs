// npm run check -- training [--kills N]: a training's memory stays flat over 2,000 steps; killed at N random moments (10
// where N is not given) it ends with the same bits as one that was never killed; and in a notebook the stop button ends it
// with a checkpoint, from which another kernel goes on to the same bits.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { register } from 'tsx/cjs/api';

const { values } = parseArgs({ options: { kills: { type: 'string', default: '10' } } });
const kills = Number(values.kills);
if (!/^\d{1,4}$/.test(values.kills)) {
  console.error(`--kills must be a whole number, but is ${values.kills}`);
  process.exit(1);
}
const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');
const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'training '));
const program = path.join(root, 'lib', 'training', 'tiny-run.fixture.ts');
register();
const { outcome } = createRequire(import.meta.url)(program);

const failed = [];
for (const [name, check] of [
  ['memory', () => passes(process.execPath, '--expose-gc', '--import', 'tsx', inside('memory.ts'))],
  ['kills', killed],
  ['notebook', () => passes(path.join(root, '.venv', 'bin', 'python'), inside('notebook_check.py'))],
]) {
  console.log(`\n== ${name}`);
  if (!(await check())) failed.push(name);
}
if (failed.length === 0) fs.rmSync(scratch, { recursive: true });
console.log(failed.length > 0 ? `\nFailed: ${failed.join(', ')}; folders are kept in ${scratch}` : '\nAll passed.');
console.log(`${3 - failed.length} passed, ${failed.length} failed`);
process.exit(failed.length > 0 ? 1 : 0);

function inside(name) {
  return path.join(root, 'environment', 'checks', 'training', name);
}

function passes(...command) {
  return spawnSync(command[0], command.slice(1), { cwd: root, stdio: 'inherit' }).status === 0;
}

/** Kills trainings until all kills are done; each that was killed is then left to its end and compared. */
async function killed() {
  const STEPS = 300;
  const whole = path.join(scratch, 'whole');
  await go(whole, STEPS);
  const expected = JSON.stringify(outcome(whole));
  let done = 0;
  for (let round = 1; done < kills; round++) {
    const folder = path.join(scratch, `killed ${round}`);
    const moments = [];
    // a training whose end comes before the kill is over: the next round kills another
    while (done < kills) {
      const step = await go(folder, STEPS, true);
      if (step === undefined) break;
      moments.push(step);
      done++;
    }
    await go(folder, STEPS);
    const same = JSON.stringify(outcome(folder)) === expected;
    console.log(`killed after the reports of steps ${moments.join(', ')}: ${same ? 'the same bits' : 'OTHER BITS'}`);
    if (!same) return false;
  }
  console.log(`${done} kills`);
  return true;
}

/**
 * Trains in a folder to the end, or to a kill at a random moment: a third of them within six seconds of the process's start,
 * the others within 1.5 seconds of its first report. Returns the step that was reported last when it was killed.
 */
async function go(folder, steps, isKilled = false) {
  const child = spawn(process.execPath, ['--import', 'tsx', program, folder, String(steps)], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let step = 0;
  child.stdout.on('data', (text) => {
    step = Number(String(text).trim().split('\n').at(-1));
  });
  const exit = once(child, 'exit');
  if (isKilled) {
    // moments are drawn anew each time: a check that always kills at the same places would miss the others
    const fromStart = Math.random() < 1 / 3;
    if (!fromStart) await Promise.race([once(child.stdout, 'data'), exit]);
    await Promise.race([setTimeout((fromStart ? 6000 : 1500) * Math.random()), exit]);
    child.kill('SIGKILL');
  }
  const [code, signal] = await exit;
  if (signal === 'SIGKILL') return step;
  if (code !== 0) throw new Error(`the training in ${folder} ended with ${code}`);
  return undefined;
}
