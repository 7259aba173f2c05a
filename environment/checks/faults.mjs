// npm run faults -- [--count N] [--seed S] [--workflow M]: a small run is made whole; then N faults (200) befall its steps,
// and M (5) the workflow of npm run reproduce: kill -9 at a random moment, a file that is cut off or changed, a full disk, a folder
// that may not be written to, two programs at one run. Each is gone on from as a user would, by the same command again and by what
// the messages say, and must end with the same results to the bit, but for times.
//
// A full disk and a folder without write permission (which root does not mind) are file systems of their own; where mounting is
// not allowed, these faults are skipped, and the table says so. Which faults come depends on the seed; when a kill strikes, on the
// machine too.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { register } from 'tsx/cjs/api';
import { damage } from './faults/damage.mjs';
import { forbidWriting, leaveFree, mountDisk, unmount, unmountAll, whyNoMounts } from './faults/places.mjs';
import { isDone, removeOutputs, STEPS, startStep, writeRun } from './faults/steps.mjs';
import { followWayOut } from './faults/way-out.mjs';
import { makeWorkspace } from './faults/workflow.mjs';
import { differences, filesOf, resultsOf } from './runs/results.mjs';

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '200' },
    seed: { type: 'string', default: '1' },
    workflow: { type: 'string', default: '5' },
  },
});
for (const name of ['count', 'seed', 'workflow'])
  if (!/^\d{1,6}$/.test(values[name])) {
    console.error(`--${name} must be a whole number, but is ${values[name]}`);
    process.exit(1);
  }

register();
const load = createRequire(import.meta.url);
const { createRandom } = load('../../lib/random/index.ts');
const { sealedJson } = load('../../lib/files/index.ts');

/** Of a hundred faults. */
const SHARES = { kill: 40, damage: 42, 'full disk': 8, 'no permission': 5, 'two writers': 5 };
/** The way from a damaged file may lead over others that were made from it. */
const MOST_ROUNDS = 5;

const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'faults-'));
process.on('exit', unmountAll);
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(130));
const place = path.join(scratch, 'run');
const random = createRandom(Number(values.seed));
const noMounts = whyNoMounts(scratch);
if (noMounts)
  console.log(`nothing can be mounted here (${noMounts}): full disks and folders without permission are skipped`);

const snapshots = [];
const seconds = [];
const tally = new Map();
const wrong = [];

/** Runs all steps in order and keeps a copy of the run before each, of links to the same files. */
async function makeReference() {
  console.log('the unbroken run:');
  writeRun(place, sealedJson);
  for (const [i, step] of STEPS.entries()) {
    snapshots.push(copyOf(place, `before-${i}`, 'links'));
    const since = performance.now();
    const { code, text } = await startStep(place, step).ended;
    seconds.push((performance.now() - since) / 1000);
    if (code !== 0) fail(`the unbroken run stops at ${step.name}:\n${text}`);
    console.log(`  ${step.name}: ${seconds[i].toFixed(1)} s`);
  }
  snapshots.push(copyOf(place, 'whole', 'links'));
  console.log(
    `  ${STEPS.length} steps, ${filesOf(place).length} files, ${Math.round(seconds.reduce((a, b) => a + b))} s`,
  );
}

function copyOf(from, name, how) {
  const to = path.join(scratch, name);
  fs.rmSync(to, { recursive: true, force: true });
  const { status } = spawnSync('cp', [how === 'links' ? '-al' : '-a', from, to], { stdio: 'inherit' });
  if (status !== 0) fail(`${from} cannot be copied to ${to}`);
  return to;
}

/** The run as it is before a step, or with what a broken-off go at the step has left; at the place where it was made. */
function prepare(i, own, resumed = false) {
  fs.rmSync(place, { recursive: true, force: true });
  copyOf(snapshots[resumed ? i + 1 : i], 'run');
  if (!resumed) return;
  removeOutputs(place, STEPS[i]);
  // half of them without the last checkpoint, as after a kill before it was there
  const folder = path.dirname(path.join(place, STEPS[i].outputs[0]));
  const checkpoints = fs.readdirSync(folder).filter((name) => /^checkpoint-\d+\.arrays$/.test(name));
  checkpoints.sort((a, b) => Number(/\d+/.exec(a)) - Number(/\d+/.exec(b)));
  if (checkpoints.length > 1 && own.uniform() < 0.5) fs.rmSync(path.join(folder, checkpoints.at(-1)));
}

