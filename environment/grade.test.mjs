import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';

const python = path.resolve('.venv', 'bin', 'python');
const program = path.join('environment', 'notebooks', 'grade.py');
/** Enough for a cell that ends, on a busy machine too; the one that does not end waits for so long. */
const SECONDS = 40;

const code = (id, source) => ({ id, cell_type: 'code', source, metadata: {}, outputs: [], execution_count: null });
const notebook = (cells) =>
  JSON.stringify({
    cells,
    metadata: { kernelspec: { name: 'typescript', display_name: 'TypeScript', language: 'typescript' } },
    nbformat: 4,
    nbformat_minor: 5,
  });
const check = (id, name, holds) =>
  code(id, `showExercise('${name}', [{ says: '${name} is wrong', holds: () => ${holds} }]);`);

const SETUP = code('setup', "import { showExercise } from 'lib/figures';\nconst right = (x: number) => 2 * x;");
const CHECKS = {
  double: check('check-double', 'Double', 'double(21) === right(21)'),
  triple: check('check-triple', 'Triple', 'triple(14) === 42'),
};
const OPEN = { double: 'const double = (x: number) => x;', triple: 'const triple = (x: number) => x;' };
const SOLVED = { double: 'const double = (x: number) => x + x;', triple: 'const triple = (x: number) => 3 * x;' };
const FORGED = `function showExercise(name: string) {
  (globalThis as any)[Symbol.for('notebook')].display({ 'text/plain': \`Exercise "\${name}": Solved\` });
}
showExercise('Triple');
const triple = (x: number) => x;`;

/** Cells of the first notebook with a student's own in them. */
const first = ({ double = OPEN.double, triple = OPEN.triple, checks = CHECKS }) => [
  SETUP,
  code('exercise-double', double),
  checks.double,
  code('exercise-triple', triple),
  checks.triple,
];

const second = (half) => [SETUP, code('exercise-half', half), check('check-half', 'Half', 'half(84) === 42')];

fs.mkdirSync('build', { recursive: true });
// cells find the library from where their notebook lies
const ours = fs.mkdtempSync(path.resolve('build', 'grade-test-'));
const theirs = fs.mkdtempSync(path.join(os.tmpdir(), 'class '));
const evil = path.join(theirs, 'anna', 'written-by-ida');

function put(place, name, content) {
  fs.mkdirSync(path.join(place, path.dirname(name)), { recursive: true });
  fs.writeFileSync(path.join(place, name), content);
}

/** What ida's first answer returns where it can change a file or sees a network, and else the right number. */
const ESCAPE = `import fs from 'node:fs';
import os from 'node:os';
const writes = () => { try { fs.writeFileSync(${JSON.stringify(evil)}, ''); return true; } catch { return false; } };
const sees = Object.keys(os.networkInterfaces()).some((name) => name !== 'lo');
const double = (x: number) => (writes() || sees || 'SECRET' in process.env ? 0 : 2 * x);`;

function makeClass() {
  put(ours, '01-first.ipynb', notebook(first({})));
  put(ours, '02-second.ipynb', notebook(second('const half = (x: number) => x;')));
  put(
    ours,
    'solutions/01-first.ipynb',
    notebook([code('exercise-double', SOLVED.double), code('exercise-triple', SOLVED.triple)]),
  );
  put(ours, 'solutions/02-second.ipynb', notebook([code('exercise-half', 'const half = (x: number) => x / 2;')]));

  put(theirs, 'anna/my homework.ipynb', notebook(first(SOLVED)));
  put(theirs, 'anna/02-second.ipynb', notebook(second('const half = (x: number) => x / 2;')));
  put(theirs, 'ben/01-first.ipynb', notebook(first({ double: 'while (true);', triple: SOLVED.triple })));
  const eater = 'const hoard: Uint8Array[] = [];\nwhile (true) hoard.push(new Uint8Array(1e8).fill(1));';
  put(theirs, 'cleo/01-first.ipynb', notebook(first({ double: eater }).filter(({ id }) => id !== 'exercise-triple')));
  const checks = { ...CHECKS, double: check('check-double', 'Double', 'true') };
  put(theirs, 'dora/01-first.ipynb', notebook(first({ triple: FORGED, checks })));
  put(theirs, 'emil/01-first.ipynb', '{ "cells": [');
  put(
    theirs,
    'fay/01-first.ipynb',
    notebook(first({ double: "throw new Error('<b>oops</b>');", triple: 'process.exit(0);' })),
  );
  fs.mkdirSync(path.join(theirs, 'gus'));
  put(theirs, 'hal.ipynb', notebook(first({ double: '=1+1;' })));
  put(theirs, 'ida/01-first.ipynb', notebook(first({ double: ESCAPE })));
  put(theirs, 'ida/holiday.ipynb', notebook([code('cell', '1 + 1')]));
  put(theirs, 'joe/one.ipynb', notebook(first(SOLVED)));
  put(theirs, 'joe/two.ipynb', notebook(first({})));
}

