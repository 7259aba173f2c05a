// measure.ts STAGE SIZE [FOLDER]: one stage of a training in this process, which has nothing else in its memory; prints as JSON
// the device, and what the stage took: processor time, or time on a GPU, and memory at its most above that before it.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Dataset } from 'lib/dataset';
import { reconstructionErrors } from 'lib/evaluation';
import { type StageSize, trainingInputs } from 'lib/experiment';
import { defaultCamera } from 'lib/geometry';
import { trainingPoseViews } from 'lib/losses';
import { createRandom } from 'lib/random';
import { Adam, device } from 'lib/tensorflow';
import { type Network, objectives, predictAll, reconstructionNetwork, startingLogVariances } from 'lib/training';
import ndarray from 'ndarray';
import { takeCheckpoint, writeCheckpoint } from '../../../lib/training/checkpoint';
import { startSteps } from '../../../lib/training/training.bench';

const [stage, given, folder] = process.argv.slice(2);
const size = JSON.parse(given);
const onGpu = device().kind === 'gpu';

/** Seconds of `work`; memory in MB above that at the first call. */
const before = process.memoryUsage().rss;
async function measured(work: () => Promise<unknown>): Promise<{ seconds: number; memoryMegabytes: number }> {
  const [cpu, clock] = [process.cpuUsage(), performance.now()];
  await work();
  const { user, system } = process.cpuUsage(cpu);
  const seconds = onGpu ? (performance.now() - clock) / 1000 : (user + system) / 1e6;
  return { seconds, memoryMegabytes: process.resourceUsage().maxRSS / 1024 - before / 2 ** 20 };
}

async function load() {
  const { seconds } = await measured(() => trainingInputs(folder));
  // a training's process has all in its memory, the program too
  return { seconds, memoryMegabytes: process.resourceUsage().maxRSS / 1024, diskMegabytes: 0 };
}

async function step({ encoder, loss, pixels, points, views, steps }: StageSize['step'] & { steps: number }) {
  const side = Math.sqrt(pixels);
  const random = createRandom('poses');
  const camera = defaultCamera(side);
  const rotations = Float32Array.from({ length: 400 }, (_, i) => (i % 4 === 0 ? 1 : 0.1 * random.normal()));
  const translations = Float32Array.from({ length: 300 }, (_, i) => (i % 3 === 2 ? -60 : 0));
  const objective = {
    coarse: () => objectives.coarse(1),
    xqt: () => objectives.xqt(1, 1),
    'learned-weighting': () => objectives.learnedWeighting(startingLogVariances()),
    gal: () => objectives.gal('camera'),
    srl: () => objectives.srl(camera),
    mrl: () => objectives.mrl(camera, views, trainingPoseViews(rotations, translations)),
  }[loss]();
  const run = startSteps(encoder, side, points);
  // the first steps choose algorithms and reserve memory
  await run(objective, 2);
  const { seconds, memoryMegabytes } = await measured(() => run(objective, steps));
  return {
    seconds: seconds / steps,
    memoryMegabytes,
    diskMegabytes: await checkpointMegabytes(network(encoder, side, 10)),
  };
}

async function predict({ encoder, images, pixels }: StageSize['predict']) {
  const side = Math.sqrt(pixels);
  const random = createRandom('images');
  const points = 1000;
  const dataset: Dataset = {
    imageSize: side,
    images: Uint8Array.from({ length: images * pixels * 3 }, () => 255 * random.uniform()),
    subjects: Uint32Array.from({ length: images }, (_, i) => i),
    rotations: Float32Array.from({ length: 4 * images }, (_, i) => (i % 4 === 0 ? 1 : 0)),
    translations: Float32Array.from({ length: 3 * images }, (_, i) => (i % 3 === 2 ? -60 : 0)),
    shapes: Float32Array.from({ length: images * points * 3 }, () => 5 * random.normal()),
    points,
  };
  const own = network(encoder, side, points);
  const work = async () => {
    reconstructionErrors(dataset, own.basis, await predictAll(own.network, dataset));
  };
  await work();
  const { seconds } = await measured(work);
  return { seconds, memoryMegabytes: 0, diskMegabytes: 0 };
}

function network(encoder: StageSize['step']['encoder'], imageSize: number, points: number) {
  const random = createRandom('network');
  const components = 100;
  const basis = {
    mean: ndarray(
      Float32Array.from({ length: 3 * points }, () => 5 * random.normal()),
      [points, 3],
    ),
    components: ndarray(
      Float32Array.from({ length: components * 3 * points }, () => random.normal()),
      [components, 3 * points],
    ),
    variances: new Float64Array(components).fill(0.0025),
  };
  const options = { encoder, imageSize, poseOutput: 'head-centre', coefficientScale: 0.1 } as const;
  return { basis, network: reconstructionNetwork(basis, options, random) };
}

/** What a training leaves: its weights, and its last two checkpoints. */
async function checkpointMegabytes({ network: own }: { network: Network }): Promise<number> {
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'checkpoint '));
  try {
    const adam = new Adam(own.variables);
    const whole = await takeCheckpoint(1, own, adam);
    const file = path.join(scratch, 'checkpoint.arrays');
    const sizeOf = (checkpoint: typeof whole) => {
      writeCheckpoint(file, checkpoint);
      return fs.statSync(file).size / 1e6;
    };
    return 2 * sizeOf(whole) + sizeOf({ ...whole, firstMoments: [], secondMoments: [] });
  } finally {
    fs.rmSync(scratch, { recursive: true });
  }
}

const stages: Record<string, (size: never) => Promise<object>> = { load, step, predict };
stages[stage](size as never).then(
  (cost) => console.log(JSON.stringify({ device: device().kind, ...cost })),
  (error) => {
    console.error(error);
    process.exitCode = 1;
  },
);
