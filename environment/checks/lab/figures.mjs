/** Whether the figures of a notebook are drawn, and a screenshot of each. */
import { notebookState, scrollTo } from './browser.mjs';

const PLOTLY = 'application/vnd.plotly.v1+json';

export async function drawnFigures(page, screenshotAt) {
  const { cells } = await notebookState(page);
  const counts = { plots: 0, others: 0 };
  for (const { index, outputs } of cells) {
    const displays = outputs.filter(({ data }) => data && ('text/html' in data || PLOTLY in data));
    if (displays.length === 0) continue;
    await scrollTo(page, index);
    await page.waitForTimeout(2000);
    const area = page.locator(`.jp-Notebook .jp-Cell[data-windowed-list-index="${index}"] .jp-OutputArea`).first();
    await area.screenshot({ path: screenshotAt(`cell-${index}`) });
    const info = await area.evaluate((el) => ({ plots: [...el.querySelectorAll('.js-plotly-plot')].map(p => ({types: p.data.map(t=>t.type), svg: p.querySelectorAll('svg').length, canvas: p.querySelectorAll('canvas').length, img: p.querySelectorAll('image').length})), html: el.querySelectorAll('.jp-RenderedHTML').length, imgs: [...el.querySelectorAll('img')].map(i=>i.naturalWidth), tables: el.querySelectorAll('table').length }));
    console.log(index, JSON.stringify(info));
    counts.plots += info.plots.length;
  }
  return JSON.stringify(counts);
}
