/** The steps of a small run: what each is called with, what it makes, and what it reads. */
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..', '..');
const program = path.join(root, 'lib', 'commands', 'reconstruct.mjs');
const preload = path.join(root, 'environment', 'checks', 'faults', 'kill-at-write.mjs');

const smoke = JSON.parse(fs.readFileSync(path.join(root, 'environment', 'profiles', 'smoke.json'), 'utf8'));
/** As little as goes the whole way, with enough steps for a checkpoint on it, which comes each 200. */
export const PROFILE = {
  ...smoke,
  name: 'tiny',
  subjects: { train: 4, validation: 1, test: 2 },
  viewsPerSubject: { train: 2, validation: 2, test: 2 },
  imageSize: 32,
  components: 3,
  lossPoints: 50,
  training: { ...smoke.training, steps: 220, batchSize: 4 },
  losses: [{ name: 'xqt' }, { name: 'srl' }],
  search: { trials: 2, stepsShare: 0.1, learningRate: [0.0001, 0.01] },
};

const SPLITS = ['train', 'validation', 'test'];
const LOSSES = ['xqt', 'srl'];

/**
 * In their order. `outputs` are the files whose lack makes a step to be done, as in the workflow, which also removes them before;
 * `stamp` is one of them that says that a folder is done. `reads` are what it reads, by their place in the run.
 */
