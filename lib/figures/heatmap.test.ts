import assert from 'node:assert/strict';
import { test } from 'node:test';
import ndarray from 'ndarray';
import type { Figure } from './figure';
import { type HeatmapOptions, heatmapFigure } from './heatmap';

const mesh = {
  points: ndarray(new Float32Array([0, 0, 0, 1, 0, 0, 0, 1, 0, 1, 1, 0]), [4, 3]),
  triangles: ndarray(new Uint32Array([0, 1, 2, 1, 3, 2]), [2, 3]),
};
const figure = (panels: number[][], options: Partial<HeatmapOptions> = {}): Figure =>
  heatmapFigure({
    title: 'Errors',
    howToRead: 'Bright is wrong.',
    panels: panels.map((values, index) => ({ name: 'ABC'[index], mesh, values })),
    ...options,
  });

// biome-ignore lint/suspicious/noExplicitAny: a test looks into plotly.js' JSON
const plot = (figure: Figure): any => figure.body;

test('one scale in millimetres holds for all panels and ends at the largest error of all', () => {
  const { data, layout } = plot(
    figure([
      [0, 1, 2, 0.5],
      [4, 0, 1, 1],
    ]),
  );
  assert.deepEqual(
    data.map((trace: { coloraxis: string }) => trace.coloraxis),
    ['coloraxis', 'coloraxis'],
  );
  assert.deepEqual([layout.coloraxis.cmin, layout.coloraxis.cmax], [0, 4]);
  assert.equal(layout.coloraxis.colorbar.title.text, 'error (mm)');
});

test('the colour bar, the words and the pointer name another quantity and its unit', () => {
  const moved = figure([[0, 1, 2, 0.5]], { quantity: { label: 'movement <b>', unit: 'mm per SD' } });
  const { data, layout, narrowLayout } = plot(moved);
  for (const { coloraxis } of [layout, narrowLayout])
    assert.equal(coloraxis.colorbar.title.text, 'movement &lt;b&gt; (mm per SD)');
  assert.equal(data[0].hovertemplate, '%{intensity:.2f} mm per SD<extra></extra>');
  assert.equal(
    moved.alternative,
    'Colour: movement <b>. A: mean 0.88 mm per SD, largest 2.00 mm per SD. Scale: 0 to 2.00 mm per SD.',
  );
});

test('errors stay at their points', () => {
  assert.deepEqual(plot(figure([[0, 1, 2, 0.5]])).data[0].intensity, new Float32Array([0, 1, 2, 0.5]));
});

test('a triangle with a point that has no error is grey, and the words say so', () => {
  const missing = figure([[1, 2, 3, Number.NaN]]);
  const [coloured, grey] = plot(missing).data;
  assert.deepEqual(
    [coloured.i, coloured.j, coloured.k],
    [[0], [1], [2]].map((c) => new Uint16Array(c)),
  );
  assert.deepEqual(
    [grey.i, grey.j, grey.k],
    [[1], [3], [2]].map((c) => new Uint16Array(c)),
  );
  assert.equal(grey.coloraxis, undefined);
  assert.match(missing.alternative, /A: mean 2\.00 mm, largest 3\.00 mm, n\/a at 1 of 4 points/);
});

test('a given end of the scale is used, and the colour bar says that more is cut', () => {
  const { coloraxis } = plot(figure([[0, 1, 2, 8]], { maximum: 5 })).layout;
  assert.equal(coloraxis.cmax, 5);
  assert.equal(coloraxis.colorbar.title.text, 'error (mm), 5.0 or more at the end');
});

test('surfaces without any error still have a scale', () => {
  assert.equal(plot(figure([[0, 0, 0, 0]])).layout.coloraxis.cmax, 1);
  assert.match(figure([[Number.NaN, Number.NaN, Number.NaN, Number.NaN]]).alternative, /mean n\/a mm/);
});

test('errors name what is wrong', () => {
  assert.throws(() => figure([[0, 1]]), /values of "A" must hold one number for each of 4 points, but holds 2/);
  assert.throws(() => figure([[0, 0, 0, 0]], { maximum: 0 }), /maximum must be positive, but is 0/);
});
