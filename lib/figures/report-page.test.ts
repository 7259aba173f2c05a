import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runInNewContext } from 'node:vm';
import { curvesFigure } from './curves';
import { plotFigure } from './figure';
import { meshFigure } from './mesh';
import { plotlyScript } from './plotly-script';
import { reportPage } from './report-page';
import { sampleHead } from './sample-head.fixture';
import { tableFigure } from './table';

const attack = '</script><script>alert("1")</script>';
const curves = (title: string) =>
  curvesFigure({
    title,
    howToRead: title,
    x: { label: title },
    y: { label: 'loss' },
    series: [{ name: title, x: [1, 2], y: [2, 1] }],
    floors: [{ name: title, y: 1 }],
  });
const table = tableFigure({
  title: 'Errors',
  howToRead: 'Read.',
  columns: [{ key: 'a', label: attack }],
  rows: [{ a: 1 }],
});
const small = { plotlySource: 'plotly.js' };

test('no text can leave its element', () => {
  const page = reportPage({
    title: attack,
    subtitle: attack,
    footer: attack,
    navigation: [{ label: attack, href: '"><script>' }, { label: attack }],
    sections: [{ heading: attack, paragraphs: [attack], figures: [curves(attack), table] }],
    ...small,
  });
  assert.ok(!page.includes('<script>alert'));
  // plotly.js, the drawing, and the data of one plot
  assert.equal(page.match(/<script/g)?.length, 3);
  assert.equal(page.match(/<\/script/g)?.length, 3);
  assert.ok(page.includes('href="&quot;&gt;&lt;script&gt;"'));
});

test('plotly.js is in the page once, however many plots there are, and not at all without plots', () => {
  const banner = 'Copyright 2012-';
  const page = reportPage({ title: 'R', sections: [{ figures: [curves('a'), curves('b')] }] });
  assert.equal(page.split(banner).length, 2);
  assert.ok(Buffer.byteLength(page) < 8e6);
  assert.equal(reportPage({ title: 'R', sections: [{ figures: [table] }] }).split(banner).length, 1);
});

test('plotly.js’ text cannot end its script element, and still parses', () => {
  assert.ok(!/<\/script|<!--/i.test(plotlyScript()));
  assert.throws(
    () => runInNewContext(`"use strict"; throw 7; ${plotlyScript()}`),
    (thrown) => thrown === 7,
  );
});

test('figures and tables count for themselves, and a heading can be left out', () => {
  const page = reportPage({
    title: 'R',
    sections: [{ heading: 'One', figures: [curves('a'), table] }, { figures: [curves('b')] }],
    ...small,
  });
  for (const text of ['Figure 1. a.', 'Table 1. Errors.', 'Figure 2. b.']) assert.ok(page.includes(text), text);
  assert.equal(page.match(/<h2/g)?.length, 1);
});

test('a page of many scenes draws them only near the window', () => {
  const mesh = meshFigure({ title: 'M', howToRead: 'R.', panels: [{ mesh: sampleHead(3) }] });
  const page = (count: number) =>
    reportPage({ title: 'R', sections: [{ figures: Array.from({ length: count }, () => ({ ...mesh })) }], ...small });
  assert.ok(!page(12).includes(' data-near '));
  assert.equal(page(13).match(/ data-near /g)?.length, 13);
});

test('a figure of one’s own needs its words', () => {
  const own = { title: 'Own', howToRead: 'R.', data: [{ type: 'scatter' as const, y: [1] }], layout: {} };
  assert.throws(() => plotFigure({ ...own, alternative: '' }), /alternative of "Own" must say the figure in words/);
  const page = reportPage({
    title: 'R',
    sections: [{ figures: [plotFigure({ ...own, alternative: 'One point.' })] }],
    ...small,
  });
  assert.ok(page.includes('aria-label="One point."'));
  assert.throws(() => reportPage({ title: 'R', sections: [] }), /sections of "R" must hold at least one section/);
});
