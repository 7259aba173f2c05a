import fs from 'node:fs';
import path from 'node:path';
import { type Run, readRun, runFiles } from './run';
import { readSummary, type Summary } from './summary';

const root = path.resolve(__dirname, '../..');

/** The run whose results a notebook shows. */
export interface NotebookRun extends Run {
  folder: string;
}

/**
 * The run that the notebooks show: the folder in the environment variable RECONSTRUCT_RUN (from the workspace's root),
 * else the one that `npm start` makes.
 *
 * @throws {Error} that says how to make the run, when its results are not there
 */
export function notebookRun(
  environment: { RECONSTRUCT_RUN?: string } = process.env as { RECONSTRUCT_RUN?: string },
): NotebookRun {
  const chosen = environment.RECONSTRUCT_RUN;
  const folder = path.resolve(root, chosen || path.join('data', 'runs', 'smoke', 'population'));
  const { summary } = runFiles(folder);
  if (!fs.existsSync(summary))
    throw new Error(
      chosen
        ? `RECONSTRUCT_RUN must be the folder of a finished run, but ${summary} is not there`
        : `run npm start first: it makes the results that this notebook shows, but ${summary} is not there`,
    );
  return { folder, ...readRun(folder) };
}

/** What git holds of a run: its summary, and a small copy of it, which has no images (`reconstruct keep`). */
export interface KeptRun extends NotebookRun {
  summary: Summary;
}

/** @param profileName  such as laptop, of a run on the embedded population */
export function keptRun(profileName: string): KeptRun {
  const folder = path.join(root, 'data', 'results', profileName, 'population');
  return { folder, ...readRun(folder), summary: readSummary(`${folder}.json`) };
}
