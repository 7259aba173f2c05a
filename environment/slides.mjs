// npm run slides [-- --notebooks FOLDER]: two figures of each executed notebook as pictures, for a lecturer's slides, with their
// captions in captions.md beside them; into build/slides.
//
// The figures are those of the cells tagged "slide"; where no cell is, the first two that are no tables. Drawings of curves
// become SVG, scenes and pictures PNG. FOLDER is as for npm run site; notebooks that are not there are named.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { CHROMIUM_FLAGS, chromiumProgram } from './checks/lab/browser.mjs';
import { root } from './setup.mjs';
import { EXECUTED } from './site.mjs';

const USAGE = 'usage: npm run slides [-- --notebooks FOLDER]';
const PLOT = 'application/vnd.plotly.v1+json';
const FIGURES = 2;
const WIDTH = 1000;
/** Of pixels: a slide is shown large. */
const SCALE = 2;

/** The figures of a notebook that a lecturer gets: each {title, howToRead, plot or html}. */
export function slideFigures({ cells }) {
  const tagged = cells.filter(({ metadata }) => metadata?.tags?.includes('slide'));
  return (tagged.length > 0 ? tagged : cells)
    .flatMap(({ outputs = [] }) => outputs)
    .filter(({ data }) => data && (PLOT in data || /<img\b/.test(textOf(data['text/html']))))
    .slice(0, FIGURES)
    .map(({ data }) => {
      const [title, howToRead = ''] = textOf(data['text/plain']).split('\n');
      return { title, howToRead, ...(PLOT in data ? { plot: data[PLOT] } : { html: textOf(data['text/html']) }) };
    });
}

const textOf = (text = '') => [text].flat().join('');
const hasScene = ({ layout }) => Object.keys(layout).some((name) => /^scene\d*$/.test(name));

async function draw(page, { plot, html }, file) {
  if (html) {
    await page.setContent(
      `<body style="margin:0;background:#fff"><div id="figure" style="width:${WIDTH}px;padding:12px">${html}</div>`,
    );
    await page.locator('#figure').screenshot({ path: `${file}.png` });
    return `${file}.png`;
  }
  await page.setContent(`<body style="margin:0"><div id="figure" style="width:${WIDTH}px"></div>`);
  await page.addScriptTag({ path: path.join(root, 'node_modules', 'plotly.js-dist-min', 'plotly.min.js') });
  const format = hasScene(plot) ? 'png' : 'svg';
  const address = await page.evaluate(
    async ({ data, layout, format, width, scale }) => {
      const height = layout.height ?? 500;
      const figure = await window.Plotly.newPlot('figure', data, { ...layout, width, height }, { staticPlot: true });
      return window.Plotly.toImage(figure, { format, width, height, scale: format === 'png' ? scale : 1 });
    },
    { ...plot, format, width: WIDTH, scale: SCALE },
  );
  const content = address.slice(address.indexOf(',') + 1);
  fs.writeFileSync(
    `${file}.${format}`,
    format === 'svg' ? decodeURIComponent(content) : Buffer.from(content, 'base64'),
  );
  return `${file}.${format}`;
}

async function main() {
  let values;
  try {
    ({ values } = parseArgs({ options: { notebooks: { type: 'string', default: EXECUTED } } }));
  } catch (error) {
    console.error(`${error.message}\n${USAGE}`);
    process.exit(1);
  }
  const folder = path.resolve(root, values.notebooks);
  const slides = path.join(root, 'build', 'slides');
  fs.rmSync(slides, { recursive: true, force: true });
  fs.mkdirSync(slides, { recursive: true });
  const browser = await chromium.launch({ executablePath: chromiumProgram(), args: CHROMIUM_FLAGS });
  const page = await browser.newPage({ deviceScaleFactor: SCALE });
  const captions = [];
  const missing = [];
  for (const name of fs.readdirSync(path.join(root, 'notebooks')).sort()) {
    if (!name.endsWith('.ipynb')) continue;
    const file = path.join(folder, name);
    if (!fs.existsSync(file)) {
      missing.push(name);
      continue;
    }
    const figures = slideFigures(JSON.parse(fs.readFileSync(file, 'utf8')));
    for (const [index, figure] of figures.entries()) {
      const made = await draw(page, figure, path.join(slides, `${path.basename(name, '.ipynb')}-${index + 1}`));
      captions.push(`## ${path.basename(made)}\n\n**${figure.title}.** ${figure.howToRead}\n`);
    }
    console.log(`${name}: ${figures.length} figures`);
  }
  await browser.close();
  fs.writeFileSync(path.join(slides, 'captions.md'), `# Captions\n\n${captions.join('\n')}`);
  if (missing.length > 0) console.log(`Not in ${values.notebooks}: ${missing.join(', ')}`);
  console.log(`\nThe slides: ${slides}`);
  process.exit(captions.length > 0 ? 0 : 1);
}

if (process.argv[1] && path.resolve(process.argv[1]) === fileURLToPath(import.meta.url)) await main();
