/** Whether the viewer of a morphable model moves while a person drags a slider, and how often it is drawn. */
import os from 'node:os';

const DRAG_SECONDS = 5;
const FRAMES_A_SECOND = 20;
/** Of the pixels of the drawing, the least share that must change when component 1 goes to its end. */
const SMALLEST_CHANGE = 0.02;
const PATIENCE = 60_000;

/** The cells of a notebook that shows a model of its own, at full size, which needs no run. */
export const VIEWER_CELLS = [
  `import { fitPrincipalComponents, showModel } from 'lib/morphable-model';
import { headPopulation, sampleHead } from 'lib/population';
import { createRandom } from 'lib/random';`,
  `const population = headPopulation();
const heads = Array.from({ length: 12 }, (_, i) => sampleHead(population, createRandom('viewer').fork(i)).points);
const { model } = await fitPrincipalComponents(heads, population.template.triangles, 10);
console.log(\`\${model.mean.shape[0]} vertices\`);`,
  'showModel(model);',
];

/**
 * Drags the first slider of the first viewer on the page to and fro, and to its end.
 *
 * @param screenshotAt  file of the screenshot of the viewer afterwards
 * @returns             what was measured, in words
 * @throws {Error}      that says what does not move or is too slow
 */
export async function dragSlider(page, screenshotAt) {
  const canvas = page.locator('.morph canvas').first();
  await canvas.waitFor({ timeout: PATIENCE });
  await canvas.scrollIntoViewIfNeeded();
  await page.waitForTimeout(1500);
  const before = await canvas.screenshot();
  const { x, y, width, height } = await page.locator('.morph input').first().boundingBox();
  // half of the knob's width lies between the slider's end and its own
  const place = (share) => [x + 8 + (width - 16) * share, y + height / 2];

  await page.mouse.move(...place(0.5));
  await page.mouse.down();
  await page.evaluate(countFrames);
  const [started, startedAt] = [performance.now(), await processorSeconds(page)];
  for (let now = 0; now < DRAG_SECONDS; now = (performance.now() - started) / 1000)
    await page.mouse.move(...place(0.5 + 0.5 * Math.sin(2.5 * now)));
  const { drawn, work } = await page.evaluate(() => window.frameCounts);
  const rate = drawn / ((performance.now() - started) / 1000);
  const processor = (1000 * ((await processorSeconds(page)) - startedAt)) / drawn;
  await page.mouse.move(...place(1));
  await page.mouse.up();

  await page.waitForTimeout(1500);
  const says = await page.locator('.morph output').first().textContent();
  if (says !== '+3.0 SD') throw new Error(`the slider at its end says "${says}", not "+3.0 SD"`);
  const changed = await changedShare(page, before, await canvas.screenshot());
  await page.locator('.morph').first().screenshot({ path: screenshotAt });
  const speed = `${rate.toFixed(1)} frames a second, ${processor.toFixed(0)} ms of processor time each`;
  const load = `load ${os.loadavg()[0].toFixed(1)} on ${os.availableParallelism()} cores`;
  if (changed < SMALLEST_CHANGE)
    throw new Error(`only ${(100 * changed).toFixed(1)} % of the drawing changed with component 1 at its end`);
  // a machine that others use too draws fewer than one core of it could
  if (Math.max(rate, 1000 / processor) < FRAMES_A_SECOND)
    throw new Error(`${speed}, are too slow for ${FRAMES_A_SECOND} (${load})`);
  return `${speed}, of it ${(work / drawn).toFixed(1)} ms the viewer's script (${load})`;
}

/** Of all the browser's processes so far; without a graphics card they draw as well. */
async function processorSeconds(page) {
  const session = await page.context().browser().newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  return processInfo.reduce((sum, { cpuTime }) => sum + cpuTime, 0);
}

/** Runs in the page: counts drawings from now on, and the time of the callbacks that make them. */
function countFrames() {
  const counts = { drawn: 0, work: 0 };
  window.frameCounts = counts;
  const { drawElements } = WebGLRenderingContext.prototype;
  WebGLRenderingContext.prototype.drawElements = function (...rest) {
    counts.drawn++;
    drawElements.apply(this, rest);
  };
  const request = window.requestAnimationFrame;
  window.requestAnimationFrame = (callback) =>
    request((time) => {
      const [drawn, since] = [counts.drawn, performance.now()];
      callback(time);
      if (counts.drawn > drawn) counts.work += performance.now() - since;
    });
}

/** Of the pixels of two pictures of one size, the share that clearly differs. */
function changedShare(page, ...pictures) {
  return page.evaluate(
    async (coded) => {
      const [one, other] = await Promise.all(
        coded.map(async (base64) => {
          const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
          const bitmap = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
          const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d');
          context.drawImage(bitmap, 0, 0);
          return context.getImageData(0, 0, bitmap.width, bitmap.height).data;
        }),
      );
      let changed = 0;
      for (let i = 0; i < one.length; i += 4)
        if ([0, 1, 2].some((c) => Math.abs(one[i + c] - other[i + c]) > 24)) changed++;
      return changed / (one.length / 4);
    },
    pictures.map((png) => png.toString('base64')),
  );
}
