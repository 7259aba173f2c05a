import assert from 'node:assert/strict';
import fs from 'node:fs';
import { test } from 'node:test';

const readme = fs.readFileSync('README.md', 'utf8');
const results = (file) => JSON.parse(fs.readFileSync(`data/results/${file}.json`, 'utf8'));

/** The README's tables of results: the cells below each header that begins with "loss". */
const tables = readme
  .split(/^\| loss.*\n\|[-:|]+\n/m)
  .slice(1)
  .map((text) =>
    text
      .split('\n')
      .slice(
        0,
        text.split('\n').findIndex((line) => !line.startsWith('| ')),
      )
      .map((line) =>
        line
          .split('|')
          .slice(1, -1)
          .map((cell) => cell.trim()),
      ),
  );

const KEYS = ['reprojectionPixels', 'shapeMillimetres', 'translationCentimetres', 'rotationDegrees'];
const cellsOf = (errors) => KEYS.map((key) => errors[key].toFixed(2));
const FLOORS = [
  ['mean head, mean pose', 'meanHead'],
  ['truth on the components', 'projection'],
];

test('the first table holds the numbers of smoke, for both sources of heads', () => {
  const [population, ict] = [results('smoke/population'), results('smoke/ict-facekit')];
  const expected = [
    ...population.rows.map(({ title, errors }, i) => [title, ...cellsOf(errors), ...cellsOf(ict.rows[i].errors)]),
    ...FLOORS.map(([title, of]) => [title, ...cellsOf(population.floors[of]), ...cellsOf(ict.floors[of])]),
  ];
  assert.deepEqual(tables[0], expected);
});

test('the second holds those of laptop, with the seeds’ spread and the gain over the mean head', () => {
  const { rows, floors } = results('laptop/population');
  const percent = (share) => (100 * share).toFixed(1).replace('-', '−');
  const expected = [
    ...rows.map(({ title, errors, spread, shapeGain: { share, low, high } }) => {
      const [px, mm, cm, degrees] = KEYS.map((key) => `${errors[key].toFixed(2)} ± ${spread[key].toFixed(2)}`);
      return [title, px, mm, `${percent(share)} (${percent(low)} to ${percent(high)})`, cm, degrees];
    }),
    ...FLOORS.map(([title, of]) => cellsOf(floors[of]).toSpliced(2, 0, '').toSpliced(0, 0, title)),
  ];
  assert.deepEqual(tables[1], expected);
  assert.equal(tables.length, 2);
});

test('what the README names is there', () => {
  const named = [
    ...readme.matchAll(/`((?:lib|environment|notebooks|data\/results)\/[\w./-]+)`|\]\(((?!http)[^)]+)\)/g),
  ];
  assert.ok(named.length > 5);
  for (const [, code, link] of named) assert.ok(fs.existsSync(code ?? link), `${code ?? link} is not there`);
});
