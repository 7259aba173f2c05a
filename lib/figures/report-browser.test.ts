import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { Browser, Locator, Page } from 'playwright-core';
import { PNG } from 'pngjs';
import { launchChromium, skip } from './chromium.fixture';
import { curvesFigure } from './curves';
import { displayBundle } from './forms';
import { plotlyScript } from './plotly-script';
import { sampleReport } from './sample-report.fixture';

let browser: Browser | undefined;
let folder = '';

before(async () => {
  if (skip) return;
  folder = mkdtempSync(path.join(tmpdir(), 'report-'));
  browser = await launchChromium();
});
after(async () => {
  await browser?.close();
  if (folder) rmSync(folder, { recursive: true });
});

/** Opens a page from its file, without a network, and keeps what it asks for and what goes wrong. */
async function open(html: string, options: { width: number; colorScheme: 'light' | 'dark' }) {
  assert.ok(browser);
  const file = path.join(folder, 'report.html');
  writeFileSync(file, html);
  const { width, colorScheme } = options;
  const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme, offline: true });
  const page = await context.newPage();
  const requests: string[] = [];
  const problems: string[] = [];
  page.on('request', (request) => requests.push(request.url()));
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
  await page.goto(pathToFileURL(file).href);
  return { page, requests, problems };
}

/** Counts pixels of the middle third of each half that satisfy a test: [left half, right half]. */
async function halves(locator: Locator, is: (red: number, green: number, blue: number) => boolean): Promise<number[]> {
  const { width, height, data } = PNG.sync.read(await locator.screenshot());
  const counts = [0, 0];
  for (let y = Math.floor(height / 3); y < (2 * height) / 3; y++)
    for (let x = 0; x < width; x++) {
      const at = 4 * (y * width + x);
      if (is(data[at], data[at + 1], data[at + 2])) counts[x < width / 2 ? 0 : 1]++;
    }
  return counts;
}

const drawn = (page: Page) =>
  page.waitForFunction(
    "[...document.querySelectorAll('.plot-holder')].every((holder) => holder.matches('.js-plotly-plot') && holder.querySelector('svg.main-svg'))",
    undefined,
    { timeout: 60_000 },
  );

/** Waits until WebGL has painted: its first frame comes after plotly.js says that it is done. */
async function painted(locator: Locator, is: (red: number, green: number, blue: number) => boolean): Promise<number[]> {
  for (let tries = 0; ; tries++) {
    const counts = await halves(locator, is);
    if (counts[0] + counts[1] > 500 || tries === 20) return counts;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

const isRed = (red: number, green: number, blue: number) => red > 100 && green < 0.5 * red && blue < 0.5 * red;

test('a report draws a figure of each kind from its file and asks for nothing else', {
  skip,
  timeout: 120_000,
}, async () => {
  const html = sampleReport();
  assert.ok(Buffer.byteLength(html) < 8e6, `the page has ${Buffer.byteLength(html)} bytes`);
  const { page, requests, problems } = await open(html, { width: 1200, colorScheme: 'light' });
  await drawn(page);

  const panel = page.locator('#figure-1 .plot-holder');
  const red = await painted(panel, isRed);
  // the few at the left are three landmarks, whose size is the browser's: half a head is more than twenty times as many
  assert.ok(red[0] < red[1] / 20 && red[1] > 5000, `red pixels left and right: ${red}`);
  // +x is red and is the subject's right, so it must be at the left of its own panel, the right one of two
  const { width, data } = PNG.sync.read(await panel.screenshot());
  const row = Array.from({ length: width }, (_, x) => 4 * (200 * width + x)).map((at) =>
    isRed(data[at], data[at + 1], data[at + 2]),
  );
  const middle = 0.75 * width;
  assert.ok(
    row.lastIndexOf(true) < middle + 10 && row.indexOf(true) < middle - 50,
    'red is left of the middle of its panel',
  );

  const yellow = await painted(page.locator('#figure-2 .plot-holder'), (r, g, b) => r > 200 && g > 190 && b < 90);
  assert.ok(yellow[0] + yellow[1] > 500, `pixels of the largest errors: ${yellow}`);
  assert.ok((await page.locator('#figure-3 .scatterlayer .trace').count()) === 4, 'two curves with their bands');
  assert.ok((await page.locator('#figure-4 .barlayer .trace').count()) === 6, 'three series of bars in two panels');
  assert.ok((await page.locator('#table-1 td').count()) === 16);
  const loaded = "[...document.querySelectorAll('#figure-5 img')].map((image) => image.naturalWidth)";
  assert.deepEqual(await page.evaluate(loaded), [48, 48, 48, 48]);
  const buttons = "[...document.querySelectorAll('.modebar-btn')].map((button) => button.dataset.title)";
  const titles = (await page.evaluate(buttons)) as string[];
  assert.ok(titles.length > 0);
  // plotly.js 4 offers to send the data to a service unless it is told not to
  assert.deepEqual(
    titles.filter((title) => /cloud|plotly|link|share/i.test(title)),
    [],
  );

  const outside = requests.filter((url) => !/^(file|data|blob):/.test(url));
  assert.deepEqual(outside, []);
  assert.equal(requests.filter((url) => url.startsWith('file:')).length, 1);
  assert.deepEqual(problems, []);
});

test('on a dark phone nothing is wider than the page, and the plots are dark', { skip, timeout: 120_000 }, async () => {
  const { page, problems } = await open(sampleReport(), { width: 390, colorScheme: 'dark' });
  await drawn(page);
  assert.equal(await page.evaluate('document.documentElement.scrollWidth'), 390);
  const paper = "getComputedStyle(document.querySelector('#figure-3 .main-svg')).backgroundColor";
  assert.equal(await page.evaluate(paper), 'rgb(27, 31, 35)');
  // the theme changes while the page is open
  await page.emulateMedia({ colorScheme: 'light' });
  await page.waitForFunction(`${paper} === 'rgb(255, 255, 255)'`);
  assert.deepEqual(problems, []);
});

test('a display of a notebook draws itself when plotly.js comes after it', { skip, timeout: 60_000 }, async () => {
  const figure = curvesFigure({
    title: 'A <b>title</b>',
    howToRead: 'Lower is better.',
    x: { label: 'step' },
    y: { label: 'loss' },
    series: [{ name: 'GAL', x: new Float32Array([1, 2, 3]), y: new Float32Array([3, 2, 1]) }],
  });
  const html = String(displayBundle(figure, 'cell-1')['text/html']);
  const { page, problems } = await open(`<!DOCTYPE html><meta charset="utf-8">${html}`, {
    width: 800,
    colorScheme: 'light',
  });
  assert.match((await page.locator('#cell-1').textContent()) ?? '', /loss over step: GAL from 1 to 3/);
  await page.addScriptTag({ content: plotlyScript() });
  await page.waitForSelector('#cell-1 .scatterlayer .trace');
  assert.match((await page.locator('#cell-1 .gtitle').textContent()) ?? '', /^A <b>title<\/b>Lower is better\.$/);
  assert.equal(await page.locator('#cell-1 .point').count(), 3);
  assert.deepEqual(problems, []);
});
