// npm run gpu-check: whether trainings run on the GPU, and how fast.
//
// Sets up TensorFlow's CUDA build, trains VGG-16 at 224 px with batch 32 for 200 steps while it watches the device, and prints
// images a second, memory, the device's use, and the ratio to PyTorch in the same precision (float32, TF32 where the device
// has it), where a PyTorch for CUDA is installed. Where something is missing it says what.
import { spawn, spawnSync } from 'node:child_process';
import path from 'node:path';
import { root, setUpOrExit } from './setup.mjs';

const [ENCODER, PIXELS, STEPS] = ['vgg16', '224', '200'];
/** Below this mean use, in percent, the device has not computed the convolutions. */
const LEAST_USE = 30;

const found = spawnSync('nvidia-smi', ['--query-gpu=name,driver_version,memory.total', '--format=csv,noheader'], {
  encoding: 'utf8',
});
if (found.status !== 0)
  fail(
    found.error
      ? 'No GPU can be used: nvidia-smi is not there. It comes with the driver of an NVIDIA GPU; TensorFlow needs version 525 or later.'
      : `No GPU answers: ${(found.stderr || found.stdout).trim()}`,
  );
console.log(`GPU: ${found.stdout.trim()}`);
await setUpOrExit({ gpu: true });

const watch = watchDevice();
const ours = await run(process.execPath, ['--import', 'tsx', 'environment/gpu-check/steps.ts', ENCODER, PIXELS, STEPS]);
const { use, megabytes } = watch.end();
if (!ours.output) fail(`The steps failed:\n${ours.errors}`);
const { kind, version, seconds, imagesPerSecond } = JSON.parse(ours.output);
if (kind !== 'gpu') fail(`TensorFlow ${version} does not use the GPU; what it said:\n${ours.errors || 'nothing'}`);
console.log(`TensorFlow ${version} on the GPU: ${STEPS} steps of VGG-16 at ${PIXELS} px in ${seconds.toFixed(1)} s`);
console.log(
  `${imagesPerSecond.toFixed(0)} images a second; ${megabytes} MB of the GPU's memory; the GPU busy ${use.toFixed(0)} % of the time`,
);
if (use < LEAST_USE) fail(`The GPU was busy for ${use.toFixed(0)} % of the time only: the convolutions ran elsewhere.`);
await comparePyTorch(Number(STEPS) / seconds);

async function comparePyTorch(stepsPerSecond) {
  const script = path.join('environment', 'bench', 'torch_step.py');
  const python = ['environment/bench/peers/bin/python', 'python3'].find(
    (program) =>
      spawnSync(program, ['-c', 'import torch; assert torch.cuda.is_available()'], { cwd: root }).status === 0,
  );
  if (!python) {
    console.log(
      'PyTorch: not compared, no PyTorch for CUDA is installed (for python3, or in environment/bench/peers).',
    );
    return;
  }
  for (const layout of ['channels_first', 'channels_last']) {
    // its first block warms it up
    const { output, errors } = await run(python, [script, ENCODER, layout, PIXELS, 'cuda'], `3\n${STEPS}\n`);
    const theirs = Number(output.trim().split('\n').at(-1));
    if (!(theirs > 0)) fail(`PyTorch's steps failed:\n${errors}`);
    const ratio = Number(STEPS) / theirs / stepsPerSecond;
    console.log(
      `PyTorch ${layout}: ${((32 * Number(STEPS)) / theirs).toFixed(0)} images a second; our time over its: ${ratio.toFixed(2)}`,
    );
  }
}

/** Looks at the device twice a second until it is ended: mean use while it was used at all, and the most memory. */
function watchDevice() {
  const query = ['--query-gpu=utilization.gpu,memory.used', '--format=csv,noheader,nounits', '--id=0', '--loop-ms=500'];
  const child = spawn('nvidia-smi', query, { stdio: ['ignore', 'pipe', 'ignore'] });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (part) => {
    text += part;
  });
  return {
    end() {
      child.kill();
      const looks = text
        .trim()
        .split('\n')
        .map((line) => line.split(',').map(Number))
        .filter(([use, memory]) => Number.isFinite(use) && Number.isFinite(memory));
      const used = looks.map(([use]) => use).filter((use) => use > 0);
      return {
        use: used.length > 0 ? used.reduce((a, b) => a + b) / used.length : 0,
        megabytes: Math.max(0, ...looks.map(([, memory]) => memory)),
      };
    },
  };
}

function run(program, args, input = '') {
  const child = spawn(program, args, { cwd: root, stdio: ['pipe', 'pipe', 'pipe'] });
  let [output, errors] = ['', ''];
  child.stdout.on('data', (part) => {
    output += part;
  });
  child.stderr.on('data', (part) => {
    errors += part;
  });
  child.stdin.end(input);
  return new Promise((resolve) => child.on('close', () => resolve({ output, errors: errors.slice(-4000) })));
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
