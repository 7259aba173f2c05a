// A PostgreSQL server of our own: in a folder, on a socket, for as long as a check takes.
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { answers } from '../../setup/requirements.mjs';

/** Where Debian keeps the server's programs. */
const VERSIONS = '/usr/lib/postgresql';
const LONGEST_START_SECONDS = 120;

/** What stands in the way of a server here, in words for a person; undefined where nothing does. */
export function postgresObstacle() {
  return programs()
    ? undefined
    : `no PostgreSQL server is in ${VERSIONS}: apt install --no-install-recommends postgresql`;
}

/** @returns  its address for Optuna, and `stop()` */
export async function startPostgres() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'postgres-'));
  const asRoot = process.getuid() === 0;
  // the server does not run as root
  if (asRoot)
    fs.chownSync(folder, Number(answers('id', ['-u', 'postgres'])), Number(answers('id', ['-g', 'postgres'])));
  const as = (program, ...args) => {
    const file = path.join(programs(), program);
    return asRoot ? ['runuser', ['-u', 'postgres', '--', file, ...args]] : [file, args];
  };
  const data = path.join(folder, 'data');
  const run = (...command) => spawnSync(...as(...command), { encoding: 'utf8', cwd: folder });
  const made = run('initdb', '--no-sync', '--auth=trust', '--username=search', `--pgdata=${data}`);
  if (made.status !== 0) throw new Error(`no PostgreSQL can be made in ${folder}: ${made.stderr}`);
  const log = fs.openSync(path.join(folder, 'log'), 'w');
  const settings = ['-k', folder, '-c', 'listen_addresses='];
  const server = spawn(...as('postgres', '-D', data, ...settings), { stdio: ['ignore', log, log], cwd: folder });
  fs.closeSync(log);
  const ended = new Promise((resolve) => server.on('close', resolve));
  const stop = async () => {
    // at once, without waiting for who is connected
    run('pg_ctl', 'stop', '-m', 'immediate', '-D', data);
    await ended;
    fs.rmSync(folder, { recursive: true, force: true });
  };
  const since = Date.now();
  while (run('pg_isready', '-h', folder).status !== 0) {
    if (server.exitCode !== null || Date.now() - since > 1000 * LONGEST_START_SECONDS) {
      const said = fs.readFileSync(path.join(folder, 'log'), 'utf8');
      if (server.exitCode === null) await stop();
      throw new Error(`PostgreSQL did not start: ${said}`);
    }
    await setTimeout(200);
  }
  return { address: `postgresql://search@/postgres?host=${folder}`, stop };
}

/** The folder of the newest server's programs. */
function programs() {
  const versions = fs.existsSync(VERSIONS) ? fs.readdirSync(VERSIONS).map(Number) : [];
  return versions
    .sort((a, b) => b - a)
    .map((version) => path.join(VERSIONS, String(version), 'bin'))
    .find((folder) => fs.existsSync(path.join(folder, 'initdb')));
}
