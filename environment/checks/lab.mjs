// npm run check -- lab: a walk through JupyterLab in a headless Chromium, as a reader takes it: open the ladder, run its notebooks,
// complete a name, read its documentation, edit the library, drag a slider of a model, stop a cell, restart the kernel. The notebooks
// are copies; screenshots of every figure are left in build/lab. Needs Chromium (on the PATH, or named by CHROMIUM). What needs the
// run that npm start makes is skipped by name without it.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { root } from '../setup.mjs';
import * as browser from './lab/browser.mjs';
import { checkFigures } from './lab/figures.mjs';
import { ladder, opensLadder, tensorboardAnswers } from './lab/ladder.mjs';
import { answers, peakMemory, startServer } from './lab/server.mjs';
import { dragSlider, VIEWER_CELLS } from './lab/viewer.mjs';

/** A notebook may train or render; on a laptop alone it takes seconds. */
const NOTEBOOK_SECONDS = 300;
/** Of a kernel, at any time of a notebook. */
const MOST_MEMORY = 1.5e9;
/** How lib/experiment begins when it does not find the run. */
const NO_RUN = 'run npm start first';
const STOP_SECONDS = 2;
const HELP_SECONDS = 30;
const COMPLETION = { imports: 'projectPoints', typed: 'projectP', from: 'lib/geometry', says: 'in the image' };
const FIRST_CELL = `import { ${COMPLETION.imports} } from '${COMPLETION.from}';\nconst before = 6 * 7;`;
const LOOPS = {
  'a loop that awaits': 'while (true) await new Promise((r) => setTimeout(r, 10));',
  'a loop that never gives way': 'while (true);',
};

const summary = path.join(
  process.env.RECONSTRUCT_RUN || path.join('data', 'runs', 'smoke', 'population'),
  'summary.json',
);
const runIsThere = fs.existsSync(path.resolve(root, summary));

const pictures = path.join(root, 'build', 'lab');
// as deep in the workspace as notebooks/, for links and paths between files
const copies = path.join(pictures, 'notebooks');
const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'lab '));
fs.rmSync(pictures, { recursive: true, force: true });
fs.mkdirSync(copies, { recursive: true });

const count = { ok: 0, FAIL: 0, skip: 0 };

/** What this machine has not, so that nothing can be said. */
class Skipped extends Error {}

/** One line for a check; what it returns is what was measured, what it throws is what is wrong. Returns how it ended. */
async function check(title, body) {
  let [how, says] = ['ok', ''];
  try {
    says = (await body()) ?? '';
  } catch (error) {
    how = error instanceof Skipped ? 'skip' : 'FAIL';
    says = error.message.trim().replaceAll('\n', '\n     ');
  }
  count[how]++;
  console.log(`${how} ${title}${says ? `: ${says}` : ''}`);
  return how;
}

function must(holds, otherwise) {
  if (!holds) throw new Error(otherwise);
}

const inWorkspace = (file) => path.relative(root, file).split(path.sep).join('/');
const screenshot = async (page, name) => page.screenshot({ path: path.join(pictures, `${name}.png`) });

/** The text that an output shows as itself, not as a picture. */
const textOf = ({ text, data, ename, evalue }) =>
  [text ?? data?.['text/plain'] ?? `${ename}: ${evalue}`].flat().join('');

const errorsOf = (cells) =>
  cells.flatMap(({ index, outputs }) =>
    outputs
      .filter(({ output_type }) => output_type === 'error')
      .map((output) => `cell ${index} stops with ${textOf(output)}`),
  );

/** Copies one of the workspace's notebooks; its path in the workspace. */
function copyNotebook(name) {
  const file = path.join(copies, `${name}.ipynb`);
  fs.copyFileSync(path.join(root, 'notebooks', `${name}.ipynb`), file);
  return inWorkspace(file);
}

/** Writes a notebook of code cells; its path in the workspace. */
function writeNotebook(name, sources) {
  const file = path.join(copies, `${name}.ipynb`);
  const cells = sources.map((source, index) => ({
    id: `cell-${index}`,
    cell_type: 'code',
    source,
    metadata: {},
    outputs: [],
    execution_count: null,
  }));
  const kernelspec = { name: 'typescript', display_name: 'TypeScript', language: 'typescript' };
  fs.writeFileSync(file, JSON.stringify({ cells, metadata: { kernelspec }, nbformat: 4, nbformat_minor: 5 }));
  return inWorkspace(file);
}

