// npm run check -- fuzz [--count N] [--seconds S] [format ...]: changed files of each format, which must be read or refused by a
// message of ours that names the file, within a second of processor time and memory of four times the file and 64 MB.
//
// Inputs come from the tests' writers and from nasty files made by hand, with flipped bits, edited numbers, parts cut, doubled and
// moved; input i of a format is always the same. Each format has a process of its own, so that a crash is seen and told.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const FORMATS = [
  ...['ply', 'obj', 'mat', 'npz', 'hdf5', 'eos', 'landmarks', 'frames', 'picture'],
  // JSON of a user's: a profile, boxes of heads, landmarks of a scan
  ...['profile', 'boxes', 'points'],
];
/** A process that is silent for so long hangs: it speaks every 500 inputs. */
const SILENCE_SECONDS = 300;

const here = path.dirname(fileURLToPath(import.meta.url));
const { values, positionals } = parseArgs({
  options: { count: { type: 'string', default: '100000' }, seconds: { type: 'string', default: '86400' } },
  allowPositionals: true,
});
const unknown = positionals.find((name) => !FORMATS.includes(name));
const wrong = ['count', 'seconds'].find((name) => !(Number(values[name]) > 0));
if (unknown || wrong) {
  console.error(
    unknown
      ? `a format must be one of ${FORMATS.join(', ')}, but is ${unknown}`
      : `--${wrong} must be a positive number, but is ${values[wrong]}`,
  );
  process.exit(1);
}
// kept where memory is meant for files, so that writing them costs nothing; those with a fault are left there
const folder = fs.mkdtempSync(path.join(fs.existsSync('/dev/shm') ? '/dev/shm' : os.tmpdir(), 'fuzz-'));
let faults = 0;
for (const format of positionals.length > 0 ? positionals : FORMATS) {
  const { last, signal } = await run(format);
  const { inputs = 0, accepted = 0, refused = 0, mostSeconds = 0, mostMegabytes = 0, fault } = last;
  const ended =
    fault ??
    (signal ? `the process ended with ${signal} after input ${inputs}` : inputs === 0 ? 'nothing was read' : '');
  if (ended) faults++;
  const most = `at most ${mostSeconds.toFixed(2)} s and ${mostMegabytes.toFixed(0)} MB`;
  console.log(
    `${format.padEnd(9)} ${inputs} inputs: ${accepted} accepted, ${refused} refused, ${most}${ended ? `; FAULT: ${ended}` : ''}`,
  );
}
if (faults === 0) fs.rmSync(folder, { recursive: true });
console.log(`fuzz: ${faults === 0 ? 'no fault' : `${faults} formats with a fault`}`);
process.exit(faults === 0 ? 0 : 1);

/** The last report of a format's process, and the signal that ended it. */
function run(format) {
  const child = spawn(
    process.execPath,
    [
      '--expose-gc',
      '--import',
      'tsx',
      path.join(here, 'fuzz', 'run-format.ts'),
      format,
      values.count,
      values.seconds,
      folder,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let last = {};
  let rest = '';
  let timer;
  const listen = () => {
    clearTimeout(timer);
    timer = setTimeout(() => child.kill('SIGKILL'), SILENCE_SECONDS * 1000);
  };
  listen();
  child.stdout.setEncoding('utf8').on('data', (text) => {
    listen();
    const lines = `${rest}${text}`.split('\n');
    rest = lines.pop();
    if (lines.length > 0) last = JSON.parse(lines.at(-1));
  });
  return new Promise((resolve) => {
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      resolve({ last, signal: signal ?? (code === 0 || last.fault ? undefined : `exit code ${code}`) });
    });
  });
}
