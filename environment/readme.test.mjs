import assert from 'node:assert/strict';
import fs from 'node:fs';
import { test } from 'node:test';

const readme = fs.readFileSync('README.md', 'utf8');
const results = (source) => JSON.parse(fs.readFileSync(`data/results/smoke/${source}.json`, 'utf8'));

/** The cells of the README's table, a row a loss. */
const rows = readme
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| loss'))
  .map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );

const cellsOf = ({ reprojectionPixels, shapeMillimetres, translationCentimetres, rotationDegrees }) =>
  [reprojectionPixels, shapeMillimetres, translationCentimetres, rotationDegrees].map((value) => value.toFixed(2));

test('the table of results holds the numbers of data/results, for both sources of heads', () => {
  const [population, ict] = ['population', 'ict-facekit'].map(results);
  const expected = [
    ...population.rows.map(({ title, errors }, i) => [title, ...cellsOf(errors), ...cellsOf(ict.rows[i].errors)]),
    ['mean head, mean pose', ...cellsOf(population.floors.meanHead), ...cellsOf(ict.floors.meanHead)],
    ['truth on the components', ...cellsOf(population.floors.projection), ...cellsOf(ict.floors.projection)],
  ];
  assert.deepEqual(rows, expected);
});

test('what the README names is there', () => {
  const named = [
    ...readme.matchAll(/`((?:lib|environment|notebooks|data\/results)\/[\w./-]+)`|\]\(((?!http)[^)]+)\)/g),
  ];
  assert.ok(named.length > 5);
  for (const [, code, link] of named) assert.ok(fs.existsSync(code ?? link), `${code ?? link} is not there`);
});