async function runAll(page, server, name) {
  await browser.openNotebook(page, server, copyNotebook(name));
  const started = performance.now();
  await browser.choose(page, 'Run', 'Run All Cells');
  const isOver = ({ kernel, cells }) =>
    kernel === 'idle' &&
    cells.every(({ state }) => state === 'idle') &&
    (errorsOf(cells).length > 0 || cells.every(({ source, count }) => count !== null || !source.trim()));
  let state = await browser.notebookState(page);
  while (!isOver(state) && performance.now() - started < NOTEBOOK_SECONDS * 1000) {
    await page.waitForTimeout(250);
    state = await browser.notebookState(page);
  }
  const seconds = (performance.now() - started) / 1000;
  const { kernel, cells } = state;
  await screenshot(page, name);
  const errors = errorsOf(cells);
  if (!runIsThere && errors.some((text) => text.includes(NO_RUN))) throw new Skipped(`${summary} is not there`);
  must(errors.length === 0, errors.join('\n'));
  const left = cells.filter(({ source, count }) => count === null && source.trim());
  must(
    left.length === 0,
    `cells ${left.map(({ index }) => index).join(', ')} have no count after ${NOTEBOOK_SECONDS} s`,
  );
  must(isOver(state), `the kernel is ${kernel} after ${NOTEBOOK_SECONDS} s`);
  const counts = cells.map(({ count }) => count).filter((count) => count !== null);
  must(
    counts.every((count, i) => count === i + 1),
    `the counts are not 1, 2, 3 ..., but ${counts.join(', ')}`,
  );
  return `${counts.length} cells in ${seconds.toFixed(1)} s`;
}

async function completes(page, server) {
  await openOwn(page, server, 'help', []);
  const cell = await browser.typeBelow(page, 0, COMPLETION.typed);
  const started = performance.now();
  await page.keyboard.press('Tab');
  const offer = page.locator('.jp-Completer:not(.lm-mod-hidden) .jp-Completer-match');
  let offered = [];
  // JupyterLab inserts a single match at once or offers it, by its settings
  const isThere = async () => {
    offered = await offer.allInnerTexts();
    return offered.length > 0 || (await browser.sourceOf(page, cell)) !== COMPLETION.typed;
  };
  while (!(await isThere())) {
    must(performance.now() - started < HELP_SECONDS * 1000, `nothing is offered within ${HELP_SECONDS} s`);
    await page.waitForTimeout(100);
  }
  const seconds = (performance.now() - started) / 1000;
  await screenshot(page, 'completion');
  if (offered.length > 0) await page.keyboard.press('Enter');
  await page.waitForTimeout(500);
  const source = await browser.sourceOf(page, cell);
  must(
    source === COMPLETION.imports && (offered.length === 0 || offered.includes(COMPLETION.imports)),
    `[${offered.join(', ')}] was offered, and the cell then says "${source}"`,
  );
  return `${seconds.toFixed(1)} s, ${offered.length > 0 ? `offered ${offered.join(', ')}` : 'inserted at once'}`;
}

async function showsDocstring(page) {
  await page.keyboard.press('Escape');
  await browser.typeBelow(page, 0, `${COMPLETION.imports}(`);
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('Shift+Tab');
  const tooltip = page.locator('.jp-Tooltip');
  await tooltip.waitFor({ timeout: HELP_SECONDS * 1000 });
  await page.waitForTimeout(500);
  const text = await tooltip.textContent();
  await screenshot(page, 'documentation');
  must(text.includes(COMPLETION.says), `the tooltip does not contain "${COMPLETION.says}", but says\n${text}`);
  await page.keyboard.press('Escape');
  return `"... ${text.slice(text.indexOf(COMPLETION.says)).slice(0, 60)} ..."`;
}

/** Opens a notebook of its own, whose first cell declares a variable, and runs that cell. */
async function openOwn(page, server, name, sources) {
  await browser.openNotebook(page, server, writeNotebook(name, [FIRST_CELL, ...sources]));
  const errors = errorsOf([await browser.runCell(page, 0)]);
  must(errors.length === 0, errors.join('\n'));
}

async function drags(page, server) {
  await openOwn(page, server, 'viewer', VIEWER_CELLS);
  for (const index of VIEWER_CELLS.keys()) {
    const errors = errorsOf([await browser.runCell(page, index + 1)]);
    must(errors.length === 0, errors.join('\n'));
  }
  await browser.scrollTo(page, VIEWER_CELLS.length);
  return dragSlider(page, path.join(pictures, 'viewer.png'));
}

