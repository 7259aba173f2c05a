// Trains 2,200 small steps with all that a run writes, and looks at each report from step 200 on: no tensor may be left over,
// and the process's memory must not grow.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { tf } from 'lib/tensorflow';
import { trainRun } from 'lib/training';
import { tinyRun } from '../../../lib/training/tiny-run.fixture';

const [WARM_UP, STEPS] = [200, 2200];
/** A leak of one batch of these images (5 x 16 x 16 x 3 floats, 15 kB) a step would be 23 MB between the quarters. */
const MOST_GROWTH_MB = 15;

async function main(): Promise<void> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'memory '));
  const seen: { tensors: number; megabytes: number }[] = [];
  const look = ({ reports }: { reports: { step: number }[] }) => {
    if ((reports.at(-1)?.step ?? 0) < WARM_UP) return;
    (globalThis as { gc?: () => void }).gc?.();
    seen.push({ tensors: tf.memory().numTensors, megabytes: process.memoryUsage().rss / 1e6 });
  };
  await trainRun(folder, tinyRun({ steps: STEPS, reportEvery: 50, checkpointEvery: 200, onProgress: look }));
  fs.rmSync(folder, { recursive: true });

  const tensors = new Set(seen.map((one) => one.tensors));
  const quarter = Math.floor(seen.length / 4);
  const median = (part: typeof seen) => part.map((one) => one.megabytes).sort((a, b) => a - b)[Math.floor(quarter / 2)];
  const [first, last] = [median(seen.slice(0, quarter)), median(seen.slice(-quarter))];
  console.log(`tensors: ${[...tensors].join(', ')} at ${seen.length} looks`);
  console.log(`memory: ${first.toFixed(0)} MB in the first quarter, ${last.toFixed(0)} MB in the last`);
  if (tensors.size === 1 && last - first < MOST_GROWTH_MB) return;
  console.error(`the number of tensors must not change, and memory grow by less than ${MOST_GROWTH_MB} MB`);
  process.exitCode = 1;
}
void main();
