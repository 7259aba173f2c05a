// steps.ts ENCODER PIXELS STEPS: training steps with GAL on made-up data; prints the device and the seconds as JSON.
import { device } from 'lib/tensorflow';
import { objectives } from '../../lib/training/objectives';
import { BATCH, startSteps } from '../../lib/training/training.bench';

const [encoder, pixels, steps] = process.argv.slice(2);

async function main(): Promise<void> {
  const { kind, name, version } = device();
  const run = startSteps(encoder as Parameters<typeof startSteps>[0], Number(pixels));
  const gal = objectives.gal('camera');
  // the first steps choose algorithms and reserve memory
  await run(gal, 3);
  const since = performance.now();
  await run(gal, Number(steps));
  const seconds = (performance.now() - since) / 1000;
  console.log(JSON.stringify({ kind, name, version, seconds, imagesPerSecond: (BATCH * Number(steps)) / seconds }));
}
void main();
