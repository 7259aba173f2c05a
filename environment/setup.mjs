// Set-up: everything that the workspace needs, inside its own folder. Called by npm start, npm test and npm run lab;
// safe to break off and to start again; says nothing when nothing is to be done.
//
//   node environment/setup.mjs [--cpu | --gpu] [--cluster]
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { linkKernel } from './kernel/link.mjs';
import { cacheVariables } from './setup/cache.mjs';
import { tryLock } from './setup/lock.mjs';
import { checkRequirements } from './setup/requirements.mjs';
import { fingerprint, isMadeFrom, stampAsMadeFrom } from './setup/stamp.mjs';
import { addonStep, chooseBuild, libraryStep } from './setup/tensorflow.mjs';
import { run, SetupError, step } from './setup/terminal.mjs';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
export const venv = path.join(root, '.venv');
export const python = path.join(venv, 'bin', 'python');
const log = path.join(root, 'build', 'setup.log');

// Jupyter's settings and files of a session stay in the workspace, for all programs that are started from here
for (const [variable, folder] of Object.entries({
  JUPYTER_CONFIG_DIR: 'config',
  JUPYTER_DATA_DIR: 'data',
  JUPYTER_RUNTIME_DIR: 'runtime',
  IPYTHONDIR: 'ipython',
})) {
  process.env[variable] ||= path.join(root, 'build', 'jupyter', folder);
  // IPython warns where it cannot find it
  fs.mkdirSync(process.env[variable], { recursive: true });
}

function packagesStep() {
  const folder = path.join(root, 'node_modules');
  const stamp = fingerprint('packages', fs.readFileSync(path.join(root, 'package-lock.json'), 'utf8'));
  return {
    isDone: () => isMadeFrom(folder, stamp),
    async make() {
      await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { log, cwd: root });
      stampAsMadeFrom(folder, stamp);
    },
  };
}

function toolsStep(found) {
  const locks = ['pip.txt', 'requirements.txt'].map((name) => path.join(root, 'environment', 'python', name));
  // a virtual environment holds absolute paths: one that was moved is made anew
  const stamp = fingerprint('tools', venv, found.version, ...locks.map((file) => fs.readFileSync(file, 'utf8')));
  return {
    isDone: () => isMadeFrom(venv, stamp),
    async make(note) {
      await run(found.program, ['-m', 'venv', '--clear', venv], { log });
      const install = (lock, ...options) =>
        run(
          python,
          ['-m', 'pip', 'install', '--only-binary=:all:', '--require-hashes', ...options, '--requirement', lock],
          { log },
        );
      note('pip');
      await install(locks[0]);
      note('packages');
      // one package of Snakemake's is published as source only; it is built with the setuptools of the first lock
      await install(locks[1], '--no-binary=connection-pool', '--no-build-isolation', '--resume-retries=10');
      stampAsMadeFrom(venv, stamp);
    },
  };
}

/** What only runs on a cluster need; it goes into the virtual environment, and with it when that is made anew. */
function clusterStep() {
  const lock = path.join(root, 'environment', 'python', 'cluster.txt');
  const folder = path.join(venv, 'share', 'cluster-tools');
  const stamp = fingerprint('cluster', fs.readFileSync(lock, 'utf8'));
  return {
    isDone: () => isMadeFrom(folder, stamp),
    async make() {
      const options = ['--only-binary=:all:', '--require-hashes', '--no-deps', '--resume-retries=10'];
      await run(python, ['-m', 'pip', 'install', ...options, '--requirement', lock], { log });
      fs.mkdirSync(folder, { recursive: true });
      stampAsMadeFrom(folder, stamp);
    },
  };
}

/** Makes what is missing; returns whether anything was. A second set-up waits for the first. */
export async function setUp(options = {}) {
  const file = path.join(root, 'build', 'setup.lock');
  let lock = tryLock(file);
  if (lock.holder) console.log(`Another set-up is running (process ${lock.holder}); waiting for it ...`);
  while (lock.holder) {
    await setTimeout(500);
    lock = tryLock(file);
  }
  try {
    return await makeMissing(options);
  } finally {
    lock.unlock();
  }
}

async function makeMissing(options) {
  const found = checkRequirements();
  Object.assign(process.env, cacheVariables(process.env));
  const build = chooseBuild(root, options);
  const packages = packagesStep();
  const tools = toolsStep(found);
  const library = libraryStep(root, build, python);
  const addon = addonStep(root, build);
  const cluster = options.cluster ? [clusterStep()] : [];
  const todo = [packages, tools, library, addon, ...cluster].filter((s) => !s.isDone());
  if (todo.length > 0) {
    fs.rmSync(log, { force: true });
    console.log('Setting up (once; what is there already is kept):');
    const make = (title, s) => (s.isDone() ? undefined : step(title, (note) => s.make(note, log)));
    // each half waits on the network most of the time, so they run side by side
    await all([
      make('Node packages', packages),
      (async () => {
        await make('Python tools', tools);
        await make(`TensorFlow (${build})`, library);
      })(),
    ]);
    await make('TensorFlow for Node', addon);
    for (const step of cluster) await make('Python tools for a cluster', step);
  }
  linkKernel(venv);
  if (todo.length > 0) checkTensorflow();
  return todo.length > 0;
}

/** Waits for all, then throws the first failure: no step is left running behind an error message. */
async function all(promises) {
  const failed = (await Promise.allSettled(promises)).find((r) => r.status === 'rejected');
  if (failed) throw failed.reason;
}

function checkTensorflow() {
  const { status } = spawnSync(
    process.execPath,
    ['--import', 'tsx', path.join(root, 'environment', 'setup', 'check-tensorflow.ts')],
    { cwd: root, stdio: 'inherit' },
  );
  if (status !== 0) throw new SetupError('TensorFlow does not run; its message stands above');
}

/** For the programs that begin with set-up: runs it, and ends with its message when it fails. */
export async function setUpOrExit(options) {
  try {
    return await setUp(options);
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    console.error(`\nSet-up stopped: ${error.message}`);
    console.error('Once this is mended, the same command goes on where it stopped.');
    return process.exit(1);
  }
}

if (process.argv[1] && path.resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const options = {
    cpu: process.argv.includes('--cpu'),
    gpu: process.argv.includes('--gpu'),
    cluster: process.argv.includes('--cluster'),
  };
  const changed = await setUpOrExit(options);
  if (!changed) console.log('Everything is set up.');
}
