import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Figure } from 'lib/figures';
import {
  angleFigure,
  costFigure,
  explainedVarianceFigure,
  paperFigure,
  resultsFigure,
  trainingFigure,
} from './result-figures';
import type { Summary } from './summary';

const errors = (factor: number) => ({
  reprojectionPixels: 4 * factor,
  shapeMillimetres: 2 * factor,
  translationCentimetres: 3 * factor,
  rotationDegrees: 5 * factor,
  clampedShare: 0.01 * factor,
});
const bins = (mean: number) => [{ fromDegrees: 20, images: 7, mean, low: 0.9 * mean, high: 1.1 * mean }];
const SUMMARY: Summary = {
  profile: 'tiny',
  heads: 'population',
  subjects: { train: 6, validation: 2, test: 4 },
  images: { train: 12, validation: 4, test: 8 },
  rows: [1, 2].map((factor) => ({
    loss: factor === 1 ? 'srl' : 'mrl-2',
    title: factor === 1 ? 'SRL' : 'MRL, 2 views',
    errors: errors(factor),
    shapeDeviation: 0.1,
    shapeGain: { share: 0.1, low: 0.05, high: 0.15 },
    byAngle: { shapeMillimetres: bins(2 * factor), reprojectionPixels: bins(4 * factor) },
    steps: 1400,
    epochs: 10,
    ...(factor === 2 && { search: { trials: 20, seconds: 600 } }),
    seeds: [{ seed: 1, errors: errors(factor), weights: {}, chosenStep: 1200, seconds: 90 * factor }],
  })),
  floors: { meanHead: errors(5), projection: errors(0.5) },
  findings: [],
  provenance: { commit: 'c', seed: 1, device: 'd', tensorflow: 't', node: 'n', date: '2026-01-01' },
};

const cells = ({ body }: Figure) => {
  assert.equal(body.kind, 'table');
  if (body.kind !== 'table') return [];
  return body.rows.map((row) => row.cells.map(({ text }) => text));
};
/** The curves of a figure, as [name, x, y]. */
const curves = ({ body }: Figure) => {
  assert.equal(body.kind, 'plot');
  if (body.kind !== 'plot') return [];
  return body.data.map((trace) => {
    const { name, x, y } = trace as { name: string; x: ArrayLike<number>; y: ArrayLike<number> };
    return [name, Array.from(x ?? []), Array.from(y ?? [])] as const;
  });
};

test('explained variance adds up, in percent, from the first component on', () => {
  const [[, x, y]] = curves(explainedVarianceFigure([0.5, 0.25, 0.125]));
  assert.deepEqual(
    [x, y],
    [
      [1, 2, 3],
      [50, 75, 87.5],
    ],
  );
});

test('the table has a row for each loss, then one for each floor, in percent', () => {
  const figure = resultsFigure(SUMMARY);
  const rows = cells(figure);
  assert.deepEqual(
    rows.slice(0, 2).map(([title]) => title),
    ['SRL', 'MRL, 2 views'],
  );
  assert.deepEqual(rows[1].slice(1), ['8.00', '4.00', '10.0 (5.0 to 15.0)', '6.00', '10.00', '2.00']);
  assert.deepEqual(
    rows.slice(2).map((row) => row.slice(1)),
    [
      ['20.00', '10.00', 'n/a', '15.00', '25.00', '5.00'],
      ['2.00', '1.00', 'n/a', '1.50', '2.50', '0.50'],
    ],
  );
  assert.equal(figure.body.kind === 'table' && figure.body.rows.filter(({ reference }) => reference).length, 2);
});

test('over several seeds the table has means with their spread', () => {
  const [row] = SUMMARY.rows;
  const [seed] = row.seeds;
  const seeds = [seed, { ...seed, seed: 2, seconds: 30 }];
  const several = { ...SUMMARY, rows: [{ ...row, spread: errors(0.1), seeds }] };
  const [[, pixels, shape, gain, translation, rotation, clamped]] = cells(resultsFigure(several));
  assert.deepEqual(
    [pixels, shape, gain, translation, rotation],
    ['4.00 ± 0.40', '2.00 ± 0.20', '10.0 (5.0 to 15.0)', '3.00 ± 0.30', '5.00 ± 0.50'],
  );
  assert.equal(clamped, '1.00');
});

test('a cost is that of one training and of the search before it', () => {
  const [row, searched] = SUMMARY.rows;
  const [seed] = row.seeds;
  const several = { ...row, seeds: [seed, { ...seed, seed: 2, seconds: 30 }] };
  assert.deepEqual(cells(costFigure({ ...SUMMARY, rows: [several, searched] })), [
    ['SRL', '6.0', '10.0', '0', '1.0'],
    ['MRL, 2 views', '18.0', '10.0', '20', '13.0'],
  ]);
});

test('the paper’s table is its Table 2', () => {
  assert.deepEqual(cells(paperFigure()), [
    ['Coarse', '11.1', '2.3', '3.0', '3.0', '6.8', '120', '20', '11.3'],
    ['XQT', '11.6', '2.5', '3.3', '3.1', '6.9', '120', '20', '11.5'],
    ['GAL', '17.1', '2.8', '3.0', '3.1', '9.2', '120', '1', '0.8'],
    ['SRL', '3.3', '9.0', '12.6', '51.7', '9.3', '500', '1', '3.2'],
    ['MRL, 2 views', '4.3', '3.0', '4.2', '4.3', '14.9', '120', '1', '1.2'],
  ]);
});

test('errors by angle stand in the middle of their bins, shape and picture in their own panels', () => {
  const drawn = curves(angleFigure(SUMMARY));
  assert.deepEqual(
    drawn.filter(([, , y]) => y.length === 1),
    [
      ['SRL', [25], [2]],
      ['MRL, 2 views', [25], [4]],
      ['SRL', [25], [4]],
      ['MRL, 2 views', [25], [8]],
    ],
  );
  const bands = drawn.filter(([, , y]) => y.length === 2).map(([, , y]) => y);
  assert.deepEqual(
    bands.map((ends) => ends.map((v) => Number(v.toFixed(9)))),
    [
      [2.2, 1.8],
      [4.4, 3.6],
      [4.4, 3.6],
      [8.8, 7.2],
    ],
  );
});

test('validation errors are drawn against their steps', () => {
  const run = { validations: [200, 400].map((step) => ({ step, score: 1, seconds: 1, ...errors(step / 100) })) };
  const drawn = curves(trainingFigure([{ title: 'SRL', run }], SUMMARY)).filter(([name]) => name === 'SRL');
  assert.deepEqual(
    drawn.map(([, x, y]) => [x, y]),
    [
      [8, 16],
      [4, 8],
      [6, 12],
      [10, 20],
    ].map((y) => [[200, 400], y]),
  );
});
