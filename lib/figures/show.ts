import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { writeWhole } from 'lib/files';
import { type CurvesOptions, curvesFigure } from './curves';
import type { Figure } from './figure';
import { displayBundle, figureText } from './forms';
import { type HeatmapOptions, heatmapFigure } from './heatmap';
import { type MeshOptions, meshFigure } from './mesh';
import { currentNotebook } from './notebook';
import { type PicturesOptions, picturesFigure } from './pictures';
import { plotlyScript } from './plotly-script';
import { reportPage } from './report-page';
import { type TableOptions, tableFigure } from './table';

/** Where a figure goes when there is no notebook. */
export interface ShowOptions {
  /** A folder for HTML files; the environment's FIGURES_FOLDER by default. */
  figuresFolder?: string;
}

/**
 * Shows a figure to whoever runs this code.
 *
 * In a notebook it appears below the cell. Elsewhere it becomes an HTML file in the figures' folder, named after its
 * title, with plotly.js once beside it; without such a folder its text is printed, a table in full.
 */
export function show(figure: Figure, options: ShowOptions = {}): void {
  const notebook = currentNotebook();
  if (notebook) {
    notebook.display(displayBundle(figure, `figure-${randomUUID()}`));
    return;
  }
  const folder = folderOf(options);
  console.log(folder ? `${figure.title}: ${writeFigure(figure, folder)}` : figureText(figure));
}

/**
 * Shows a figure that will be replaced in place while something runs, such as curves of a training.
 *
 * In a notebook `update` redraws it below the same cell, in a folder it writes the file anew; where figures are printed, the
 * first one is and no update.
 */
export function showLive(figure: Figure, options: ShowOptions = {}): { update(figure: Figure): void } {
  const notebook = currentNotebook();
  if (!notebook) {
    show(figure, options);
    const folder = folderOf(options);
    return { update: (next) => void (folder && writeFigure({ ...next, title: figure.title }, folder)) };
  }
  const displayId = `figure-${randomUUID()}`;
  notebook.display(displayBundle(figure, displayId), { displayId });
  return {
    update: (next) => notebook.display(displayBundle(next, displayId), { displayId, update: true }),
  };
}

/** Surfaces with light and shade. */
export const showMesh = (options: MeshOptions): void => show(meshFigure(options));

/** Errors in millimetres as colours on surfaces. */
export const showHeatmap = (options: HeatmapOptions): void => show(heatmapFigure(options));

/** Curves, points or bars. */
export const showCurves = (options: CurvesOptions): void => show(curvesFigure(options));

/** A table. */
export const showTable = (options: TableOptions): void => show(tableFigure(options));

/** A grid of pictures. */
export const showPictures = (options: PicturesOptions): void => show(picturesFigure(options));

const folderOf = ({ figuresFolder = process.env.FIGURES_FOLDER }: ShowOptions): string | undefined =>
  figuresFolder || undefined;

/** Writes the figure as a page of its own and returns the file's path. */
function writeFigure(figure: Figure, folder: string): string {
  const script = path.join(folder, 'plotly.js');
  if (figure.body.kind === 'plot' && !existsSync(script)) writeWhole(script, plotlyScript());
  const name = figure.title
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 80);
  const file = path.join(folder, `${name || 'figure'}.html`);
  writeWhole(file, reportPage({ title: figure.title, sections: [{ figures: [figure] }], plotlySource: 'plotly.js' }));
  return file;
}
