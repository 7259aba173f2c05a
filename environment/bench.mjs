// npm run bench -- [name ...] [--json]: how fast we are, beside peers in the same run where there are some.
//
// Benches stand beside what they measure (lib/<module>/<module>.bench.ts); a name chooses all benches that begin with it. Ours
// and the peers' blocks alternate, so that a change of the machine's speed meets all; the figure is the median over the
// blocks. Nothing else should run meanwhile.
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import readline from 'node:readline';
import { register } from 'tsx/cjs/api';
import { python, root, setUpOrExit } from './setup.mjs';

const ROUNDS = 7;
const folder = path.join(root, 'environment', 'bench');
const peerPython = path.join(folder, 'torch', 'bin', 'python');

await setUpOrExit();
register();
const load = createRequire(import.meta.url);
const known = fs
  .readdirSync(path.join(root, 'lib'), { recursive: true })
  .filter((name) => name.endsWith('.bench.ts'))
  .sort()
  .flatMap((name) => load(path.join(root, 'lib', name)).benches);

const json = process.argv.includes('--json');
const names = process.argv.slice(2).filter((name) => name !== '--json');
const isChosen = (bench, name) => bench.name === name || bench.name.startsWith(`${name} `);
const unknown = names.find((name) => !known.some((bench) => isChosen(bench, name)));
if (unknown) {
  console.error(`a bench must be one of ${known.map(({ name }) => name).join(', ')}, but is ${unknown}`);
  process.exit(1);
}
for (const bench of known) {
  if (names.length > 0 && !names.some((name) => isChosen(bench, name))) continue;
  const result = await measure(bench);
  if (json) console.log(JSON.stringify(result));
  else {
    const beside = result.peers.map(
      ({ name, time, ratio, ratios }) =>
        `; ${name} ${time}; ratio ${ratio} (from ${ratios[0]} to ${ratios.at(-1)} over ${ROUNDS} rounds)`,
    );
    console.log(`${result.name}: ${result.ours} ${result.unit}${beside.join('')}`);
  }
}
process.exit(0);

async function measure({ name, unit, block, start, peers = [] }) {
  const ours = start();
  const theirs = peers.map(startPeer);
  const rounds = [];
  for (let round = -1; round < ROUNDS; round++) {
    const since = performance.now();
    await ours(block);
    const own = (performance.now() - since) / block;
    const others = [];
    for (const peer of theirs) others.push(((await peer.run(block)) * 1000) / block);
    // the first round warms up all sides
    if (round >= 0) rounds.push({ own, others });
  }
  for (const peer of theirs) peer.end();
  const digits = (value) => Number(value.toPrecision(3));
  return {
    name,
    ours: digits(median(rounds.map((r) => r.own))),
    unit,
    peers: peers.map((peer, i) => {
      const ratios = rounds.map((r) => r.own / r.others[i]).sort((a, b) => a - b);
      return {
        name: peer.name,
        time: digits(median(rounds.map((r) => r.others[i]))),
        ratio: digits(median(ratios)),
        ratios: ratios.map(digits),
      };
    }),
  };
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1];
}

/** A peer's process: it does as many steps as a line asks for, and answers with the seconds. */
function startPeer({ script, args = [] }) {
  installPeer();
  const child = spawn(peerPython, [path.join(folder, script), ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = readline.createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async run(steps) {
      child.stdin.write(`${steps}\n`);
      const { value, done } = await lines.next();
      if (done) throw new Error(`${script} ended before it answered`);
      return Number(value);
    },
    end: () => child.stdin.end(),
  };
}

/** PyTorch, for the bench alone, in a virtual environment of its own. */
function installPeer() {
  if (fs.existsSync(peerPython) && spawnSync(peerPython, ['-c', 'import torch']).status === 0) return;
  console.error('Installing PyTorch for the bench (once) ...');
  const run = (program, ...args) => {
    if (spawnSync(program, args, { stdio: ['ignore', 'ignore', 'inherit'] }).status !== 0) process.exit(1);
  };
  run(python, '-m', 'venv', '--clear', path.join(folder, 'torch'));
  run(peerPython, '-m', 'pip', 'install', '--quiet', 'torch==2.13.0', 'numpy');
}
