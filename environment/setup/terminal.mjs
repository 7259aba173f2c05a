// What set-up says in the terminal: one line a step, rewritten in place on a terminal, start and end on a pipe.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

/** A failure that the user can act on: the message says what is wrong and what to do. */
export class SetupError extends Error {}

/** npm names the cause first, then says where to read more. */
const LINES_AFTER_FAILURE = 40;

const seconds = (since) => `${((Date.now() - since) / 1000).toFixed(0)} s`;

/**
 * Runs `work` under a title and shows its elapsed time and its latest note.
 * `work` gets `note(text)`; several steps may run at once, so a pipe gets whole lines only.
 */
export async function step(title, work) {
  const since = Date.now();
  const inPlace = process.stdout.isTTY;
  let latest = '';
  const draw = () => process.stdout.write(`\r\x1b[K  ${title}: ${latest} ${seconds(since)}`);
  if (!inPlace) console.log(`  ${title} ...`);
  const timer = setInterval(
    () => (inPlace ? draw() : console.log(`  ${title}: ${latest} ${seconds(since)}`)),
    inPlace ? 500 : 30_000,
  );
  try {
    const result = await work((text) => {
      latest = text;
    });
    console.log(`${inPlace ? '\r\x1b[K' : ''}  ${title}: done in ${seconds(since)}`);
    return result;
  } finally {
    clearInterval(timer);
  }
}

/** Runs a program in a folder, its output to this terminal; whether it ended well. */
export function succeeds(program, args, cwd) {
  const child = spawn(program, args, { cwd, stdio: ['ignore', 'inherit', 'inherit'] });
  return new Promise((resolve) => child.on('close', (code, signal) => resolve(code === 0 && !signal)));
}

/**
 * Runs a program without a shell, its output to a log file; a failure carries the log's last lines.
 * `onLine` sees each line of its output.
 */
export function run(program, args, { log, cwd, env = process.env, onLine = () => {} }) {
  fs.mkdirSync(path.dirname(log), { recursive: true });
  const file = fs.createWriteStream(log, { flags: 'a' });
  file.write(`\n$ ${program} ${args.join(' ')}\n`);
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const tail = [];
    const listen = (stream) => {
      let rest = '';
      stream.setEncoding('utf8');
      stream.on('data', (text) => {
        file.write(text);
        const lines = (rest + text).split(/\r?\n|\r/);
        rest = lines.pop();
        for (const line of lines) {
          if (line.trim() && tail.push(line) > LINES_AFTER_FAILURE) tail.shift();
          onLine(line);
        }
      });
      stream.on('end', () => rest.trim() && tail.push(rest));
    };
    listen(child.stdout);
    listen(child.stderr);
    child.on('error', (error) => reject(new SetupError(`cannot start ${program}: ${error.message}`)));
    child.on('close', (code, signal) => {
      file.end();
      if (code === 0) return resolve();
      const what = [path.basename(program), ...args.slice(0, 3)].join(' ');
      reject(
        new SetupError(
          `${what} ended with ${signal ?? `code ${code}`}; its last lines (all of them are in ${log}):\n    ${tail.join('\n    ')}`,
        ),
      );
    });
  });
}
