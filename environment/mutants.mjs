// Breaks the library on purpose, one place at a time, and expects a test to fail:
//   node environment/mutants.mjs [--tests-passed] [file part]
//
// A mutant stands beside what it breaks (lib/<module>/<module>.mutants.ts). Each is applied to a copy of lib, where only the
// tests that it names are run, until one fails; the test that kills it is printed. One with `hangs: true` keeps its tests from
// ending, and is killed when they take much longer than they do unbroken; no other may take that long.
//
// Mutants with the same tests share a process, which saves most of their time (mutants/in-process.cjs). What one test left behind
// could make the next fail, so after them the unbroken library must pass there too; where it does not, and for a mutant that
// survives, each gets a process of its own.
//
// The tests themselves must pass while nothing is broken, or a kill would say nothing: they are run first, but with
// --tests-passed, which says that they were.
import { fork, spawn } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { register } from 'tsx/cjs/api';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
/** What the tests of a mutant that hangs are given, and those of any other. */
const HANG_LIMIT_MS = 30_000;
const TIME_LIMIT_MS = 180_000;
/** How often a process loads the library anew before another takes its place. */
const MOST_RUNS = 30;

register();
const load = createRequire(import.meta.url);

function readMutants(filter) {
  const files = fs
    .readdirSync(path.join(root, 'lib'), { recursive: true })
    .filter((name) => name.endsWith('.mutants.ts'));
  return files
    .sort()
    .flatMap((name) => load(path.join(root, 'lib', name)).mutants)
    .filter(({ file }) => !filter || file.includes(filter));
}

/** A copy of the library that shares the installed packages, for one worker. */
function makeCopy(number) {
  const copy = path.join(root, 'build', 'mutants', String(number));
  fs.rmSync(copy, { recursive: true, force: true });
  fs.mkdirSync(path.join(copy, 'node_modules'), { recursive: true });
  fs.cpSync(path.join(root, 'lib'), path.join(copy, 'lib'), { recursive: true });
  for (const folder of ['profiles', 'search'])
    fs.cpSync(path.join(root, 'environment', folder), path.join(copy, 'environment', folder), { recursive: true });
  fs.symlinkSync(path.join(root, '.venv'), path.join(copy, '.venv'));
  for (const file of ['package.json', 'tsconfig.json']) fs.copyFileSync(path.join(root, file), path.join(copy, file));
  for (const name of fs.readdirSync(path.join(root, 'node_modules')))
    fs.symlinkSync(
      name === 'lib' ? '../lib' : path.join(root, 'node_modules', name),
      path.join(copy, 'node_modules', name),
    );
  return copy;
}

/** What comes of a mutant while it is in its place; or what is wrong with the mutant itself. */
async function whileBroken(copy, { file, find, replace }, run) {
  const target = path.join(copy, file);
  const source = fs.readFileSync(target, 'utf8');
  const places = source.split(find).length - 1;
  if (places !== 1) return { wrong: `its text must occur once, but occurs ${places} times` };
  fs.writeFileSync(
    target,
    source.replace(find, () => replace),
  );
  try {
    return await run();
  } finally {
    fs.writeFileSync(target, source);
  }
}

/** The test that kills a mutant, in a process of its own, or what is wrong: that all tests pass, or the mutant itself. */
const tryAlone = (copy, mutant) =>
  whileBroken(copy, mutant, async () => {
    const { tests, hangs } = mutant;
    const { killer, timedOut } = await failingTest(copy, tests, hangs ? HANG_LIMIT_MS : TIME_LIMIT_MS);
    if (timedOut) return hangs ? { killer: timedOut } : { wrong: `${timedOut}, and it is not said to hang` };
    return killer ? { killer } : { wrong: 'survived' };
  });

const inCopy = (copy) => ({
  cwd: copy,
  // the real heads are not on every machine, and reading them takes longer than most tests: faults must show without
  env: { ...process.env, ICT_FACEKIT: '', ANNOTATIONS: '' },
  // a group of its own, so that a mutant that loops for ever can be ended with all that the tests started
  detached: true,
});

/** Those that run: a mutant may loop for ever, and nobody else ends its process, which no Ctrl-C reaches. */
const running = new Set();
for (const signal of ['SIGINT', 'SIGTERM'])
  process.once(signal, () => {
    for (const child of running) endGroup(child);
    process.exit(1);
  });

function startedInGroup(child) {
  running.add(child);
  child.on('exit', () => running.delete(child));
  return child;
}

function endGroup({ pid }) {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // it has ended by itself
  }
}

