// npm run check -- kills: npm start, from a fresh clone, killed with everything it started at ten random moments (kill -9)
// and started again each time, ends with the same table as a run that was never killed.
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { killSession } from './processes/kill-session.mjs';

const KILLS = 10;
const [SHORTEST, LONGEST] = [5, 75];

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');
const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'kills '));

const killed = clone('killed');
for (let kill = 1; kill <= KILLS; kill++) {
  // moments are drawn anew each time: a check that always kills at the same places would miss the others
  const seconds = SHORTEST + (LONGEST - SHORTEST) * Math.random();
  const { code, last } = await start(killed, seconds);
  console.log(
    `kill ${kill} after ${seconds.toFixed(1)} s${code === undefined ? '' : ` came too late: ended with ${code}`}; last line: ${last}`,
  );
}
const finished = await start(killed, Number.POSITIVE_INFINITY);
const whole = clone('whole');
const unbroken = await start(whole, Number.POSITIVE_INFINITY);
if (finished.code !== 0 || unbroken.code !== 0)
  fail(`npm start ended with ${finished.code} after the kills, with ${unbroken.code} without`);

const [one, other] = [killed, whole].map(table);
console.log(one);
if (one !== other) fail(`the table differs from that of a run that was never killed:\n${other}`);
fs.rmSync(scratch, { recursive: true });
console.log(`kills: the same table after ${KILLS} kills\n1 passed, 0 failed`);

function clone(name) {
  const folder = path.join(scratch, name);
  const { status } = spawnSync('git', ['clone', '--quiet', root, folder], { stdio: 'inherit' });
  if (status !== 0) fail('git clone failed');
  return folder;
}

/** Runs npm start in a session of its own; after some seconds kills all processes of that session. */
function start(folder, seconds) {
  const child = spawn('npm', ['start'], { cwd: folder, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  let last = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (text) => {
      last = String(text).trim().split('\n').at(-1) || last;
    });
  return new Promise((resolve) => {
    const timer =
      seconds < Number.POSITIVE_INFINITY &&
      setTimeout(() => {
        child.removeAllListeners('close');
        killSession(child.pid);
        resolve({ code: undefined, last });
      }, seconds * 1000);
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ code, last });
    });
  });
}

/** The numbers of a run's table, without its times. */
function table(folder) {
  const { rows, floors } = JSON.parse(
    fs.readFileSync(path.join(folder, 'data/runs/smoke/population/summary.json'), 'utf8'),
  );
  return JSON.stringify({ rows: rows.map(({ seconds: _, ...row }) => row), floors });
}

function fail(message) {
  console.error(`${message}\nThe folders are kept in ${scratch}`);
  process.exit(1);
}