describe('a class of students is graded', () => {
  let ran;
  let rows;
  const of = (student, exercise) => {
    const [found, ...others] = rows.filter((row) => row.student === student && row.exercise === exercise);
    assert.deepEqual(others, []);
    return [found.state, found.says];
  };

  before(() => {
    makeClass();
    ran = spawnSync(python, [program, '--seconds', SECONDS, '--memory', '1', '--notebooks', ours, theirs], {
      encoding: 'utf8',
      env: { ...process.env, SECRET: 'a password' },
    });
    assert.equal(ran.status, 0, ran.stderr + ran.stdout);
    const [head, ...lines] = fs.readFileSync(path.join(theirs, 'grades.csv'), 'utf8').trim().split('\r\n');
    assert.equal(head, 'student,notebook,exercise,state,what is wrong,file');
    rows = lines.map((line) => {
      const [student, , exercise, state, says] = line
        .match(/"(?:[^"]|"")*"|[^,]+|(?<=,)(?=,|$)/g)
        .map((text) => text.replace(/^"|"$/g, '').replaceAll('""', '"'));
      return { student, exercise, state, says };
    });
  });
  after(() => {
    for (const folder of [ours, theirs]) fs.rmSync(folder, { recursive: true });
  });

  test('every student has each exercise of the notebooks that were handed in', () => {
    assert.equal(rows.length, 10 * 3);
    assert.deepEqual(of('gus', 'Double'), ['missing', 'the notebook was not handed in']);
    assert.deepEqual(of('ben', 'Half'), ['missing', 'the notebook was not handed in']);
  });

  test('right answers are solved, whatever the file is called', () => {
    for (const exercise of ['Double', 'Triple', 'Half']) assert.equal(of('anna', exercise)[0], 'solved');
  });

  test('an answer that is not right is told what the check says', () => {
    assert.deepEqual(of('ida', 'Triple'), ['not yet', 'Triple is wrong']);
  });

  test('an endless loop is out of time, and the next exercise is graded all the same', () => {
    assert.deepEqual(of('ben', 'Double'), ['out of time', `a cell did not end in ${SECONDS} s`]);
    assert.equal(of('ben', 'Triple')[0], 'solved');
  });

  test('one that eats memory fails', () => {
    const [state, says] = of('cleo', 'Double');
    assert.equal(state, 'failed');
    assert.match(says, /memory|allocation|kernel died/i);
  });

  test('an exercise whose cell is gone is missing', () => {
    assert.deepEqual(of('cleo', 'Triple'), ['missing', 'the file has no cell exercise-triple']);
  });

  test('neither another check nor a forged answer passes', () => {
    assert.deepEqual(of('dora', 'Double'), ['not yet', 'Double is wrong']);
    assert.deepEqual(of('dora', 'Triple'), ['not yet', 'Triple is wrong']);
  });

  test('a file that is no notebook fails, with the reason', () => {
    const [state, says] = of('emil', 'Double');
    assert.equal(state, 'failed');
    assert.match(says, /^the file is no valid notebook/);
  });

  test('an answer that throws fails with its message, one that ends the kernel with that', () => {
    assert.deepEqual(of('fay', 'Double'), ['failed', 'Error: <b>oops</b>']);
    assert.deepEqual([of('fay', 'Triple')[0], of('hal', 'Double')[0]], ['failed', 'failed']);
    assert.match(of('fay', 'Triple')[1], /kernel died|ended by itself/i);
    assert.deepEqual(of('hal', 'Triple'), ['not yet', 'Triple is wrong']);
  });

  test('two files of one notebook are not guessed between', () => {
    assert.deepEqual(of('joe', 'Double')[0], 'failed');
    assert.match(of('joe', 'Double')[1], /several files of this notebook: one.ipynb, two.ipynb; leave one/);
  });

  test('inside of the fence no file can be changed and no network is there', (t) => {
    assert.ok(!fs.existsSync(evil) || ran.stdout.includes('BUT WITH YOUR RIGHTS'));
    if (ran.stdout.includes('BUT WITH YOUR RIGHTS')) return t.skip('this machine gives no namespaces to its users');
    assert.deepEqual(of('ida', 'Double'), ['solved', '']);
  });

  test('the page holds the table and the answers as text, and no script', () => {
    const page = fs.readFileSync(path.join(theirs, 'grades.html'), 'utf8');
    assert.match(page, /Error: &lt;b&gt;oops/);
    assert.match(page, /while \(true\);/);
    assert.doesNotMatch(page, /<b>oops|<script/);
    assert.equal(page.match(/<td class="solved">/g).length, rows.filter(({ state }) => state === 'solved').length);
  });

  test('the terminal shows the table, and names the files that are none of ours', () => {
    assert.match(ran.stdout, /^anna +solved +solved +solved +3 of 3$/m);
    assert.match(ran.stdout, /ida\/holiday.ipynb has no exercise of ours in it/);
    assert.match(ran.stdout, /ben, 01 Double: out of time/);
  });

  test('nothing but the two results is left in the class', () => {
    assert.deepEqual(
      fs.readdirSync(theirs).filter((name) => !fs.statSync(path.join(theirs, name)).isDirectory()),
      ['grades.csv', 'grades.html', 'hal.ipynb'],
    );
  });
});

test('a folder without notebooks of ours is an error', () => {
  const empty = fs.mkdtempSync(path.join(os.tmpdir(), 'class '));
  const { status, stderr } = spawnSync(python, [program, empty], { encoding: 'utf8' });
  fs.rmSync(empty, { recursive: true });
  assert.equal(status, 1);
  assert.match(stderr, /holds no notebook with an exercise of ours/);
});

test('what a spreadsheet would compute is text', () => {
  const { stdout } = spawnSync(
    python,
    ['-c', "from gradebook import Verdict, as_csv; print(as_csv([Verdict('=cmd', '03-a', 'E', 'failed', '+1')]))"],
    { encoding: 'utf8', cwd: path.join('environment', 'notebooks') },
  );
  assert.match(stdout, /'=cmd,03-a,E,failed,'\+1,/);
});
