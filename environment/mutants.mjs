// Breaks the library on purpose, one place at a time, and expects a test to fail:
//   node environment/mutants.mjs [--tests-passed] [file part]
//
// A mutant stands beside what it breaks (lib/<module>/<module>.mutants.ts). Each is applied to a copy of lib, where only the
// tests that it names are run, until one fails; the test that kills it is printed. One with `hangs: true` keeps its tests from
// ending, and is killed when they take much longer than they do unbroken; no other may take that long.
//
// The tests themselves must pass while nothing is broken, or a kill would say nothing: they are run first, but with
// --tests-passed, which says that they were.
import { spawn } from 'node:child_process';
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

/** The test that kills it, or what is wrong: that all tests pass, or the mutant itself. */
async function tryMutant(copy, { file, find, replace, tests, hangs }) {
  const target = path.join(copy, file);
  const source = fs.readFileSync(target, 'utf8');
  const places = source.split(find).length - 1;
  if (places !== 1) return { wrong: `its text must occur once, but occurs ${places} times` };
  fs.writeFileSync(
    target,
    source.replace(find, () => replace),
  );
  try {
    const { killer, timedOut } = await failingTest(copy, tests, hangs ? HANG_LIMIT_MS : TIME_LIMIT_MS);
    if (timedOut) return hangs ? { killer: timedOut } : { wrong: `${timedOut}, and it is not said to hang` };
    return killer ? { killer } : { wrong: 'survived' };
  } finally {
    fs.writeFileSync(target, source);
  }
}

/** The first test that fails, after which no other is waited for, or that they took too long; neither when all pass. */
function failingTest(copy, tests, limit) {
  // a group of its own, so that a mutant that loops for ever can be ended with all that the test runner started
  const child = spawn(process.execPath, ['--import', 'tsx', '--test', '--test-reporter=tap', ...tests], {
    cwd: copy,
    // the real heads are not on every machine, and reading them takes longer than most tests: faults must show without
    env: { ...process.env, ICT_FACEKIT: '', ANNOTATIONS: '' },
    stdio: ['ignore', 'pipe', 'ignore'],
    detached: true,
  });
  let output = '';
  let killer;
  let timedOut;
  const end = () => {
    try {
      process.kill(-child.pid, 'SIGKILL');
    } catch {
      // it has ended by itself
    }
  };
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

const args = process.argv.slice(2);
const mutants = readMutants(args.find((arg) => arg !== '--tests-passed'));
const counts = { killed: 0, failed: 0 };
const queue = [...mutants.entries()];
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
    for (let next = queue.shift(); next; next = queue.shift()) {
      const [, mutant] = next;
      const since = performance.now();
      const { killer, wrong } = await tryMutant(copy, mutant);
      const seconds = ((performance.now() - since) / 1000).toFixed(1);
      if (killer) counts.killed++;
      else counts.failed++;
      console.log(
        `${killer ? 'killed' : 'NOT KILLED'}: ${mutant.file}: ${mutant.breaks}\n    ${killer ? `in ${seconds} s by: ${killer}` : wrong}`,
      );
    }
  }),
);
fs.rmSync(path.join(root, 'build', 'mutants'), { recursive: true, force: true });
console.log(`mutants: ${counts.killed} killed, ${counts.failed} not`);
process.exit(counts.failed > 0 || mutants.length === 0 ? 1 : 0);
