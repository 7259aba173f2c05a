import fs from 'node:fs';
import path from 'node:path';

/** What a training's folder holds, beside its checkpoints and event files. */
export const trainingFiles = (folder: string) => ({
  config: path.join(folder, 'config.json'),
  metrics: path.join(folder, 'metrics.jsonl'),
  /** The weights with the best validation score; there once the training is over. */
  weights: path.join(folder, 'weights.arrays'),
  /** The batch on which the training broke, with the weights before it. */
  breakingBatch: path.join(folder, 'breaking-batch.arrays'),
  lock: path.join(folder, 'lock'),
});

export const CHECKPOINT = /^checkpoint-(\d+)\.arrays$/;
export const EVENTS = /^events\.out\.tfevents\.(\d+)$/;

/** A folder's files whose names have a number, by that number. */
export function numberedFiles(folder: string, pattern: RegExp): { number: number; file: string }[] {
  return names(folder)
    .flatMap((name) => {
      const [, digits] = pattern.exec(name) ?? [];
      return digits === undefined ? [] : [{ number: Number(digits), file: path.join(folder, name) }];
    })
    .sort((a, b) => a.number - b.number);
}

/** Removes what killed writers left half written. */
export function removePartial(folder: string): void {
  for (const name of names(folder)) if (name.endsWith('.partial')) fs.rmSync(path.join(folder, name), { force: true });
}

/** Removes a training from its folder, but for the lock that the caller holds. */
export function removeTraining(folder: string): void {
  const { lock: _, ...files } = trainingFiles(folder);
  const many = [CHECKPOINT, EVENTS].flatMap((pattern) => numberedFiles(folder, pattern).map(({ file }) => file));
  // the configuration first: what is left after a kill belongs to no training
  for (const file of [...Object.values(files), ...many]) fs.rmSync(file, { force: true });
}

const names = (folder: string): string[] => (fs.existsSync(folder) ? fs.readdirSync(folder) : []);
