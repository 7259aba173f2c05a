import { compactJson } from './compact';
import { escapeHtml } from './escape';
import type { Figure } from './figure';
import { morphHtml } from './morph-html';
import { picturesHtml } from './pictures';
import { isPlot, sceneCount } from './plot-html';
import { plotlyScript } from './plotly-script';
import { reportDrawing } from './report-drawing';
import { reportStyle } from './report-style';
import { tableHtml } from './table';

/** A part of a report, in this order: heading, paragraphs, HTML, figures. */
export interface ReportSection {
  /** Left out, the section goes on under the heading before. */
  heading?: string;
  /** Plain texts. */
  paragraphs?: string[];
  /** HTML as it stands, not escaped: the caller's own, never a reader's input. */
  html?: string;
  figures?: Figure[];
}

/** What a report page holds. */
export interface ReportOptions {
  title: string;
  subtitle?: string;
  sections: ReportSection[];
  /** Other pages beside this one; the one without `href` is this page. */
  navigation?: { label: string; href?: string }[];
  /** A last line, such as where the numbers come from. */
  footer?: string;
  /** Address of a plotly.js file to load instead of holding its 4.8 MB; relative to the page. */
  plotlySource?: string;
}

/** Above this many WebGL scenes a page draws them only near the window; browsers keep about 16 alive. */
const mostScenes = 12;

/** A page with so many headings begins with a list of them. */
const headingsForContents = 3;

/**
 * A page of text and figures as one HTML file that needs no network: style, data and plotly.js (once) are inside.
 *
 * It is light or dark as the reader prefers, and fits a phone. Its content security policy forbids every request, so
 * that a slip in `html` cannot make one; a page with `plotlySource` has no such policy, since it asks for that file.
 *
 * @throws {RangeError} when there is no section
 */
export function reportPage(options: ReportOptions): string {
  const { title, subtitle, sections, navigation = [], footer, plotlySource } = options;
  if (sections.length === 0)
    throw new RangeError(`sections of "${title}" must hold at least one section, but are empty`);
  const figures = sections.flatMap((section) => section.figures ?? []);
  const plots = figures.filter(isPlot);
  const scenes = plots.reduce((sum, { body }) => sum + sceneCount(body), 0);
  const numbers = numberFigures(figures);

  const place = (figure: Figure) => figureHtml(figure, numbers.get(figure) ?? '', scenes > mostScenes);
  const body = sections.map((section, index) => sectionHtml(section, index, place)).join('\n');
  const library = plotlySource
    ? `<script src="${escapeHtml(plotlySource)}"></script>`
    : `<script>${plotlyScript()}</script>`;
  const policy = `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval'; style-src 'unsafe-inline'; img-src data: blob:; worker-src blob:">`;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
${plotlySource ? '' : policy}
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${reportStyle}</style>
</head>
<body>
${navigationHtml(navigation)}
<header>
<h1>${escapeHtml(title)}</h1>
${subtitle ? `<p class="subtitle">${escapeHtml(subtitle)}</p>` : ''}
${contentsHtml(sections)}
</header>
<main>
${body}
</main>
${footer ? `<footer><div>${escapeHtml(footer)}</div></footer>` : ''}
${plots.length > 0 ? `${library}\n<script>${reportDrawing()}</script>` : ''}
</body>
</html>
`;
}

/** "Figure 1", "Table 1", ...: each kind counts for itself. */
function numberFigures(figures: Figure[]): Map<Figure, string> {
  const counts = { Figure: 0, Table: 0 };
  return new Map(
    figures.map((figure) => {
      const kind = figure.body.kind === 'table' ? 'Table' : 'Figure';
      counts[kind]++;
      return [figure, `${kind} ${counts[kind]}`];
    }),
  );
}

function navigationHtml(links: NonNullable<ReportOptions['navigation']>): string {
  if (links.length === 0) return '';
  const items = links.map(({ label, href }) =>
    href
      ? `<a href="${escapeHtml(href)}">${escapeHtml(label)}</a>`
      : `<span aria-current="page">${escapeHtml(label)}</span>`,
  );
  return `<nav class="pages" aria-label="Pages">${items.join('')}</nav>`;
}

function contentsHtml(sections: ReportSection[]): string {
  const items = sections.flatMap(({ heading }, index) =>
    heading ? [`<li><a href="#section-${index + 1}">${escapeHtml(heading)}</a></li>`] : [],
  );
  if (items.length < headingsForContents) return '';
  return `<nav class="contents" aria-label="Contents"><ol>${items.join('')}</ol></nav>`;
}

function sectionHtml(section: ReportSection, index: number, place: (figure: Figure) => string): string {
  const { heading, paragraphs = [], html = '', figures = [] } = section;
  const parts = [
    heading ? `<h2>${escapeHtml(heading)}</h2>` : '',
    ...paragraphs.map((text) => `<p>${escapeHtml(text)}</p>`),
    html,
    ...figures.map(place),
  ];
  return `<section id="section-${index + 1}">\n${parts.filter(Boolean).join('\n')}\n</section>`;
}

function figureHtml(figure: Figure, number: string, onlyNear: boolean): string {
  const id = number.toLowerCase().replace(' ', '-');
  const { title, howToRead, alternative, body } = figure;
  const words = `<details><summary>In words</summary>${escapeHtml(alternative)}</details>`;
  const caption = `<strong>${number}. ${escapeHtml(title)}.</strong> ${escapeHtml(howToRead)}`;
  // a table's caption stands above it, and its cells are its words
  if (body.kind === 'table')
    return `<figure id="${id}"><figcaption class="above">${caption}</figcaption><div class="card table">${tableHtml(body)}</div></figure>`;
  const below = `<figcaption>${caption} ${words}</figcaption>`;
  if (body.kind === 'pictures')
    return `<figure id="${id}"><div class="card pictures">${picturesHtml(body)}</div>${below}</figure>`;
  if (body.kind === 'morph')
    return `<figure id="${id}"><div class="card">${morphHtml({ ...figure, body }, `${id}-morph`)}</div>${below}</figure>`;
  const near = onlyNear && sceneCount(body) > 0 ? ' data-near' : '';
  const { data, layout, narrowLayout } = body;
  const holder = `<div class="plot-holder" id="${id}-plot" role="img" aria-label="${escapeHtml(alternative)}"${near} style="min-height:${layout.height ?? 400}px">${escapeHtml(alternative)}</div>`;
  const json = `<script type="application/json" id="${id}-plot-data">${compactJson({ data, layout, narrowLayout })}</script>`;
  return `<figure id="${id}"><div class="card plot">${holder}</div>${below}${json}</figure>`;
}
