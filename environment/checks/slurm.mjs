// npm run check -- slurm [--profile FILE] [--until RULE]: two Slurm nodes, started by hand as root on this machine, run the smoke
// profile while one job is cancelled and one node is killed (kill -9, with all that runs there). Both jobs are tried again, and
// every file of the run's results is that of a run on this machine without Slurm, to the bit, but for seconds and provenance.
// FILE is another profile, such as a smaller one; RULE ends both runs with a rule of the workflow.
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { reproduce } from '../reproduce.mjs';
import { root, setUpOrExit } from '../setup.mjs';
import { differences, resultsOf, sameByKind } from './runs/results.mjs';
import { obstacles, startCluster } from './slurm/cluster.mjs';

const { values } = parseArgs({
  options: {
    profile: { type: 'string', default: path.join(root, 'environment', 'profiles', 'smoke.json') },
    // all but the notebooks and the report, pages that hold times
    until: { type: 'string', multiple: true, default: ['summarize', 'compare_registration'] },
  },
});
const inTheWay = obstacles();
if (inTheWay.length > 0) fail(`no Slurm can be started here:\n${inTheWay.map((line) => `  - ${line}`).join('\n')}`);
await setUpOrExit({ cluster: true });

const folder = path.join(root, 'build', 'slurm-check');
const profiles = path.dirname(path.resolve(values.profile));
const profile = path.basename(values.profile, '.json');
const asked = { profile, profiles, until: values.until };
const runs = (name) => path.join(folder, name);
for (const name of ['local', 'slurm']) fs.rmSync(runs(name), { recursive: true, force: true });

console.log(`\n== ${profile} on this machine`);
const local = await reproduce({ ...asked, runs: runs('local') });
if (!local) fail('the run on this machine failed');

console.log(`\n== ${profile} on two Slurm nodes`);
const cluster = await startCluster(path.join(folder, 'cluster'));
let stopped;
const stop = () => {
  stopped ??= cluster.stop();
  return stopped;
};
for (const signal of ['SIGINT', 'SIGTERM'])
  process.on(signal, async () => {
    await stop();
    process.exit(130);
  });
let [slurm, jobs, harm] = [undefined, [], undefined];
try {
  const over = new AbortController();
  const harming = doHarm(over.signal);
  slurm = await reproduce({
    ...asked,
    engine: 'slurm',
    runs: runs('slurm'),
    settings: [
      // a node has one core here, and files need not travel
      ...['--set-threads', 'compare_registration=1', 'notebooks=1'],
      // a search's trials in their order, as one machine makes them
      ...['--resources', 'trial=1'],
      ...['--latency-wait', '10', '--seconds-between-status-checks', '3'],
    ],
  });
  over.abort();
  harm = await harming;
  jobs = cluster.jobs();
} finally {
  await stop();
}

const failures = [];
const passed = [];
const expect = (holds, what) => (holds ? passed : failures).push(what);
expect(slurm !== undefined, 'the run on Slurm ends');
for (const [what, victim] of [
  ['the cancelled job', harm.cancelled],
  ['the job on the killed node', harm.lost],
]) {
  const states = victim ? jobs.filter(({ work }) => work === victim.work).sort((a, b) => a.id - b.id) : [];
  const history = states.map(({ id, state, node }) => `${id} ${state} on ${node || 'no node'}`).join(', ');
  console.log(`${what}: ${victim ? `${victim.work}: ${history}` : 'there was none'}`);
  const [first, ...later] = states;
  expect(
    first && first.state !== 'COMPLETED' && later.some(({ state }) => state === 'COMPLETED'),
    `${what} is tried again and completed`,
  );
}
if (slurm) {
  const [found, expected] = [slurm, local].map(resultsOf);
  console.log(`\n${'results'.padEnd(40)}  same bits  same but for times`);
  for (const [kind, { sameBits, butForTimes }] of Object.entries(sameByKind(found, expected)))
    console.log(`${kind.padEnd(40)} ${String(sameBits).padStart(10)} ${String(butForTimes).padStart(19)}`);
  const different = differences(found, expected);
  for (const line of different) console.log(line);
  expect(different.length === 0 && Object.keys(found).length > 0, 'every result is that of the run on this machine');
}
console.log(`\n${jobs.length} jobs, ${jobs.filter(({ state }) => state === 'COMPLETED').length} completed`);
for (const what of passed) console.log(`holds: ${what}`);
for (const what of failures) console.log(`FAILED: ${what}`);
console.log(`${passed.length} passed, ${failures.length} failed`);
if (failures.length > 0) console.log(`Runs and logs are in ${folder}`);
process.exit(failures.length > 0 ? 1 : 0);

/** Cancels the first job that is seen running, then kills the second node while another job runs there, and starts it again. */
async function doHarm(signal) {
  const running = async (fits) => {
    while (!signal.aborted) {
      const found = cluster.jobs().find((job) => job.state === 'RUNNING' && fits(job));
      if (found) {
        // into its work: the start takes a few seconds
        await setTimeout(3000);
        if (cluster.jobs().some(({ id, state }) => id === found.id && state === 'RUNNING')) return found;
      }
      await setTimeout(500);
    }
    return undefined;
  };
  const cancelled = await running(() => true);
  if (!cancelled) return {};
  cluster.cancel(cancelled.id);
  console.log(`check: cancelled job ${cancelled.id}, ${cancelled.work}`);
  const lost = await running(({ node, work }) => node === 'n2' && work !== cancelled.work);
  if (!lost) return { cancelled };
  cluster.killNode('n2');
  console.log(`check: killed node n2 with job ${lost.id}, ${lost.work}`);
  // Slurm has to see that it is dead before it comes back
  while (!signal.aborted && cluster.jobs().some(({ id, state }) => id === lost.id && state === 'RUNNING'))
    await setTimeout(500);
  cluster.startNode('n2');
  console.log('check: started node n2 again');
  return { cancelled, lost };
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
