import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type CurvesOptions, curvesFigure } from './curves';
import type { Figure } from './figure';
import { seriesColours } from './palette';

const words = { title: 'Training', howToRead: 'Lower is better.' };
const step = { label: 'step' };
const error = { label: 'shape error', unit: 'mm' };
const x = [1, 2, 3];

// biome-ignore lint/suspicious/noExplicitAny: a test looks into plotly.js' JSON
const plot = (figure: Figure): any => figure.body;
const draw = (options: Partial<CurvesOptions> & object) =>
  plot(
    curvesFigure({
      ...words,
      x: step,
      y: error,
      series: [{ name: 'GAL', x, y: [3, 2, 1] }],
      ...options,
    } as CurvesOptions),
  );

test('axis titles carry their units', () => {
  const { layout } = draw({ x: { label: 'camera angle', unit: '°' } });
  assert.equal(layout.xaxis.title.text, 'camera angle (°)');
  assert.equal(layout.yaxis.title.text, 'shape error (mm)');
});

test('a missing value is a gap in the line and n/a in the words', () => {
  const figure = curvesFigure({ ...words, x: step, y: error, series: [{ name: 'GAL', x, y: [3, Number.NaN, 1] }] });
  assert.deepEqual(plot(figure).data[0].y, new Float64Array([3, Number.NaN, 1]));
  assert.equal(figure.alternative, 'shape error (mm) over step: GAL from 1 to 3 mm, n/a at 1 of 3.');
});

test('on a logarithmic axis zero is not available, and a range is given as exponents', () => {
  const figure = curvesFigure({
    ...words,
    x: step,
    y: { ...error, log: true, range: [0.1, 100] },
    series: [{ name: 'GAL', x, y: [10, 0, 1] }],
    floors: [{ name: 'mean face', y: 100 }],
  });
  const { data, layout } = plot(figure);
  assert.deepEqual(data[0].y, new Float64Array([10, Number.NaN, 1]));
  assert.deepEqual(layout.yaxis.range, [-1, 2]);
  // plotly.js takes the place of a line by value
  assert.equal(layout.shapes[0].y0, 100);
});

test('a missing bar says n/a', () => {
  const { data } = draw({ series: [{ name: 'GAL', x: ['0–20', '20–40'], y: [2, Number.NaN], mark: 'bars' }] });
  assert.deepEqual(data[0].text, ['', 'n/a']);
  assert.deepEqual(data[0].y, new Float64Array([2, 0]));
  assert.match(data[0].hovertemplate[1], /^n\/a/);
});

test('a band is a closed outline, one for each stretch without a gap, below its line', () => {
  const band = { low: [1, 1, Number.NaN, 1], high: [2, 3, 3, 2] };
  const { data } = draw({ series: [{ name: 'GAL', x: [1, 2, 3, 4], y: [1.5, 2, 2, 1.5], band }] });
  assert.deepEqual(data[0].x, [1, 2, 2, 1, null, 4, 4]);
  assert.deepEqual(data[0].y, [2, 3, 1, 1, null, 2, 1]);
  assert.equal(data[0].fill, 'toself');
  assert.equal(data[1].mode, 'lines+markers');
});

test('whiskers are distances from the bar to the ends of its spread', () => {
  const band = { low: [1.5], high: [4] };
  const { data } = draw({ series: [{ name: 'GAL', x: ['a'], y: [2], band, mark: 'bars' }] });
  assert.deepEqual(data[0].error_y.array, new Float64Array([2]));
  assert.deepEqual(data[0].error_y.arrayminus, new Float64Array([0.5]));
});

test('a series keeps its colour in all panels and has one entry in the legend', () => {
  const panels = [
    {
      name: 'Shape',
      y: error,
      series: [
        { name: 'GAL', x, y: x },
        { name: 'MRL', x, y: x },
      ],
    },
    { name: 'Pose', y: { label: 'rotation error', unit: '°' }, series: [{ name: 'MRL', x, y: x }] },
  ];
  const { data, layout } = plot(curvesFigure({ ...words, x: step, panels }));
  const mrl = data.filter((trace: { name: string }) => trace.name === 'MRL');
  assert.deepEqual(
    mrl.map((trace: { line: { color: string } }) => trace.line.color),
    [seriesColours[1], seriesColours[1]],
  );
  assert.deepEqual(
    mrl.map((trace: { showlegend: boolean }) => trace.showlegend),
    [true, false],
  );
  assert.deepEqual([mrl[1].xaxis, mrl[1].yaxis], ['x2', 'y2']);
  assert.equal(layout.yaxis2.title.text, 'rotation error (°)');
});

