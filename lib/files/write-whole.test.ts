import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { createRandom } from 'lib/random';
import { temporaryFolder } from './temporary-folder.fixture';
import { append, checksum, writeWhole } from './write-whole';

test('writes text and bytes as they are, and makes the folders above', (t) => {
  const folder = temporaryFolder(t);
  const file = path.join(folder, 'a', 'b', 'text');
  writeWhole(file, 'größer\n');
  assert.equal(fs.readFileSync(file, 'utf8'), 'größer\n');
  writeWhole(file, Uint8Array.of(0, 255, 7));
  assert.deepEqual([...fs.readFileSync(file)], [0, 255, 7]);
  assert.deepEqual(fs.readdirSync(path.dirname(file)), ['text']);
});

test('a write that fails leaves the old file whole and nothing beside it', (t) => {
  const folder = temporaryFolder(t);
  const file = path.join(folder, 'kept');
  writeWhole(file, 'the old one');
  t.mock.method(fs, 'fsyncSync', () => {
    throw new Error('ENOSPC: no space left on device');
  });
  assert.throws(() => writeWhole(file, 'the new one'), /ENOSPC/);
  assert.equal(fs.readFileSync(file, 'utf8'), 'the old one');
  assert.deepEqual(fs.readdirSync(folder), ['kept']);
});

/** A disk that takes half of each content and is full then, as Node tells of it: without the file's name. */
function fullDisk(t: TestContext): void {
  const write = fs.writeFileSync;
  t.mock.method(fs, 'writeFileSync', (to: number, content: string | Uint8Array) => {
    write(to, content.slice(0, content.length / 2));
    throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
  });
}

test('a full disk leaves the old file whole, and the error names the file and says what to do', (t) => {
  const folder = temporaryFolder(t);
  const file = path.join(folder, 'kept');
  writeWhole(file, 'the old one');
  fullDisk(t);
  for (const write of [writeWhole, append])
    assert.throws(
      () => write(file, '++++'),
      (error: Error) =>
        error.message ===
        `${file} cannot be written: the disk is full (ENOSPC); free some space and run the same command again`,
    );
  // what is added is added in part, as its docstring says
  assert.equal(fs.readFileSync(file, 'utf8'), 'the old one++');
  assert.deepEqual(fs.readdirSync(folder), ['kept']);
});

test('a folder that may not be written to is named, with what to do', (t) => {
  const folder = temporaryFolder(t);
  const file = path.join(folder, 'inside', 'new');
  // as Node has it for folders in folders on a disk that is read only
  t.mock.method(fs, 'mkdirSync', () => {
    throw Object.assign(new Error('ENOENT: no such file or directory, mkdir'), { code: 'ENOENT' });
  });
  t.mock.method(fs, 'accessSync', (looked: string) => {
    assert.equal(looked, folder);
    throw Object.assign(new Error('EROFS: read-only file system, access'), { code: 'EROFS' });
  });
  const removal = t.mock.method(fs, 'rmSync', () => {
    throw Object.assign(new Error('EROFS: read-only file system'), { code: 'EROFS' });
  });
  assert.throws(
    () => writeWhole(file, 'x'),
    (error: Error) =>
      error.message ===
      `${file} cannot be written: its folder may not be written to (EROFS); give yourself write permission and run the same command again`,
  );
  removal.mock.restore();
});

test('what is added stands at the file’s end, in a file that was not there too', (t) => {
  const file = path.join(temporaryFolder(t), 'lines');
  append(file, 'one\n');
  append(file, Buffer.from('two\n'));
  assert.equal(fs.readFileSync(file, 'utf8'), 'one\ntwo\n');
});

test('a file that cannot be put in its place leaves nothing beside it', (t) => {
  const folder = temporaryFolder(t);
  fs.mkdirSync(path.join(folder, 'taken', 'inside'), { recursive: true });
  assert.throws(() => writeWhole(path.join(folder, 'taken'), 'x'), /EISDIR|ENOTEMPTY|EEXIST|EPERM/);
  assert.deepEqual(fs.readdirSync(folder), ['taken']);
});

test('what was written is flushed to the disk before it takes its place', (t) => {
  const file = path.join(temporaryFolder(t), 'order');
  const calls: string[] = [];
  for (const name of ['fsyncSync', 'renameSync'] as const) {
    const real = fs[name] as (...args: unknown[]) => void;
    t.mock.method(fs, name, (...args: unknown[]) => {
      calls.push(name);
      real(...args);
    });
  }
  writeWhole(file, 'x');
  assert.deepEqual(calls, ['fsyncSync', 'renameSync']);
  append(file, 'y');
  assert.deepEqual(calls.slice(2), ['fsyncSync']);
});

// Each content is one letter many times, so that any mixture or half of two contents shows.
const SIZE = 4_000_000;
const WRITER = `
  const { writeWhole } = require(${JSON.stringify(path.join(__dirname, 'write-whole.ts'))});
  for (let i = 0; ; i++) writeWhole(process.argv[1], Buffer.alloc(${SIZE}, 97 + (i % 26)));
`;

test('the file is whole while another process writes it, and after that process was killed', async (t) => {
  const file = path.join(temporaryFolder(t), 'letters');
  const random = createRandom('moments of the kill');
  const isWhole = () => {
    const content = fs.readFileSync(file);
    return content.length === SIZE && content.equals(Buffer.alloc(SIZE, content[0]));
  };
  let child: ChildProcess | undefined;
  t.after(() => child?.kill('SIGKILL'));
  for (let round = 0; round < 3; round++) {
    fs.rmSync(file, { force: true });
    child = spawn(process.execPath, ['--import', 'tsx', '-e', WRITER, file], { stdio: 'ignore' });
    while (!fs.existsSync(file)) {
      assert.equal(child.exitCode, null, 'the writing process ended early');
      await setTimeout(5);
    }
    for (let look = 0; look < 10; look++) {
      await setTimeout(5 * random.uniform());
      assert.ok(isWhole(), `round ${round}, look ${look}: another process saw half a file`);
    }
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
    assert.ok(isWhole(), `round ${round}: the kill left half a file`);
  }
});

test('the checksum is SHA-256', () => {
  // the test vector of FIPS 180-2, appendix B.1
  assert.equal(checksum('abc'), 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
});
