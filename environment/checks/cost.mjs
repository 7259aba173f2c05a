// npm run check -- cost [--small] [--stage NAME ...]: measures what each stage of a run takes at three sizes or more, fits the
// cost model (lib/experiment/cost-model.ts), and checks it at another size, which the fit does not see: time, memory and disk must
// be within 20 %. Two workers must be at least 0.9 efficient at registration and at rendering.
//
// Leaves build/cost-check/cost.json; where all holds that becomes data/results/cost.json, on which --dry-run and docs/cost.md
// stand. --small takes small sizes, to see that the check itself works, and --stage some stages only: both keep no result. Where
// TensorFlow runs on a GPU only steps and predictions are measured, and join what is known of cores.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { register } from 'tsx/cjs/api';
import { answers } from '../setup/requirements.mjs';
import { root, setUpOrExit } from '../setup.mjs';
import { command, inProcess, makeHeads, makeRun, megabytes, secondsOf } from './cost/measurements.mjs';
import { FULL, SMALL } from './cost/sizes.mjs';

/** By what share a prediction may be off, and how efficient two workers must be. */
const [BAR, EFFICIENCY_BAR] = [0.2, 0.9];
/** Of other work on the machine: from there on times are worth little. */
const BUSY_LOAD = 0.3;
/** Of the splits that a stage does not depend on. */
const FEW = 4;

const { values } = parseArgs({
  options: { small: { type: 'boolean', default: false }, stage: { type: 'string', multiple: true } },
});
await setUpOrExit();
register();
const load = createRequire(import.meta.url);
const { costErrors, fitCosts, readMeasuredCosts } = load('../../lib/experiment/cost-model.ts');
const { readProfile } = load('../../lib/experiment/profile.ts');
const { device } = load('../../lib/tensorflow');

const folder = path.join(root, 'build', 'cost-check');
const kept = path.join(root, 'data', 'results', 'cost.json');
const smoke = readProfile(path.join(root, 'environment', 'profiles', 'smoke.json'));
const sizes = values.small ? SMALL : FULL;
const here = device();
// before there is work of our own
const [busyness] = os.loadavg();
const busy = busyness > BUSY_LOAD;
if (busy) console.log(`Other work runs on this machine, its load is ${busyness.toFixed(1)}: the result will say so`);
fs.rmSync(folder, { recursive: true, force: true });
fs.mkdirSync(folder, { recursive: true });

const points = [];
const STAGES = {
  scan: scanned,
  'build-model': made,
  floors,
  render: rendered,
  step: steps,
  predict: predictions,
};
for (const [stage, measure] of Object.entries(STAGES))
  if ((values.stage ?? [stage]).includes(stage) && (here.kind === 'cpu' || ['step', 'predict'].includes(stage)))
    measure();
const efficiency = values.stage || here.kind === 'gpu' ? undefined : await twoWorkers();
if (points.length === 0) fail(`--stage must be one of ${Object.keys(STAGES).join(', ')}, but is ${values.stage}`);

const written = path.join(folder, 'cost.json');
fs.writeFileSync(written, `${JSON.stringify(withWhatIsKnown(), null, 1)}\n`);
const failures = verdict();
for (const failure of failures) console.log(`FAILED: ${failure}`);
const keeps = failures.length === 0 && !values.small && !values.stage;
if (keeps) fs.copyFileSync(written, kept);
console.log(`The points: ${keeps ? kept : written}`);
const checks = points.filter(({ use }) => use === 'check').length + Object.keys(efficiency ?? {}).length;
console.log(`${checks - Math.min(checks, failures.length)} passed, ${failures.length} failed`);
process.exit(failures.length > 0 ? 1 : 0);

/** Scans and registrations. */
function scanned() {
  for (const [people, use] of marked(sizes.scanned)) {
    const run = runOf(`scanned ${people}`, { train: people });
    const split = ['--run', run, '--split', 'train'];
    add('scan', use, { people }, command('scan', ...split), megabytes(run, ['scans/train', 'truth/train']));
    add('register', use, { people }, command('register', ...split), megabytes(run, ['registered/train']));
  }
}

