import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { checksum } from 'lib/files';
import { readMesh, triangleMesh, writeMesh } from 'lib/mesh';
import { readMorphableModel } from 'lib/morphable-model';
import { createRandom } from 'lib/random';
import { temporaryFolder } from '../files/temporary-folder.fixture';
import { headFile, readHead, readResults, registerScans } from './register';
import { readTruth, scanHeads, truthFile } from './scan';
import { listScans } from './scan-files';

const program = path.join(__dirname, 'reconstruct.mjs');
const run = (...args: string[]) => spawnSync(process.execPath, [program, ...args], { encoding: 'utf8' });

test('a folder of scans with three broken ones becomes a model of the others, and the three are listed', async (t) => {
  const folder = temporaryFolder(t);
  const [scans, truth, registered] = ['scans', 'truth', 'registered'].map((name) => path.join(folder, name));
  const { fork } = createRandom('a folder');
  for (const chunk of ['1/2', '2/2']) scanHeads({ scans, truth, count: 4, random: fork, chunk });
  const [first] = listScans(scans);
  const breakScan = (name: string, write: (file: string) => void) => {
    fs.copyFileSync(first.landmarks, path.join(scans, `${name}.landmarks.json`));
    write(path.join(scans, `${name}.ply`));
  };
  breakScan('broken', (file) => fs.writeFileSync(file, fs.readFileSync(first.surface).subarray(0, 5000)));
  breakScan('empty', (file) => fs.writeFileSync(file, ''));
  breakScan('non-manifold', (file) => {
    const { points, triangles } = readMesh(first.surface);
    // three more triangles on one edge
    const [a, b] = triangles.data;
    const more = [100, 200, 300].flatMap((c) => [a, b, c]);
    writeMesh(file, triangleMesh(points, Uint32Array.of(...triangles.data, ...more)));
  });

  const done = run('register', '--scans', scans, '--registered', registered);
  assert.equal(done.status, 0, done.stderr);
  assert.match(done.stdout, /^4 of 7 scans registered\n/);
  assert.match(done.stdout, /not registered: broken: .*broken\.ply/);
  assert.match(done.stdout, /not registered: empty: .*empty\.ply/);
  assert.match(done.stdout, /not registered: non-manifold: .*edge/);

  // each point lies near where it truly belongs, on the part that the scanner saw
  for (const name of ['0000', '0001', '0002', '0003']) {
    const { points, visible } = readTruth(truthFile(truth, name));
    const { points: found } = readMesh(headFile(registered, name));
    const errors = Array.from(visible, (seen, n) =>
      seen ? Math.hypot(...[0, 1, 2].map((c) => points.get(n, c) - found.get(n, c))) : Number.NaN,
    ).filter((error) => !Number.isNaN(error));
    const mean = errors.reduce((a, b) => a + b) / errors.length;
    assert.ok(mean < 0.4, `${name} is off by ${mean} cm`);
  }

  const file = path.join(folder, 'model.h5');
  const built = run('build-model', '--registered', registered, '--model', file, '--components', '2');
  assert.equal(built.status, 0, built.stderr);
  assert.match(built.stdout, /model\.h5: 2 components of 4 heads hold \d+\.\d % of their variance\n/);
  assert.equal(built.stdout.match(/left out: /g)?.length, 3);
  assert.equal((await readMorphableModel(file)).variances.length, 2);

  // what is done is kept; what was made from other files, or is broken, is made again
  const contents = () =>
    fs.readdirSync(registered).map((name) => checksum(fs.readFileSync(path.join(registered, name))));
  const before = contents();
  const marked = headFile(registered, '0000');
  fs.utimesSync(marked, 1, 1);
  fs.writeFileSync(path.join(registered, '0001.json'), '{');
  await registerScans({ scans, registered });
  assert.deepEqual(contents(), before);
  assert.equal(fs.statSync(marked).mtimeMs, 1000, 'what was done is done again');
  assert.equal(readResults(registered).length, 7);
});

test('of a run’s own scans none may be missing or damaged, and the error says what to remove', async (t) => {
  const folder = temporaryFolder(t);
  const [scans, truth, registered] = ['scans/train', 'truth/train', 'registered/train'].map((name) =>
    path.join(folder, name),
  );
  const make = () => scanHeads({ scans, truth, count: 1, random: createRandom('own').fork });
  make();
  const [{ surface, landmarks }] = listScans(scans);
  const whole = [surface, landmarks].map((file) => fs.readFileSync(file));
  fs.writeFileSync(path.join(folder, 'scans', 'train.1-of-1.done'), '');
  const damages = [
    [surface, (content: Buffer) => content.subarray(0, 40)],
    [surface, () => undefined],
    [landmarks, (content: Buffer) => Buffer.from(content.toString().replace('1', '2'))],
    [landmarks, () => Buffer.alloc(0)],
  ] as const;
  for (const [file, damage] of damages) {
    const damaged = damage(fs.readFileSync(file));
    if (damaged) fs.writeFileSync(file, damaged);
    else fs.rmSync(file);
    await assert.rejects(registerScans({ scans, registered, count: 1 }), (error: Error) => {
      const asked = `remove ${damaged ? 'it and ' : ''}${scans}.*.done, and run again what made it`;
      return error.message.includes(file) && error.message.includes(asked);
    });
    assert.ok(!fs.existsSync(headFile(registered, '0000')));
    make();
    assert.deepEqual(
      [surface, landmarks].map((name) => fs.readFileSync(name)),
      whole,
      'a damaged scan is made again as it was',
    );
  }
});

test('a full disk is no scan that failed, and a head that is gone or damaged is made again', async (t) => {
  const folder = temporaryFolder(t);
  const [scans, truth, registered] = ['scans', 'truth', 'registered'].map((name) => path.join(folder, name));
  scanHeads({ scans, truth, count: 1, random: createRandom('own').fork });
  const rename = fs.renameSync;
  const full = t.mock.method(fs, 'renameSync', (from: string, to: string) => {
    if (to.endsWith('.ply')) throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
    rename(from, to);
  });
  await assert.rejects(registerScans({ scans, registered }), /0000\.ply cannot be written: the disk is full/);
  full.mock.restore();
  assert.deepEqual(readResults(registered), []);
  await registerScans({ scans, registered });
  const head = headFile(registered, '0000');
  const whole = fs.readFileSync(head);
  fs.writeFileSync(head, whole.subarray(0, whole.length - 1));
  assert.throws(() => readHead(registered, '0000'), /0000\.ply: was changed since it was written/);
  await registerScans({ scans, registered });
  assert.deepEqual(fs.readFileSync(head), whole);
});

test('the program names what it lacks', () => {
  assert.match(
    run('register', '--scans', 'x').stderr,
    /register needs --run and --split, or --scans and --registered\n/,
  );
  assert.match(run('scan', '--scans', 'x').stderr, /scan needs --run and --split, or --scans, --truth and --count\n/);
  assert.match(
    run('scan', '--scans', 'x', '--truth', 'y', '--count', 'many').stderr,
    /--count must be a whole number, but is many\n/,
  );
});
