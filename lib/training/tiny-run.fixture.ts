import fs from 'node:fs';
import path from 'node:path';
import { checksum } from 'lib/files';
import { tf } from 'lib/tensorflow';
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
      const { seconds: _, imagesPerSecond: __, ...metric } = JSON.parse(line);
      return metric;
    }),
  };
}

/**
 * A moment at which a process kills itself (kill -9), by the file that it works on: half written, whole but not yet in its
 * place, or in its place with nothing done since.
 */
export interface Moment {
  file: string;
  when: 'half written' | 'before its rename' | 'after its rename';
}

function killAt({ file, when }: Moment): void {
  const { writeFileSync, openSync, renameSync } = fs;
  const kill = () => process.kill(process.pid, 'SIGKILL');
  let handle = -1;
  fs.openSync = (...values: Parameters<typeof openSync>) => {
    const opened = openSync(...values);
    if (path.basename(String(values[0])).startsWith(file)) handle = opened;
    return opened;
  };
  fs.writeFileSync = ((to: number, content: string | Uint8Array) => {
    if (to !== handle || when !== 'half written') return writeFileSync(to, content);
    writeFileSync(to, content.slice(0, content.length / 2));
    kill();
  }) as typeof writeFileSync;
  fs.renameSync = (from, to) => {
    const isIt = path.basename(String(to)) === file;
    if (isIt && when === 'before its rename') kill();
    renameSync(from, to);
    if (isIt && when === 'after its rename') kill();
  };
}

// as a program: FOLDER STEPS [MOMENT], which says each step that it reports
if (require.main === module) {
  const [folder, steps, moment] = process.argv.slice(2);
  if (moment) killAt(JSON.parse(moment));
  const onProgress: RunOptions['onProgress'] = ({ reports }) => fs.writeSync(1, `${reports.at(-1)?.step}\n`);
  void trainRun(folder, tinyRun({ steps: Number(steps), onProgress }));
}