/** Draws a fault, lets it befall its step, goes on, and judges what came of it. */
async function one(number, own) {
  const kind = draw(own);
  // what the report draws is for people: nothing compares it
  const most = kind === 'damage' ? STEPS.length : STEPS.length - 1;
  const i = own.integer(most);
  const step = STEPS[i];
  const needsMount = kind === 'full disk' || kind === 'no permission';
  const outcome = needsMount && noMounts ? { how: 'skipped' } : await FAULTS[kind](i, step, own);
  say(number, kind, step.name, outcome);
}

function draw(own) {
  let at = own.uniform() * Object.values(SHARES).reduce((a, b) => a + b);
  return Object.keys(SHARES).find((kind) => {
    at -= SHARES[kind];
    return at < 0;
  });
}

const kindOf = (name) => name.replaceAll(/\d+/g, '#');
const bytesOf = (folder) =>
  // memory comes in pages
  filesOf(folder).reduce((sum, name) => sum + 4096 * Math.ceil(fs.statSync(path.join(folder, name)).size / 4096), 0);

const FAULTS = {
  async kill(i, step, own) {
    prepare(i, own);
    const made = filesOf(snapshots[i + 1]).length - filesOf(snapshots[i]).length;
    // half of them in a write, where little time is spent
    const atWrite = own.uniform() < 0.5;
    const write = 1 + own.integer(Math.max(1, made));
    const when = ['half written', 'before its rename', 'after its rename'][own.integer(3)];
    const started = startStep(place, step, atWrite ? { killAtWrite: `${write} ${when}` } : {});
    const moment = seconds[i] * own.uniform();
    if (!atWrite) {
      await Promise.race([setTimeout(1000 * moment), started.ended]);
      started.kill();
    }
    const { code, signal, text } = await started.ended;
    const detail = atWrite ? `write ${write}, ${when}` : `after ${moment.toFixed(1)} s`;
    if (signal !== 'SIGKILL' && code !== 0)
      return { how: 'WRONG', detail: `${detail}: it ended with ${code}: ${text}` };
    return goneOn(i, `${detail}${code === 0 ? ', which came too late' : ''}`);
  },

  async damage(i, step, own) {
    const resumed = step.resumes.length > 0 && own.uniform() < 0.5;
    prepare(i, own, resumed);
    const patterns = resumed ? step.resumes : step.reads;
    const known = filesOf(place).filter(
      (name) => patterns.some((pattern) => pattern.test(name)) && !name.endsWith('.done'),
    );
    // kinds of files, so that the few of a kind come as often as the many
    const kinds = [...new Set(known.map(kindOf))];
    const chosen = kinds[own.integer(kinds.length)];
    const ofKind = known.filter((name) => kindOf(name) === chosen);
    const file = ofKind[own.integer(ofKind.length)];
    const detail = `${file}: ${damage(path.join(place, file), own)}`;
    const first = await startStep(place, cleared(step)).ended;
    if (first.code === 0) return judge(i, detail, file);
    if (!first.text.includes(file))
      return { how: 'WRONG', detail: `${detail}: the message does not name it: ${first.text}` };
    const removed = followWayOut(first.text, place);
    if (removed.length === 0 && file !== 'run.json')
      return { how: 'WRONG', detail: `${detail}: the message does not say what to remove: ${first.text}` };
    return goneOn(i, `${detail}; removed ${removed.join(', ')}`, 'after its message');
  },

  async 'full disk'(i, step, own) {
    const why = mountDisk(place);
    if (why) return { how: 'skipped', detail: why };
    try {
      fs.cpSync(snapshots[i], place, { recursive: true });
      const need = bytesOf(snapshots[i + 1]) - bytesOf(snapshots[i]);
      const free = Math.floor(need * own.uniform());
      leaveFree(place, free);
      const { code, text } = await startStep(place, cleared(step)).ended;
      const detail = `${free} bytes free where ${need} are needed`;
      leaveFree(place);
      if (code !== 0 && !(text.includes(place) && /disk is full|No space left/.test(text)))
        return { how: 'WRONG', detail: `${detail}: the message does not name the file and the full disk: ${text}` };
      return await goneOn(i, detail, code === 0 ? 'same' : 'after its message');
    } finally {
      unmount(place);
    }
  },

  async 'no permission'(i, step) {
    prepare(i);
    const why = forbidWriting(place);
    if (why) {
      unmount(place);
      return { how: 'skipped', detail: why };
    }
    const { code, text } = await startStep(place, step).ended;
    unmount(place);
    // a step whose results are all there may have nothing to write
    if (code !== 0 && !(text.includes(place) && /may not be written to|Read-only/.test(text)))
      return { how: 'WRONG', detail: `the message does not name the file and the folder's permission: ${text}` };
    return goneOn(i, 'the run was mounted to be read only', code === 0 ? 'same' : 'after its message');
  },

  async 'two writers'(i, step, own) {
    prepare(i, own);
    const first = startStep(place, step);
    await setTimeout(300 * own.uniform());
    const second = startStep(place, step);
    const both = [await first.ended, await second.ended];
    if (both.every(({ code }) => code !== 0)) return { how: 'WRONG', detail: both.map(({ text }) => text).join('\n') };
    const refused = both.find(({ code }) => code !== 0);
    if (refused && !/process \d+/.test(refused.text))
      return { how: 'WRONG', detail: `the message does not name the other: ${refused.text}` };
    return goneOn(i, refused ? 'one was refused' : 'both ended', refused ? 'after its message' : 'same');
  },
};