export const STEPS = [
  ...SPLITS.map((split) => ({
    name: `scan ${split}`,
    args: ['scan', '--split', split],
    stamp: `scans/${split}.1-of-1.done`,
    reads: [/^run\.json$/],
  })),
  ...SPLITS.map((split) => ({
    name: `register ${split}`,
    args: ['register', '--split', split],
    stamp: `registered/${split}.1-of-1.done`,
    reads: [/^run\.json$/, new RegExp(`^scans/${split}/`)],
  })),
  {
    name: 'compare-registration',
    args: ['compare-registration'],
    outputs: ['registration.json'],
    reads: [/^registered\/\w+\//, /^truth\/(train|test)\//],
  },
  {
    name: 'build-model',
    args: ['build-model'],
    outputs: ['model.h5', 'model.json'],
    reads: [/^run\.json$/, /^registered\/train\//],
  },
  ...SPLITS.flatMap((split) => [
    {
      name: `render ${split}`,
      args: ['render', '--split', split, '--chunk', '1/1'],
      stamp: `dataset/${split}.1-of-1.done`,
      reads: [/^run\.json$/, /^model\.h5$/, new RegExp(`^(registered|truth)/${split}/`)],
    },
    {
      name: `render ${split} index`,
      args: ['render', '--split', split],
      outputs: [`dataset/${split}.json`],
      reads: [/^model\.h5$/, new RegExp(`^dataset/${split}/`), new RegExp(`^registered/${split}/.*\\.json$`)],
    },
  ]),
  {
    name: 'tune xqt',
    args: ['tune', '--loss', 'xqt'],
    outputs: ['search/xqt.json'],
    reads: [/^run\.json$/, /^model\.h5$/, /^dataset\/(train|validation)(\.json$|\/)/],
    // left by a search that was broken off
    resumes: [/^search\/xqt\.journal$/],
  },
  ...LOSSES.map((loss) => ({
    name: `train ${loss}`,
    args: ['train', '--loss', loss, '--seed', '1'],
    outputs: [`training/${loss}/seed-1/weights.arrays`],
    reads: [
      /^run\.json$/,
      /^model\.h5$/,
      /^dataset\/(train|validation)(\.json$|\/)/,
      ...(loss === 'xqt' ? [/^search\/xqt\.json$/] : []),
    ],
    // left by a training that was broken off
    resumes: [new RegExp(`^training/${loss}/seed-1/(checkpoint|metrics|config)`)],
  })),
  ...LOSSES.map((loss) => ({
    name: `evaluate ${loss}`,
    args: ['evaluate', '--loss', loss, '--seed', '1'],
    outputs: [`evaluation/${loss}/seed-1.json`],
    reads: [/^run\.json$/, /^model\.h5$/, /^dataset\/test(\.json$|\/)/, new RegExp(`^training/${loss}/seed-1/weights`)],
  })),
  {
    name: 'evaluate floors',
    args: ['evaluate'],
    outputs: ['evaluation/floors.json'],
    reads: [/^model\.h5$/, /^dataset\/(train|test)(\.json$|\/)/],
  },
  {
    name: 'summarize',
    args: ['summarize'],
    outputs: ['summary.json'],
    reads: [
      /^run\.json$/,
      /^evaluation\//,
      /^training\/\w+\/seed-1\/(config|metrics)/,
      /^search\/xqt\.json$/,
      /^dataset\//,
    ],
  },
  {
    name: 'report',
    args: ['report'],
    outputs: ['report.html'],
    reads: [
      /^(summary|registration|model)\.json$/,
      /^model\.h5$/,
      /^training\/\w+\/seed-1\/(config|metrics|weights)/,
      /^dataset\/(train|test)(\.json$|\/)/,
    ],
  },
].map(({ outputs = [], stamp, resumes = [], ...step }) => ({
  ...step,
  stamp,
  resumes,
  outputs: stamp ? [stamp] : outputs,
}));

/** No step of this run takes so long: who does hangs. */
const LONGEST_SECONDS = 900;

/** What ends the steps that run, in groups of their own, when this program ends before them. */
const running = new Set();
process.on('exit', () => {
  for (const kill of running) kill();
});

/**
 * Runs a step on a run's folder, in a process group of its own.
 *
 * @param options.killAtWrite  "3 half written": see kill-at-write.mjs
 * @returns `ended`, its exit code and what it wrote; `kill`, which ends the whole group at once
 */
export function startStep(folder, step, { killAtWrite } = {}) {
  const [command, ...rest] = step.args;
  const child = spawn(
    process.execPath,
    [...(killAtWrite ? ['--import', preload] : []), program, command, '--run', folder, ...rest],
    {
      cwd: root,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        // as the workflow has it: the same bits
        TF_NUM_INTRAOP_THREADS: '1',
        TF_CPP_MIN_LOG_LEVEL: '3',
        KILL_AT_WRITE: killAtWrite ?? '',
      },
    },
  );
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (part) => {
      text += part;
    });
  const kill = () => {
    try {
      process.kill(-child.pid, 'SIGKILL');
    } catch {
      // it has ended
    }
  };
  running.add(kill);
  let hangs = false;
  const timer = setTimeout(() => {
    hangs = true;
    kill();
  }, LONGEST_SECONDS * 1000);
  const ended = new Promise((resolve) => {
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      // what it started may outlive it
      kill();
      running.delete(kill);
      if (code === 0 && step.stamp) touch(path.join(folder, step.stamp));
      resolve({ code, signal, text: hangs ? `${text}\nit hangs: ended after ${LONGEST_SECONDS} s` : text, hangs });
    });
  });
  return { ended, kill };
}

function touch(file) {
  try {
    fs.writeFileSync(file, '');
  } catch {
    // the workflow's file on a disk that is full: the step is done again
  }
}

/** Writes what the run is asked to do, as npm run reproduce does where it is another or damaged. */
export function writeRun(folder, sealedJson) {
  const content = sealedJson({ profile: PROFILE, heads: { source: 'population' } });
  const file = path.join(folder, 'run.json');
  if (fs.existsSync(file) && fs.readFileSync(file, 'utf8') === content) return;
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(file, content);
}

/** Whether a step's outputs are all there. */
export const isDone = (folder, step) => step.outputs.every((output) => fs.existsSync(path.join(folder, output)));

/** As the workflow does before a step. */
export function removeOutputs(folder, step) {
  for (const output of step.outputs) fs.rmSync(path.join(folder, output), { force: true });
}
