import type { Layout } from 'plotly.js-dist-min';
import type { Axis, CurvePanel, Floor } from './curves';
import { escapePlotText } from './escape';
import { labelWithUnit, shortNumberText, summary } from './number-text';

/** Screen pixels. Ticks and the title of an axis need about 56 below a panel; a name needs 28 above. */
const margin = { left: 64, right: 16, top: 12, bottom: 56, name: 28, legendRow: 24 };

/** Of the paper's width, between two panels: for the ticks and the title of the right one. */
const columnGap = 0.12;

/** Axes, floors, names and legend of panels in a grid, each in its share of the paper. */
export function curveLayout(
  x: Axis,
  panels: readonly CurvePanel[],
  { columns, legend }: { columns: number; legend: 'right' | 'below' | 'none' },
): Partial<Layout> {
  const panelHeight = panels.length > 1 ? 230 : 330;
  const rows = Math.ceil(panels.length / columns);
  const named = panels.some(({ name, floors }) => name || floors?.length);
  const above = margin.top + (named ? margin.name : 0);
  const gap = margin.bottom + (named ? margin.name : margin.top);
  const paper = rows * panelHeight + (rows - 1) * gap;
  const legendHeight = legend === 'below' ? 2 * margin.legendRow : 0;

  const layout: Record<string, unknown> = {
    height: above + paper + margin.bottom + legendHeight,
    margin: { l: margin.left, r: margin.right, t: above, b: margin.bottom + legendHeight },
    hovermode: panels.every(({ series }) => series.every(({ mark }) => mark === 'points')) ? 'closest' : 'x',
    barmode: 'group',
    bargap: 0.25,
    showlegend: legend !== 'none',
    legend:
      legend === 'below'
        ? { orientation: 'h', x: 0, y: -margin.bottom / paper, yanchor: 'top' }
        : { x: 1.02, y: 1, yanchor: 'top' },
  };
  const width = (1 - (columns - 1) * columnGap) / columns;
  const annotations: unknown[] = [];
  const shapes: unknown[] = [];
  panels.forEach((panel, index) => {
    const [row, col] = [Math.floor(index / columns), index % columns];
    const suffix = index === 0 ? '' : String(index + 1);
    const top = 1 - (row * (panelHeight + gap)) / paper;
    const left = col * (width + columnGap);
    layout[`xaxis${suffix}`] = {
      ...axisLayout(x, numbers(panel, 'x')),
      domain: [left, left + width],
      anchor: `y${suffix}`,
    };
    layout[`yaxis${suffix}`] = {
      ...axisLayout(panel.y, numbers(panel, 'y')),
      domain: [Math.max(0, top - panelHeight / paper), top],
      anchor: `x${suffix}`,
    };
    if (panel.name) annotations.push(panelName(panel.name, suffix));
    const floors = panel.floors ?? [];
    shapes.push(...floors.map((floor) => floorLine(floor, suffix)));
    if (floors.length > 0) annotations.push(floorNames(floors, suffix));
  });
  return { ...layout, annotations, shapes } as Partial<Layout>;
}

/** All numbers that a panel has along an axis. */
const numbers = ({ series }: CurvePanel, axis: 'x' | 'y'): number[] =>
  series.flatMap((one) => Array.from<unknown>(one[axis]).filter((value) => typeof value === 'number'));

function axisLayout(axis: Axis, values: number[]) {
  const { label, unit, log = false, fromZero = false, range } = axis;
  return {
    title: { text: escapePlotText(labelWithUnit(label, unit)), standoff: 8 },
    type: log ? 'log' : undefined,
    // plotly.js takes the range of a logarithmic axis as exponents
    range: range && log ? range.map(Math.log10) : range,
    rangemode: fromZero ? 'tozero' : 'normal',
    exponentformat: 'power',
    ...(log ? logarithmicTicks(values) : {}),
  };
}

/** Ticks at 1, 2, 5 of each decade where there are few decades; else plotly.js chooses whole decades. */
function logarithmicTicks(values: number[]) {
  const { low, high } = summary(values.filter((value) => value > 0));
  if (!(high / low < 1000)) return {};
  // with a format of their own all ticks have one size
  return { dtick: 'D2', tickformat: '~g' };
}

const panelName = (name: string, suffix: string) => ({
  text: `<b>${escapePlotText(name)}</b>`,
  showarrow: false,
  xref: `x${suffix} domain`,
  yref: `y${suffix} domain`,
  x: 0,
  y: 1,
  xanchor: 'left',
  yanchor: 'bottom',
});

const floorLine = ({ y }: Floor, suffix: string) => ({
  type: 'line',
  xref: `x${suffix} domain`,
  yref: `y${suffix}`,
  x0: 0,
  x1: 1,
  y0: y,
  y1: y,
});

/** Names and values of a panel's floors above its right corner, where they cover no curve. */
const floorNames = (floors: readonly Floor[], suffix: string) => ({
  text: escapePlotText(floors.map(({ name, y }) => `┄ ${name} ${shortNumberText(y)}`).join('   ')),
  showarrow: false,
  xref: `x${suffix} domain`,
  yref: `y${suffix} domain`,
  x: 1,
  y: 1,
  xanchor: 'right',
  yanchor: 'bottom',
  font: { size: 12 },
});