test('for a phone the panels stand below each other', () => {
  const panel = { y: error, series: [{ name: 'GAL', x, y: x }] };
  const { layout, narrowLayout } = plot(curvesFigure({ ...words, x: step, panels: [panel, panel] }));
  assert.ok(layout.xaxis.domain[1] < layout.xaxis2.domain[0]);
  assert.deepEqual(narrowLayout.xaxis2.domain, [0, 1]);
  assert.ok(narrowLayout.yaxis2.domain[1] < narrowLayout.yaxis.domain[0]);
});

test('panels fill their rows: two of two columns, or one of three with the legend below', () => {
  const panel = {
    y: error,
    series: [
      { name: 'GAL', x, y: x },
      { name: 'MRL', x, y: x },
    ],
  };
  const domains = (count: number) => {
    const { layout } = plot(curvesFigure({ ...words, x: step, panels: Array(count).fill(panel) }));
    const axes = ['', '2', '3', '4'].slice(0, count);
    const [across, up] = ['x', 'y'].map((axis) => axes.map((suffix) => layout[`${axis}axis${suffix}`].domain));
    return { across, up, legend: layout.legend };
  };
  const [two, three, four] = [2, 3, 4].map(domains);
  assert.deepEqual(four.across, [...two.across, ...two.across]);
  assert.ok(four.up[2][1] < four.up[0][0] && four.up[3][1] < four.up[1][0]);
  assert.deepEqual(three.up, [three.up[0], three.up[0], three.up[0]]);
  for (const { across } of [two, three]) {
    assert.ok(Math.abs(across[0][0]) < 1e-9 && Math.abs(across[across.length - 1][1] - 1) < 1e-9, `${across}`);
    const widths = across.map(([left, right]: number[]) => right - left);
    assert.ok(
      widths.every((width: number) => Math.abs(width - widths[0]) < 1e-9),
      `${widths}`,
    );
    assert.ok(
      across.slice(1).every(([left]: number[], i: number) => left > across[i][1] + 0.1),
      `${across}`,
    );
  }
  assert.equal(two.legend.orientation, undefined);
  assert.equal(three.legend.orientation, 'h');
});

test('a floor is a line over the whole width with its name and value', () => {
  const { layout } = draw({ floors: [{ name: 'mean face', y: 3.872 }] });
  assert.deepEqual([layout.shapes[0].y0, layout.shapes[0].y1, layout.shapes[0].xref], [3.872, 3.872, 'x domain']);
  assert.equal(layout.annotations[0].text, '┄ mean face 3.87');
  // the name stands above the panel, where it covers no curve
  assert.deepEqual([layout.annotations[0].y, layout.annotations[0].yanchor], [1, 'bottom']);
});

test('names are escaped for plotly.js', () => {
  const { data } = draw({ series: [{ name: 'a < b & $c$', x, y: x }] });
  assert.equal(data[0].name, 'a &lt; b &amp; &#36;c&#36;');
});

test('errors name the series and both lengths', () => {
  assert.throws(() => draw({ series: [{ name: 'GAL', x, y: [1, 2] }] }), {
    name: 'RangeError',
    message: 'series "GAL" must have as many y as x, but has 3 x and 2 y',
  });
  assert.throws(
    () => draw({ series: [{ name: 'GAL', x, y: x, band: { low: [1], high: x } }] }),
    /band\.low of series "GAL" must have as many values as y, but has 1 and y has 3/,
  );
  assert.throws(() => draw({ series: [] }), /series of "Training" must hold at least one series/);
  assert.throws(
    () => draw({ floors: [{ name: 'mean', y: Number.NaN }] }),
    /floor "mean" must be a finite number, but is NaN/,
  );
});