/** The first test that fails, after which no other is waited for, or that they took too long; neither when all pass. */
function failingTest(copy, tests, limit) {
  const child = startedInGroup(
    spawn(process.execPath, ['--import', 'tsx', '--test', '--test-reporter=tap', ...tests], {
      ...inCopy(copy),
      stdio: ['ignore', 'pipe', 'ignore'],
    }),
  );
  let output = '';
  let killer;
  let timedOut;
  const end = () => endGroup(child);
  child.stdout.setEncoding('utf8').on('data', (text) => {
    output += text;
    const failed = /^ *not ok \d+ - (.*)$/m.exec(output);
    if (!failed) return;
    killer ??= failed[1];
    end();
  });
  const timer = setTimeout(() => {
    timedOut = `its tests did not end in ${limit / 1000} s`;
    end();
  }, limit);
  return new Promise((resolve) => {
    child.on('close', (code) => {
      clearTimeout(timer);
      if (killer) resolve({ killer });
      else if (timedOut) resolve({ timedOut });
      else resolve(code === 0 ? {} : { killer: 'a file of tests that does not load' });
    });
  });
}

/** A process in a copy that runs tests again and again, the library loaded anew each time; undefined once it has failed to answer. */
function sharedProcess(copy) {
  const child = startedInGroup(
    fork(path.join(root, 'environment', 'mutants', 'in-process.cjs'), {
      ...inCopy(copy),
      execArgv: ['--import', 'tsx'],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    }),
  );
  let answer = () => {};
  let runs = 0;
  child.on('message', (message) => answer(message));
  child.on('exit', () => answer(undefined));
  return {
    end: () => endGroup(child),
    // what was loaded before is not all given back
    isWorn: () => runs >= MOST_RUNS,
    run: (tests) =>
      new Promise((resolve) => {
        runs++;
        const timer = setTimeout(() => answer(undefined), TIME_LIMIT_MS);
        answer = (message) => {
          clearTimeout(timer);
          resolve(message);
        };
        if (child.connected) child.send({ tests });
        else answer(undefined);
      }),
  };
}

/** What killed each of some mutants with the same tests in one process; undefined for those that must be tried alone. */
async function tryTogether(copy, shared, group) {
  const [{ tests }] = group;
  const outcomes = [];
  for (const mutant of group) {
    const outcome = await whileBroken(copy, mutant, async () => (await shared.run(tests)) ?? { lost: true });
    if (outcome.lost) return undefined;
    outcomes.push(outcome.killer || outcome.wrong ? outcome : undefined);
  }
  const unbroken = await shared.run(tests);
  return unbroken && !unbroken.killer ? outcomes : undefined;
}

/** Tests that start something once for their whole process, and those of mutants that hang, are run in a process of their own. */
const mayShare = ({ tests, hangs }) => !hangs && !tests.some((file) => file.includes('-browser.test'));

function say({ file, breaks }, { killer, wrong }) {
  counts[killer ? 'killed' : 'failed']++;
  console.log(`${killer ? 'killed' : 'NOT KILLED'}: ${file}: ${breaks}\n    ${killer ? `by: ${killer}` : wrong}`);
}

const args = process.argv.slice(2);
const mutants = readMutants(args.find((arg) => arg !== '--tests-passed'));
const counts = { killed: 0, failed: 0 };
const groups = new Map();
for (const mutant of mutants) {
  const key = `${mayShare(mutant)} ${mutant.tests}`;
  groups.set(key, [...(groups.get(key) ?? []), mutant]);
}
const queue = [...groups.values()];
const allTests = [...new Set(mutants.flatMap(({ tests }) => tests))];
const copies = Array.from({ length: Math.max(1, Math.min(os.cpus().length, 4)) }, (_, i) => makeCopy(i));
if (!args.includes('--tests-passed')) {
  const { killer, timedOut } = await failingTest(copies[0], allTests, 10 * TIME_LIMIT_MS);
  if (killer || timedOut) {
    console.error(`a test fails before anything is broken: ${killer ?? timedOut}`);
    process.exit(1);
  }
}
await Promise.all(
  copies.map(async (copy) => {
    let shared = sharedProcess(copy);
    for (let group = queue.shift(); group; group = queue.shift()) {
      let together = [];
      if (group.length > 1 && mayShare(group[0])) {
        together = await tryTogether(copy, shared, group);
        if (!together || shared.isWorn()) {
          shared.end();
          shared = sharedProcess(copy);
        }
      }
      for (const [i, mutant] of group.entries()) say(mutant, together?.[i] ?? (await tryAlone(copy, mutant)));
    }
    shared.end();
  }),
);
fs.rmSync(path.join(root, 'build', 'mutants'), { recursive: true, force: true });
console.log(`mutants: ${counts.killed} killed, ${counts.failed} not`);
process.exit(counts.failed > 0 || mutants.length === 0 ? 1 : 0);
