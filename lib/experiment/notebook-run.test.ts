import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { notebookRun } from './notebook-run';

const profile = path.resolve(__dirname, '../../environment/profiles/smoke.json');

test('a notebook reads the run that the environment names', (context) => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'run-'));
  context.after(() => fs.rmSync(folder, { recursive: true }));
  const asked = { profile: JSON.parse(fs.readFileSync(profile, 'utf8')), heads: { source: 'population' } };
  fs.writeFileSync(path.join(folder, 'run.json'), JSON.stringify(asked));
  fs.writeFileSync(path.join(folder, 'summary.json'), '{}');
  const run = notebookRun({ RECONSTRUCT_RUN: folder });
  assert.equal(run.folder, folder);
  assert.equal(run.files.summary, path.join(folder, 'summary.json'));
  assert.equal(run.profile.name, 'smoke');
  assert.equal(run.heads.source, 'population');
});

test('a folder without results is refused by its name', (context) => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'run-'));
  context.after(() => fs.rmSync(folder, { recursive: true }));
  assert.throws(
    () => notebookRun({ RECONSTRUCT_RUN: folder }),
    new Error(
      `RECONSTRUCT_RUN must be the folder of a finished run, but ${path.join(folder, 'summary.json')} is not there`,
    ),
  );
});

test('a run named by a path from the workspace is looked for there', () => {
  assert.throws(
    () => notebookRun({ RECONSTRUCT_RUN: 'data/runs/of/nobody' }),
    /but \/.*\/data\/runs\/of\/nobody\/summary\.json is not there/,
  );
});