async function stops(page, server, name, source) {
  await openOwn(page, server, name, [source, 'before']);
  const [loopCell, afterCell] = [1, 2];
  await browser.startCell(page, loopCell);
  await page.waitForFunction(
    (index) => window.jupyterapp.shell.currentWidget.content.widgets[index].model.executionState === 'running',
    loopCell,
  );
  // well inside of the loop, and not in its compilation
  await page.waitForTimeout(1500);
  const before = await browser.notebookState(page);
  must(before.kernel === 'busy', `the kernel is ${before.kernel} while the loop runs`);
  const started = performance.now();
  await page.click('[data-jp-item-name="interrupt"] jp-button, [data-jp-item-name="interrupt"] button');
  const { cells } = await browser.untilIdle(page, { cell: loopCell, timeout: 30_000 }).catch(() => {
    throw new Error('the loop still runs 30 s after the button was pressed');
  });
  const seconds = (performance.now() - started) / 1000;
  const errors = errorsOf(cells.filter(({ index }) => index === loopCell));
  must(errors.length === 1 && errors[0].includes('KeyboardInterrupt'), `the cell shows [${errors}], not an interrupt`);
  must(seconds <= STOP_SECONDS, `it took ${seconds.toFixed(1)} s, more than ${STOP_SECONDS}`);
  const { outputs } = await browser.runCell(page, afterCell);
  must(
    outputs.length === 1 && textOf(outputs[0]) === '42',
    `a variable from before is not usable afterwards: ${outputs.map(textOf)}`,
  );
  await screenshot(page, name);
  return `${seconds.toFixed(2)} s; a variable from before is still there`;
}

async function restarts(page, server) {
  await openOwn(page, server, 'restart', ['before', '6 * 7']);
  const [lostCell, freshCell] = [1, 2];
  const started = performance.now();
  const before = await browser.kernelId(page);
  await browser.choose(page, 'Kernel', 'Restart Kernel…');
  await page.click('.jp-Dialog .jp-mod-accept');
  await page.waitForSelector('.jp-Dialog', { state: 'detached' });
  await page.waitForFunction(
    () => window.jupyterapp.shell.currentWidget.context.sessionContext.session.kernel.connectionStatus === 'connected',
  );
  await browser.untilIdle(page);
  const fresh = await browser.runCell(page, freshCell);
  const seconds = (performance.now() - started) / 1000;
  must(
    (await browser.kernelId(page)) === before,
    'the notebook has another kernel than before, not the same one restarted',
  );
  must(
    fresh.count === 1 && fresh.outputs.map(textOf).join() === '42',
    `the first cell after it has the count ${fresh.count} and shows ${fresh.outputs.map(textOf)}`,
  );
  const { outputs } = await browser.runCell(page, lostCell);
  must(outputs[0]?.output_type === 'error', `the variable from before is still there: ${outputs.map(textOf)}`);
  await screenshot(page, 'restart');
  return `first cell ${seconds.toFixed(1)} s after; then "${textOf(outputs[0])}"`;
}

async function staysSmall(page) {
  const peak = peakMemory(await browser.kernelId(page));
  const megabytes = `${Math.round(peak / 1e6)} MB at most`;
  must(peak <= MOST_MEMORY, `${megabytes}, more than ${MOST_MEMORY / 1e6}`);
  return megabytes;
}

/** A room of the library for this check alone; its name holds the process, since others may walk at the same time. */
const room = `lab-walk-${process.pid}`;
const removeRoom = () => fs.rmSync(path.join(root, 'lib', room), { recursive: true, force: true });

async function reloadsEdited(page, server) {
  const file = path.join('lib', room, 'index.ts');
  const returns = (word) => `export const answer = () => '${word} edit';\n`;
  fs.mkdirSync(path.join(root, 'lib', room));
  fs.writeFileSync(path.join(root, file), returns('before the'));
  try {
    const cell = `import { answer } from 'lib/${room}';\n\`\${answer()}, \${before}\``;
    await openOwn(page, server, 'edit', [cell]);
    const [kernel, says] = [await browser.kernelId(page), []];
    for (const edit of [undefined, 'after the']) {
      if (edit) await browser.editFile(page, inWorkspace(path.join(root, file)), returns(edit));
      says.push((await browser.runCell(page, 1)).outputs.map(textOf).join());
    }
    must(
      says.join() === "'before the edit, 42','after the edit, 42'",
      `the cell before and after the edit says ${says.join(' and ')}`,
    );
    must((await browser.kernelId(page)) === kernel, 'the notebook has another kernel than before');
    return `the same cell, in the same kernel: ${says.join(', then ')}`;
  } finally {
    removeRoom();
  }
}

/**
 * Addresses of this machine, but the one at which the lab may listen. Where all are listened at, 127.0.0.2 answers on Linux even
 * on a machine without a network.
 */
const otherHosts = ['127.0.0.2', '::1'].concat(
  Object.values(os.networkInterfaces())
    .flat()
    .filter(({ internal }) => !internal)
    .map(({ address }) => address),
);

