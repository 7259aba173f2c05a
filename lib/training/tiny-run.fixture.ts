import fs from 'node:fs';
import path from 'node:path';
import { checksum } from 'lib/files';
import { tf } from 'lib/tensorflow';
import { killAtWrite, type MomentOfWrite } from '../files/kill-at-write.fixture';
import { objectives } from './objectives';
import { MODEL, OPTIONS, tinyDataset } from './tiny-training.fixture';
import { type RunOptions, trainRun } from './train-run';

const xqt = objectives.xqt(40, 1);

/** A training of a second: 24 steps, a report each 3, a checkpoint each 6. Every random number of a step moves its loss. */
export const tinyRun = (given: Partial<RunOptions> = {}): RunOptions => ({
  loss: {
    name: 'tiny',
    objective: (truth, output, random) => tf.mul(xqt(truth, output, random), 0.5 + random.uniform()),
  },
  basis: MODEL,
  dataset: tinyDataset(12),
  validation: tinyDataset(5),
  data: 'made up',
  network: OPTIONS,
  ...{ steps: 24, batchSize: 5, learningRate: 0.01, seed: 1, reportEvery: 3, checkpointEvery: 6 },
  ...given,
});

/** What a training leaves that must not depend on kills: weights, last checkpoint, and metrics without times. */
export function outcome(folder: string): Record<string, unknown> {
  const lines = fs.readFileSync(path.join(folder, 'metrics.jsonl'), 'utf8').trimEnd().split('\n');
  const arrays = fs.readdirSync(folder).filter((name) => name.endsWith('.arrays'));
  return {
    ...Object.fromEntries(arrays.map((name) => [name, checksum(fs.readFileSync(path.join(folder, name)))])),
    metrics: lines.map((line) => {
      const { seconds: _, imagesPerSecond: __, checksum: ___, ...metric } = JSON.parse(line);
      return metric;
    }),
  };
}

/** A moment at which a process kills itself (kill -9), by the name of the file that it writes. */
export interface Moment {
  file: string;
  when: MomentOfWrite;
}

function killAt({ file, when }: Moment): void {
  killAtWrite((written) => path.basename(written) === file, when);
}

// as a program: FOLDER STEPS [MOMENT], which says each step that it reports
if (require.main === module) {
  const [folder, steps, moment] = process.argv.slice(2);
  if (moment) killAt(JSON.parse(moment));
  const onProgress: RunOptions['onProgress'] = ({ reports }) => fs.writeSync(1, `${reports.at(-1)?.step}\n`);
  void trainRun(folder, tinyRun({ steps: Number(steps), onProgress }));
}
