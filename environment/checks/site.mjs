// npm run check -- site [--built] [--notebooks FOLDER]: builds the site, or with --built takes the one that is there, and opens
// every page from its file in a headless Chromium, wide and light, then as wide as a phone and dark. It fails on an error in the
// console, a request for anything but the site's own files, a link or an anchor that leads nowhere, a figure or an equation
// that is not drawn, and a page wider than a phone. Pictures of all pages are left in build/site-check.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { root } from '../setup.mjs';
import { buildSite } from '../site.mjs';
import { CHROMIUM_FLAGS, chromiumProgram } from './lab/browser.mjs';

const LOOKS = [
  { name: 'light', colorScheme: 'light', viewport: { width: 1300, height: 1000 } },
  { name: 'phone', colorScheme: 'dark', viewport: { width: 390, height: 844 } },
];
/** A busy machine takes its time for a page with many figures. */
const DRAW_MS = 120_000;
const SEARCHED = 'geometricAlignmentLoss';

const { values } = parseArgs({ options: { built: { type: 'boolean' }, notebooks: { type: 'string' } } });
const site = values.built ? path.join(root, 'build', 'site') : await buildSite(values);
if (!site || !fs.existsSync(path.join(site, 'index.html'))) {
  console.error('There is no site to walk through; npm run site makes it');
  process.exit(1);
}
const pictures = path.join(root, 'build', 'site-check');
fs.rmSync(pictures, { recursive: true, force: true });

const pages = fs
  .readdirSync(site, { recursive: true })
  .filter((name) => name.endsWith('.html') && !name.startsWith('_static'))
  .sort();
const faults = [];
const counts = { requests: 0, links: 0, elsewhere: 0, figures: 0, equations: 0 };
/** Of each page, by its file: what can be linked to, and what it links to. */
const anchors = new Map();
const links = [];

const browser = await chromium.launch({ executablePath: chromiumProgram(), args: CHROMIUM_FLAGS });
for (const { name: look, ...options } of LOOKS) {
  const context = await browser.newContext(options);
  for (const name of pages) await visit(context, look, name);
  await search(context, look);
  await context.close();
}
await browser.close();

for (const { from, href } of links) {
  const url = new URL(href);
  if (url.protocol !== 'file:') {
    counts.elsewhere++;
    continue;
  }
  counts.links++;
  const file = fileURLToPath(url);
  const ids = anchors.get(file);
  if (!isOurs(url) || !fs.existsSync(file)) faults.push(`${from}: a dead link, ${href}`);
  else if (ids && url.hash && !ids.has(decodeURIComponent(url.hash.slice(1))))
    faults.push(`${from}: a dead anchor, ${href}`);
}

for (const fault of [...new Set(faults)]) console.log(`FAIL ${fault}`);
console.log(
  `${pages.length} pages, each in ${LOOKS.length} looks; ${counts.requests} requests, all to its own files${faults.length > 0 ? ' but for those above' : ''}; ${counts.links} links within the site, ${counts.elsewhere} elsewhere (not followed); ${counts.figures} figures and ${counts.equations} equations drawn`,
);
console.log(
  `pictures in ${path.relative(root, pictures)}\n${faults.length === 0 ? 'passed' : `${new Set(faults).size} faults`}`,
);
process.exit(faults.length > 0 ? 1 : 0);

/** Whether an address is of the site: its own files, and what a page holds itself. */
function isOurs(url) {
  return (
    ['data:', 'blob:', 'about:'].includes(url.protocol) ||
    (url.protocol === 'file:' && fileURLToPath(url).startsWith(site + path.sep))
  );
}

async function visit(context, look, name) {
  const file = path.join(site, name);
  const page = await open(context, look, name, pathToFileURL(file).href);
  const drawn = await untilDrawn(page);
  faults.push(...drawn.wrong.map((text) => `${name} (${look}): ${text}`));
  counts.figures += drawn.figures;
  counts.equations += drawn.equations;
  const { width } = options(look).viewport;
  if (drawn.width > width + 1) faults.push(`${name} (${look}): is ${drawn.width} px wide on a screen of ${width}`);
  if (look === LOOKS[0].name) {
    const seen = await page.evaluate(() => ({
      ids: [...document.querySelectorAll('[id]')].map(({ id }) => id),
      hrefs: [...document.querySelectorAll('a[href]')].map(({ href }) => href),
    }));
    // no anchor, or an empty one, is the top of a page
    anchors.set(file, new Set(seen.ids));
    links.push(...seen.hrefs.map((href) => ({ from: name, href })));
  }
  const picture = path.join(pictures, look, name.replace('.html', '.png'));
  fs.mkdirSync(path.dirname(picture), { recursive: true });
  await page.screenshot({ path: picture });
  await page.close();
}

async function open(context, look, name, address) {
  const page = await context.newPage();
  page.setDefaultTimeout(DRAW_MS);
  const where = `${name} (${look})`;
  page.on('pageerror', (error) => faults.push(`${where}: ${error.message}`));
  page.on(
    'console',
    (message) => message.type() === 'error' && faults.push(`${where}: the console says ${message.text()}`),
  );
  page.on('request', (request) => {
    counts.requests++;
    if (!isOurs(new URL(request.url()))) faults.push(`${where}: asks for ${request.url()}`);
  });
  page.on('requestfailed', (request) => faults.push(`${where}: ${request.url()} is not there`));
  await page.goto(address, { waitUntil: 'load' });
  return page;
}

/** Waits for figures and equations; what is missing when time is up. */
async function untilDrawn(page) {
  const since = performance.now();
  for (;;) {
    const seen = await page.evaluate(() => {
      const holders = [...document.querySelectorAll('div[role="img"][id]')].filter(
        ({ nextElementSibling }) => nextElementSibling?.tagName === 'SCRIPT',
      );
      const undrawn = holders.filter((holder) => !holder.querySelector('.plot-container, .main-svg'));
      const mathematics = [...document.querySelectorAll('.math')];
      const untyped = mathematics.filter((element) => !element.querySelector('mjx-container'));
      const wrong = [...document.querySelectorAll('mjx-merror, [data-mjx-error]')].map(
        (element) => `an equation has an error: ${element.textContent}`,
      );
      const broken = [...document.images].filter((image) => image.complete && image.naturalWidth === 0 && image.src);
      return {
        figures: holders.length - undrawn.length,
        equations: mathematics.length - untyped.length,
        width: document.documentElement.scrollWidth,
        wrong: [
          ...wrong,
          ...undrawn.map((holder) => `a figure is not drawn: ${holder.textContent.slice(0, 60)}`),
          ...untyped.map((element) => `an equation is not drawn: ${element.textContent.slice(0, 60)}`),
          ...broken.map((image) => `a picture is not shown: ${image.src.slice(0, 80)}`),
        ],
      };
    });
    if (seen.wrong.length === 0 || performance.now() - since > DRAW_MS) return seen;
    await page.waitForTimeout(300);
  }
}

async function search(context, look) {
  const address = `${pathToFileURL(path.join(site, 'search.html')).href}?q=${SEARCHED}`;
  const page = await open(context, look, `search.html?q=${SEARCHED}`, address);
  const found = await page
    .locator(`#search-results a[href*="losses.html"]`)
    .first()
    .waitFor()
    .then(
      () => true,
      () => false,
    );
  if (!found) faults.push(`search.html (${look}): does not find ${SEARCHED}`);
  await page.close();
}

function options(look) {
  return LOOKS.find(({ name }) => name === look);
}
