// npm test: everything that must hold. `npm test -- NAME ...` runs only the named parts.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { succeeds } from './setup/terminal.mjs';
import { python, root, setUpOrExit } from './setup.mjs';

const node = process.execPath;
const inModules = (...parts) => path.join('node_modules', ...parts);

const SMOKE_RUN = path.join('data', 'runs', 'smoke', 'population');

/** Test files of a folder that end so. */
const files = (folder, ending) =>
  fs
    .readdirSync(path.join(root, folder), { recursive: true })
    .filter((name) => name.endsWith(ending) && !name.includes('node_modules'))
    .sort()
    .map((name) => path.join(folder, name));

const PARTS = {
  lint: [[node, inModules('@biomejs', 'biome', 'bin', 'biome'), 'ci', '.']],
  types: [[node, inModules('typescript', 'bin', 'tsc'), '--project', '.']],
  imports: [[node, 'environment/check-imports.mjs']],
  units: () => [
    [node, '--test', ...files('environment', '.test.mjs')],
    [node, '--import', 'tsx', '--test', `--test-concurrency=${os.cpus().length}`, ...files('lib', '.test.ts')],
  ],
  // the tests that mutants must fail passed just before, but where this part is asked for alone, or one failed
  mutants: () => [
    [node, 'environment/mutants.mjs', ...(wants('units') && !failed.includes('units') ? ['--tests-passed'] : [])],
  ],
  kernel: [[python, 'environment/kernel/kernel_test.py']],
  // notebooks are executed once: the pages that their check writes go into the report
  smoke: [[node, 'environment/reproduce.mjs', '--profile', 'smoke', '--until', 'summarize']],
  notebooks: [
    [node, 'environment/notebooks.mjs', '--check', '--export', path.join(SMOKE_RUN, 'notebooks')],
    [node, 'environment/reproduce.mjs', '--profile', 'smoke'],
  ],
};

const run = ([program, ...args]) => succeeds(program, args, root);

const names = process.argv.slice(2);
const wants = (name) => names.length === 0 || names.includes(name);
const unknown = names.find((name) => !(name in PARTS));
if (unknown) {
  console.error(`a part must be one of ${Object.keys(PARTS).join(', ')}, but is ${unknown}`);
  process.exit(1);
}
await setUpOrExit();
const failed = [];
for (const [name, commands] of Object.entries(PARTS)) {
  if (!wants(name)) continue;
  console.log(`\n== ${name}`);
  const since = Date.now();
  for (const command of typeof commands === 'function' ? commands() : commands)
    if (!(await run(command)) && !failed.includes(name)) failed.push(name);
  console.log(
    `== ${name}: ${failed.includes(name) ? 'FAILED' : 'passed'} in ${Math.round((Date.now() - since) / 1000)} s`,
  );
}
const count = names.length || Object.keys(PARTS).length;
console.log(failed.length > 0 ? `\nFailed: ${failed.join(', ')}` : '\nAll parts passed.');
console.log(`${count - failed.length} passed, ${failed.length} failed`);
process.exit(failed.length > 0 ? 1 : 0);
