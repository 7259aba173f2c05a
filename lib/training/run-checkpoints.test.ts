import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { readArrays, writeArrays } from 'lib/files';
import { temporaryFolder } from '../files/temporary-folder.fixture';
import { newestState, type RunState, writeState } from './run-checkpoints';

const state = (step: number, bestStep?: number): RunState => ({
  checkpoint: {
    step,
    weights: [Float32Array.of(step, 2, 3), Float32Array.of(-4)],
    firstMoments: [Float32Array.of(0.1, 0.2, 0.3), Float32Array.of(0.4)],
    secondMoments: [Float32Array.of(5, 6, 7), Float32Array.of(8)],
  },
  best: bestStep === undefined ? undefined : { step: bestStep, weights: [new Float32Array(3), Float32Array.of(9)] },
  metricLines: step / 2,
});
const never = (reason: string) => assert.fail(reason);

function folderWith(t: TestContext, ...states: RunState[]) {
  const folder = temporaryFolder(t);
  for (const one of states) writeState(folder, one);
  const file = (step: number) => path.join(folder, `checkpoint-${step}.arrays`);
  return { folder, file };
}

test('a state comes back as it was, with and without best weights', (t) => {
  const { metricLines: _, ...ofEarlierVersion } = state(6, 3);
  for (const one of [state(6, 3), state(6), ofEarlierVersion])
    assert.deepEqual(newestState(folderWith(t, one).folder, never), one);
  assert.equal(newestState(temporaryFolder(t), never), undefined);
});

test('the last two checkpoints are kept, in the order of their steps', (t) => {
  const { folder } = folderWith(t, state(6), state(8, 8), state(200, 8), state(1000, 200));
  assert.deepEqual(fs.readdirSync(folder).sort(), ['checkpoint-1000.arrays', 'checkpoint-200.arrays']);
  assert.equal(newestState(folder, never)?.checkpoint.step, 1000);
});

test('a checkpoint with any bit changed, or cut off anywhere, is passed over for the one before it', (t) => {
  const { folder, file } = folderWith(t, state(6, 6), state(12, 6));
  const whole = fs.readFileSync(file(12));
  const look = (what: string) => {
    const reasons: string[] = [];
    const found = newestState(folder, (reason) => reasons.push(reason));
    assert.deepEqual(found, state(6, 6), what);
    assert.ok(reasons.length === 1 && reasons[0].includes(file(12)), `${what}: ${reasons}`);
  };
  for (let at = 0; at < whole.length; at++)
    for (const bit of [1, 8, 32, 128]) {
      const changed = Buffer.from(whole);
      changed[at] ^= bit;
      fs.writeFileSync(file(12), changed);
      look(`byte ${at} xor ${bit}`);
    }
  for (let length = 0; length < whole.length; length += 7) {
    fs.writeFileSync(file(12), whole.subarray(0, length));
    look(`cut after ${length} bytes`);
  }
});

test('the one before a damaged checkpoint outlives the next', (t) => {
  const { folder, file } = folderWith(t, state(6), state(12));
  fs.writeFileSync(file(12), 'damaged');
  writeState(folder, state(9));
  assert.deepEqual(fs.readdirSync(folder).sort(), [
    'checkpoint-12.arrays',
    'checkpoint-6.arrays',
    'checkpoint-9.arrays',
  ]);
  const reasons: string[] = [];
  assert.equal(newestState(folder, (reason) => reasons.push(reason))?.checkpoint.step, 9);
  assert.equal(reasons.length, 1);
});

test('without a whole checkpoint the error names each, and what to do', (t) => {
  const { folder, file } = folderWith(t, state(6), state(12));
  for (const step of [6, 12]) fs.writeFileSync(file(step), '');
  assert.throws(
    () => newestState(folder, never),
    (error: Error) =>
      error.message.startsWith(`no checkpoint of ${folder} is whole:\n  ${file(12)} is no file of arrays`) &&
      error.message.includes(`\n  ${file(6)} `) &&
      /remove it, and run again what made it/.test(error.message),
  );
});

test('weights alone, or a part of the best, are no state', (t) => {
  const { folder, file } = folderWith(t, state(6, 3));
  const whole = readArrays(file(6));
  for (const missing of [/^(first|second)Moments/, /^best 1/, /^best step/, /^best \d/]) {
    writeArrays(file(6), Object.fromEntries(Object.entries(whole).filter(([name]) => !missing.test(name))));
    assert.throws(() => newestState(folder, never), /must hold moments, and as many best weights as weights, or none/);
  }
});
