import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Figure } from 'lib/figures';
import { PNG } from 'pngjs';
import { temporaryFolder } from '../files/temporary-folder.fixture';
import { knownModel } from '../morphable-model/known-model.fixture';
import { correlationText, scanCorrelationFigure, scanHeatmapsFigure, scanTableFigure } from './generalization-figures';
import { runFiles } from './run';
import { writeScanHeatmap } from './scan-evaluation';
import { madeUpEvaluation, scanCase } from './scan-evaluation.fixture';

const table = ({ body }: Figure) => {
  assert.equal(body.kind, 'table');
  if (body.kind !== 'table') throw new Error();
  return {
    headers: body.columns.map(({ header }) => header),
    rows: body.rows.map(({ cells }) => cells.map(({ text }) => text)),
    best: body.rows.map(({ cells }) => cells.map(({ best }) => best)),
    reference: body.rows.map(({ reference }) => reference),
  };
};

/** [pixels, 3] */
const decoded = (source: string): number[] => {
  const { data } = PNG.sync.read(Buffer.from(source.replace('data:image/png;base64,', ''), 'base64'));
  return [...data].filter((_, i) => i % 4 < 3);
};

test('the table has each protocol’s direction, crop and size in its header, and the paper’s numbers beside ours', () => {
  const { headers, rows, best, reference } = table(scanTableFigure(madeUpEvaluation('micc', 3)));
  assert.deepEqual(headers, [
    'loss',
    'protocol of the paper: mean, mm; prediction to scan; size kept; where the scan has surface',
    'of Deep3D’s author: root mean square, mm; scan to prediction; size fitted; 95 mm around the nose tip',
    'of NoW: median, mm; scan to prediction; size fitted; around the face',
    'the same: mean ± standard deviation, mm',
    'at true correspondence: mean, mm; rigid motion of the same points',
    'the paper, on MICC Florence: mean, mm',
  ]);
  // people have 1, 2, 3 and 4, 5, 6 mm; medians are half, deviations a quarter of that
  assert.deepEqual(rows, [
    ['Coarse', '2.00', 'n/a', '1.00', '2.00 ± 0.50', '4.00', '2.2'],
    ['SRL', '5.00', 'n/a', '2.50', '5.00 ± 1.25', '8.00', '2.9'],
    ['mean head', '5.00', 'n/a', '2.50', '5.00 ± 1.25', '6.00', 'n/a'],
  ]);
  assert.deepEqual(best[0], [false, true, false, true, false, true, false]);
  assert.deepEqual(reference, [false, false, true]);
});

test('a stand-in is called one, a data set is not, and without truth there is no column for it', () => {
  const made = scanTableFigure(madeUpEvaluation('facewarehouse', 3));
  assert.match(
    made.title,
    /3 people of the stand-in for FaceWarehouse \(rendered: a second population\), like Table 3$/,
  );
  assert.match(made.howToRead, /These people are rendered/);
  const { standIn: _, ...evaluation } = madeUpEvaluation('facewarehouse', 3);
  const real = scanTableFigure({
    ...evaluation,
    cases: [
      scanCase('Tester_1', { coarse: [1, undefined], srl: [2, undefined] }),
      { ...scanCase('Tester_2', {}), failure: 'cut off' },
    ],
  });
  assert.match(real.title, /on 1 person of the FaceWarehouse, like Table 3$/);
  assert.doesNotMatch(real.title + real.howToRead, /stand-in|rendered|true correspondence/);
  assert.match(real.howToRead, /Left out since they failed: 1 person\.$/);
  assert.equal(table(real).headers.length, 6);
  assert.deepEqual(table(real).rows[1], ['SRL', '2.00', 'n/a', '1.00', '2.00 ± 0.50', '2.8']);
});

test('the points of the scatter are people, true errors to the right, and a sentence says how they correlate', () => {
  const evaluation = madeUpEvaluation('micc', 4);
  const figure = scanCorrelationFigure([evaluation]);
  assert.ok(figure);
  const { body, howToRead } = figure;
  assert.equal(body.kind, 'plot');
  if (body.kind !== 'plot') return;
  const [coarse, srl] = body.data as { x: number[]; y: number[] }[];
  assert.deepEqual(
    [[...coarse.x], [...coarse.y]],
    [
      [3, 4, 5, 6],
      [1, 2, 3, 4],
    ],
  );
  assert.deepEqual(
    [[...srl.x], [...srl.y]],
    [
      [9, 8, 7, 6],
      [4, 5, 6, 7],
    ],
  );
  assert.match(
    howToRead,
    /For the stand-in for MICC .* the error after ICP and that at true correspondence correlate with r = \d\.\d\d over all 8 points, and over people within one loss from -1\.00 to 1\.00\.$/,
  );
  const { correlation: _, ...without } = evaluation;
  assert.equal(scanCorrelationFigure([without]), undefined);
  assert.match(correlationText(without), /no true shape is known\.$/);
});

test('the heatmaps are one column a person and one row a loss, after a row of what the networks saw', (t) => {
  const files = runFiles(temporaryFolder(t));
  const model = knownModel(30, [1]);
  const evaluations = [madeUpEvaluation('micc', 4), madeUpEvaluation('facewarehouse', 4)];
  assert.equal(scanHeatmapsFigure([], model, files), undefined);
  for (const { dataset, cases } of evaluations)
    for (const { name } of cases)
      writeScanHeatmap(files.scanCase(dataset, name).heatmap, {
        coefficients: [Float32Array.of(0), Float32Array.of(0)],
        // the second loss is far off, the first nowhere
        distances: [new Float32Array(30), new Float32Array(30).fill(20)],
        seen: { pixels: new Uint8Array(12).fill(77), size: 2 },
      });
  const figure = scanHeatmapsFigure(evaluations, model, files);
  assert.ok(figure);
  const { body } = figure;
  assert.equal(body.kind, 'pictures');
  if (body.kind !== 'pictures') return;
  assert.equal(body.columns, 5);
  assert.deepEqual(
    body.pictures.map(({ caption }) => caption).filter((_, i) => i % 5 === 0 || i % 5 === 4),
    [
      'subject_1, stand-in: rendered: what the networks saw',
      'Tester_2, stand-in: rendered: what the networks saw',
      'Coarse, subject_1: 1.0 mm',
      'Coarse, Tester_2: 2.0 mm',
      'SRL, subject_1: 4.0 mm',
      'SRL, Tester_2: 5.0 mm',
    ],
  );
  const [seen, none, far] = [0, 5, 10].map((i) => decoded(body.pictures[i].source));
  assert.ok(seen.every((v) => v === 77));
  const strip = none.slice(-3 * 160);
  // dark violet at the left end, yellow at the right one
  assert.deepEqual([...strip.slice(0, 3), ...strip.slice(-3)], [0x44, 0x01, 0x54, 0xfd, 0xe7, 0x25]);
  // above it each head has its own end of the scale, and some of the white ground is left
  const colours = (pixels: number[]) => {
    const sums = [0, 0, 0, 0];
    for (let i = 0; i < 3 * 160 * 150; i += 3) {
      const [r, g, b] = pixels.slice(i, i + 3);
      if (r === 255 && g === 255 && b === 255) continue;
      [r, g, b, 1].forEach((v, k) => {
        sums[k] += v;
      });
    }
    return sums;
  };
  const [dark, bright] = [none, far].map(colours);
  assert.ok(dark[3] > 500 && bright[3] === dark[3], `${dark[3]} pixels`);
  assert.ok(dark[1] / dark[3] < 60 && bright[1] / bright[3] > 120, `${dark} ${bright}`);
});
