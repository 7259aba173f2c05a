import type { Template } from 'plotly.js-dist-min';

/**
 * Colours of series, after Okabe and Ito, which people with any common colour blindness tell apart.
 *
 * About in the order of contrast on white, from 5.2 to 2.3; their yellow is left out (too faint on white), and in the place of
 * their black comes last a grey that also shows on a dark page.
 */
export const seriesColours = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#808080'] as const;

/** The colour of the series with this index; they repeat after seven. */
export const seriesColour = (index: number): string => seriesColours[index % seriesColours.length];

/** The same colour, transparent: for the spread around a curve. */
export function transparent(colour: string, opacity: number): string {
  const [red, green, blue] = [1, 3, 5].map((start) => Number.parseInt(colour.slice(start, start + 2), 16));
  return `rgba(${red},${green},${blue},${opacity})`;
}

/**
 * The scale of errors: dark is small, bright is large, in even steps of lightness, for every kind of colour vision.
 * Unlike cividis it has no grey, which stands for what has no value.
 */
export const errorScale = 'Viridis';

/** The same scale in equal steps, for what plotly.js does not draw. */
export const errorStops = [
  '#440154',
  '#482878',
  '#3e4989',
  '#31688e',
  '#26828e',
  '#1f9e89',
  '#35b779',
  '#6ece58',
  '#b5de2b',
  '#fde725',
] as const;

/** Skin of a mesh without colours: a light clay that takes shading well on white and on black. */
export const clay = '#d9c7b8';

/** A surface without a value. */
export const missingColour = '#b9b9b9';

export type Theme = 'light' | 'dark';

/** What a page and a plot share, so that a plot lies on the page without an edge. */
export const themeColours = {
  light: { page: '#fbfaf8', card: '#ffffff', ink: '#1f2328', quiet: '#626970', rule: '#e3e1dc', accent: '#0b5c8f' },
  dark: { page: '#14171a', card: '#1b1f23', ink: '#e4e6e8', quiet: '#9aa2a9', rule: '#31373d', accent: '#7cc0ec' },
} as const;

/** One stack of fonts for pages and plots: what the reader's system has. */
export const sansSerif = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Liberation Sans', sans-serif";

/** Colours and fonts of a plot as a plotly.js template, so that a theme can change without the figure. */
export function plotTemplate(theme: Theme): Template {
  const { card, ink, quiet, rule } = themeColours[theme];
  const axis = {
    gridcolor: rule,
    linecolor: quiet,
    zerolinecolor: rule,
    tickcolor: rule,
    tickfont: { color: quiet, size: 12 },
    title: { font: { color: ink, size: 13 } },
    automargin: true,
    ticks: 'outside' as const,
    ticklen: 4,
    zeroline: false,
    showline: true,
  };
  const spaceAxis = { ...axis, backgroundcolor: card, showbackground: false };
  return {
    data: {},
    layout: {
      paper_bgcolor: card,
      plot_bgcolor: card,
      font: { family: sansSerif, size: 13, color: ink },
      colorway: [...seriesColours],
      hoverlabel: { bgcolor: card, bordercolor: quiet, font: { color: ink } },
      xaxis: { ...axis, showgrid: false },
      yaxis: { ...axis, showline: false, ticks: '' },
      scene: { bgcolor: card, xaxis: spaceAxis, yaxis: spaceAxis, zaxis: spaceAxis },
      modebar: { bgcolor: 'rgba(0,0,0,0)', color: quiet, activecolor: ink },
      shapedefaults: { line: { color: quiet, width: 1.5, dash: 'dash' } },
      // a ground that lets a name stand over bars and lines
      annotationdefaults: { font: { color: ink, size: 13 }, bgcolor: transparent(card, 0.75) },
      coloraxis: { colorbar: { outlinewidth: 0, tickfont: { color: quiet, size: 12 } } },
    },
  } as unknown as Template;
}
