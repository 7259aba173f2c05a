import fs from 'node:fs';
import path from 'node:path';
import { readArrays, writeArrays } from 'lib/files';
import { type Checkpoint, checkpointArrays, checkpointOf, listOf, numbered } from './checkpoint';
import { CHECKPOINT, numberedFiles } from './run-files';

/** All that a training needs to go on, in one file, so that no kill can come between its parts. */
export interface RunState {
  checkpoint: Checkpoint;
  /** The weights with the best validation score so far; none before the first validation. */
  best?: { step: number; weights: Float32Array[] };
  /** How many lines metrics.jsonl had; unknown of a checkpoint that an earlier version wrote. */
  metricLines?: number;
}

const KEPT = 2;

/** Writes checkpoint-STEP.arrays into a training's folder, and removes all older ones but the one before. */
export function writeState(folder: string, { checkpoint, best, metricLines }: RunState): void {
  const bestArrays = best && {
    'best step': { data: Uint32Array.of(best.step), shape: [1] },
    ...numbered('best', best.weights),
  };
  const file = path.join(folder, `checkpoint-${checkpoint.step}.arrays`);
  const lines = metricLines !== undefined && { 'metric lines': { data: Uint32Array.of(metricLines), shape: [1] } };
  writeArrays(file, { ...checkpointArrays(checkpoint), ...bestArrays, ...lines });
  // what is newer was damaged, or this step would not have been done again
  const older = numberedFiles(folder, CHECKPOINT).filter(({ number }) => number <= checkpoint.step);
  for (const { file } of older.slice(0, -KEPT)) fs.rmSync(file, { force: true });
}

/**
 * The state of the newest checkpoint that is whole; undefined where there is none at all.
 *
 * @param onDamaged  is told of each newer one that cannot be read, and why
 * @throws {Error} when there are checkpoints, but none is whole
 */
export function newestState(folder: string, onDamaged: (reason: string) => void): RunState | undefined {
  const reasons: string[] = [];
  for (const { file } of numberedFiles(folder, CHECKPOINT).reverse())
    try {
      const state = readState(file);
      reasons.forEach(onDamaged);
      return state;
    } catch (error) {
      reasons.push((error as Error).message);
    }
  if (reasons.length > 0) throw new Error(`no checkpoint of ${folder} is whole:\n  ${reasons.join('\n  ')}`);
  return undefined;
}

function readState(file: string): RunState {
  const arrays = readArrays(file);
  const checkpoint = checkpointOf(file, arrays);
  const [step, weights] = [arrays['best step'], listOf('best', arrays)];
  const count = checkpoint.weights.length;
  if (checkpoint.firstMoments.length !== count || weights.length !== (step ? count : 0))
    throw new Error(`${file} must hold moments, and as many best weights as weights, or none: it is no checkpoint`);
  const lines = arrays['metric lines']?.data[0];
  return {
    checkpoint,
    best: step && { step: step.data[0], weights },
    ...(lines !== undefined && { metricLines: lines }),
  };
}
