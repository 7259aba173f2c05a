import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { brokenSeal, checkSeal, readMade, SEAL, sealed, wayOut, withWayOut } from './seal';
import { temporaryFolder } from './temporary-folder.fixture';
import { checksum } from './write-whole';

test('a seal is the checksum of the content with zeros in its place, and the first of several', () => {
  const content = sealed(Buffer.from(`a ${SEAL} b ${SEAL}`));
  const digits = checksum(`a ${SEAL} b ${SEAL}`);
  assert.equal(content.toString(), `a content-sha256:${digits} b ${SEAL}`);
  assert.equal(brokenSeal(content), undefined);
  assert.throws(
    () => sealed(Buffer.from('nothing')),
    /^RangeError: content must hold content-sha256:0{64}, but does not$/,
  );
});

test('any changed byte but of the mark itself breaks it, and so does an end that is missing', () => {
  const whole = sealed(Buffer.from(`before ${SEAL} behind`));
  const mark = whole.indexOf('content-sha256:');
  for (let at = 0; at < whole.length; at++) {
    const changed = Buffer.from(whole);
    changed[at] ^= 4;
    const isMark = at >= mark && at < mark + 'content-sha256:'.length;
    assert.equal(brokenSeal(changed) === undefined, isMark, `byte ${at}`);
    if (at >= mark + 'content-sha256:'.length) assert.ok(brokenSeal(whole.subarray(0, at)), `cut after ${at} bytes`);
  }
  // a view of a larger buffer is verified alone
  assert.equal(brokenSeal(Buffer.concat([Buffer.from('xx'), whole, Buffer.from('x')]).subarray(2, -1)), undefined);
  assert.equal(brokenSeal(Buffer.from('of others')), undefined);
});

test('an error names the file, both checksums and what to do', () => {
  const content = sealed(Buffer.from(`${SEAL} 1`));
  const said = content.toString('latin1', 15, 27);
  content[content.length - 1] ^= 1;
  const found = checksum(`${SEAL} 0`).slice(0, 12);
  assert.throws(() => checkSeal('some/model.h5', content), {
    name: 'FileError',
    message: `some/model.h5: was changed since it was written: its checksum must be ${said}..., but is ${found}...; run again what made it (npm start and npm run reproduce do so by themselves); who changed it on purpose takes its content-sha256: and the digits out`,
  });
});

test('what is to be removed are the file, where it is there, and what says that its folder is done', (t) => {
  const run = temporaryFolder(t);
  const folder = path.join(run, 'scans', 'train');
  const file = path.join(folder, '0001.ply');
  fs.mkdirSync(folder, { recursive: true });
  const again = 'run again what made it (npm start and npm run reproduce do so by themselves)';
  assert.equal(wayOut(file), again);
  fs.writeFileSync(file, '');
  assert.equal(wayOut(file), `remove it, and ${again}`);
  // another folder's does not matter
  fs.writeFileSync(path.join(run, 'scans', 'train-2.1-of-4.done'), '');
  assert.equal(wayOut(file), `remove it, and ${again}`);
  fs.writeFileSync(path.join(run, 'scans', 'train.1-of-4.done'), '');
  assert.equal(wayOut(file), `remove it and ${folder}.*.done, and ${again}`);
  fs.writeFileSync(path.join(run, 'scans', 'train.json'), '{}');
  assert.equal(wayOut(file), `remove it and ${folder}.*.done and ${folder}.json, and ${again}`);
  fs.rmSync(file);
  assert.equal(wayOut(file), `remove ${folder}.*.done and ${folder}.json, and ${again}`);
});

test('what cannot be read of our own gets the way out once, and its name where the error has none', () => {
  const fail = (message: string) => () => {
    throw new Error(message);
  };
  assert.throws(() => readMade('x.ply', fail('x.ply: is empty')), /^Error: x\.ply: is empty; run again what made it/);
  assert.throws(() => readMade('x.ply', fail('is empty')), /^Error: x\.ply: is empty; run again what made it/);
  const known = withWayOut('x.ply', new Error('x.ply: is empty'));
  assert.equal(withWayOut('x.ply', known), known);
  assert.equal(
    readMade('x.ply', (file) => file),
    'x.ply',
  );
});