async function isPrivate({ origin, token }) {
  const { port } = new URL(origin);
  const statusOf = async (place, headers = {}) =>
    (await fetch(`${origin}${place}`, { redirect: 'manual', headers })).status;
  const page = await fetch(`${origin}/lab`, { redirect: 'manual' });
  must(
    page.status === 302 && page.headers.get('location')?.startsWith('/login'),
    `/lab without the token answers ${page.status}, not a redirect to /login`,
  );
  for (const place of ['/api/contents', '/api/kernels', '/files/package.json']) {
    const answer = await statusOf(place);
    must([302, 403].includes(answer), `${place} without the token answers ${answer}, neither 302 nor 403`);
  }
  const wrong = await statusOf('/api/contents', { Authorization: `token ${'0'.repeat(token.length)}` });
  must(wrong === 403, `/api/contents with a wrong token answers ${wrong}, not 403`);
  const right = await statusOf('/api/contents', { Authorization: `token ${token}` });
  must(right === 200, `/api/contents with the token answers ${right}, not 200`);
  must(token.length >= 32, `the token has only ${token.length} characters`);
  must(await answers('127.0.0.1', port), `nothing listens at 127.0.0.1:${port}`);
  for (const host of otherHosts) must(!(await answers(host, port)), `it also listens at ${host}`);
  return `302 to /login, 403; nobody listens at ${otherHosts.join(', ')}`;
}

const executable = browser.chromiumProgram();
const server = await startServer(scratch);
let opened;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
  process.once(signal, async () => {
    // else the server and its kernels would stay behind
    await server.stop();
    removeRoom();
    process.exit(1);
  });
try {
  opened = await browser.openBrowser(executable, server.origin);
  const { page, seen } = opened;
  await check('the server asks for its token and listens on this machine only', () => isPrivate(server));

  await check('the lab opens the ladder, whose links lead to the notebooks', () =>
    opensLadder(page, server, path.join(pictures, 'ladder.png')),
  );
  await browser.shutDownKernel(page).catch(() => {});
  await check('the link to TensorBoard shows it, to those who have the link', () => tensorboardAnswers(otherHosts));

  for (const name of ladder()) {
    const ran = await check(`${name}: all cells run`, () => runAll(page, server, name));
    const then = (title, body) =>
      check(`${name}: ${title}`, () => {
        if (ran === 'skip') throw new Skipped('it did not run');
        return body();
      });
    await then('figures are drawn', () =>
      checkFigures(page, (cell) => path.join(pictures, `${name}-cell-${cell}.png`)),
    );
    await then('the kernel stays small', () => staysSmall(page));
    await browser.shutDownKernel(page).catch(() => {});
  }

  await check('Tab completes a name of the library', () => completes(page, server));
  await check('Shift-Tab shows its documentation', () => showsDocstring(page));
  await browser.shutDownKernel(page).catch(() => {});
  await check('a cell runs the library as it was edited, without a restart', () => reloadsEdited(page, server));
  await browser.shutDownKernel(page).catch(() => {});
  await check('a slider of a model moves its head', () => drags(page, server));
  await browser.shutDownKernel(page).catch(() => {});
  for (const [index, [title, source]] of Object.entries(LOOPS).entries()) {
    await check(`the stop button ends ${title}`, () => stops(page, server, `stop-${index + 1}`, source));
    await browser.shutDownKernel(page).catch(() => {});
  }
  await check('the kernel restarts from the menu', () => restarts(page, server));
  await browser.shutDownKernel(page).catch(() => {});

  await check('no request left the machine', () => {
    must(seen.foreign.length === 0, `the page asked for\n${[...new Set(seen.foreign)].join('\n')}`);
    // the server would ask others on the page's behalf
    const lookUps = seen.paths.filter((place) => /^\/lab\/api\/(news|update)/.test(place));
    must(lookUps.length === 0, `the page had the server look for ${lookUps.join(', ')}`);
    return `${seen.paths.length} requests, all to ${server.origin}`;
  });
  await check('nothing pops up', () => must(seen.popUps.length === 0, [...new Set(seen.popUps)].join('\n')));
  await check('no error in the page', () => must(seen.errors.length === 0, [...new Set(seen.errors)].join('\n')));
} finally {
  await opened?.close();
  await server.stop();
  fs.rmSync(scratch, { recursive: true, force: true });
}
console.log(`screenshots in ${inWorkspace(pictures)}`);
console.log(`${count.ok} passed, ${count.FAIL} failed, ${count.skip} skipped`);
process.exit(count.FAIL > 0 ? 1 : 0);
