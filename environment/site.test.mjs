import assert from 'node:assert/strict';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { register } from 'tsx/cjs/api';
import { docMarkdown, entriesOf, modulePage, modulesOf, readDoc } from './site/api.mjs';
import { importedNames, linkNotebook, linkText, nameIndex } from './site/links.mjs';
import { forPages, notebookTitle, withoutFigures } from './site/pages.mjs';
import { slideFigures } from './slides.mjs';

register();
const { runNumbers } = createRequire(import.meta.url)('./site/numbers.ts');
const root = process.cwd();

/** A library of one room in a folder of its own. */
function withLibrary(files, body) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'site '));
  try {
    for (const [name, text] of Object.entries(files)) {
      fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
      fs.writeFileSync(path.join(folder, name), text);
    }
    return body(folder);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

const ROOM = {
  'README.md': '| module | its one question |\n|---|---|\n| `room` | what is here? |\n',
  'room/index.ts': "export { area, SIDES } from './area';\nexport type { Box } from './box';\n",
  'room/area.ts': `import { x } from 'y';

/**
 * The area of a box [w, h], in cm².
 *
 * A = w h < 10
 *
 * @param box   its sides,
 *   in cm
 * @returns     a number
 * @throws {RangeError} when a side is negative
 *
 * Reference: none.
 */
export function area(box: Box): number {
  return box.width * box.height;
}

/** Of a box. */
export const SIDES = 4;
`,
  'room/box.ts': '/** A box. */\nexport interface Box {\n  /** cm */\n  width: number;\n  height: number;\n}\n',
};

test('a docstring is its text, its tags over several lines, and what follows a blank line below them', () => {
  assert.deepEqual(
    readDoc('/**\n * One.\n *\n * @param a  first\n *   line\n * @throws {RangeError} when\n *\n * After.\n */'),
    {
      before: 'One.',
      tags: [
        { kind: 'param', name: 'a', text: 'first line' },
        { kind: 'throws', name: 'RangeError', text: 'when' },
      ],
      after: 'After.',
    },
  );
});

test('text of a docstring keeps its letters: no HTML, no mathematics, no links, and code as it is', () => {
  assert.equal(
    docMarkdown('a < b, [R|t] and `x[0] < $1`, 2 * 3\n* item'),
    'a \\< b, \\[R|t\\] and `x[0] < $1`, 2 \\* 3\n* item',
  );
});

test('a module page holds each exported name with its signature, and the source of functions', () => {
  withLibrary(ROOM, (lib) => {
    const [module] = modulesOf(lib);
    assert.deepEqual(
      module.entries.map(({ name, kind }) => [name, kind]),
      [
        ['area', 'function'],
        ['SIDES', 'constant'],
        ['Box', 'interface'],
      ],
    );
    const page = modulePage(module, lib);
    for (const text of [
      '# lib/room',
      '*What is here?*',
      'function area(box: Box): number;',
      '- `box`: its sides, in cm',
      '- **Throws** `RangeError`: when a side is negative',
      'return box.width * box.height;',
      'const SIDES = 4;',
      '  /** cm */\n  width: number;',
      '<code>room/area.ts</code>',
    ])
      assert.ok(page.includes(text), `"${text}" is not in\n${page}`);
    // Box follows area and SIDES: functions come first, types last
    assert.ok(page.indexOf('## area') < page.indexOf('## SIDES') && page.indexOf('## SIDES') < page.indexOf('## Box'));
  });
});

test('an index.ts that exports what is not declared is named', () => {
  withLibrary({ ...ROOM, 'room/index.ts': "export { volume } from './area';\n" }, (lib) => {
    assert.throws(
      () => entriesOf(path.join(lib, 'room/index.ts')),
      /area\.ts must declare volume, which an index\.ts exports/,
    );
  });
});

test('every name that the library exports has a page, and no two of a page have one name', () => {
  const modules = modulesOf(path.join(root, 'lib'));
  assert.ok(modules.length >= 14);
  for (const { name, entries } of modules) {
    assert.ok(entries.length > 0, `${name} exports nothing`);
    assert.equal(new Set(entries.map((entry) => entry.name)).size, entries.length);
  }
});

const NAMES = nameIndex([
  { name: 'geometry', entries: [{ name: 'rotate' }, { name: 'projectPoints' }] },
  { name: 'geometry/batched', entries: [{ name: 'projectPoints' }] },
]);

test('a notebook is linked at the import and at the first use, to the module that it imports from', () => {
  const names = importedNames([
    "import { projectPoints, type Pose } from 'lib/geometry/batched';\nimport fs from 'node:fs';",
  ]);
  assert.deepEqual(
    [...names],
    [
      ['projectPoints', 'geometry/batched'],
      ['Pose', 'geometry/batched'],
    ],
  );
  const span = '<span class="nx">projectPoints</span>';
  const { html, links } = linkNotebook(`${span}${span}${span}<span class="nx">rotate</span>`, names, NAMES);
  const linked =
    '<span class="nx"><a class="api" href="../api/geometry-batched.html#projectPoints">projectPoints</a></span>';
  assert.equal(html, `${linked}${linked}${span}<span class="nx">rotate</span>`);
  assert.equal(links, 2);
});

test('a text is linked at names that one module alone has, but not inside of links and headings', () => {
  const code = (name) => `<code class="docutils literal notranslate"><span class="pre">${name}</span></code>`;
  const { html } = linkText(
    `<h2>${code('rotate')}</h2><a href="x">${code('rotate')}</a>${code('rotate')}${code('projectPoints')}`,
    NAMES,
    { depth: 1 },
  );
  assert.equal(
    html,
    `<h2>${code('rotate')}</h2><a href="x">${code('rotate')}</a><a class="api" href="../api/geometry.html#rotate">${code('rotate')}</a>${code('projectPoints')}`,
  );
});

test('numbers of a page are those of the results', () => {
  const summary = JSON.parse(fs.readFileSync(path.join(root, 'data/results/laptop/population.json'), 'utf8'));
  const [paper] = [
    [{ loss: 'mrl', reprojectionPixels: 4.3, shapeMillimetres: 3, translationCentimetres: 4.2, rotationDegrees: 4.3 }],
  ];
  const numbers = runNumbers(summary, paper);
  const mrl = summary.rows.find(({ loss }) => loss === 'mrl-2');
  assert.equal(numbers.mrl_2.mm, mrl.errors.shapeMillimetres.toFixed(2));
  assert.equal(
    numbers.people,
    Object.values(summary.subjects)
      .reduce((a, b) => a + b)
      .toLocaleString('en'),
  );
  assert.ok(numbers.beside_paper.includes(`| ${mrl.errors.shapeMillimetres.toFixed(2)} / 3.0 |`), numbers.beside_paper);
  assert.equal(numbers.table2.split('\n').length, 2 + summary.rows.length + 2);
});

/** Costs as if each person took a second, each image a tenth, and each step two. */
function madeUpCosts() {
  const of = (stage, size, seconds, use = 'fit') => ({
    ...{ stage, device: 'cpu', use, size, seconds },
    ...{ memoryMegabytes: 100, diskMegabytes: seconds },
  });
  const stages = ['scan', 'register', 'compare-registration', 'build-model'];
  const images = (people, views, side) => ({ people, images: views * people, pixels: side * side });
  const losses = ['coarse', 'xqt', 'gal', 'srl', 'mrl'];
  const provenance = {
    ...{ processor: 'a processor', cores: 2, busy: true, sizes: 'full', commit: 'abc', date: '2026-01-01' },
    ...{ node: 'v20', tensorflow: '2.21' },
  };
  const points = [
    ...stages.flatMap((stage) => [10, 20, 40].map((people) => of(stage, { people }, people))),
    of('register', { people: 100 }, 125, 'check'),
    ...[10, 20, 40].map((count) => of('floors', { images: count }, count)),
    ...['render', 'load'].flatMap((stage) =>
      [images(10, 2, 32), images(20, 2, 32), images(20, 4, 64)].map((size) => of(stage, size, size.images / 10)),
    ),
    ...losses.flatMap((loss) =>
      [64, 128].map((side) =>
        of('step', { encoder: 'vgg16', loss, batch: 32, pixels: side * side, points: 7839, views: 2 }, 2),
      ),
    ),
    ...[64, 128].map((side) => of('predict', { encoder: 'vgg16', images: 10, pixels: side * side }, 1)),
  ];
  return { provenance, points };
}

test('the page of costs prices the paper’s profile, and says what its prices are worth', () => {
  const load = createRequire(import.meta.url);
  const { chunkCounts, readJobSplit, readProfile } = load('../lib/experiment');
  const { costNumbers } = load('./site/costs.ts');
  const paper = readProfile('environment/profiles/paper.json');
  const split = readJobSplit('environment/workflow/profiles/slurm/split.json');
  const numbersOf = (costs) => costNumbers(costs, paper, split, chunkCounts(paper, split));
  const numbers = numbersOf(madeUpCosts());
  assert.match(numbers.warning, /Other work ran/);
  // 6,528 people of a second each
  assert.match(numbers.paper_rules, /^\| `register` \| 110 \| 1\.8 \| 0\.10 \| 6\.5 \|$/m);
  assert.match(numbers.checked, /^\| `register` \| people 100 \| −20\.0 \|/m);
  const days = numbers.paper_nodes
    .split('\n')
    .slice(2)
    .map((row) => Number(row.split('|')[2].replace(',', '')));
  // 40 trials and 5 trainings of 152,618 steps, one of them four times as long
  assert.ok(days[0] >= (48 * 2 * 152_618) / 86_400 / 2, `${days[0]}`);
  assert.ok(days[0] > days[1] && days[1] >= days[2]);
  const names = Object.keys(numbers);
  assert.deepEqual(Object.keys(numbersOf(undefined)).sort(), names.sort());
  for (const [, name] of fs.readFileSync('docs/cost.md', 'utf8').matchAll(/\{\{ cost\.(\w+) \}\}/g))
    assert.ok(names.includes(name), name);
});

test('a notebook’s title and times are those of its first cell, and a note stands where figures are missing', () => {
  const notebook = {
    cells: [
      {
        cell_type: 'markdown',
        source: ['# 03 · Projection: where: there?\n', '\n| Time | 45 minutes |\n| Needs | matrices |'],
      },
      { cell_type: 'code', source: '1' },
    ],
  };
  assert.deepEqual(notebookTitle(notebook), {
    label: '03 · Projection',
    question: 'where: there?',
    time: '45 minutes',
    needs: 'matrices',
  });
  const { cells } = withoutFigures(notebook);
  assert.deepEqual([cells[0], cells[2]], notebook.cells);
  assert.match(cells[1].source, /not executed/);
});

test('a page gets the form of a figure in HTML, not the one that only JupyterLab draws', () => {
  const plot = { output_type: 'display_data', data: { 'application/vnd.plotly.v1+json': {}, 'text/html': '<b>' } };
  const text = { output_type: 'stream', text: 'printed' };
  const { cells } = forPages({ cells: [{ cell_type: 'markdown' }, { cell_type: 'code', outputs: [plot, text] }] });
  assert.deepEqual(cells[1].outputs, [{ output_type: 'display_data', data: { 'text/html': '<b>' } }, text]);
  assert.ok('application/vnd.plotly.v1+json' in plot.data);
});

test('slides are the figures of the tagged cells, else the first two that are no tables', () => {
  const figure = (name, data = { 'text/html': '<img>' }) => ({
    data: { ...data, 'text/plain': `${name}\nRead it.\nWords.` },
  });
  const cell = (output, tags) => ({ cell_type: 'code', metadata: { tags }, outputs: [output] });
  const cells = [
    { cell_type: 'markdown', metadata: {} },
    cell(figure('a table', { 'text/html': '<table>' })),
    cell(figure('one')),
    cell(figure('two', { 'application/vnd.plotly.v1+json': { layout: {} }, 'text/html': '' })),
    cell(figure('three')),
  ];
  assert.deepEqual(slideFigures({ cells }), [
    { title: 'one', howToRead: 'Read it.', html: '<img>' },
    { title: 'two', howToRead: 'Read it.', plot: { layout: {} } },
  ]);
  const tagged = [...cells, cell(figure('chosen'), ['slide'])];
  assert.deepEqual(
    slideFigures({ cells: tagged }).map(({ title }) => title),
    ['chosen'],
  );
  // a display that is not the library's has one line of text, or none
  const plot = { layout: {} };
  const [other] = slideFigures({
    cells: [cell({ data: { 'application/vnd.plotly.v1+json': plot, 'text/plain': 'a plot' } })],
  });
  assert.deepEqual(other, { title: 'a plot', howToRead: '', plot });
});
