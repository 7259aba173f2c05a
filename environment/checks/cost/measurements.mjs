// What one stage of a run takes: a command of the library, or a part of a training in a process of its own.
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { python, root } from '../../setup.mjs';

const here = path.dirname(new URL(import.meta.url).pathname);
const program = path.join(root, 'lib', 'commands', 'reconstruct.mjs');
/** As trainings run: on one thread. */
const env = { ...process.env, TF_NUM_INTRAOP_THREADS: '1', TF_CPP_MIN_LOG_LEVEL: '3' };

/** A run's folder, for a profile of which only some numbers matter. */
export function makeRun(folder, profile) {
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, 'run.json'), JSON.stringify({ profile, heads: { source: 'population' } }));
  return folder;
}

/** Heads as a registration would leave them, which takes much less time than one. */
export function makeHeads(run) {
  json(process.execPath, ['--import', 'tsx', path.join(here, 'make-heads.ts'), run]);
}

/** Runs a command of the library; its processor time and its memory. */
export const command = (...args) => json(python, [path.join(here, 'measured.py'), process.execPath, program, ...args]);

/** Measures `load`, `step` or `predict` (measure.ts). */
export const inProcess = (stage, size, ...more) =>
  json(process.execPath, ['--import', 'tsx', path.join(here, 'measure.ts'), stage, JSON.stringify(size), ...more]);

/** Seconds that so many programs take side by side, each with its chunk. */
export async function secondsOf(workers, ...args) {
  const since = performance.now();
  const codes = await Promise.all(
    Array.from({ length: workers }, (_, k) => {
      const chunk = ['--chunk', `${k + 1}/${workers}`];
      const child = spawn(process.execPath, [program, ...args, ...chunk], { cwd: root, env, stdio: 'ignore' });
      return new Promise((resolve) => child.on('close', resolve));
    }),
  );
  if (codes.some((code) => code !== 0)) throw new Error(`reconstruct ${args.join(' ')} ended with ${codes}`);
  return (performance.now() - since) / 1000;
}

/** Megabytes of files and folders of a run. */
export function megabytes(run, names) {
  const bytesOf = (file) => {
    const stat = fs.statSync(file);
    if (!stat.isDirectory()) return stat.size;
    return fs.readdirSync(file).reduce((sum, name) => sum + bytesOf(path.join(file, name)), 0);
  };
  return names.reduce((sum, name) => sum + bytesOf(path.join(run, name)), 0) / 1e6;
}

/** What a program prints last, a line of JSON, or undefined where it prints nothing. */
function json(file, args) {
  const { status, stdout, stderr } = spawnSync(file, args, { cwd: root, env, encoding: 'utf8', maxBuffer: 1 << 26 });
  if (status !== 0) throw new Error(`${[file, ...args].join(' ')} ended with ${status}:\n${stderr}`);
  const last = stdout.trim().split('\n').at(-1);
  return last ? JSON.parse(last) : undefined;
}
