import { escapeHtml } from './escape';
import type { Figure } from './figure';
import { isMorph, morphHtml } from './morph-html';
import { picturesHtml } from './pictures';
import { isPlot, plotHtml, plotJson } from './plot-html';
import { tableHtml, tableText } from './table';

/** A figure in lines of text: a table in full, anything else by its text alternative. */
export function figureText(figure: Figure): string {
  const { title, howToRead, alternative, body } = figure;
  return `${title}\n${howToRead}\n${body.kind === 'table' ? tableText(body) : alternative}`;
}

/**
 * A figure in the forms among which Jupyter chooses the best that it can show.
 *
 * @param id  unique on the page, for the HTML form of what draws itself
 */
export function displayBundle(figure: Figure, id: string): Record<string, unknown> {
  const text = { 'text/plain': figureText(figure) };
  if (isPlot(figure))
    return { 'application/vnd.plotly.v1+json': plotJson(figure), 'text/html': plotHtml(figure, id), ...text };
  const caption = `<p><strong>${escapeHtml(figure.title)}</strong><br>${escapeHtml(figure.howToRead)}</p>`;
  const content = isMorph(figure)
    ? morphHtml(figure, id)
    : figure.body.kind === 'table'
      ? tableHtml(figure.body)
      : figure.body.kind === 'pictures'
        ? picturesHtml(figure.body)
        : '';
  return { 'text/html': `<div>${caption}${content}</div>`, ...text };
}
