// npm run site [-- --notebooks FOLDER]: the site, from notebooks that were executed before, docs/, the results in git and the
// docstrings, into build/site. It is read from a file or put on any server; nothing of it asks the network.
//
// FOLDER holds executed notebooks, as execute.py --export leaves them; by default that of the run of npm start. A notebook that
// is not there stands in the site as it is stored, without figures, and is named.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { succeeds } from './setup/terminal.mjs';
import { python, root, setUpOrExit } from './setup.mjs';
import { importedNames, linkNotebook, linkText, nameIndex, pageOf } from './site/links.mjs';
import { forPages, indexPage, notebookTitle, withoutFigures } from './site/pages.mjs';

const USAGE = 'usage: npm run site [-- --notebooks FOLDER]';
/** Where npm start leaves executed notebooks. */
export const EXECUTED = path.join('data', 'runs', 'smoke', 'population', 'notebooks');
const here = path.join(root, 'environment', 'site');

/** Builds the site; returns its folder, or undefined after an error, which was shown. */
export async function buildSite({ notebooks = EXECUTED } = {}) {
  // before set-up there is no package to load
  const { modulePage, modulesOf } = await import('./site/api.mjs');
  const sources = path.join(root, 'build', 'site-sources');
  const site = path.join(root, 'build', 'site');
  fs.rmSync(sources, { recursive: true, force: true });
  fs.mkdirSync(sources, { recursive: true });
  const put = (name, content) => {
    fs.mkdirSync(path.dirname(path.join(sources, name)), { recursive: true });
    fs.writeFileSync(path.join(sources, name), content);
  };
  const copy = (from, name = from) => put(name, fs.readFileSync(path.join(root, from)));

  copy('environment/site/conf.py', 'conf.py');
  copy('node_modules/mathjax/es5/tex-svg.js', '_static/mathjax.js');
  copy('node_modules/plotly.js-dist-min/plotly.min.js', '_static/plotly.js');
  for (const name of fs.readdirSync(path.join(here, 'static')))
    copy(`environment/site/static/${name}`, `_static/${name}`);
  const texts = ['lib/README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md', ...filesOf('docs', '.md')];
  for (const name of texts) copy(name);
  copy('data/results/smoke/overview.png', 'overview.png');

  const ladder = filesOf('notebooks', '.ipynb').map((file) => {
    const name = path.basename(file, '.ipynb');
    const executed = path.join(path.resolve(root, notebooks), `${name}.ipynb`);
    const isExecuted = fs.existsSync(executed);
    const notebook = JSON.parse(fs.readFileSync(isExecuted ? executed : path.join(root, file), 'utf8'));
    put(file, JSON.stringify(isExecuted ? forPages(notebook) : withoutFigures(notebook)));
    return { name, isExecuted, notebook, ...notebookTitle(notebook) };
  });

  const modules = modulesOf(path.join(root, 'lib'));
  for (const module of modules) put(`api/${pageOf(module.name)}.md`, modulePage(module, root));

  // report pages of the results in git, and of runs that are here
  if (!(await run(process.execPath, ['--import', 'tsx', path.join(here, 'results.ts'), path.join(sources, 'extra')])))
    return undefined;
  fs.renameSync(path.join(sources, 'extra', 'numbers.json'), path.join(sources, 'numbers.json'));
  const reports = fs.readdirSync(path.join(sources, 'extra', 'results'));
  const runs = reports.filter((name) => {
    const report = path.join('data', 'runs', ...runOf(name), 'report.html');
    if (fs.existsSync(path.join(root, report)))
      put(`extra/runs/${name}`, withoutNavigation(fs.readFileSync(path.join(root, report), 'utf8')));
    return fs.existsSync(path.join(root, report));
  });
  put(
    'index.md',
    indexPage({ ladder, modules, reports, runs, docs: texts.filter((name) => name.startsWith('docs/')) }),
  );

  fs.rmSync(site, { recursive: true, force: true });
  const sphinx = [
    '-m',
    'sphinx',
    '--quiet',
    '--builder',
    'html',
    '--fail-on-warning',
    '--keep-going',
    '--doctree-dir',
    path.join(root, 'build', 'site-doctrees'),
    sources,
    site,
  ];
  if (!(await run(python, sphinx))) return undefined;

  const names = nameIndex(modules);
  let links = 0;
  const rewrite = (page, change) => {
    const file = path.join(site, page);
    const changed = change(fs.readFileSync(file, 'utf8'));
    fs.writeFileSync(file, changed.html);
    links += changed.links;
  };
  for (const { name, notebook } of ladder) {
    const cells = notebook.cells
      .filter(({ cell_type }) => cell_type === 'code')
      .map(({ source }) => [source].flat().join(''));
    rewrite(`notebooks/${name}.html`, (html) => linkNotebook(html, importedNames(cells), names));
  }
  for (const text of texts)
    rewrite(text.replace(/\.md$/, '.html'), (html) => linkText(html, names, { depth: text.split('/').length - 1 }));
  for (const { name } of modules)
    rewrite(`api/${pageOf(name)}.html`, (html) => linkText(html, names, { depth: 1, own: name }));

  const missing = ladder.filter(({ isExecuted }) => !isExecuted).map(({ name }) => name);
  const entries = modules.reduce((sum, module) => sum + module.entries.length, 0);
  console.log(
    `${ladder.length - missing.length} executed notebooks, ${texts.length} texts, ${entries} names of ${modules.length} modules, ${reports.length + runs.length} reports; ${links} links from code to the reference`,
  );
  if (missing.length > 0)
    console.log(`Without figures, since ${notebooks} has no executed notebook of that name: ${missing.join(', ')}`);
  return site;
}

/** Files of one of the workspace's folders, by their paths from its root. */
const filesOf = (folder, ending) =>
  fs
    .readdirSync(path.join(root, folder))
    .filter((name) => name.endsWith(ending))
    .sort()
    .map((name) => `${folder}/${name}`);

/** smoke-ict-facekit.html is of the run data/runs/smoke/ict-facekit; a profile's name may hold a hyphen too. */
function runOf(report) {
  const name = path.basename(report, '.html');
  const source = ['ict-facekit', 'population'].find((one) => name.endsWith(`-${one}`));
  return [name.slice(0, -source.length - 1), source];
}

/** A run's report links to pages that lie beside it there, and not here. */
const withoutNavigation = (html) => html.replace(/<nav class="pages"[\s\S]*?<\/nav>/, '');

const run = (program, args) => succeeds(program, args, root);

if (process.argv[1] && path.resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  let values;
  try {
    ({ values } = parseArgs({ options: { notebooks: { type: 'string' } } }));
  } catch (error) {
    console.error(`${error.message}\n${USAGE}`);
    process.exit(1);
  }
  await setUpOrExit();
  const site = await buildSite(values);
  if (!site) process.exit(1);
  console.log(`\nThe site: ${path.join(site, 'index.html')}`);
}
