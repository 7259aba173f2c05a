import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '../files/temporary-folder.fixture';
import { frameEntry, landmarkText, miccFolders, miccVertices, write } from './benchmark.fixture';
import { parseFrames, readMiccAnnotations } from './micc-annotations';

const parse = (value: unknown) => parseFrames('list.json', Buffer.from(JSON.stringify(value)));

test('reads the frame of each subject', () => {
  const cases = [frameEntry(12, 7), frameEntry(3, 2620)];
  assert.deepEqual(
    [...parse({ cases })],
    [
      [12, 7],
      [3, 2620],
    ],
  );
  assert.equal(parse({ cases: [] }).size, 0);
});

test('names the entry and what was expected there', () => {
  const entry = (change: object) => ({ cases: [frameEntry(1, 1), { ...frameEntry(2, 5), ...change }] });
  const cases: [unknown, RegExp][] = [
    [{}, /^list\.json: cases: .*expected array/],
    [[], /^list\.json: the whole: .*expected object/],
    [{ cases: [], more: 1 }, /^list\.json: the whole: .*more/],
    [entry({ frame: 7 }), /^list\.json: cases\.1\.frame: .*expected string/],
    [entry({ frame: 'x'.repeat(201) }), /^list\.json: cases\.1\.frame: /],
    [entry({ other: 1 }), /^list\.json: cases\.1: .*other/],
    [
      entry({ frame: './cases/subject_2/frame.jpg' }),
      /^list\.json: cases\.1: expected "\.\/cases\/subject_N\/correspondences\.txt" and "\.\/cases\/subject_N\/frameF\.jpg" of one subject, but found "\.\/cases\/subject_2\/correspondences\.txt" and "\.\/cases\/subject_2\/frame\.jpg"$/,
    ],
    [entry({ frame: './cases/subject_3/frame5.jpg' }), /^list\.json: cases\.1: expected .* of one subject/],
    [entry({ frame: '../cases/subject_2/frame5.jpg' }), /^list\.json: cases\.1: expected/],
    [entry({ frame: './cases/subject_2/frame5.jpg\n' }), /^list\.json: cases\.1: expected/],
    [entry({ frame: './cases/subject_2/frame1234567.jpg' }), /^list\.json: cases\.1: expected/],
    [entry({ frame: './cases/subject_02/frame5.jpg' }), /^list\.json: cases\.1: expected/],
    [entry({ frame: './cases/subject_2/frame0.jpg' }), /^list\.json: cases\.1: expected/],
    [entry({ correspondences: './cases/subject_2/../correspondences.txt' }), /^list\.json: cases\.1: expected/],
    [
      { cases: [frameEntry(4, 1), frameEntry(4, 2)] },
      /^list\.json: cases\.1: subject_4 must be there once, but is there again$/,
    ],
    [
      { cases: Array.from({ length: 1001 }, (_, i) => frameEntry(i, 1)) },
      /^list\.json: cases must be at most 1000, but are 1001$/,
    ],
  ];
  for (const [value, message] of cases) assert.throws(() => parse(value), { name: 'FileError', message });
  assert.throws(
    () => parseFrames('list.json', Buffer.from('{"cases":')),
    /^FileError: list\.json: cannot be read as JSON: /,
  );
});

test('a subject without a frame is left out, and the reasons are told', (t) => {
  const { annotations } = miccFolders(temporaryFolder(t));
  const micc = path.join(annotations, 'data', 'micc');
  const { cases, leftOut, problems } = readMiccAnnotations(micc);
  assert.deepEqual(problems, []);
  assert.deepEqual(
    cases.map(({ name, subject, frame }) => [name, subject, frame]),
    [
      ['subject_1', 1, 100],
      ['subject_2', 2, 200],
      ['subject_12', 12, 1200],
    ],
  );
  assert.deepEqual(cases[2].vertices, { endocanthionRight: 22, endocanthionLeft: 42, subnasale: 62, stomion: 82 });
  assert.equal(cases[2].file, path.join(micc, 'cases', 'subject_12', 'correspondences.txt'));
  const list = path.join(micc, 'annotations.json');
  const subject30 = {
    name: 'subject_30',
    why: `${list} lists no frame for it; 5, 61, 702, 8003 in its correspondences.txt are no landmarks' names; its vertices are those of subject_1`,
  };
  assert.deepEqual(leftOut, [subject30]);

  const lone = path.join(micc, 'cases', 'subject_31', 'correspondences.txt');
  write(lone, landmarkText(miccVertices(31)));
  assert.deepEqual(readMiccAnnotations(micc).leftOut, [
    subject30,
    { name: 'subject_31', why: `${list} lists no frame for it` },
  ]);
});

test('all that is wrong with the annotations is told at once', (t) => {
  const { annotations } = miccFolders(temporaryFolder(t));
  const micc = path.join(annotations, 'data', 'micc');
  const file = (subject: number) => path.join(micc, 'cases', `subject_${subject}`, 'correspondences.txt');
  fs.rmSync(path.dirname(file(1)), { recursive: true });
  write(file(2), 'nose_base 1\nlips_central\n');
  write(file(12), 'nose_base 1\n');
  assert.deepEqual(readMiccAnnotations(micc).problems, [
    `${file(1)}: is not there`,
    `${file(2)}: line 2: expected a landmark's name and a vertex's number, such as "nose_base 1234", but found "lips_central"`,
    `${file(12)}: must name right_eye_lacrimal, left_eye_lacrimal, nose_base, lips_central, but names nose_base`,
  ]);
  write(file(1), landmarkText(miccVertices(1)));
  write(file(2), landmarkText(miccVertices(1)));
  write(file(12), landmarkText(miccVertices(12)));
  assert.deepEqual(readMiccAnnotations(micc).problems, [
    `${file(2)}: must have vertices of its own, but has those of subject_1`,
  ]);
  const list = path.join(micc, 'annotations.json');
  fs.writeFileSync(list, ' '.repeat(2 ** 18 + 1));
  assert.equal(readMiccAnnotations(micc).problems[0], `${list}: must hold at most 262144 bytes, but holds 262145`);
  assert.deepEqual(readMiccAnnotations(path.join(micc, 'none')), {
    cases: [],
    leftOut: [],
    problems: [`${path.join(micc, 'none', 'annotations.json')}: is not there`],
  });
});

const ANNOTATIONS = process.env.ANNOTATIONS;
test('the authors’ own annotations are 52 cases, and subject_30 has neither frame nor landmarks of its own', {
  skip: ANNOTATIONS ? false : 'ANNOTATIONS is not set',
}, () => {
  const { cases, leftOut, problems } = readMiccAnnotations(path.join(ANNOTATIONS ?? '', 'data', 'micc'));
  assert.deepEqual(problems, []);
  const expected = Array.from({ length: 53 }, (_, i) => i + 1).filter((subject) => subject !== 30);
  assert.deepEqual(
    cases.map(({ subject }) => subject),
    expected,
  );
  assert.deepEqual(
    leftOut.map(({ name }) => name),
    ['subject_30'],
  );
  assert.match(
    leftOut[0].why,
    /annotations\.json lists no frame for it; \d+, \d+, \d+, \d+ in its correspondences\.txt are no landmarks' names; its vertices are those of subject_1$/,
  );
  for (const { name, frame, vertices } of cases) {
    assert.ok(frame >= 1 && frame < 5000, name);
    // the owners say that a scan has about 40,000 vertices
    for (const vertex of Object.values(vertices)) assert.ok(vertex > 0 && vertex < 60_000, `${name}: ${vertex}`);
  }
});
