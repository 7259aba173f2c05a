import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MeanErrors } from 'lib/evaluation';
import { findings } from './findings';

const MEAN_HEAD: MeanErrors = {
  reprojectionPixels: 20,
  shapeMillimetres: 4,
  translationCentimetres: 15,
  rotationDegrees: 24,
  clampedShare: 0,
};
const row = (loss: string, errors: Partial<MeanErrors> = {}) => ({
  loss,
  title: loss.toUpperCase(),
  errors: { ...MEAN_HEAD, shapeMillimetres: 3, ...errors },
});
/** What is said of some rows: the first words of each statement that is made, and whether it held. */
const said = (...rows: ReturnType<typeof row>[]) =>
  Object.fromEntries(
    findings(rows, MEAN_HEAD).map(({ statement, held }) => [statement.split(/[ ’]/, 2).join(' '), held]),
  );
const ALL = [
  row('coarse', { reprojectionPixels: 11 }),
  row('xqt'),
  row('gal-camera', { rotationDegrees: 3 }),
  row('srl', { shapeMillimetres: 3.9 }),
  row('mrl-2', { reprojectionPixels: 4 }),
];

test('the paper’s own pattern holds in all five statements', () => {
  assert.deepEqual(
    findings(ALL, MEAN_HEAD).map(({ held }) => held),
    [true, true, true, true, true],
  );
});

test('each statement fails when its own numbers say so, and a tie is no success', () => {
  const gal = (rotationDegrees: number) => said(row('gal-camera', { rotationDegrees }))['GAL in'];
  assert.deepEqual([gal(11.9), gal(12), gal(13)], [true, false, false]);

  const bends = (shapeMillimetres: number) =>
    said(row('coarse', { shapeMillimetres: 2 }), row('xqt', { shapeMillimetres: 3 }), row('srl', { shapeMillimetres }))[
      'SRL bends'
    ];
  assert.deepEqual([bends(3.1), bends(3), bends(2.5)], [true, false, false]);

  const picture = (coarse: number) =>
    said(row('coarse', { reprojectionPixels: coarse }), row('mrl-2', { reprojectionPixels: 5 }))['Good shape'];
  assert.deepEqual([picture(5.1), picture(5), picture(4)], [true, false, false]);

  const keeps = (mrl: number) =>
    said(row('srl', { shapeMillimetres: 3 }), row('mrl-2', { shapeMillimetres: mrl }))['Virtual views'];
  assert.deepEqual([keeps(2.9), keeps(3), keeps(3.5)], [true, false, false]);

  const every = (one: number) => said(row('coarse'), row('xqt', { shapeMillimetres: one }))['Every loss'];
  assert.deepEqual([every(3.9), every(4), every(5)], [true, false, false]);
});

test('nothing is said of a loss that was not trained, nor compared with none', () => {
  assert.deepEqual(Object.keys(said(row('xqt'))), ['Every loss']);
  assert.deepEqual(Object.keys(said(row('gal-released'))), ['Every loss']);
  assert.deepEqual(Object.keys(said(row('srl'))), ['Every loss']);
  assert.deepEqual(Object.keys(said(row('mrl-2'))), ['Every loss']);
  assert.deepEqual(Object.keys(said(row('srl'), row('mrl-2'))), ['SRL bends', 'Virtual views', 'Every loss']);
});

test('a statement comes with the numbers that decide it', () => {
  const numbers = findings(ALL, MEAN_HEAD).map((finding) => finding.numbers);
  assert.deepEqual(numbers, [
    '3.00 against 24.00 degrees',
    '3.90 against at most 3.00 mm',
    '11.00 against 4.00 px',
    '3.00 against 3.90 mm',
    'COARSE 3.00, XQT 3.00, GAL-CAMERA 3.00, SRL 3.90, MRL-2 3.00; mean head 4.00 mm',
  ]);
});
