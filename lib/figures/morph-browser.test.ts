import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { triangleMesh } from 'lib/mesh';
import type { Browser, Page } from 'playwright-core';
import { PNG } from 'pngjs';
import { launchChromium, skip } from './chromium.fixture';
import { displayBundle } from './forms';
import { morphFigure } from './morph';
import { reportPage } from './report-page';

let browser: Browser | undefined;
let folder = '';

before(async () => {
  if (skip) return;
  folder = mkdtempSync(path.join(tmpdir(), 'morph-'));
  browser = await launchChromium();
});
after(async () => {
  await browser?.close();
  if (folder) rmSync(folder, { recursive: true });
});

/**
 * A square in the plane z = 0 from (-1, -1) to (1, 1) cm that faces -z. Its two points at +x, which is the image's left, are
 * moved by 0.4 cm along +x by the first slider and by 0.1 cm along -z by the second.
 */
const square = morphFigure({
  title: 'A square',
  howToRead: 'Move it.',
  mesh: triangleMesh(Float32Array.of(-1, -1, 0, 1, -1, 0, 1, 1, 0, -1, 1, 0), Uint32Array.of(0, 2, 1, 0, 3, 2)),
  directions: [
    { name: 'wide', displacement: [0, 0, 0, 0.4, 0, 0, 0.4, 0, 0, 0, 0, 0] },
    { name: 'near', displacement: [0, 0, 0, 0, 0, -0.1, 0, 0, -0.1, 0, 0, 0] },
  ],
  unit: 'SD',
  range: 3,
});

/** Runs in the page: keeps, for each drawing, the points' places and colours and how many pixels it has for one of the page. */
const keepDrawings = `
  window.drawings = [];
  window.given = new Map();
  const gl = WebGLRenderingContext.prototype, { bufferData, drawElements } = gl;
  gl.bufferData = function (target, values, usage) {
    if (target === this.ARRAY_BUFFER) given.set(this.getParameter(this.ARRAY_BUFFER_BINDING), Array.from(values));
    bufferData.call(this, target, values, usage);
  };
  gl.drawElements = function (...rest) {
    drawElements.apply(this, rest);
    const at = (name) => this.getAttribLocation(this.getParameter(this.CURRENT_PROGRAM), name);
    const taken = (name) => given.get(this.getVertexAttrib(at(name), this.VERTEX_ATTRIB_ARRAY_BUFFER_BINDING));
    const { width, clientWidth } = this.canvas;
    drawings.push({ places: taken('place'), colours: taken('colour'), scale: width / clientWidth });
  };`;

interface Drawing {
  places: number[];
  colours: number[];
  scale: number;
}

async function open(html: string, colorScheme: 'light' | 'dark' = 'light') {
  assert.ok(browser);
  const file = path.join(folder, 'page.html');
  writeFileSync(file, html);
  const context = await browser.newContext({ viewport: { width: 900, height: 700 }, colorScheme, offline: true });
  const page = await context.newPage();
  await page.addInitScript(keepDrawings);
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
  page.on('request', (request) => /^(file|data|blob):/.test(request.url()) || problems.push(request.url()));
  await page.goto(pathToFileURL(file).href);
  return { page, problems };
}

/** First and last column and row of the canvas with a pixel that is not the page's, and the colour in the middle. */
async function drawnBox(page: Page) {
  const { width, height, data } = PNG.sync.read(await page.locator('canvas').screenshot());
  const at = (x: number, y: number) => [...data.subarray(4 * (y * width + x), 4 * (y * width + x) + 3)];
  const page0 = at(0, 0);
  const isDrawn = (x: number, y: number) => at(x, y).some((value, c) => Math.abs(value - page0[c]) > 8);
  let [left, right, top, bottom] = [width, -1, height, -1];
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      if (isDrawn(x, y)) {
        [left, right] = [Math.min(left, x), Math.max(right, x)];
        [top, bottom] = [Math.min(top, y), Math.max(bottom, y)];
      }
  return { width, left, right, top, bottom, colour: at(width >> 1, height >> 1) };
}

