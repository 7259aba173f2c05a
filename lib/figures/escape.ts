const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Text for HTML, in an element or in a quoted attribute. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character]);
}

/**
 * Text for plotly.js, which reads a small HTML in titles and names.
 *
 * A dollar sign is written as an entity, because between two of them plotly.js would read TeX where a page has MathJax.
 */
export function escapePlotText(text: string): string {
  return text.replace(/[&<>]/g, (character) => entities[character]).replace(/\$/g, '&#36;');
}

/** JSON that may stand inside a script element: no `<` can end the element or open a comment. */
export function scriptSafe(json: string): string {
  return json
    .replace(/</g, '\\u003c')
    .replace(/\u2028/g, '\\u2028')
    .replace(/\u2029/g, '\\u2029');
}

/** Escaped lines for a plotly.js title, broken between words at `width` characters. */
export function wrapPlotText(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const last = lines.length - 1;
    if (last >= 0 && lines[last].length + 1 + word.length <= width) lines[last] += ` ${word}`;
    else lines.push(word);
  }
  return lines.map(escapePlotText);
}
