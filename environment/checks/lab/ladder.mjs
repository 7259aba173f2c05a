/** The page that the lab opens: its links to the notebooks, and the one to TensorBoard. */
import fs from 'node:fs';
import path from 'node:path';
import { root } from '../../setup.mjs';
import { notebookTitle } from '../../site/pages.mjs';
import { answers } from './server.mjs';

const PATIENCE = 90_000;
const ENTRY = '.jp-MarkdownViewer .jp-RenderedMarkdown';

/** The notebooks of the workspace, without their ending. */
export const ladder = () =>
  fs
    .readdirSync(path.join(root, 'notebooks'))
    .filter((name) => name.endsWith('.ipynb'))
    .sort()
    .map((name) => path.basename(name, '.ipynb'));

/**
 * Opens the page that npm run lab names, and looks at every link of it.
 *
 * @param screenshotAt  file of its screenshot
 * @returns             what was seen, in words
 * @throws {Error}      that says what is missing or leads nowhere
 */
export async function opensLadder(page, { origin, token, start }, screenshotAt) {
  await page.goto(`${origin}${start}?reset&token=${token}`);
  await page.waitForSelector(`${ENTRY} table`);
  // links get their address once the server has been asked for the file
  await page.waitForFunction((entry) => document.querySelector(`${entry} td a[href*="/files/"]`), ENTRY);
  const rows = await page.$$eval(`${ENTRY} tbody tr`, (all) =>
    all.map((row) => ({ text: row.textContent, href: row.querySelector('a')?.href })),
  );
  await page.screenshot({ path: screenshotAt });
  const wrong = [];
  for (const [index, name] of ladder().entries()) {
    const notebook = JSON.parse(fs.readFileSync(path.join(root, 'notebooks', `${name}.ipynb`), 'utf8'));
    const { label, question, time } = notebookTitle(notebook);
    const { text = 'nothing', href = '' } = rows[index] ?? {};
    if (![label, question, time].every((part) => part && text.includes(part)))
      wrong.push(`row ${index + 1} should tell of ${label}: ${question}, but is "${text}"`);
    if (!href.includes(`notebooks/${name}.ipynb`)) wrong.push(`row ${index + 1} leads to ${href}, not to ${name}`);
  }
  if (rows.length !== ladder().length) wrong.push(`it has ${rows.length} rows for ${ladder().length} notebooks`);
  const local = (await page.$$eval(`${ENTRY} a`, (all) => all.map(({ href }) => href))).filter((href) =>
    href.startsWith(origin),
  );
  for (const href of new Set(local)) {
    const { status } = await fetch(href, { headers: { Authorization: `token ${token}` } });
    if (status !== 200) wrong.push(`${href} answers ${status}`);
  }
  if (wrong.length > 0) throw new Error(wrong.join('\n'));
  await page.click(`${ENTRY} tbody tr:first-child a`);
  await page.waitForFunction(
    (file) => window.jupyterapp.shell.currentWidget?.context?.path === file,
    `notebooks/${ladder()[0]}.ipynb`,
  );
  await page.waitForSelector('.jp-Notebook .jp-Cell');
  return `${rows.length} notebooks, ${new Set(local).size} links of the workspace; the first opens its notebook`;
}

/**
 * Follows the link to TensorBoard, which asks for no token: its path is secret instead.
 *
 * @returns        what was seen, in words
 * @throws {Error} that says what does not answer, or answers what it should not
 */
export async function tensorboardAnswers(hosts) {
  const link = /\]\((http:\/\/localhost:(\d+)\/([0-9a-f]+)\/)\)/.exec(
    fs.readFileSync(path.join(root, 'build', 'start.md'), 'utf8'),
  );
  if (!link) throw new Error('build/start.md has no link to TensorBoard');
  const [, address, port, secret] = link;
  const until = performance.now() + PATIENCE;
  while (!(await answers('127.0.0.1', port))) {
    if (performance.now() > until) throw new Error(`nothing listens at 127.0.0.1:${port}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  const page = await fetch(address);
  if (page.status !== 200 || !(await page.text()).includes('TensorBoard'))
    throw new Error(`its page answers ${page.status}`);
  const runs = await (await fetch(`${address}data/runs`)).json();
  if (secret.length < 32) throw new Error(`its secret path has only ${secret.length} characters`);
  for (const place of ['', 'data/runs', `${'0'.repeat(secret.length)}/data/runs`]) {
    const { status } = await fetch(`http://localhost:${port}/${place}`, { redirect: 'manual' });
    if (status !== 404) throw new Error(`/${place} without the secret path answers ${status}, not 404`);
  }
  for (const host of hosts) if (await answers(host, port)) throw new Error(`it also listens at ${host}`);
  return `${runs.length} trainings; 404 without its secret path; nobody listens at ${hosts.join(', ')}`;
}
