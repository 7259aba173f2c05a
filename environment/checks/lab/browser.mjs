/** A headless Chromium that may only speak to the notebook server, and what a reader does in it with a notebook. */
import { execFileSync } from 'node:child_process';
import { chromium } from 'playwright-core';

/** For anything that the page or a kernel does by itself; a busy machine takes its time. */
const PATIENCE = 90_000;

export const CHROMIUM_FLAGS = [
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // WebGL without a graphics card, for meshes
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
  // what the page asks for is seen and refused below; this holds for what Chromium might ask for on its own
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1',
];

/** Chromium's program: the one that CHROMIUM names, or that on the PATH; ends the check where there is none. */
export function chromiumProgram() {
  if (process.env.CHROMIUM) return process.env.CHROMIUM;
  try {
    return execFileSync('which', ['chromium'], { encoding: 'utf8' }).trim();
  } catch {
    console.error('Chromium is not on the PATH; name its program in the environment variable CHROMIUM');
    return process.exit(1);
  }
}

/**
 * Opens the browser.
 *
 * @param executable  Chromium's program
 * @param origin      the only server that it may speak to
 * @returns           the page, and what was noticed: requests to others, all paths asked of the server, pop-ups, errors
 */
export async function openBrowser(executable, origin) {
  const browser = await chromium.launch({ executablePath: executable, args: CHROMIUM_FLAGS });
  const context = await browser.newContext({ viewport: { width: 1300, height: 1500 }, serviceWorkers: 'block' });
  const seen = { foreign: [], paths: [], popUps: [], errors: [] };
  const isOurs = (url) => {
    const { protocol, origin: its } = new URL(url);
    return ['data:', 'blob:'].includes(protocol) || its.replace(/^ws/, 'http') === origin;
  };
  await context.route(
    () => true,
    (route) => {
      const url = route.request().url();
      if (isOurs(url)) {
        seen.paths.push(new URL(url).pathname);
        return route.continue();
      }
      seen.foreign.push(url);
      return route.abort();
    },
  );
  await context.routeWebSocket(
    (url) => !isOurs(url.href),
    (socket) => {
      seen.foreign.push(socket.url());
      socket.close();
    },
  );
  // pop-ups come and go, so they are noted when they come
  await context.exposeFunction('notePopUp', (text) => seen.popUps.push(text));
  await context.addInitScript(() => {
    new MutationObserver((changes) => {
      for (const node of changes.flatMap(({ addedNodes }) => [...addedNodes]))
        for (const toast of node.matches?.('.Toastify__toast')
          ? [node]
          : (node.querySelectorAll?.('.Toastify__toast') ?? []))
          window.notePopUp(toast.textContent);
    }).observe(document, { childList: true, subtree: true });
  });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE);
  page.on('pageerror', (error) => seen.errors.push(String(error)));
  return { page, seen, close: () => browser.close() };
}

/** Opens a notebook as the only one on the page, and waits for its kernel. */
export async function openNotebook(page, { origin, token }, file) {
  await page.goto(`${origin}/lab/tree/${file}?reset&token=${token}`);
  await page.waitForSelector('.jp-Notebook .jp-Cell');
  await untilIdle(page);
}

/** Changes a file of the workspace in JupyterLab's editor, saves it, and comes back to the notebook. */
export async function editFile(page, file, source) {
  await page.evaluate(
    async ([path, text]) => {
      const { commands, shell } = window.jupyterapp;
      const notebook = shell.currentWidget;
      const editor = await commands.execute('docmanager:open', { path, factory: 'Editor' });
      await editor.context.ready;
      editor.context.model.sharedModel.setSource(text);
      await editor.context.save();
      editor.close();
      shell.activateById(notebook.id);
    },
    [file, source],
  );
  await page.waitForSelector('.jp-NotebookPanel:not(.lm-mod-hidden) .jp-Cell');
}

/** Chooses an item of the menu bar. */
export async function choose(page, menu, item) {
  await page.click(`.lm-MenuBar-itemLabel:text-is("${menu}")`);
  await page.click(`.lm-Menu-itemLabel:text-is("${item}")`);
}

/** What the notebook holds now: the state of its kernel, and source, count, state and outputs of each code cell. */
export function notebookState(page) {
  return page.evaluate(() => {
    const notebook = window.jupyterapp.shell.currentWidget;
    return {
      kernel: notebook.context.sessionContext.session?.kernel?.status,
      cells: notebook.content.widgets.flatMap(({ model, outputArea }, index) =>
        model.type !== 'code'
          ? []
          : {
              index,
              source: model.sharedModel.getSource(),
              count: model.executionCount,
              state: model.executionState,
              outputs: outputArea.model.toJSON(),
            },
      ),
    };
  });
}

/** Waits until the kernel and, where given, a cell are idle; then the notebook's state. */
export async function untilIdle(page, { cell, timeout = PATIENCE } = {}) {
  await page.waitForFunction(
    (index) => {
      const notebook = window.jupyterapp?.shell.currentWidget;
      const chosen = index === undefined ? undefined : notebook?.content.widgets[index].model;
      return (
        notebook?.context?.sessionContext.session?.kernel?.status === 'idle' &&
        (!chosen || (chosen.executionState === 'idle' && chosen.executionCount !== null))
      );
    },
    cell,
    { timeout, polling: 50 },
  );
  return notebookState(page);
}

/** Runs one cell; its state once it has ended. */
export async function runCell(page, index) {
  await startCell(page, index);
  const { cells } = await untilIdle(page, { cell: index });
  return cells.find((cell) => cell.index === index);
}

/** Runs one cell and does not wait for it. */
export async function startCell(page, index) {
  await page.evaluate((chosen) => {
    const { content } = window.jupyterapp.shell.currentWidget;
    content.mode = 'command';
    content.activeCellIndex = chosen;
    content.widgets[chosen].model.clearExecution();
    // its promise lasts as long as the cell
    void window.jupyterapp.commands.execute('notebook:run-cell');
  }, index);
}

/** Types into a new cell below a cell; the new cell's index. */
export async function typeBelow(page, index, text) {
  await page.evaluate(async (chosen) => {
    const { commands, shell } = window.jupyterapp;
    shell.currentWidget.content.activeCellIndex = chosen;
    await commands.execute('notebook:insert-cell-below');
    await commands.execute('notebook:enter-edit-mode');
  }, index);
  await page.waitForSelector('.jp-Notebook.jp-mod-editMode .jp-Cell.jp-mod-active .cm-focused');
  await page.keyboard.type(text, { delay: 30 });
  return index + 1;
}

export const sourceOf = (page, index) =>
  page.evaluate((i) => window.jupyterapp.shell.currentWidget.content.widgets[i].model.sharedModel.getSource(), index);

/** The id of the notebook's kernel. */
export const kernelId = (page) =>
  page.evaluate(() => window.jupyterapp.shell.currentWidget.context.sessionContext.session.kernel.id);

/** Ends the notebook's kernel, which would otherwise hold memory until the server ends. */
export const shutDownKernel = (page) =>
  page.evaluate(() => window.jupyterapp.shell.currentWidget.context.sessionContext.shutdown());

/** Brings a cell onto the screen: JupyterLab draws outputs only when they come near it. */
export async function scrollTo(page, index) {
  await page.evaluate((chosen) => window.jupyterapp.shell.currentWidget.content.scrollToItem(chosen, 'start'), index);
  await page.waitForTimeout(500);
}