/** The step, with its outputs removed, as the workflow removes them before it runs it. */
function cleared(step) {
  removeOutputs(place, step);
  return step;
}

/** Runs what is not done up to a step, as the same command again does, and follows its messages; then judges. */
async function goneOn(i, detail, how = 'same') {
  const removed = [];
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const failed = await runMissing(i);
    if (!failed) return judge(i, detail, undefined, removed.length > 0 ? 'after its message' : how);
    const now = followWayOut(failed.text, place);
    removed.push(...now);
    if (now.length === 0) return { how: 'WRONG', detail: `${detail}: no way out: ${failed.text}` };
  }
  return {
    how: 'WRONG',
    detail: `${detail}: still damaged after ${MOST_ROUNDS} rounds, removed ${removed.join(', ')}`,
  };
}

async function runMissing(last) {
  writeRun(place, sealedJson);
  for (const step of STEPS.slice(0, last + 1)) {
    if (isDone(place, step) && step !== STEPS[last]) continue;
    const result = await startStep(place, cleared(step)).ended;
    if (result.code !== 0) return result;
  }
  return undefined;
}

/** Compares with the unbroken run; a damaged file that nothing noticed may be all that differs. */
function judge(i, detail, damaged, how = 'same') {
  const different = differences(resultsOf(place), resultsOf(snapshots[i + 1]));
  if (different.length === 0) return { how, detail };
  if (damaged && different.every((line) => line === `${damaged} is another`))
    return { how: 'without effect', detail: `${detail}: not noticed, and all else is the same` };
  return { how: 'WRONG', detail: `${detail}: ${different.join('; ')}` };
}

