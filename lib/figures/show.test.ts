import assert from 'node:assert/strict';
import fs, { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { curvesFigure } from './curves';
import type { Figure } from './figure';
import { interruptSignal, type Notebook } from './notebook';
import { show, showLive } from './show';
import { tableFigure } from './table';

/** Acts as a notebook's kernel until the test ends, and keeps what is displayed. */
function fakeNotebook(context: TestContext) {
  const shown: { bundle: Record<string, unknown>; options?: Parameters<Notebook['display']>[1] }[] = [];
  const controller = new AbortController();
  const notebook: Notebook = {
    display: (bundle, options) => void shown.push({ bundle, options }),
    interruptSignal: () => controller.signal,
  };
  const world = globalThis as Record<symbol, unknown>;
  world[Symbol.for('notebook')] = notebook;
  context.after(() => delete world[Symbol.for('notebook')]);
  return { shown, controller };
}

const curves = (title: string): Figure =>
  curvesFigure({
    title,
    howToRead: 'Lower is better.',
    x: { label: 'step' },
    y: { label: 'loss' },
    series: [{ name: 'GAL', x: new Float32Array([1, 2]), y: new Float32Array([2, Number.NaN]) }],
  });
const table = tableFigure({
  title: 'Errors',
  howToRead: 'Read.',
  columns: [{ key: 'a', label: 'A' }],
  rows: [{ a: 1 }],
});

function printed(context: TestContext, run: () => void): string {
  const log = context.mock.method(console, 'log', () => {});
  run();
  log.mock.restore();
  return log.mock.calls.map((call) => call.arguments.join(' ')).join('\n');
}

test('in a notebook a plot is plain JSON for plotly.js, HTML that waits for it, and text', (context) => {
  const { shown } = fakeNotebook(context);
  show(curves('Loss'));
  const { bundle } = shown[0];
  assert.deepEqual(Object.keys(bundle), ['application/vnd.plotly.v1+json', 'text/html', 'text/plain']);
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into plotly.js' JSON
  const plot = bundle['application/vnd.plotly.v1+json'] as any;
  assert.deepEqual(JSON.parse(JSON.stringify(plot)), plot);
  const { dtype, bdata } = plot.data[0].y;
  assert.equal(dtype, 'f8');
  assert.deepEqual(
    new Float64Array(new Uint8Array(Buffer.from(bdata, 'base64')).buffer),
    new Float64Array([2, Number.NaN]),
  );
  assert.equal(plot.layout.title.text, '<span style="font-size:16px"><b>Loss</b></span><br>Lower is better.');
  assert.deepEqual(
    [plot.config.displaylogo, plot.config.showSendToCloud, plot.config.plotlyServerURL],
    [false, false, ''],
  );
  assert.match(
    String(bundle['text/plain']),
    /^Loss\nLower is better\.\nloss over step: GAL from 2 to 2, n\/a at 1 of 2\.$/,
  );
});

test('a title cannot leave the script or the text of its display', (context) => {
  const { shown } = fakeNotebook(context);
  show(curves('</script><script>alert(1)</script>'));
  const html = String(shown[0].bundle['text/html']);
  assert.equal(html.match(/<script/g)?.length, 1);
  assert.equal(html.match(/<\/script/g)?.length, 1);
});

test('a live figure is replaced under the same identity', (context) => {
  const { shown } = fakeNotebook(context);
  const live = showLive(curves('Loss'));
  live.update(curves('Loss'));
  assert.ok(shown[0].options?.displayId);
  assert.equal(shown[1].options?.displayId, shown[0].options?.displayId);
  assert.equal(shown[1].options?.update, true);
  assert.ok(!shown[0].options?.update);
});

test('outside a notebook a table is printed', (context) => {
  assert.equal(
    printed(context, () => show(table, { figuresFolder: '' })),
    'Errors\nRead.\n   A\n----\n1.00',
  );
});

test('with a folder a figure becomes a page, with plotly.js beside it only where it is needed', (context) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'figures-'));
  context.after(() => rmSync(folder, { recursive: true }));
  printed(context, () => show(table, { figuresFolder: folder }));
  assert.deepEqual(readdirSync(folder), ['errors.html']);
  const line = printed(context, () => show(curves('Loss & more'), { figuresFolder: folder }));
  assert.equal(line, `Loss & more: ${path.join(folder, 'loss-more.html')}`);
  assert.deepEqual(readdirSync(folder).sort(), ['errors.html', 'loss-more.html', 'plotly.js']);
  assert.ok(readFileSync(path.join(folder, 'loss-more.html'), 'utf8').includes('<script src="plotly.js">'));
});

test('a full disk leaves no half of plotly.js, which no later figure would write anew', (context) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'figures-'));
  context.after(() => rmSync(folder, { recursive: true }));
  const write = fs.writeFileSync;
  const disk = context.mock.method(fs, 'writeFileSync', (to: number, content: string) => {
    write(to, content.slice(0, 100));
    throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
  });
  assert.throws(
    () => show(curves('Loss'), { figuresFolder: folder }),
    /plotly\.js cannot be written: the disk is full/,
  );
  disk.mock.restore();
  assert.deepEqual(readdirSync(folder), []);
});

test('the interrupt is the cell’s in a notebook, and never comes elsewhere', (context) => {
  assert.equal(interruptSignal().aborted, false);
  const { controller } = fakeNotebook(context);
  const signal = interruptSignal();
  controller.abort();
  assert.equal(signal.aborted, true);
});
