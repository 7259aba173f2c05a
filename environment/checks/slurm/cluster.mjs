// A Slurm of two nodes on this machine, started by hand as root: munged, slurmctld, a slurmd for each node.
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { answers } from '../../setup/requirements.mjs';

/** Where a program of Slurm looks for its settings: Snakemake's plugin drops SLURM_CONF from the environment. */
const SETTINGS = '/etc/slurm/slurm.conf';
const NODES = ['n1', 'n2'];
const LONGEST_START_SECONDS = 120;
const NEEDED = {
  munged: 'munge',
  slurmctld: 'slurmctld',
  slurmd: 'slurmd',
  sbatch: 'slurm-client',
  squeue: 'slurm-client',
  scancel: 'slurm-client',
  srun: 'slurm-client',
};

/** What stands in the way of a Slurm here, in words for a person; empty where nothing does. */
export function obstacles() {
  const missing = Object.entries(NEEDED).filter(([program]) => answers('which', [program]) === undefined);
  const packages = [...new Set(missing.map(([, name]) => name))];
  const lines = [];
  if (process.getuid() !== 0) lines.push('it must be run as root, as in a container');
  if (missing.length > 0)
    lines.push(
      `${missing.map(([program]) => program).join(', ')} must be there: apt install --no-install-recommends ${packages.join(' ')} slurm-wlm-basic-plugins`,
    );
  if (fs.lstatSync(SETTINGS, { throwIfNoEntry: false }))
    lines.push(`${SETTINGS} must not be there, since the check puts its own in that place; remove or rename it`);
  return lines;
}

/**
 * Starts the two nodes and waits until both are idle.
 *
 * @param folder  for logs and state
 * @returns  `jobs()`, all that were submitted; `cancel(id)`; `killNode(name)`, with all that runs there, and `startNode(name)`; `stop()`
 */
export async function startCluster(folder) {
  fs.rmSync(folder, { recursive: true, force: true });
  for (const name of ['state', ...NODES.map((node) => `spool.${node}`)])
    fs.mkdirSync(path.join(folder, name), { recursive: true });
  const template = fs.readFileSync(new URL('slurm.conf.in', import.meta.url), 'utf8');
  fs.writeFileSync(path.join(folder, 'slurm.conf'), template.replaceAll('@RUN@', folder));
  const key = path.join(folder, 'munge.key');
  fs.writeFileSync(key, crypto.getRandomValues(new Uint8Array(128)), { mode: 0o600 });
  fs.mkdirSync(path.dirname(SETTINGS), { recursive: true });
  fs.symlinkSync(path.join(folder, 'slurm.conf'), SETTINGS);

  const daemons = new Map();
  const start = (name, program, ...args) => {
    const log = fs.openSync(path.join(folder, `${name}.out`), 'a');
    daemons.set(name, spawn(program, args, { stdio: ['ignore', log, log] }));
    fs.closeSync(log);
  };
  const startNode = (node) => start(node, 'slurmd', '-D', '-N', node);
  const stop = async () => {
    for (const node of NODES) killAll(processesOf(daemons.get(node)?.pid, node));
    for (const [name, daemon] of daemons) if (!NODES.includes(name)) daemon.kill('SIGTERM');
    await Promise.all([...daemons.values()].map((daemon) => daemon.exitCode ?? daemon.signalCode ?? closed(daemon)));
    fs.rmSync(SETTINGS, { force: true });
  };
  const cluster = {
    jobs,
    cancel: (id) => execFileSync('scancel', [id]),
    killNode: (node) => killAll(processesOf(daemons.get(node).pid, node)),
    startNode,
    stop,
  };

  const inside = (name) => path.join(folder, name);
  start(
    'munged',
    'munged',
    ...['--foreground', '--force', `--socket=${inside('munge.sock')}`, `--key-file=${key}`],
    ...[
      `--pid-file=${inside('munged.pid')}`,
      `--log-file=${inside('munged.log')}`,
      `--seed-file=${inside('munged.seed')}`,
    ],
  );
  try {
    await until('munged listens', () => fs.existsSync(inside('munge.sock')));
    start('slurmctld', 'slurmctld', '-D', '-c');
    for (const node of NODES) startNode(node);
    await until('both nodes are idle', () => answers('sinfo', ['-h', '-t', 'idle', '-o', '%D']) === '2');
  } catch (error) {
    await stop();
    throw new Error(`${error.message}; the logs are in ${folder}`);
  }
  return cluster;

  async function until(what, holds) {
    const since = Date.now();
    while (!holds()) {
      if (Date.now() - since > 1000 * LONGEST_START_SECONDS)
        throw new Error(`Slurm did not start: not within ${LONGEST_START_SECONDS} s is it so that ${what}`);
      await setTimeout(500);
    }
  }
}

/** All jobs: Slurm's number, state, node, and what Snakemake says of it, its rule and wildcards. */
function jobs() {
  const lines = execFileSync('squeue', ['--noheader', '--states=all', '-o', '%i|%T|%N|%k'], { encoding: 'utf8' });
  return lines
    .split('\n')
    .filter((line) => line)
    .map((line) => {
      const [id, state, node, ...work] = line.split('|');
      return { id, state, node, work: work.join('|') };
    });
}

/** A node's daemon, and of every job that is there its keepers (slurmstepd) and all below them. */
function processesOf(daemon, node) {
  const ids = jobsOf(node);
  const all = fs.readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const stat = fs.readFileSync(`/proc/${name}/stat`, 'latin1');
      const command = fs.readFileSync(`/proc/${name}/cmdline`, 'latin1');
      return [{ pid: Number(name), parent: Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]), command }];
    } catch {
      // it ended meanwhile
      return [];
    }
  });
  const found = new Set(daemon === undefined ? [] : [daemon]);
  for (const { pid, command } of all) if (ids.some((id) => command.startsWith(`slurmstepd: [${id}.`))) found.add(pid);
  for (let grown = -1; grown !== found.size; ) {
    grown = found.size;
    for (const { pid, parent } of all) if (found.has(parent)) found.add(pid);
  }
  return [...found];
}

function jobsOf(node) {
  try {
    return jobs().flatMap((job) => (job.node === node && job.state === 'RUNNING' ? [job.id] : []));
  } catch {
    // no controller answers any more
    return [];
  }
}

function killAll(pids) {
  for (const pid of pids)
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // it ended meanwhile
    }
}

const closed = (child) => new Promise((resolve) => child.on('close', resolve));
