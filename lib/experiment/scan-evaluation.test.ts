import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { writeJson } from 'lib/files';
import { temporaryFolder } from '../files/temporary-folder.fixture';
import { runFiles } from './run';
import { readScanEvaluations, readScanHeatmap, scanCorrelation, shownCases, writeScanHeatmap } from './scan-evaluation';
import { madeUpEvaluation, scanCase } from './scan-evaluation.fixture';

test('the correlation is Pearson’s, over all networks’ points and over people within each', () => {
  // by hand: x = 1, 2, 4 and y = 1, 2, 3 have the products 3 over the root of 14/3 times 2
  const cases = [1, 2, 4].map((icp, i) => scanCase(`subject_${i}`, { srl: [icp, i + 1], xqt: [i + 1, 5 - i] }));
  const found = scanCorrelation(cases, ['srl', 'xqt']);
  assert.ok(found);
  assert.ok(Math.abs(found.byLoss.srl - 3 / Math.sqrt((14 / 3) * 2)) < 1e-12);
  assert.ok(Math.abs(found.byLoss.xqt + 1) < 1e-12);
  assert.equal(found.pairs, 6);
  // all six: x = 1 2 4 1 2 3, y = 1 2 3 5 4 3
  const [x, y] = [
    [1, 2, 4, 1, 2, 3],
    [1, 2, 3, 5, 4, 3],
  ];
  const [mx, my] = [13 / 6, 3];
  const sum = (f: (i: number) => number) => x.reduce((total, _, i) => total + f(i), 0);
  const naive =
    sum((i) => (x[i] - mx) * (y[i] - my)) / Math.sqrt(sum((i) => (x[i] - mx) ** 2) * sum((i) => (y[i] - my) ** 2));
  assert.ok(Math.abs(found.all - naive) < 1e-12);
});

test('who failed, and the mean head, are in no correlation; without truth, or with two points, there is none', () => {
  const cases = [1, 2, 4].map((icp, i) => scanCase(`subject_${i}`, { srl: [icp, i + 1], 'mean-head': [9, -i] }));
  const failed = { ...scanCase('subject_9', {}), failure: 'no scan' };
  const withFailures = [...cases, failed, scanCase('subject_8', { srl: ['no landmarks', 100] })];
  assert.deepEqual(scanCorrelation(withFailures, ['srl']), scanCorrelation(cases, ['srl']));
  assert.equal(scanCorrelation(cases.slice(0, 2), ['srl']), undefined);
  assert.equal(scanCorrelation([scanCase('subject_1', { srl: [1, undefined] })], ['srl']), undefined);
  // two networks of two people each have four points, and within one too few to say anything
  const few = [1, 3].map((icp, i) => scanCase(`s${i}`, { srl: [icp, i], xqt: [icp + 1, 2 * i] }));
  assert.deepEqual(scanCorrelation(few, ['srl', 'xqt'])?.byLoss, {});
  // equal errors correlate with nothing, and a file has no place for NaN
  const equal = [1, 2, 3].map((truth) => scanCase(`s${truth}`, { srl: [4, truth] }));
  assert.equal(scanCorrelation(equal, ['srl']), undefined);
});

test('a heatmap is read as it was written, distances to a tenth of a millimetre, and NaN stays NaN', (t) => {
  const file = path.join(temporaryFolder(t), 'case.arrays');
  const heatmap = {
    coefficients: [Float32Array.of(1.25, -2), Float32Array.of(0.5, 3)],
    distances: [Float32Array.of(0, 1.234, Number.NaN), Float32Array.of(25.4, 100, 0.06)],
    seen: { pixels: Uint8Array.from({ length: 12 }, (_, i) => 20 * i), size: 2 },
  };
  writeScanHeatmap(file, heatmap);
  const { coefficients, distances, seen } = readScanHeatmap(file);
  assert.deepEqual(
    coefficients.map((row) => [...row]),
    heatmap.coefficients.map((row) => [...row]),
  );
  const rounded = distances.map((row) => [...row].map((d) => (Number.isNaN(d) ? 'none' : Number(d.toFixed(4)))));
  assert.deepEqual(rounded, [
    [0, 1.2, 'none'],
    // as far as a byte goes
    [25.4, 25.4, 0.1],
  ]);
  assert.deepEqual([[...seen.pixels], seen.size], [[...heatmap.seen.pixels], 2]);
});

test('of two evaluations three and two people are shown, of one five, and none who failed', () => {
  const names = (evaluations: ReturnType<typeof madeUpEvaluation>[]) =>
    shownCases(evaluations).map(({ evaluation, name }) => `${evaluation.layout} ${name}`);
  const micc = madeUpEvaluation('micc', 7);
  micc.cases[1] = { ...micc.cases[1], errors: {}, failure: 'broken' };
  const facewarehouse = madeUpEvaluation('facewarehouse', 7);
  assert.deepEqual(names([micc, facewarehouse]), [
    'micc subject_1',
    'micc subject_3',
    'micc subject_4',
    'facewarehouse Tester_1',
    'facewarehouse Tester_2',
  ]);
  assert.equal(names([micc]).length, 5);
  assert.deepEqual(names([madeUpEvaluation('micc', 2)]), ['micc subject_1', 'micc subject_2']);
  assert.deepEqual(names([]), []);
});

test('a run’s evaluations are read with MICC first; a run without any has none', (t) => {
  const files = runFiles(temporaryFolder(t));
  assert.deepEqual(readScanEvaluations(files), []);
  const given = [madeUpEvaluation('facewarehouse', 2), madeUpEvaluation('micc', 3)];
  for (const evaluation of given) writeJson(files.scanEvaluation(evaluation.dataset), evaluation);
  assert.deepEqual(readScanEvaluations(files), [given[1], given[0]]);
  writeJson(files.scanEvaluation('micc-stand-in'), { ...given[1], cases: [{ name: 'x' }] });
  assert.throws(() => readScanEvaluations(files), /micc-stand-in\.json is not as expected:\n {2}cases\.0\.picture/);
});
