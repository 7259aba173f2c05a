// npm run check -- audit: asks npm and pip-audit whether known faults are in the packages of our lock files.
//
// Exit code 0 when both answered and know of none, 1 when one knows of some, 2 when a database did not answer: then nothing is
// shown. pip-audit is installed for this check alone, from a lock with hashes.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fingerprint, isMadeFrom, stampAsMadeFrom } from '../setup/stamp.mjs';
import { root, setUpOrExit } from '../setup.mjs';
import { npmFaults, pipFaults } from './audit/answers.mjs';

const folder = path.join(root, 'environment', 'audit');
const tools = path.join(folder, 'tools');
const toolsPython = path.join(tools, 'bin', 'python');
const LOCKS = [
  ...['pip', 'requirements', 'tensorflow-cpu', 'tensorflow-cuda'].map((name) => `environment/python/${name}.txt`),
  'environment/audit/requirements.txt',
];

await setUpOrExit();
const results = [['package-lock.json', npmAudit()], ...auditLocks()];
for (const [name, { faults, silent }] of results)
  console.log(
    `${name}: ${silent ? `NOT ASKED: ${silent}` : faults.length === 0 ? 'no known fault' : `${faults.length} known:\n  ${faults.join('\n  ')}`}`,
  );
const found = results.reduce((sum, [, { faults = [] }]) => sum + faults.length, 0);
const silent = results.filter(([, result]) => result.silent).length;
console.log(
  found > 0
    ? `audit: ${found} known faults${silent > 0 ? `, and ${silent} of ${results.length} lock files without an answer` : ''}`
    : silent > 0
      ? `audit: ${silent} of ${results.length} lock files without an answer, so nothing is shown`
      : 'audit: no known fault',
);
process.exit(found > 0 ? 1 : silent > 0 ? 2 : 0);

function npmAudit() {
  const { stdout, stderr } = spawnSync('npm', ['audit', '--json'], { cwd: root, encoding: 'utf8' });
  return npmFaults(stdout, stderr);
}

function auditLocks() {
  const why = installTools();
  return LOCKS.map((lock) => {
    if (why) return [lock, { silent: why }];
    // the hashes say which packages: nothing is resolved or installed
    const options = [
      '--requirement',
      lock,
      '--require-hashes',
      '--disable-pip',
      '--format',
      'json',
      '--progress-spinner',
      'off',
    ];
    const { stdout, stderr } = spawnSync(toolsPython, ['-m', 'pip_audit', ...options], { cwd: root, encoding: 'utf8' });
    return [lock, pipFaults(stdout, stderr)];
  });
}

/** @returns why pip-audit cannot be installed, where it cannot */
function installTools() {
  const lock = path.join(folder, 'requirements.txt');
  const wanted = fingerprint(tools, fs.readFileSync(lock, 'utf8'));
  if (isMadeFrom(tools, wanted)) return undefined;
  console.log('Installing pip-audit (once) ...');
  const python = path.join(root, '.venv', 'bin', 'python');
  const install = ['-m', 'pip', 'install', '--quiet', '--only-binary=:all:', '--require-hashes', '--requirement', lock];
  for (const [program, ...args] of [
    [python, '-m', 'venv', '--clear', tools],
    [toolsPython, ...install],
  ]) {
    const { status, stderr } = spawnSync(program, args, { encoding: 'utf8' });
    if (status !== 0) return `pip-audit cannot be installed (${stderr.trim().split('\n').at(-1)})`;
  }
  stampAsMadeFrom(tools, wanted);
  return undefined;
}