/** Models, and the comparison of registered heads with the true ones. */
function made() {
  for (const [people, use] of marked(sizes.made)) {
    const run = runOf(`made ${people}`, { train: people });
    makeHeads(run);
    const model = command('build-model', '--run', run);
    add('build-model', use, { people }, model, megabytes(run, ['model.h5', 'model.json']));
    const compared = command('compare-registration', '--run', run);
    add('compare-registration', use, { people: people + 2 * FEW }, compared, megabytes(run, ['registration.json']));
  }
}

function floors() {
  for (const [images, use] of marked(sizes.made)) {
    const run = runOf(`floors ${images}`, { test: images }, { viewsPerSubject: { train: 1, validation: 1, test: 1 } });
    makeHeads(run);
    command('build-model', '--run', run);
    for (const split of ['train', 'test']) command('render', '--run', run, '--split', split);
    add('floors', use, { images }, command('evaluate', '--run', run), 0);
  }
}

/** Images, and what a training reads of them. */
function rendered() {
  for (const [[people, views, side], use] of marked(sizes.rendered)) {
    const run = renderedRun('rendered', people, views, side);
    const size = { people, images: people * views, pixels: side * side };
    const cost = command('render', '--run', run, '--split', 'train');
    add('render', use, size, cost, megabytes(run, ['dataset/train', 'dataset/train.json']));
    command('render', '--run', run, '--split', 'validation');
    const both = { people: people + FEW, images: size.images + FEW, pixels: size.pixels };
    add('load', use, both, inProcess('load', both, run));
  }
}

/** Steps of trainings: each encoder with one loss, each loss with one encoder. */
function steps() {
  const one = (use, size) =>
    add(
      'step',
      use,
      { ...size, batch: 32 },
      inProcess('step', { ...size, batch: 32, steps: sizes.steps[size.encoder] }),
    );
  for (const [encoder, sides] of Object.entries(sizes.pixels))
    for (const [side, use] of marked(sides))
      one(use, { encoder, loss: 'coarse', pixels: side * side, points: sizes.points[0], views: 0 });
  const pixels = sizes.pixels.small[0] ** 2;
  for (const loss of sizes.losses)
    for (const [count, use] of marked(sizes.points))
      one(use, { encoder: 'small', loss, pixels, points: count, views: loss === 'mrl' ? sizes.views[1] : 0 });
  for (const [views, use] of marked(sizes.views))
    one(use, { encoder: 'small', loss: 'mrl', pixels, points: sizes.points[1], views });
}

function predictions() {
  for (const [encoder, sides] of Object.entries(sizes.pixels))
    for (const [side, use] of marked(sides)) {
      const size = { encoder, images: sizes.predictions, pixels: side * side };
      add('predict', use, size, inProcess('predict', size));
    }
}

/** Time of one worker over twice the time of two, for the same work; both with their start. */
async function twoWorkers() {
  const [people, views, side] = sizes.twoWorkers.rendered;
  const work = {
    register: () => {
      const run = runOf('two workers', { train: sizes.twoWorkers.scanned });
      command('scan', '--run', run, '--split', 'train');
      return [run, 'registered'];
    },
    render: () => [renderedRun('two workers', people, views, side), 'dataset'],
  };
  const result = {};
  for (const [stage, make] of Object.entries(work)) {
    const [run, made] = make();
    const seconds = [];
    for (const workers of [1, 2]) {
      fs.rmSync(path.join(run, made), { recursive: true, force: true });
      seconds.push(await secondsOf(workers, stage, '--run', run, '--split', 'train'));
    }
    result[stage] = seconds[0] / (2 * seconds[1]);
    console.log(`${stage}: ${seconds[0].toFixed(1)} s by one worker, ${seconds[1].toFixed(1)} s by two`);
  }
  return result;
}

