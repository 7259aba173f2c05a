import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '../files/temporary-folder.fixture';
import { parseObj as parse, readObj } from './wavefront-obj';

const parseObj = (text: string, most?: Parameters<typeof parse>[2]) => parse('the text', text, most);
const square = 'v 0 0 0\nv 1 0 0\nv 1 1 0\nv 0 1 0\n';

test('cuts a quad into a fan from its first corner and keeps the order of vertices', () => {
  const mesh = parseObj(
    `# a square\r\n${square.replaceAll('\n', '\r\n')}vt 0 0\r\nf 2/1 3/1 4/1 1/1\r\nf 1//1 2//1 3//1\r\n`,
  );
  assert.deepEqual([...mesh.points.data], [0, 0, 0, 1, 0, 0, 1, 1, 0, 0, 1, 0]);
  assert.deepEqual([...mesh.triangles.data], [1, 2, 3, 1, 3, 0, 0, 1, 2]);
  assert.deepEqual(mesh.triangles.shape, [3, 3]);
});

test('keeps vertices that no face names, and two vertices at the same place', () => {
  const mesh = parseObj(`v 9 9 9\n${square}v 0 0 0\nf 2 3 4`);
  assert.equal(mesh.points.shape[0], 6);
  assert.deepEqual([...mesh.triangles.data], [1, 2, 3]);
});

test('a control character inside a word begins no other one', () => {
  assert.deepEqual([...parseObj(`${square}f 1/\x01x 2 3\n`).triangles.data], [0, 1, 2]);
});

test('counts negative corners from the latest vertex', () => {
  assert.deepEqual([...parseObj(`${square}f -4 -3 -1\n`).triangles.data], [0, 1, 3]);
});

test('reads numbers with exponents and ignores colours after the position', () => {
  assert.deepEqual(
    [...parseObj('v 1e1 -2.5E-1 +3 .1 .2 .3\nv 0 0 0\nv 1 1 1\nf 1 2 3').points.data.slice(0, 3)],
    [10, -0.25, 3],
  );
});

test('names the line and what was expected there', () => {
  const cases: [string, RegExp][] = [
    ['v 1 2\n', /line 1: expected "v x y z" with finite numbers, but found "v 1 2"/],
    ['v 1 2 nan\n', /line 1: expected "v x y z" with finite numbers, but found "v 1 2 nan"/],
    ['v 1 2 1e39\n', /line 1: expected "v x y z" with finite numbers/],
    [`${square}f 1 2\n`, /line 5: expected a face of at least 3 corners, but found "f 1 2"/],
    [`${square}f 1 2 5\n`, /line 5: expected a corner from 1 to 4, but found "5"/],
    [`${square}f 1 0 2\n`, /line 5: expected a corner from 1 to 4, but found "0"/],
    [`${square}f 1 -5 2\n`, /line 5: expected a corner from 1 to 4, but found "-5"/],
    [`${square}f 1 x/1 2\n`, /line 5: expected a corner from 1 to 4, but found "x\/1"/],
    [square, /the file must have faces, but its 4 lines have none/],
  ];
  for (const [text, message] of cases) assert.throws(() => parseObj(text), message);
});

test('refuses what exceeds a limit', () => {
  const text = `${square}f 1 2 3\nf 1 3 4\n`;
  const most = { vertices: 4, faces: 2, triangles: 2, lineLength: 50 };
  assert.equal(parseObj(text, most).triangles.shape[0], 2);
  assert.throws(() => parseObj(text, { ...most, vertices: 3 }), /line 4: there must be at most 3 vertices/);
  assert.throws(() => parseObj(text, { ...most, faces: 1 }), /line 6: there must be at most 1 faces/);
  assert.throws(() => parseObj(text, { ...most, triangles: 1 }), /line 6: there must be at most 1 triangles/);
  assert.throws(() => parseObj(`#${'x'.repeat(99)}\n`, most), /line 1 must have at most 50 characters, but has 100/);
});

test('a file is read as its text is, and errors name it', (t) => {
  const file = path.join(temporaryFolder(t), 'square.obj');
  fs.writeFileSync(file, `${square}f 1 2 3\n`);
  assert.deepEqual(readObj(file), parseObj(`${square}f 1 2 3\n`));
  fs.writeFileSync(file, square);
  assert.throws(() => readObj(file), {
    name: 'FileError',
    message: `${file}: the file must have faces, but its 4 lines have none`,
  });
});
