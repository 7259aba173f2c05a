import { curveLayout } from './curve-layout';
import { curveTraces, drawable } from './curve-traces';
import type { Caption, Figure } from './figure';
import { labelWithUnit, shortNumberText, summary } from './number-text';
import { seriesColour } from './palette';

/** An axis with its unit. */
export interface Axis {
  label: string;
  unit?: string;
  /** A logarithmic scale; values that are not positive are then not available. */
  log?: boolean;
  /** Starts a linear axis at zero, so that heights can be compared as ratios. */
  fromZero?: boolean;
  range?: [number, number];
}

/** Named values over x. */
export interface Series {
  name: string;
  /** Numbers, or the names of bins. */
  x: ArrayLike<number> | readonly string[];
  /** NaN where a value is not available: the line has a gap, a bar says "n/a". */
  y: ArrayLike<number>;
  /** Lower and upper end of the spread at each x: a band around a line, a whisker on a bar or a point. */
  band?: { low: ArrayLike<number>; high: ArrayLike<number> };
  mark?: 'line' | 'points' | 'bars';
}

/** A horizontal line that the series are measured against, such as the mean face's error. */
export interface Floor {
  name: string;
  y: number;
}

/** One coordinate system. */
export interface CurvePanel {
  /** Stands above the panel; needed where there are several. */
  name?: string;
  y: Axis;
  series: Series[];
  floors?: Floor[];
}

/** What a figure of curves shows: one panel, or several over the same x. */
export type CurvesOptions = Caption & { x: Axis } & (CurvePanel | { panels: CurvePanel[] });

/**
 * Curves, points or bars with axes that carry their units. A series keeps its colour in all panels.
 *
 * @throws {RangeError} when there is no series, or a series' arrays differ in length: the text names series and lengths
 */
export function curvesFigure(options: CurvesOptions): Figure {
  const { title, howToRead, x } = options;
  const panels =
    'panels' in options ? options.panels : [{ y: options.y, series: options.series, floors: options.floors }];
  if (panels.length === 0) throw new RangeError(`panels of "${title}" must hold at least one panel, but are empty`);
  for (const panel of panels) check(title, panel);

  const names = [...new Set(panels.flatMap((panel) => panel.series.map(({ name }) => name)))];
  const legend = names.length > 1;
  const shown = new Set<string>();
  const data = panels.flatMap((panel, index) =>
    panel.series.flatMap((series) => {
      // one entry of the legend for a series that stands in several panels
      const first = !shown.has(series.name);
      shown.add(series.name);
      const order = names.indexOf(series.name);
      return curveTraces(series, {
        x,
        y: panel.y,
        panel: index,
        order,
        colour: seriesColour(order),
        legend: legend && first,
      });
    }),
  );
  // three stand in one row, where two and one would leave a gap; that row needs the whole width
  const [columns, place] =
    panels.length === 3 ? ([3, 'below'] as const) : ([Math.min(2, panels.length), 'right'] as const);
  const layout = curveLayout(x, panels, { columns, legend: legend ? place : 'none' });
  const narrowLayout = curveLayout(x, panels, { columns: 1, legend: legend ? 'below' : 'none' });
  const alternative = options.alternative ?? panels.map((panel) => describe(x, panel)).join(' ');
  return { title, howToRead, alternative, body: { kind: 'plot', data, layout, narrowLayout } };
}

function check(title: string, { name, series, floors = [] }: CurvePanel): void {
  const place = name ? `panel "${name}" of "${title}"` : `"${title}"`;
  if (series.length === 0) throw new RangeError(`series of ${place} must hold at least one series, but are empty`);
  for (const { name, x, y, band } of series) {
    if (x.length !== y.length)
      throw new RangeError(`series "${name}" must have as many y as x, but has ${x.length} x and ${y.length} y`);
    for (const end of ['low', 'high'] as const)
      if (band && band[end].length !== y.length)
        throw new RangeError(
          `band.${end} of series "${name}" must have as many values as y, but has ${band[end].length} and y has ${y.length}`,
        );
  }
  for (const floor of floors)
    if (!Number.isFinite(floor.y))
      throw new RangeError(`floor "${floor.name}" must be a finite number, but is ${floor.y}`);
}

function describe(x: Axis, { name, y, series, floors = [] }: CurvePanel): string {
  const unit = y.unit ? ` ${y.unit}` : '';
  const curves = series.map((one) => {
    const { count, finite, low, high } = summary(drawable(one.y, y));
    const missing = finite < count ? `, n/a at ${count - finite} of ${count}` : '';
    return `${one.name} from ${shortNumberText(low)} to ${shortNumberText(high)}${unit}${missing}`;
  });
  const lines = floors.map((floor) => `${floor.name} at ${shortNumberText(floor.y)}${unit}`);
  return `${name ? `${name}: ` : ''}${labelWithUnit(y.label, y.unit)} over ${labelWithUnit(x.label, x.unit)}: ${[...curves, ...lines].join('; ')}.`;
}
