import type { Data, Layout } from 'plotly.js-dist-min';

/** What every figure says in words. */
export interface Caption {
  /** What is shown, without a full stop. */
  title: string;
  /** One sentence: where to look, and what it means. */
  howToRead: string;
  /** The figure in words, for those who do not see it. Each builder writes one from the data when it is left out. */
  alternative?: string;
}

/**
 * A figure as plain data: made by a pure function, shown by `show`, placed on a page by `reportPage`.
 *
 * Nothing in it depends on where it will be seen, so a figure can be tested, stored and shown twice.
 */
export interface Figure extends Required<Caption> {
  body: PlotBody | TableBody | PicturesBody | MorphBody;
}

/** A drawing by plotly.js. */
export interface PlotBody {
  kind: 'plot';
  data: Data[];
  /** Without colours of text, grid and paper: the theme of the place gives them. `height` is in pixels. */
  layout: Partial<Layout>;
  /** The same drawing with its panels stacked, for a phone. */
  narrowLayout: Partial<Layout>;
}

/** A table whose cells are texts, ready to be aligned. */
export interface TableBody {
  kind: 'table';
  columns: { header: string; align: 'left' | 'right' }[];
  rows: { cells: { text: string; best: boolean }[]; reference: boolean }[];
}

/** A grid of pictures in RGB. */
export interface PicturesBody {
  kind: 'pictures';
  columns: number;
  /** Screen pixels per picture pixel where there is room. */
  scale: number;
  pictures: {
    caption: string;
    width: number;
    height: number;
    /** A data URI of a PNG file. */
    source: string;
    /** Points (u, v) in picture pixels, one SVG path a layer. */
    overlays: { path: string; colour: string }[];
  }[];
  /** Name and colour of each layer of points, once for all pictures. */
  legend: { name: string; colour: string }[];
}

/** A surface that moves under sliders; lengths in cm are `step` times an integer. */
export interface MorphBody {
  kind: 'morph';
  /** Of the sliders, which go from -range to range. */
  unit: string;
  range: number;
  /** [3 points] */
  points: { step: number; steps: Int16Array };
  /** [3 triangles] */
  triangles: Uint16Array;
  /** [3 points], what one unit adds */
  directions: { name: string; step: number; steps: Int16Array }[];
}

/**
 * A figure of one's own, from traces and a layout of plotly.js, for what no builder covers.
 *
 * Leave the colours of text, grid and paper to the theme. Axis titles should carry units.
 *
 * @throws {RangeError} when there is no trace or no text alternative: it cannot be derived from free traces
 */
export function plotFigure(
  options: Required<Caption> & { data: Data[]; layout: Partial<Layout>; narrowLayout?: Partial<Layout> },
): Figure {
  const { title, howToRead, alternative, data, layout, narrowLayout = layout } = options;
  if (data.length === 0) throw new RangeError(`data of "${title}" must hold at least one trace, but is empty`);
  if (!alternative) throw new RangeError(`alternative of "${title}" must say the figure in words, but is empty`);
  return { title, howToRead, alternative, body: { kind: 'plot', data, layout, narrowLayout } };
}
