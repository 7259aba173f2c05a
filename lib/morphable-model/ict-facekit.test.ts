import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '../files/temporary-folder.fixture';
import { readIctFaceKit } from './ict-facekit';
import { madeUpIctFaceKit, VERTICES } from './ict-facekit.fixture';

const naming = (file: string, words: string) => (error: Error) =>
  error.name === 'FileError' && error.message.includes(file) && new RegExp(words).test(error.message);

test('a made-up face is centred, faces -z, keeps face, head and eyeballs, and has the modes as written', (t) => {
  const folder = temporaryFolder(t);
  madeUpIctFaceKit(folder);
  const { neutral, modes, triangles, facePoints, headPoints, eyeFront } = readIctFaceKit(folder);
  assert.deepEqual([facePoints, headPoints, neutral.shape, modes.length], [9409, 11248, [14388, 3], 100]);

  // x = 2 and 4 in turn over 9,409 vertices have the mean 3 - 1 / 9409; the half turn about y makes x of -x and z of -z
  const place = (n: number) => [...neutral.data.subarray(3 * n, 3 * n + 3)];
  const near = (a: number[], b: number[]) => a.every((v, i) => Math.abs(v - b[i]) < 1e-3);
  assert.ok(near(place(0), [1, 0, 0]), `point 0 lies at ${place(0)}`);
  assert.ok(near(place(1), [-1, 0, 0]), `point 1 lies at ${place(1)}`);
  assert.ok(near(place(9409), [3, -1, 4]), `the back of the head lies at ${place(9409)}`);
  assert.ok(near(place(11248), [-1, 1, -2]), `the first eyeball's +x lies at ${place(11248)}`);

  // no turn of a shape may leave its modes behind, and no shift may come along
  for (const n of [0, 3, 7, 11247, 11248, 14387]) {
    const vertex = n < 11248 ? n : n - 11248 + 21451;
    const mode = (k: number) => [...modes[k].subarray(3 * n, 3 * n + 3)];
    assert.ok(near(mode(0), [0, 0, -(vertex % 10)]), `mode 0 moves point ${n} by ${mode(0)}`);
    assert.ok(near(mode(1), [0, 0, 0]), `mode 1 moves point ${n} by ${mode(1)}`);
    assert.ok(near(mode(99), [0, 1, 0]), `mode 99 moves point ${n} by ${mode(99)}`);
  }

  // the third triangle joins both eyeballs; what touched a vertex that is left out is gone
  assert.deepEqual(
    [...triangles.data],
    [
      [0, 1, 2],
      [1, 2, 9409],
      [9409, 9410, 11247],
      [11248, 11249, 12818],
    ].flat(),
  );
  // +x, -x, +y, -y, +z (the front), -z of each eyeball
  for (const start of [11248, 12818])
    [0, 0, 0, 0, 1, -1].forEach((cosine, i) => {
      assert.ok(Math.abs(eyeFront[start + i] - cosine) < 1e-3, `point ${start + i} has ${eyeFront[start + i]}`);
    });
  assert.ok(eyeFront.subarray(0, 11248).every((cosine) => cosine === 0));
});

test('a FileError names the file that is missing or has another number of vertices', (t) => {
  const folder = temporaryFolder(t);
  const file = (name: string) => path.join(folder, 'FaceXModel', name);
  const neutral = file('generic_neutral_mesh.obj');
  assert.throws(() => readIctFaceKit(folder), naming(neutral, 'is not there: .* must hold FaceXModel with generic'));

  fs.mkdirSync(path.dirname(neutral));
  const vertices = (count: number) => `${'v 0 0 0\n'.repeat(count)}f 1 2 3\n`;
  fs.writeFileSync(neutral, vertices(3));
  assert.throws(() => readIctFaceKit(folder), naming(neutral, 'must have at least 24591 vertices, but has 3'));

  fs.writeFileSync(neutral, vertices(VERTICES));
  assert.throws(() => readIctFaceKit(folder), naming(file('identity000.obj'), 'is not there'));
  fs.writeFileSync(file('identity000.obj'), vertices(5));
  assert.throws(
    () => readIctFaceKit(folder),
    naming(file('identity000.obj'), 'must have 24591 vertices as the neutral mesh, but has 5'),
  );
});
