import type { Config, Layout } from 'plotly.js-dist-min';
import { compact, compactJson } from './compact';
import { escapeHtml, wrapPlotText } from './escape';
import type { Figure, PlotBody } from './figure';
import { plotTemplate } from './palette';

/** Narrower places get the narrow layout, with panels stacked; in screen pixels. */
export const narrowWidth = 600;

/**
 * How plots behave everywhere: no logo, and the wheel scrolls the page, not the plot.
 *
 * plotly.js 4 has a button that sends a figure's data to its maker's service, on by default: here it is gone, and the
 * address too.
 */
export const plotConfig: Partial<Config> = {
  responsive: true,
  displaylogo: false,
  displayModeBar: 'hover' as unknown as boolean,
  scrollZoom: false,
  showSendToCloud: false,
  plotlyServerURL: '',
  modeBarButtonsToRemove: [
    'sendChartToCloud',
    'select2d',
    'lasso2d',
    'autoScale2d',
    'zoomIn2d',
    'zoomOut2d',
    'tableRotation',
    'resetCameraLastSave3d',
    'hoverClosest3d',
  ],
};

type PlotFigure = Figure & { body: PlotBody };

/** A figure whose body is a plot. */
export const isPlot = (figure: Figure): figure is PlotFigure => figure.body.kind === 'plot';

/** How many WebGL scenes a figure has; a browser keeps about 16 alive on a page. */
export const sceneCount = ({ layout }: PlotBody): number =>
  Object.keys(layout).filter((key) => /^scene\d*$/.test(key)).length;

/**
 * The plot as plotly.js' JSON for a notebook, with title and reading inside the drawing and the light theme.
 *
 * In a notebook nothing but the drawing is shown, so that it must carry its caption itself.
 */
export function plotJson(figure: PlotFigure): { data: unknown; layout: unknown; config: unknown } {
  const { data, layout } = figure.body;
  return compact({ data, layout: titled(figure, layout, 105), config: plotConfig }) as ReturnType<typeof plotJson>;
}

/**
 * The plot as HTML that draws itself as soon as `window.Plotly` exists; until then, and without scripts, it shows the
 * text alternative.
 *
 * @param id  unique on the page that will hold it
 */
export function plotHtml(figure: PlotFigure, id: string): string {
  const { data, layout, narrowLayout } = figure.body;
  const json = compactJson({
    data,
    layout: titled(figure, layout, 105),
    narrowLayout: titled(figure, narrowLayout, 48),
    config: plotConfig,
  });
  // asks again for a minute, since a page may load plotly.js after its figures
  const script = `(function(){var holder=document.getElementById(${JSON.stringify(id)}),figure=${json},asks=300;(function draw(){if(window.Plotly){holder.textContent="";window.Plotly.newPlot(holder,figure.data,holder.clientWidth<${narrowWidth}?figure.narrowLayout:figure.layout,figure.config)}else if(asks-->0)setTimeout(draw,200)})()})();`;
  return `<div id="${escapeHtml(id)}" role="img" aria-label="${escapeHtml(figure.alternative)}">${escapeHtml(`${figure.title}. ${figure.howToRead} ${figure.alternative}`)}</div><script>${script}</script>`;
}

/** The layout with the caption above the drawing, which gets its room on top instead of losing height. */
function titled({ title, howToRead }: Figure, layout: Partial<Layout>, width: number): Partial<Layout> {
  // bold letters of 16 pixels are about 1.4 times as wide as letters of 13
  const head = wrapPlotText(title, Math.round(width / 1.4));
  const reading = wrapPlotText(howToRead, width);
  const room = 30 + 18 * (head.length + reading.length);
  const lines = [...head.map((line) => `<span style="font-size:16px"><b>${line}</b></span>`), ...reading];
  return {
    ...layout,
    height: (layout.height ?? 400) + room,
    margin: { ...layout.margin, t: (layout.margin?.t ?? 0) + room },
    title: {
      text: lines.join('<br>'),
      x: 0,
      xref: 'container',
      xanchor: 'left',
      y: 1,
      yref: 'container',
      yanchor: 'top',
      pad: { l: 12, t: 22 },
      font: { size: 13 },
    },
    template: plotTemplate('light'),
  } as Partial<Layout>;
}
