// Runs the notebooks: node environment/notebooks.mjs [--check] [--export FOLDER]
//
// --check type-checks the cells of each notebook, as it stands and with its solutions, then runs both (execute.py says what
// must hold); it needs the run that npm start makes. --export writes a page for each notebook, which works without a network.
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { succeeds } from './setup/terminal.mjs';
import { python, root } from './setup.mjs';

const USAGE = 'usage: node environment/notebooks.mjs [--check] [--export FOLDER]';
const here = path.join(root, 'environment', 'notebooks');
const scripts = path.join(root, 'build', 'notebooks');

const run = (program, args) => succeeds(program, args, root);

const readNotebook = (...parts) => JSON.parse(fs.readFileSync(path.join(root, 'notebooks', ...parts), 'utf8'));

/** The notebooks with the cells of their solutions in place, for the type-check. */
function withSolutions(name) {
  if (!fs.existsSync(path.join(root, 'notebooks', 'solutions', name))) return undefined;
  const solutions = new Map(readNotebook('solutions', name).cells.map((cell) => [cell.id, cell]));
  const notebook = readNotebook(name);
  return { ...notebook, cells: notebook.cells.map((cell) => solutions.get(cell.id) ?? cell) };
}

/** Each notebook becomes one module, so that a name that two cells declare is an error. */
async function checkTypes() {
  fs.rmSync(scripts, { recursive: true, force: true });
  fs.mkdirSync(scripts, { recursive: true });
  const names = fs.readdirSync(path.join(root, 'notebooks')).filter((name) => name.endsWith('.ipynb'));
  const files = [];
  for (const name of names) {
    const solved = withSolutions(name);
    for (const [suffix, notebook] of [
      ['', readNotebook(name)],
      ['-solved', solved],
    ]) {
      if (!notebook) continue;
      const file = path.join(scripts, name.replace('.ipynb', `${suffix}.ipynb`));
      fs.writeFileSync(file, JSON.stringify(notebook));
      files.push(file);
    }
  }
  if (!(await run(python, ['-m', 'jupytext', '--quiet', '--to', 'ts:percent', ...files]))) return false;
  const passed = await run(process.execPath, ['node_modules/typescript/bin/tsc', '--project', here]);
  console.log(passed ? 'types of all cells: passed' : 'types of cells: FAILED, in the scripts of build/notebooks');
  return passed;
}

let values;
try {
  ({ values } = parseArgs({ options: { check: { type: 'boolean' }, export: { type: 'string' } } }));
} catch (error) {
  console.error(`${error.message}\n${USAGE}`);
  process.exit(1);
}
const typed = !values.check || (await checkTypes());
const options = [...(values.check ? ['--check'] : []), ...(values.export ? ['--export', values.export] : [])];
const ran = await run(python, [path.join(here, 'execute.py'), ...options]);
process.exit(typed && ran ? 0 : 1);
