/** Whether the figures of a notebook are drawn, and a screenshot of each. */
import { notebookState, scrollTo } from './browser.mjs';

const PLOTLY = 'application/vnd.plotly.v1+json';
/** JupyterLab draws a plot some time after its cell has come onto the screen. */
const DRAW_SECONDS = 60;
/** Of a scene: grid lines and labels of axes cover less, the smallest head among rays more. */
const SMALLEST_SHARE = 0.02;

/**
 * Looks at every display of an open notebook whose cells have run.
 *
 * @param screenshotAt  file of the screenshot of a cell
 * @returns             what was seen, in words
 * @throws {Error}      that says what is not drawn
 */
export async function checkFigures(page, screenshotAt) {
  const { cells } = await notebookState(page);
  const counts = { plots: 0, scenes: 0, pictures: 0, tables: 0 };
  const shares = [];
  const wrong = [];
  for (const { index, source, outputs } of cells) {
    const displays = outputs.filter(({ data }) => data && ('text/html' in data || PLOTLY in data));
    if (/^show\w*\(/m.test(source) && displays.length === 0) wrong.push(`cell ${index} shows nothing`);
    if (displays.length === 0) continue;
    await scrollTo(page, index);
    const area = page.locator(`.jp-Notebook .jp-Cell[data-windowed-list-index="${index}"] .jp-OutputArea`).first();
    let seen;
    for (const end = performance.now() + DRAW_SECONDS * 1000; ; await page.waitForTimeout(500)) {
      seen = await area.evaluate(
        lookAt,
        displays.map(({ data }) => data),
      );
      const scenes = await area.locator('.js-plotly-plot .gl-container > div').all();
      seen.shares = [];
      for (const scene of scenes) {
        const { share, atEdge } = await drawnPixels(page, await scene.screenshot());
        seen.shares.push(share);
        if (share < SMALLEST_SHARE) seen.wrong.push(`a scene is empty but for ${(100 * share).toFixed(1)} %`);
        if (atEdge > 0) seen.wrong.push(`a scene is cut off: ${atEdge} pixels are drawn at its edge`);
      }
      if (seen.wrong.length === 0 || performance.now() > end) break;
    }
    await area.screenshot({ path: screenshotAt(index) });
    wrong.push(...seen.wrong.map((text) => `cell ${index}: ${text}`));
    for (const kind of Object.keys(counts)) counts[kind] += seen.counts[kind];
    shares.push(...seen.shares);
  }
  if (wrong.length > 0) throw new Error(wrong.join('\n'));
  const covered =
    shares.length > 0 ? `; scenes cover ${shares.map((s) => `${(100 * s).toFixed(0)} %`).join(', ')}` : '';
  return `${Object.entries(counts)
    .map(([kind, count]) => `${count} ${kind}`)
    .join(', ')}${covered}`;
}

/** Runs in the page: what the outputs of a cell are drawn as, and what of their data is missing there. */
function lookAt(area, bundles) {
  const wrong = [];
  const plots = [...area.querySelectorAll('.js-plotly-plot')];
  const expected = bundles.filter((data) => 'application/vnd.plotly.v1+json' in data);
  if (plots.length !== expected.length) wrong.push(`${plots.length} of ${expected.length} plots are drawn`);
  for (const plot of plots) {
    const box = plot.getBoundingClientRect();
    const flat = plot.data.filter(({ type = 'scatter' }) => !/3d$|surface/.test(type));
    const drawn = [...plot.querySelectorAll('.scatterlayer .trace, .hm, .heatmaplayer > *, .barlayer .trace')].filter(
      (trace) => trace.querySelector('path[d]:not([d=""]), image[href], image[*|href]'),
    );
    if (drawn.length < flat.length) wrong.push(`${drawn.length} of ${flat.length} traces are drawn`);
    if (plot.data.length > flat.length && !plot.querySelector('.gl-container canvas'))
      wrong.push('a scene is not drawn');
    for (const text of plot.querySelectorAll('svg text')) {
      const { left, right, top, bottom, width } = text.getBoundingClientRect();
      if (width === 0) continue;
      if (left < box.left - 1 || right > box.right + 1 || top < box.top - 1 || bottom > box.bottom + 1)
        wrong.push(`"${text.textContent}" reaches out of its plot`);
    }
  }

  // what stands in the HTML must have come through JupyterLab's sanitizer
  const html = bundles.filter((data) => !('application/vnd.plotly.v1+json' in data)).map((data) => data['text/html']);
  const rendered = [...area.querySelectorAll('.jp-RenderedHTML')];
  for (const tag of ['img', 'path', 'tr', 'li']) {
    const wanted = [html.flat().join('')].flatMap((text) => text.match(new RegExp(`<${tag}\\b`, 'g')) ?? []).length;
    const there = rendered.reduce((sum, element) => sum + element.querySelectorAll(tag).length, 0);
    if (there !== wanted) wrong.push(`${there} of ${wanted} <${tag}> are there`);
  }
  const images = rendered.flatMap((element) => [...element.querySelectorAll('img')]);
  for (const image of images) {
    const { naturalWidth: width, naturalHeight: height } = image;
    const canvas = Object.assign(document.createElement('canvas'), { width, height });
    if (width === 0 || image.clientWidth === 0) wrong.push(`picture "${image.alt}" is not drawn`);
    else {
      const context = canvas.getContext('2d');
      context.drawImage(image, 0, 0);
      const colours = new Set(new Uint32Array(context.getImageData(0, 0, width, height).data.buffer));
      if (colours.size < 16) wrong.push(`picture "${image.alt}" has only ${colours.size} colours`);
    }
  }
  const tables = rendered.flatMap((element) => [...element.querySelectorAll('table')]);
  for (const table of tables) if (!table.textContent.trim()) wrong.push('a table is empty');
  for (const output of area.querySelectorAll('.jp-OutputArea-output'))
    if (output.scrollWidth > output.clientWidth + 1)
      wrong.push(`an output is ${output.scrollWidth} px wide in a column of ${output.clientWidth}`);
  const scenes = plots.reduce((sum, plot) => sum + plot.querySelectorAll('.gl-container > div').length, 0);
  return { wrong, counts: { plots: plots.length, scenes, pictures: images.length, tables: tables.length } };
}

/** Of a screenshot's pixels, those clearly not of its background: surfaces, points and text, but no grid lines. */
function drawnPixels(page, png) {
  return page.evaluate(async (base64) => {
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    const bitmap = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
    const { width, height } = bitmap;
    const context = new OffscreenCanvas(width, height).getContext('2d');
    context.drawImage(bitmap, 0, 0);
    const { data } = context.getImageData(0, 0, width, height);
    let drawn = 0;
    let atEdge = 0;
    for (let pixel = 0; pixel < width * height; pixel++) {
      // the page behind all figures is white
      if (![0, 1, 2].some((channel) => data[4 * pixel + channel] < 200)) continue;
      drawn++;
      const [x, y] = [pixel % width, Math.floor(pixel / width)];
      // one pixel of the screenshot's rim may belong to what lies beside the scene
      if (x < 3 || y < 3 || x >= width - 3 || y >= height - 3) atEdge++;
    }
    return { share: drawn / (width * height), atEdge };
  }, png.toString('base64'));
}
