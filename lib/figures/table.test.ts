import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TableBody } from './figure';
import { figureText } from './forms';
import { type TableOptions, tableFigure, tableHtml, tableText } from './table';

const options: TableOptions = {
  title: 'Errors',
  howToRead: 'Bold is best.',
  columns: [
    { key: 'loss', label: 'Loss' },
    { key: 'shape', label: 'Shape', unit: 'mm', digits: 1, best: 'lowest' },
    { key: 'share', label: 'Share', digits: 0, best: 'highest' },
  ],
  rows: [
    { loss: 'Coarse', shape: { value: 2.31, spread: 0.06 }, share: 40 },
    { loss: 'GAL', shape: 2.28, share: Number.NaN },
    { loss: 'MRL|2', shape: 12.04, share: 9 },
  ],
  referenceRows: [
    { loss: 'mean face', shape: 0.5, share: null },
    { loss: 'paper', shape: 2.3, share: 41 },
  ],
};
const body = tableFigure(options).body as TableBody;

test('text has units in its header, fixed digits, a star at the best and a rule before the reference rows', () => {
  assert.equal(
    tableText(body),
    [
      'Loss       Shape (mm)  Share',
      '---------  ----------  -----',
      'Coarse     *2.3 ± 0.1    *40',
      'GAL              *2.3    n/a',
      'MRL|2            12.0      9',
      '---------  ----------  -----',
      'mean face         0.5    n/a',
      'paper             2.3     41',
    ].join('\n'),
  );
});

test('numbers that print alike are best together, and a reference row is never the best', () => {
  assert.deepEqual(
    body.rows.map(({ cells }) => cells[1].best),
    [true, true, false, false, false],
  );
});

test('the highest is best where the column says so, compared as numbers', () => {
  assert.deepEqual(
    body.rows.map(({ cells }) => cells[2].best),
    [true, false, false, false, false],
  );
});

test('HTML escapes texts and aligns columns', () => {
  const html = tableHtml(
    tableFigure({ ...options, rows: [{ loss: '<script>alert(1)</script>', shape: 1 }], referenceRows: [] })
      .body as TableBody,
  );
  assert.ok(html.includes('&lt;script&gt;alert(1)&lt;/script&gt;'));
  assert.ok(!html.includes('<script'));
  assert.ok(html.includes('<td style="text-align:right"><strong>1.0</strong></td>'));
  assert.ok(html.includes('<td style="text-align:right">n/a</td>'));
});

test('the text of a table holds its title and its reading', () => {
  assert.ok(figureText(tableFigure(options)).startsWith('Errors\nBold is best.\nLoss'));
});

test('no sign stands before zero', () => {
  const { rows } = tableFigure({ ...options, rows: [{ shape: -0.01 }, { shape: -0.06 }], referenceRows: [] })
    .body as TableBody;
  assert.deepEqual(
    rows.map(({ cells }) => cells[1].text),
    ['0.0', '-0.1'],
  );
});

test('errors name the key', () => {
  assert.throws(
    () => tableFigure({ ...options, rows: [{ los: 'GAL' }] }),
    /row of "Errors" has the key "los", but the columns are loss, shape, share/,
  );
});
