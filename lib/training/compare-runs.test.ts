import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { figureText } from 'lib/figures';
import { temporaryFolder } from '../files/temporary-folder.fixture';
import { compareRuns, comparison, readTrainingRun } from './compare-runs';
import { tinyRun } from './tiny-run.fixture';
import { trainRun } from './train-run';

test('two trainings are compared by their curves, their last errors, and what they were asked to do', async (t) => {
  const folder = temporaryFolder(t);
  const [a, b] = ['a', 'b'].map((name) => path.join(folder, name));
  const { loss } = tinyRun();
  await trainRun(a, tinyRun({ steps: 12 }));
  await trainRun(b, tinyRun({ steps: 18, loss: { ...loss, name: 'another', settings: { alpha: 7 } } }));
  const [curves, errors, asked] = comparison(a, b);

  assert.equal(curves.body.kind, 'plot');
  if (curves.body.kind !== 'plot') return;
  const traces = curves.body.data as { name: string; x: number[]; y: number[] }[];
  // a loss and five errors of each
  assert.equal(traces.length, 12);
  const run = readTrainingRun(b);
  const losses = traces.find(({ name, x }) => name === 'another' && x.length === 6);
  assert.deepEqual(
    [losses?.x, losses?.y].map((values) => [...(values ?? [])]),
    [[3, 6, 9, 12, 15, 18], run.reports.map((report) => report.loss)],
  );
  const shapes = run.validations.map(({ shapeMillimetres }) => shapeMillimetres);
  assert.ok(traces.some(({ y }) => String([...y]) === String(shapes)));

  const last = run.validations[2];
  assert.ok(figureText(errors).includes('another'));
  for (const value of [last.shapeMillimetres, last.rotationDegrees, last.score])
    assert.ok(figureText(errors).includes(value.toFixed(2)), `${value} in ${figureText(errors)}`);
  assert.match(figureText(errors), /^tiny +12 /m);
  assert.match(figureText(asked), /^loss\.settings\.alpha +none +7$/m);
  assert.match(figureText(asked), /^steps +12 +18$/m);
  assert.match(figureText(asked), /^field +tiny +another$/m);

  const log = t.mock.method(console, 'log', () => {});
  compareRuns(a, b);
  assert.equal(log.mock.callCount(), 3);
});

test('trainings with the same loss are told apart by their folders, and one without validation has none', async (t) => {
  const folder = temporaryFolder(t);
  const [a, b] = ['a', 'b'].map((name) => path.join(folder, name));
  await trainRun(a, tinyRun({ steps: 3 }));
  await trainRun(b, tinyRun({ steps: 3, signal: AbortSignal.abort() }));
  const [curves, errors, asked] = comparison(a, b).map(figureText);
  assert.match(curves, /a from \S+ to \S+/);
  assert.match(errors, /^b +n\/a/m);
  assert.match(asked, /^nothing/m);
  const other = path.join(folder, 'other', 'a');
  await trainRun(other, tinyRun({ steps: 3 }));
  assert.ok(figureText(comparison(a, other)[1]).includes(`\n${other} `));
});

test('a folder without a training is an error that names the file', (t) => {
  const folder = temporaryFolder(t);
  assert.throws(() => comparison(folder, folder), new RegExp(`${path.join(folder, 'config.json')} cannot be read`));
});
