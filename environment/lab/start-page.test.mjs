import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { START_PAGE, startPage } from './start-page.mjs';

const TENSORBOARD = 'http://localhost:6006/secret/';

test('each notebook has a row of what it says of itself, and each link leads to a file', () => {
  const page = startPage(process.cwd(), TENSORBOARD);
  const names = fs.readdirSync('notebooks').filter((name) => name.endsWith('.ipynb'));
  const rows = page.split('\n').filter((line) => line.startsWith('| ['));
  assert.equal(rows.length, names.length);
  for (const row of rows)
    assert.match(row, /^\| \[\d\d · [^\]]+\]\(\S+\) \| [^|]+\? \| [^|]*minutes? [^|]*\| [^|]* \|$/);
  const links = [...page.matchAll(/\]\(([^)]+)\)/g)].map(([, link]) => link);
  assert.ok(links.includes('../notebooks/03-projection.ipynb'));
  for (const link of links.filter((each) => each !== TENSORBOARD))
    assert.ok(fs.existsSync(path.join(path.dirname(START_PAGE), link)), `${link} is not there`);
  assert.equal(links.filter((each) => each === TENSORBOARD).length, 1);
});

test('it says whether the run that the notebooks show is there', (t) => {
  const run = fs.mkdtempSync(path.join(os.tmpdir(), 'run '));
  const before = process.env.RECONSTRUCT_RUN;
  process.env.RECONSTRUCT_RUN = run;
  t.after(() => {
    fs.rmSync(run, { recursive: true });
    if (before === undefined) delete process.env.RECONSTRUCT_RUN;
    else process.env.RECONSTRUCT_RUN = before;
  });
  assert.match(startPage(process.cwd(), TENSORBOARD), /is not there yet\*\*: `npm start` makes it/);
  fs.writeFileSync(path.join(run, 'summary.json'), '{}');
  assert.match(startPage(process.cwd(), TENSORBOARD), /The run that they show is in/);
});
