import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '../files/temporary-folder.fixture';
import { appendMetric, cutMetrics, type Report, readMetrics, type Validation } from './run-metrics';

const report = (step: number): Report => ({
  step,
  loss: 1 / step,
  learningRate: 1e-4 / 3,
  imagesPerSecond: 70,
  seconds: step / 7,
});
const validation = (step: number): Validation => ({
  step,
  score: 2.5 + 1 / step,
  reprojectionPixels: 9,
  shapeMillimetres: 3,
  translationCentimetres: 5,
  rotationDegrees: 4,
  clampedShare: 0,
  seconds: step / 6,
});

test('metrics come back to the last digit, a line each', (t) => {
  const file = path.join(temporaryFolder(t), 'metrics.jsonl');
  for (const metric of [report(3), report(6), validation(6), report(9)]) appendMetric(file, metric);
  const { checksum, ...first } = JSON.parse(fs.readFileSync(file, 'utf8').split('\n')[0]);
  assert.match(checksum, /^content-sha256:[0-9a-f]{64}$/);
  assert.deepEqual(first, report(3));
  assert.deepEqual(readMetrics(file), { reports: [3, 6, 9].map(report), validations: [validation(6)] });
});

test('what is said of steps after a checkpoint is cut off, wherever a kill cut the file', (t) => {
  const file = path.join(temporaryFolder(t), 'metrics.jsonl');
  const metrics = [report(3), report(6), validation(6), report(9), report(12), validation(12)];
  for (const metric of metrics) appendMetric(file, metric);
  const whole = fs.readFileSync(file);
  const sound = whole.indexOf('{"step":9');
  for (let length = sound; length <= whole.length; length++) {
    fs.writeFileSync(file, whole.subarray(0, length));
    assert.deepEqual(cutMetrics(file, 6), { reports: [report(3), report(6)], validations: [validation(6)] });
    assert.deepEqual(fs.readFileSync(file), whole.subarray(0, sound), `cut after ${length} bytes`);
  }
  assert.deepEqual(cutMetrics(file, 0), { reports: [], validations: [] });
  assert.equal(fs.readFileSync(file, 'utf8'), '');
  assert.deepEqual(cutMetrics(`${file}.none`, 6), { reports: [], validations: [] });
});

test('a last line that a kill cut off is not read', (t) => {
  const file = path.join(temporaryFolder(t), 'metrics.jsonl');
  appendMetric(file, report(3));
  fs.appendFileSync(file, JSON.stringify(report(6)));
  assert.deepEqual(readMetrics(file).reports, [report(3)]);
});

test('an error names the line that is none of a training’s', (t) => {
  const file = path.join(temporaryFolder(t), 'metrics.jsonl');
  for (const odd of ['{"step":3}', 'no JSON', JSON.stringify({ ...report(6), extra: 1 }), '']) {
    fs.writeFileSync(file, `${JSON.stringify(report(3))}\n${odd}\n${JSON.stringify(report(9))}\n`);
    for (const read of [readMetrics, (name: string) => cutMetrics(name, 3)])
      assert.throws(
        () => read(file),
        (error: Error) =>
          error.message.startsWith(`${file}: line 2 must be a report or a validation in JSON, but is `) &&
          error.message.includes(odd.slice(0, 80)),
      );
  }
});

test('a changed byte of a line is an error that names the line and what to remove', (t) => {
  const folder = temporaryFolder(t);
  const file = path.join(folder, 'metrics.jsonl');
  for (const step of [3, 6, 9]) appendMetric(file, report(step));
  const whole = fs.readFileSync(file);
  const second = whole.indexOf('\n') + 1;
  for (let at = second; at < whole.indexOf('\n', second); at++) {
    const changed = Buffer.from(whole);
    changed[at] ^= 1;
    fs.writeFileSync(file, changed);
    assert.throws(
      () => readMetrics(file),
      (error: Error) =>
        error.message.startsWith(`${file}: line 2 `) && error.message.endsWith(`; remove ${folder} to train anew`),
      `byte ${at - second}`,
    );
  }
});
