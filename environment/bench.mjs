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
import { fingerprint, isMadeFrom, stampAsMadeFrom } from './setup/stamp.mjs';
import { python, root, setUpOrExit } from './setup.mjs';

const ROUNDS = 7;
const folder = path.join(root, 'environment', 'bench');
const peersFolder = path.join(folder, 'peers');
const peerPython = path.join(peersFolder, 'bin', 'python');

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
  for (const line of await measure(bench)) console.log(json ? JSON.stringify(line) : text(line));
}
process.exit(0);

/**
 * The lines of one bench, one for each figure and peer: time first, then the figures of quality that its last block gave.
 *
 * A ratio is ours over the peer's: of times the median of the rounds' ratios, of other figures that of the last round.
 */
async function measure({ name, unit, block, start, peers = [], rounds: count = ROUNDS }) {
  const ours = start();
  const theirs = peers.map(startPeer);
  const rounds = [];
  for (let round = -1; round < count; round++) {
    const since = performance.now();
    const figures = (await ours(block)) ?? [];
    const own = { time: (performance.now() - since) / block, figures };
    const others = [];
    for (const peer of theirs) {
      const answer = await peer.run(block);
      others.push({ time: (answer.seconds * 1000) / block, figures: answer.figures ?? [] });
    }
    // the first round warms up all sides
    if (round >= 0) rounds.push({ own, others });
  }
  for (const peer of theirs) peer.end();
  const line = (of, ours, unit, i, theirs, ratios) => ({
    name: of,
    ours: digits(ours),
    unit,
    ...(i === undefined ? {} : { peer: digits(theirs), peerName: peers[i].name, ratio: digits(median(ratios)) }),
    ...(ratios?.length > 1 ? { ratios: [Math.min(...ratios), Math.max(...ratios)].map(digits) } : {}),
  });
  const beside = peers.length > 0 ? peers.map((_, i) => i) : [undefined];
  const times = beside.map((i) =>
    line(
      name,
      median(rounds.map((r) => r.own.time)),
      unit,
      i,
      ...(i === undefined
        ? []
        : [median(rounds.map((r) => r.others[i].time)), rounds.map((r) => r.own.time / r.others[i].time)]),
    ),
  );
  const last = rounds.at(-1);
  const qualities = last.own.figures.flatMap((figure) =>
    beside.flatMap((i) => {
      const other = i === undefined ? undefined : last.others[i].figures.find((one) => one.name === figure.name);
      if (i !== undefined && !other) return [];
      return line(
        `${name}, ${figure.name}`,
        figure.value,
        figure.unit,
        i,
        other?.value,
        other && [figure.value / other.value],
      );
    }),
  );
  return [...times, ...qualities];
}

function text({ name, ours, unit, peer, peerName, ratio, ratios }) {
  const range = ratios ? ` (from ${ratios[0]} to ${ratios[1]})` : '';
  return `${name}: ${ours} ${unit}${peerName ? `; ${peerName} ${peer}; ratio ${ratio}${range}` : ''}`;
}

function digits(value) {
  return Number(value.toPrecision(3));
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1];
}

/**
 * A peer's process: it does as many steps as a line asks for, and answers with the seconds, or with
 * `{"seconds": s, "figures": [{"name", "value", "unit"}, ...]}`.
 */
function startPeer({ script, args = [] }) {
  installPeers();
  const child = spawn(peerPython, [path.join(folder, script), ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = readline.createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async run(steps) {
      child.stdin.write(`${steps}\n`);
      const { value, done } = await lines.next();
      if (done) throw new Error(`${script} ended before it answered`);
      const answer = JSON.parse(value);
      return typeof answer === 'number' ? { seconds: answer } : answer;
    },
    end: () => child.stdin.end(),
  };
}

/** The peers' packages, for the benches alone, in a virtual environment of their own. */
function installPeers() {
  const wanted = fingerprint(fs.readFileSync(path.join(folder, 'requirements.txt'), 'utf8'));
  if (isMadeFrom(peersFolder, wanted)) return;
  console.error('Installing the peers of the benches (once) ...');
  const run = (program, ...args) => {
    if (spawnSync(program, args, { stdio: ['ignore', 'ignore', 'inherit'] }).status !== 0) process.exit(1);
  };
  run(python, '-m', 'venv', '--clear', peersFolder);
  run(peerPython, '-m', 'pip', 'install', '--quiet', '--requirement', path.join(folder, 'requirements.txt'));
  stampAsMadeFrom(peersFolder, wanted);
}
