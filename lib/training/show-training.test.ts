import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Notebook } from 'lib/figures';
import { temporaryFolder } from '../files/temporary-folder.fixture';
import { liveCurves } from './run-curves';
import { showTraining } from './show-training';
import { tinyRun } from './tiny-run.fixture';
import { type TrainingRun, trainRun } from './train-run';

interface Shown {
  bundle: Record<string, unknown>;
  displayId?: string;
  update?: boolean;
}

/** A notebook whose displays the test sees, and its stop button. */
function notebook(t: TestContext) {
  const shown: Shown[] = [];
  const stop = new AbortController();
  const made: Notebook = {
    display: (bundle, { displayId, update } = {}) => void shown.push({ bundle, displayId, update }),
    interruptSignal: () => stop.signal,
  };
  const world = globalThis as Record<symbol, unknown>;
  world[Symbol.for('notebook')] = made;
  t.after(() => delete world[Symbol.for('notebook')]);
  const curves = () => shown.filter(({ bundle }) => 'application/vnd.plotly.v1+json' in bundle);
  const lines = () => shown.filter(({ bundle }) => String(bundle['text/html']).includes('<progress'));
  return { stop, curves, lines };
}

/** A training of two reports and no validation, as if it went on. */
async function someRun(t: TestContext): Promise<TrainingRun> {
  return { ...(await trainRun(temporaryFolder(t), tinyRun({ steps: 6 }))), validations: [] };
}

test('in a notebook curves are drawn in place at most every two seconds, and at the end as they are then', async (t) => {
  const run = await someRun(t);
  const { curves } = notebook(t);
  let now = 0;
  const live = liveCurves('some loss', () => now);
  for (now = 0; now <= 5000; now += 100) live.update(run);
  live.end({ ...run, reports: run.reports.slice(0, 1) });
  // at 0, 2 and 4 seconds, and at the end
  assert.deepEqual(
    curves().map(({ update = false }) => update),
    [false, true, true, true],
  );
  assert.equal(new Set(curves().map(({ displayId }) => displayId)).size, 1);
  const texts = curves().map(({ bundle }) => String(bundle['text/plain']));
  assert.equal(texts[1], texts[0]);
  assert.notEqual(texts[3], texts[0]);
  // what an exported page shows, which has no JupyterLab to draw it
  assert.ok(curves().every(({ bundle }) => String(bundle['text/html']).includes('Plotly')));
});

test('in a notebook a training shows its progress and its curves, and its last state stays', async (t) => {
  const { curves, lines } = notebook(t);
  const folder = temporaryFolder(t);
  const seen: number[] = [];
  const run = await showTraining(folder, tinyRun({ onProgress: ({ reports }) => seen.push(reports.length) }));
  assert.equal(run.finished, true);
  assert.equal(seen.length, 12);
  assert.match(String(lines().at(-1)?.bundle['text/plain']), /^tiny: training 24\/24 \(.*\) loss [\d.]+$/);
  assert.match(String(curves().at(-1)?.bundle['text/plain']), /validation score/);
});

test('the stop button ends a training with a checkpoint, the last line says how to go on, and another call does', async (t) => {
  const { stop, lines } = notebook(t);
  const folder = temporaryFolder(t);
  const run = await showTraining(
    folder,
    tinyRun({
      onProgress: ({ reports }) => {
        if (reports.at(-1)?.step === 9) stop.abort();
      },
    }),
  );
  assert.equal(run.finished, false);
  assert.ok(
    String(lines().at(-1)?.bundle['text/plain']).endsWith(
      `stopped after step 9, with a checkpoint in ${folder}: the same again goes on from there`,
    ),
  );
  const controller = new AbortController();
  const again = await showTraining(folder, tinyRun({ signal: controller.signal }));
  assert.deepEqual([again.finished, again.reports.length], [true, 8]);
});

test('a training that fails says so, and outside a notebook no curve is printed', async (t) => {
  const written: string[] = [];
  t.mock.method(process.stderr, 'write', (text: string) => written.push(text));
  const log = t.mock.method(console, 'log', () => {});
  const loss = {
    name: 'wrong',
    objective: () => {
      throw new Error('no loss at all');
    },
  };
  await assert.rejects(showTraining(temporaryFolder(t), tinyRun({ loss })), /no loss at all/);
  assert.ok(written.some((line) => /^wrong: training 0\/24 \(.*\) failed\n$/.test(line)));
  await showTraining(temporaryFolder(t), tinyRun());
  assert.equal(log.mock.callCount(), 0);
});
