// The page that the lab opens: the ladder of notebooks, from what each says of itself, so that it is never out of date.
import fs from 'node:fs';
import path from 'node:path';
import { notebookTitle } from '../site/pages.mjs';

/** Of the workspace; a page that JupyterLab shows must lie in it. */
export const START_PAGE = 'build/start.md';

/**
 * @param root         the workspace
 * @param tensorboard  address of the curves of all trainings
 * @returns            the page, in Markdown, with links from where START_PAGE lies
 */
export function startPage(root, tensorboard) {
  const rows = fs
    .readdirSync(path.join(root, 'notebooks'))
    .filter((name) => name.endsWith('.ipynb'))
    .sort()
    .map((name) => {
      const notebook = JSON.parse(fs.readFileSync(path.join(root, 'notebooks', name), 'utf8'));
      const { label, question, time, needs } = notebookTitle(notebook);
      return `| [${label}](../notebooks/${name}) | ${question} | ${time} | ${needs.replace(/\]\((?=\d)/g, '](../notebooks/')} |`;
    });
  return `# The ladder

${runLine(root)}

| notebook | its question | time | needs |
|---|---|---|---|
${rows.join('\n')}

- [Curves of all trainings](${tensorboard}), in TensorBoard.
- [The workspace](../README.md), [the library](../lib/README.md), [limits](../docs/limits.md).
`;
}

function runLine(root) {
  const run = process.env.RECONSTRUCT_RUN || path.join('data', 'runs', 'smoke', 'population');
  const isThere = fs.existsSync(path.resolve(root, run, 'summary.json'));
  return isThere
    ? `Read them in their order. The run that they show is in \`${run}\`.`
    : `Read them in their order. **Most of them read the run in \`${run}\`, which is not there yet**: \`npm start\` makes it.`;
}
