import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '../files/temporary-folder.fixture';
import { maskedChecksum, tensorboardEvents } from './event-file';

test('the checksum is CRC-32C, masked', () => {
  const unmasked = (content: Uint8Array) => {
    const turned = (maskedChecksum(content).readUInt32LE() - 0xa282ead8) >>> 0;
    return ((turned << 15) | (turned >>> 17)) >>> 0;
  };
  // RFC 3720, appendix B.4: 32 bytes of zeros, of ones, and rising
  assert.equal(unmasked(new Uint8Array(32)), 0x8a9136aa);
  assert.equal(unmasked(new Uint8Array(32).fill(255)), 0x62a8ab43);
  assert.equal(unmasked(Uint8Array.from({ length: 32 }, (_, i) => i)), 0x46dd794e);
});

test('one number stands in its record as the format says', (t) => {
  const folder = temporaryFolder(t);
  tensorboardEvents(folder, 1)(300, { loss: 0.5 });
  const content = fs.readFileSync(path.join(folder, 'events.out.tfevents.000001'));
  const records: Buffer[] = [];
  for (let at = 0; at < content.length; ) {
    const length = Number(content.readBigUInt64LE(at));
    assert.deepEqual(content.subarray(at + 8, at + 12), maskedChecksum(content.subarray(at, at + 8)));
    const body = content.subarray(at + 12, at + 12 + length);
    assert.deepEqual(content.subarray(at + 12 + length, at + 16 + length), maskedChecksum(body));
    records.push(body);
    at += 16 + length;
  }
  // after 9 bytes of time: field 3, a text of 13 bytes; step 1 and session start; step 300 = 0xac 0x02 and a summary
  assert.deepEqual(
    records.map((body) => body.subarray(9).toString('hex')),
    [
      `1a0d${Buffer.from('brain.Event:2').toString('hex')}`,
      '1001' + '3a02' + '0801',
      `10ac022a0d0a0b0a04${Buffer.from('loss').toString('hex')}150000003f`,
    ],
  );
});

const python = path.resolve(__dirname, '../../.venv/bin/python');
const READER = `
import json, sys
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
events = EventAccumulator(sys.argv[1], size_guidance={"scalars": 0})
events.Reload()
print(json.dumps({tag: [[e.step, e.value] for e in events.Scalars(tag)] for tag in events.Tags()["scalars"]}))
`;
const hasReader = spawnSync(python, ['-c', 'import tensorboard']).status === 0;
const tensorboard = (folder: string) => {
  const { stdout, stderr } = spawnSync(python, ['-c', READER, folder], { encoding: 'utf8' });
  assert.ok(stdout, stderr);
  return JSON.parse(stdout);
};

test('TensorBoard reads each step once, after kills and in the middle of a record too', {
  skip: hasReader ? false : 'TensorBoard is not installed in .venv',
}, (t) => {
  const folder = temporaryFolder(t);
  const first = tensorboardEvents(folder, 1);
  for (let step = 1; step <= 9; step++) first(step, { loss: step, 'validation/shape (mm)': -step });
  // a kill cuts the last record off; the checkpoint is of step 5
  const file = path.join(folder, 'events.out.tfevents.000001');
  fs.truncateSync(file, fs.statSync(file).size - 7);
  const second = tensorboardEvents(folder, 6);
  for (let step = 6; step <= 12; step++) second(step, { loss: 100 * step });
  const expected = [1, 2, 3, 4, 5, 600, 700, 800, 900, 1000, 1100, 1200].map((value, i) => [i + 1, value]);
  assert.deepEqual(tensorboard(folder), {
    loss: expected,
    'validation/shape (mm)': [1, 2, 3, 4, 5].map((step) => [step, -step]),
  });
  // a third and a fourth go at once, without a number in between
  tensorboardEvents(folder, 9)(9, { loss: 0.25 });
  tensorboardEvents(folder, 9)(9, { loss: 0.5 });
  assert.deepEqual(tensorboard(folder).loss, [...expected.slice(0, 8), [9, 0.5]]);
});
