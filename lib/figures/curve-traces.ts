import type { Data } from 'plotly.js-dist-min';
import type { Axis, Series } from './curves';
import { escapePlotText } from './escape';
import { notAvailable } from './number-text';
import { transparent } from './palette';

/** Where and how a series is drawn. */
export interface CurvePlace {
  x: Axis;
  y: Axis;
  /** Index of the panel */
  panel: number;
  /** Index of the series among all, which fixes its colour and its symbol. */
  order: number;
  colour: string;
  /** Whether the legend names it. */
  legend: boolean;
}

/** Symbols tell series apart also in print without colours. */
const symbols = ['circle', 'square', 'diamond', 'triangle-up', 'x', 'cross', 'triangle-down'];

/** Up to so many points each gets a symbol; beyond, symbols would hide the line. */
const mostSymbols = 30;

/** The values that can be drawn: NaN for those that are missing, or not positive on a logarithmic axis. */
export function drawable(values: ArrayLike<number>, axis: Axis): Float64Array {
  return Float64Array.from(values, (value) =>
    Number.isFinite(value) && (!axis.log || value > 0) ? value : Number.NaN,
  );
}

/** The traces of one series: its band, if any, below its line, points or bars. */
export function curveTraces(series: Series, place: CurvePlace): Data[] {
  const { name, mark = 'line', band } = series;
  const { order, colour, legend, panel } = place;
  const y = drawable(series.y, place.y);
  const x =
    typeof series.x[0] === 'string'
      ? Array.from(series.x as readonly string[])
      : Float64Array.from(series.x as ArrayLike<number>);
  const suffix = panel === 0 ? '' : String(panel + 1);
  const shared = {
    name: escapePlotText(name),
    legendgroup: name,
    showlegend: legend,
    legendrank: 1000 + order,
    xaxis: `x${suffix}`,
    yaxis: `y${suffix}`,
  };
  const unit = place.y.unit ? ` ${escapePlotText(place.y.unit)}` : '';
  const hovertemplate = `%{y:.4~g}${unit}<extra>${escapePlotText(name)}</extra>`;
  if (mark === 'bars') return [bars({ x, y, band, colour }, { ...shared, hovertemplate })];

  const marker = { color: colour, symbol: symbols[order % symbols.length], size: 7 };
  if (mark === 'points')
    return [
      {
        type: 'scatter',
        mode: 'markers',
        x,
        y,
        marker,
        error_y: whiskers(y, band, colour),
        ...shared,
        hovertemplate,
      } as unknown as Data,
    ];
  const mode = y.length <= mostSymbols ? 'lines+markers' : 'lines';
  const line = { type: 'scatter', mode, x, y, marker, line: { color: colour, width: 2 }, ...shared, hovertemplate };
  return band ? [bandTrace(x, place, band, shared), line as unknown as Data] : [line as unknown as Data];
}

/**
 * The band as closed outlines, one for each stretch without a gap.
 *
 * plotly.js' own filling between two lines joins the ends of a gap.
 */
function bandTrace(
  x: Float64Array | string[],
  { y: axis, colour }: CurvePlace,
  band: NonNullable<Series['band']>,
  shared: object,
): Data {
  const [low, high] = [drawable(band.low, axis), drawable(band.high, axis)];
  const outline: { x: (number | string | null)[]; y: (number | null)[] } = { x: [], y: [] };
  const add = (at: number | string | null, value: number | null) => {
    outline.x.push(at);
    outline.y.push(value);
  };
  for (let start = 0; start < low.length; start++) {
    let end = start;
    while (end < low.length && !Number.isNaN(low[end]) && !Number.isNaN(high[end])) end++;
    if (end === start) continue;
    if (outline.x.length > 0) add(null, null);
    for (let i = start; i < end; i++) add(x[i], high[i]);
    for (let i = end - 1; i >= start; i--) add(x[i], low[i]);
    start = end;
  }
  return {
    type: 'scatter',
    mode: 'lines',
    ...outline,
    ...shared,
    showlegend: false,
    fill: 'toself',
    fillcolor: transparent(colour, 0.18),
    line: { width: 0, color: colour },
    hoverinfo: 'skip',
  } as unknown as Data;
}

/** Bars; where a value is missing, the text "n/a" stands in the bar's place. */
function bars(
  { x, y, band, colour }: { x: Float64Array | string[]; y: Float64Array; band: Series['band']; colour: string },
  shared: object,
): Data {
  const missing = Array.from(y, Number.isNaN);
  return {
    type: 'bar',
    x,
    // a bar of height 0 carries the text; without a height plotly.js draws neither
    y: y.map((value) => (Number.isNaN(value) ? 0 : value)),
    text: missing.map((gone) => (gone ? notAvailable : '')),
    textposition: 'outside',
    marker: { color: colour },
    // grey, since in the bar's own colour the lower half would not show
    error_y: whiskers(y, band, '#808080'),
    ...shared,
    hovertemplate: missing.map((gone) =>
      gone ? `${notAvailable}<extra></extra>` : (shared as { hovertemplate: string }).hovertemplate,
    ),
  } as unknown as Data;
}

/** Whiskers from the low to the high end of a spread; plotly.js takes them as distances from the value. */
function whiskers(y: Float64Array, band: Series['band'], colour: string) {
  if (!band) return undefined;
  const distance = (end: ArrayLike<number>, sign: number) =>
    y.map((value, i) => (Number.isFinite(value) && Number.isFinite(end[i]) ? sign * (end[i] - value) : 0));
  return {
    type: 'data',
    symmetric: false,
    array: distance(band.high, 1),
    arrayminus: distance(band.low, -1),
    color: colour,
    thickness: 1.5,
    width: 3,
  };
}
