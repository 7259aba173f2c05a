import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { temporaryFolder } from '../files/temporary-folder.fixture';
import { landmarkText } from './benchmark.fixture';
import {
  anatomicalVertices,
  FACE_LANDMARKS,
  FURTHER_LANDMARKS,
  parseLandmarkVertices,
  readLandmarkVertices,
} from './landmark-vertices';

const parse = (text: string) => parseLandmarkVertices('some.txt', Buffer.from(text));

test('reads names and numbers, with any spaces and ends of lines', () => {
  assert.deepEqual(
    [...parse('nose_base 12\nlips_central 7')],
    [
      ['nose_base', 12],
      ['lips_central', 7],
    ],
  );
  assert.deepEqual(
    [...parse('\r\n  nose_base \t 012 \r\n\n\r\n53 999999999\r\n')],
    [
      ['nose_base', 12],
      ['53', 999_999_999],
    ],
  );
});

test('what is written is read again', () => {
  const names = fc.uniqueArray(fc.stringMatching(/^\w{1,64}$/), { minLength: 1, maxLength: 99 });
  fc.assert(
    fc.property(names, fc.nat(1e8), (words, first) => {
      const vertices = new Map(words.map((name, i) => [name, first + 3 * i]));
      // an object would put names that are numbers first
      const text = [...vertices].map(([name, vertex]) => `${name} ${vertex}\n`).join('');
      assert.deepEqual([...parse(text)], [...vertices]);
    }),
    { seed: 1, numRuns: 50 },
  );
});

test('names the line and what was expected there', () => {
  const cases: [string, RegExp][] = [
    [
      'nose_base 1\nlips 2.5\n',
      /^some\.txt: line 2: expected a landmark's name and a vertex's number, such as "nose_base 1234", but found "lips 2\.5"$/,
    ],
    ['nose_base', /line 1: expected .* but found "nose_base"$/],
    ['nose_base -1', /line 1: expected/],
    ['nose base 1', /line 1: expected/],
    ['a 1 2', /line 1: expected/],
    ['a 1000000000', /line 1: expected/],
    ['12', /line 1: expected/],
    [`${'a'.repeat(65)} 1`, /line 1: expected .* but found "a{65} 1"$/],
    [`${'?'.repeat(300)} 1`, /but found "\?{100}"$/],
    ['a 1\n\nb 2\na 3', /^some\.txt: line 4: a must be there once, but is there again$/],
    ['a 1\nb 01', /^some\.txt: line 2: b must have a vertex of its own, but has a's, 1$/],
    ['', /^some\.txt: must name landmarks, but holds none$/],
    [' \n\r\n', /must name landmarks, but holds none/],
    [`a 1${'\n'.repeat(100)}`, /^some\.txt: must have at most 100 lines, but has 101$/],
  ];
  for (const [text, message] of cases) assert.throws(() => parse(text), { name: 'FileError', message }, text);
  assert.equal(parse(`a 1${'\n'.repeat(99)}`).size, 1);
});

test('a file that is not there or too large is refused before it is read', (t) => {
  const file = path.join(temporaryFolder(t), 'landmarks.txt');
  assert.throws(() => readLandmarkVertices(file), { name: 'FileError', message: `${file}: is not there` });
  fs.writeFileSync(file, `a 1\n${' '.repeat(2 ** 14 - 3)}`);
  assert.throws(() => readLandmarkVertices(file), /must hold at most 16384 bytes, but holds 16385/);
  fs.writeFileSync(file, 'a 1\n');
  assert.deepEqual([...readLandmarkVertices(file)], [['a', 1]]);
});

test('gives the anatomical names in whatever order the file has them, and says which one it lacks', () => {
  const numbers = { lips_central: 4, nose_base: 3, other: 9, left_eye_lacrimal: 2, right_eye_lacrimal: 1 };
  assert.deepEqual(anatomicalVertices('some.txt', parse(landmarkText(numbers)), FACE_LANDMARKS), {
    endocanthionRight: 1,
    endocanthionLeft: 2,
    subnasale: 3,
    stomion: 4,
  });
  assert.throws(() => anatomicalVertices('some.txt', parse('17 1\nnose_base 2'), FACE_LANDMARKS), {
    name: 'FileError',
    message:
      'some.txt: must name right_eye_lacrimal, left_eye_lacrimal, nose_base, lips_central, but names 17, nose_base',
  });
  const three = parse('right_eye_lacrimal 1\nleft_eye_lacrimal 2\nnose_base 3');
  assert.throws(
    () => anatomicalVertices('some.txt', three, FACE_LANDMARKS),
    /but names right_eye_lacrimal, left_eye_lacrimal, nose_base$/,
  );
});

test('landmarks that other protocols need are taken too, where a line names them as we do', () => {
  const theirs = { right_eye_lacrimal: 1, left_eye_lacrimal: 2, nose_base: 3, lips_central: 4 };
  const more = { pronasale: 5, exocanthionRight: 6, exocanthionLeft: 7, cheilionRight: 8, cheilionLeft: 9 };
  assert.deepEqual([...FURTHER_LANDMARKS].sort(), Object.keys(more).sort());
  const found = anatomicalVertices(
    'some.txt',
    parse(landmarkText({ ...theirs, ...more, gonionRight: 10 })),
    FACE_LANDMARKS,
  );
  assert.deepEqual(found, { endocanthionRight: 1, endocanthionLeft: 2, subnasale: 3, stomion: 4, ...more });
});