/** The same run by npm run reproduce's workflow; then kills of all of it, and damaged files of a run that has ended. */
async function wholeWorkflow(count) {
  const { run, start } = makeWorkspace(path.join(scratch, 'workspace'));
  // the table does without how heads were registered
  const { 'registration.json': _, ...whole } = resultsOf(snapshots[STEPS.length - 1]);
  const compared = () => differences(resultsOf(run), whole);
  const since = performance.now();
  const first = await start().ended;
  const took = performance.now() - since;
  if (first.code !== 0) fail(`the unbroken workflow ends with ${first.code}:\n${first.text}`);
  if (compared().length > 0) fail(`the workflow's results are not those of its steps: ${compared().join('; ')}`);
  for (let i = 0; i < count; i++) {
    const own = random.fork(`workflow ${i}`);
    const isKill = i % 2 === 0;
    let detail;
    let damaged;
    if (isKill) {
      // from somewhere on all is to be made again
      const from = ['scans', 'registered', 'dataset', 'training', 'evaluation'];
      for (const name of from.slice(own.integer(from.length))) fs.rmSync(path.join(run, name), { recursive: true });
      const started = start();
      const moment = took * own.uniform();
      await Promise.race([setTimeout(moment), started.ended]);
      started.kill();
      await started.ended;
      detail = `after ${(moment / 1000).toFixed(1)} s`;
    } else {
      const files = filesOf(run).filter((name) => !/(^|\/)lock$|events|\.journal/.test(name));
      const kinds = [...new Set(files.map(kindOf))];
      const chosen = kinds[own.integer(kinds.length)];
      damaged = files.find((name) => kindOf(name) === chosen);
      detail = `${damaged}: ${damage(path.join(run, damaged), own)}`;
    }
    const removed = [];
    let last;
    for (let round = 0; round < MOST_ROUNDS; round++) {
      last = await start().ended;
      if (last.code === 0) break;
      const now = followWayOut(last.text, run);
      if (now.length === 0) break;
      removed.push(...now);
    }
    const different = compared();
    const isHarmless = damaged && different.every((line) => line === `${damaged} is another`);
    const how =
      last.code !== 0
        ? 'WRONG'
        : different.length === 0
          ? removed.length > 0
            ? 'after its message'
            : 'same'
          : isHarmless
            ? 'without effect'
            : 'WRONG';
    const more = last.code !== 0 ? `: no way out: ${last.text.slice(-3000)}` : `: ${different.join('; ')}`;
    say(i, isKill ? 'kill' : 'damage', 'the whole workflow', { how, detail: how === 'WRONG' ? detail + more : detail });
    if (how === 'WRONG') return;
    // what nothing reads again is mended by hand, so that the next fault finds the run whole
    if (how === 'without effect')
      fs.copyFileSync(path.join(snapshots[STEPS.length - 1], damaged), path.join(run, damaged));
  }
}

function say(number, kind, step, { how, detail = '' }) {
  const key = `${kind}\t${step}`;
  const row = tally.get(key) ?? {};
  row[how] = (row[how] ?? 0) + 1;
  tally.set(key, row);
  if (how === 'WRONG') wrong.push(`${kind} of ${step} (fault ${number}): ${detail}`);
  console.log(
    `${String(number + 1).padStart(4)} ${kind}, ${step}: ${how}${detail ? ` (${detail.slice(0, how === 'WRONG' ? 2000 : 300)})` : ''}`,
  );
}

function report() {
  const columns = ['same', 'after its message', 'without effect', 'skipped', 'WRONG'];
  const line = (cells) =>
    cells.map((cell, i) => (i < 2 ? String(cell).padEnd([14, 22][i]) : String(cell).padStart(18))).join('');
  console.log(`\n${line(['fault', 'step', ...columns])}`);
  for (const [key, row] of [...tally].sort(([a], [b]) => (a < b ? -1 : 1)))
    console.log(line([...key.split('\t'), ...columns.map((column) => row[column] ?? '')]));
  const sum = (column) => [...tally.values()].reduce((total, row) => total + (row[column] ?? 0), 0);
  console.log(line(['all', '', ...columns.map(sum)]));
  const skipped = sum('skipped') > 0 ? `, ${sum('skipped')} skipped since nothing can be mounted here` : '';
  console.log(
    wrong.length > 0
      ? `\nfaults: ${wrong.length} ended wrong${skipped}:\n${wrong.join('\n')}\nWhat is left is in ${scratch}`
      : `\nfaults: all ended with the same results, by themselves or by what their messages say${skipped}`,
  );
  unmountAll();
  if (wrong.length === 0) fs.rmSync(scratch, { recursive: true, force: true });
  process.exit(wrong.length > 0 ? 1 : 0);
}

function fail(message) {
  console.error(`${message}\nWhat is left is in ${scratch}`);
  process.exit(1);
}

await makeReference();
for (let i = 0; i < Number(values.count); i++) await one(i, random.fork(`fault ${i}`));
if (Number(values.workflow) > 0) await wholeWorkflow(Number(values.workflow));
report();