function renderedRun(name, people, views, side) {
  const viewsPerSubject = { train: views, validation: 1, test: 1 };
  const run = runOf(`${name} ${people} ${views} ${side}`, { train: people }, { viewsPerSubject, imageSize: side });
  makeHeads(run);
  command('build-model', '--run', run);
  return run;
}

/** A run of smoke's profile with few people, but for what is said. */
function runOf(name, subjects, otherwise = {}) {
  const all = { train: FEW, validation: FEW, test: FEW, ...subjects };
  const profile = { ...smoke, subjects: all, components: Math.min(8, all.train - 1) || 1, ...otherwise };
  return makeRun(path.join(folder, name.replaceAll(' ', '-')), profile);
}

/** Each size with what its point is for. */
function marked(list) {
  return list.map((size, i) => [size, i === list.length - 1 ? 'check' : 'fit']);
}

function add(stage, use, size, { device: kind = 'cpu', seconds, memoryMegabytes, diskMegabytes }, onDisk = 0) {
  const point = { stage, device: kind, use, size, seconds, memoryMegabytes, diskMegabytes: diskMegabytes ?? onDisk };
  points.push(point);
  console.log(
    `${stage} ${JSON.stringify(size)}: ${seconds.toPrecision(3)} s, ${memoryMegabytes.toFixed(0)} MB of memory, ${point.diskMegabytes.toPrecision(3)} MB on disk`,
  );
}

/** The points with their provenance, and those of the other device that were kept before. */
function withWhatIsKnown() {
  const known = fs.existsSync(kept) ? readMeasuredCosts(kept) : undefined;
  const others = known?.points.filter((point) => point.device !== here.kind) ?? [];
  const provenance = {
    processor: os.cpus()[0].model,
    cores: os.availableParallelism(),
    busy,
    sizes: values.small ? 'small' : 'full',
    commit: `${git('rev-parse', '--short=12', 'HEAD')}${git('status', '--porcelain', '--untracked-files=no') ? '+' : ''}`,
    date: new Date().toISOString().slice(0, 10),
    node: process.version,
    tensorflow: here.version,
  };
  const shares = efficiency ?? known?.efficiency;
  const own =
    here.kind === 'gpu' && known
      ? { ...known.provenance, gpu: here.name }
      : { ...provenance, gpu: known?.provenance.gpu };
  return { provenance: own, points: [...others, ...points], ...(shares && { efficiency: shares }) };
}

function git(...args) {
  return answers('git', ['-C', root, ...args]) ?? 'unknown';
}

/** Prints how far the model is off where it was not fitted; returns what is wrong. */
function verdict() {
  const model = fitCosts(points);
  const wrong = [];
  console.log(`\n${'checked at'.padEnd(96)}${['time', 'memory', 'disk'].map((head) => head.padStart(9)).join('')}`);
  for (const point of points.filter(({ use }) => use === 'check')) {
    const what = `${point.stage} ${JSON.stringify(point.size)}`;
    const errors = costErrors(model, point);
    const cells = ['seconds', 'memoryMegabytes', 'diskMegabytes'].map((quantity) =>
      errors[quantity] === undefined ? '' : `${(100 * errors[quantity]).toFixed(1)} %`,
    );
    console.log(`${what.padEnd(96)}${cells.map((cell) => cell.padStart(9)).join('')}`);
    const off = Object.entries(errors).filter(([, error]) => !(Math.abs(error) <= BAR));
    if (off.length > 0)
      wrong.push(`${what} is off by ${off.map(([of, error]) => `${(100 * error).toFixed(0)} % (${of})`).join(', ')}`);
  }
  for (const [stage, value] of Object.entries(efficiency ?? {})) {
    console.log(`${stage}: two workers are ${value.toFixed(2)} efficient`);
    if (!(value >= EFFICIENCY_BAR))
      wrong.push(`${stage}: efficiency must be ${EFFICIENCY_BAR} or more, but is ${value.toFixed(2)}`);
  }
  return wrong;
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