/** Waits for the drawing that satisfies a test: a frame comes some time after what caused it. */
async function drawing(page: Page, is: (box: Awaited<ReturnType<typeof drawnBox>>) => boolean) {
  for (let tries = 0; ; tries++) {
    const box = await drawnBox(page);
    if (is(box) || tries === 30) return box;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

test('a slider moves the points it should, by keyboard too, and colour follows', {
  skip,
  timeout: 120_000,
}, async () => {
  const html = String(displayBundle(square, 'figure-1')['text/html']);
  const { page, problems } = await open(`<!DOCTYPE html><meta charset="utf-8">${html}`);
  const still = await drawing(page, ({ right }) => right > 0);
  // the radius is 1.1 times the half diagonal, so that the square's side takes 1 / (1.1 √2) of the canvas
  const pixelsPerCentimetre = still.width / 2 / (1.1 * Math.SQRT2);
  const near = (value: number, expected: number, what: string) =>
    assert.ok(Math.abs(value - expected) < 3, `${what} is at ${value} px, expected at ${expected}`);
  near(still.left, still.width / 2 - pixelsPerCentimetre, 'the left edge');
  near(still.right, still.width / 2 + pixelsPerCentimetre, 'the right edge');

  const slider = page.getByLabel('wide', { exact: false }).first();
  await slider.focus();
  await page.keyboard.press('End');
  // 3 SD of 0.4 cm would leave the canvas: half an SD
  for (let i = 0; i < 25; i++) await page.keyboard.press('ArrowLeft');
  assert.equal(await slider.getAttribute('aria-valuetext'), '+0.5 SD');
  const wide = await drawing(page, ({ left }) => left < still.left - 10);
  near(wide.left, still.width / 2 - 1.2 * pixelsPerCentimetre, 'the moved edge');
  near(wide.right, still.right, 'the other edge');
  near(wide.top, still.top, 'the top');

  // the first direction moves most, which is yellow; the second a fourth as far on the same scale, and nothing at x = -1
  assert.match((await page.locator('.morph-scale').textContent()) ?? '', /^04\.0 mm per SD$/);
  const yellowness = ([red, , blue]: number[]) => red - blue;
  const before = (await drawnBox(page)).colour;
  await page.locator('input').nth(1).fill('1');
  assert.equal(await page.locator('select').inputValue(), '1');
  const after = await drawing(page, ({ colour }) => yellowness(colour) < yellowness(before) - 20);
  assert.ok(yellowness(after.colour) < yellowness(before) - 20, `${before} became ${after.colour}`);

  await page.getByRole('button').click();
  const back = await drawing(page, ({ left }) => left > still.left - 3);
  near(back.left, still.left, 'the edge after all');
  assert.deepEqual(await page.locator('output').allTextContents(), ['0.0 SD', '0.0 SD']);
  assert.deepEqual(problems, []);
});

test('the surface drawn is the mean and all directions, each times its slider', {
  skip,
  timeout: 120_000,
}, async () => {
  const html = String(displayBundle(square, 'figure-1')['text/html']);
  const { page, problems } = await open(`<!DOCTYPE html><meta charset="utf-8">${html}`);
  const last = () => page.evaluate('drawings.at(-1)') as Promise<Drawing | undefined>;
  const drawnAt = async (wide: number, near: number) => {
    const expected = [-1, -1, 0, 1 + 0.4 * wide, -1, -0.1 * near, 1 + 0.4 * wide, 1, -0.1 * near, -1, 1, 0];
    for (let tries = 0; ; tries++) {
      const drawing = await last();
      const error = Math.max(...expected.map((value, i) => Math.abs(value - (drawing?.places[i] ?? Infinity))));
      // a step of the 16-bit numbers is 1/32,767 of the largest
      if (drawing && error < 1e-4) return drawing;
      assert.ok(tries < 50, `${drawing?.places} is drawn, not ${expected}`);
      await page.waitForTimeout(100);
    }
  };
  await drawnAt(0, 0);
  const [first, second] = await page.locator('input').all();
  await second.fill('-1.2');
  await drawnAt(0, -1.2);
  await first.fill('2.5');
  await drawnAt(2.5, -1.2);
  await second.fill('3');
  const { colours } = await drawnAt(2.5, 3);

  // a browser may take the context away at any time, with all that it was given
  await page.evaluate(`new Promise((restored) => {
    const canvas = document.querySelector('canvas'), lost = canvas.getContext('webgl').getExtension('WEBGL_lose_context');
    canvas.addEventListener('webglcontextlost', () => setTimeout(() => {
      given.clear();
      drawings.length = 0;
      lost.restoreContext();
      restored();
    }));
    lost.loseContext();
  })`);
  assert.deepEqual((await drawnAt(2.5, 3)).colours, colours);
  await page.getByRole('button').click();
  await drawnAt(0, 0);
  assert.deepEqual(problems, []);
});

test('a pixel is drawn once while it moves, and four times at rest', { skip, timeout: 120_000 }, async () => {
  const html = String(displayBundle(square, 'figure-1')['text/html']);
  const { page, problems } = await open(`<!DOCTYPE html><meta charset="utf-8">${html}`);
  await page.waitForFunction('drawings.at(-1)?.scale === 2');
  await page.evaluate('drawings.length = 0');
  await page.locator('input').first().fill('1');
  await page.waitForFunction('drawings.at(-1)?.scale === 2');
  assert.equal(await page.evaluate('drawings[0].scale'), 1);
  assert.deepEqual(problems, []);
});

test('arrow keys turn it: from behind +x lies at the right', { skip, timeout: 120_000 }, async () => {
  const html = String(displayBundle(square, 'figure-1')['text/html']);
  const { page, problems } = await open(`<!DOCTYPE html><meta charset="utf-8">${html}`);
  await page.locator('input').first().fill('1');
  const front = await drawing(page, ({ left, width }) => left < 0.1 * width);
  assert.ok(front.width / 2 - front.left > front.right - front.width / 2 + 20, 'wide at the left');
  await page.locator('canvas').focus();
  // 21 steps of 0.15 are half a turn
  for (let i = 0; i < 21; i++) await page.keyboard.press('ArrowRight');
  const behind = await drawing(page, ({ right, width }) => right > 0.9 * width);
  assert.ok(behind.right - behind.width / 2 > behind.width / 2 - behind.left + 20, 'wide at the right');
  assert.deepEqual(problems, []);
});

test('in a dark report it lies on the card, and its words are there', { skip, timeout: 120_000 }, async () => {
  const { page, problems } = await open(reportPage({ title: 'R', sections: [{ figures: [square] }] }), 'dark');
  await drawing(page, ({ right }) => right > 0);
  const { data } = PNG.sync.read(await page.locator('canvas').screenshot());
  assert.deepEqual([...data.subarray(0, 3)], [27, 31, 35]);
  assert.match(
    (await page.locator('details').textContent()) ?? '',
    /wide moves points by 2 mm per SD on average, at most 4/,
  );
  assert.equal(await page.locator('.morph-words').count(), 0);
  assert.deepEqual(problems, []);
});
