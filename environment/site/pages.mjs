// Pages of the site that no file holds: its first one, and notebooks that were not executed.

/** A notebook's heading, in two parts at its colon, and what the table below it says of time and needs. */
export function notebookTitle({ cells }) {
  const text =
    cells.filter(({ cell_type }) => cell_type === 'markdown').map(({ source }) => [source].flat().join(''))[0] ?? '';
  const [, heading = ''] = /^# (.+)$/m.exec(text) ?? [];
  const [label, ...question] = heading.split(': ');
  const row = (name) => new RegExp(`^\\| ${name} \\| (.+) \\|$`, 'm').exec(text)?.[1] ?? '';
  return { label, question: question.join(': '), time: row('Time'), needs: row('Needs') };
}

/** An executed notebook without the forms of its outputs that only JupyterLab draws: each has a form in HTML beside it. */
export function forPages(notebook) {
  const outputOf = (output) => {
    const { 'application/vnd.plotly.v1+json': _, ...data } = output.data ?? {};
    return output.data ? { ...output, data } : output;
  };
  const cells = notebook.cells.map((cell) => (cell.outputs ? { ...cell, outputs: cell.outputs.map(outputOf) } : cell));
  return { ...notebook, cells };
}

/** A stored notebook with a note, below its heading, that figures are missing. */
export function withoutFigures(notebook) {
  const [first, ...rest] = notebook.cells;
  const note = {
    id: 'not-executed',
    cell_type: 'markdown',
    metadata: {},
    source:
      ':::{note}\nThis notebook was not executed when the site was built, so its figures are missing. `npm start` makes what it reads; `npm run lab` runs it.\n:::',
  };
  return { ...notebook, cells: [first, note, ...rest] };
}

const HEADS = { population: 'the embedded population', 'ict-facekit': 'ICT-FaceKit' };

function reportTitle(file) {
  const [, profile, heads] = /^(.+)-(population|ict-facekit)\.html$/.exec(file);
  return `${profile[0].toUpperCase()}${profile.slice(1)}: ${HEADS[heads]}`;
}

/** The first page, with the tables of contents that make the navigation. */
export function indexPage({ ladder, modules, reports, runs, docs }) {
  const toctree = (caption, lines) =>
    [`:::{toctree}`, ':hidden:', ':maxdepth: 1', `:caption: ${caption}`, '', ...lines, ':::'].join('\n');
  const place = ({ name, label, question, time, needs }) =>
    `| [${label}](notebooks/${name}.ipynb) | ${question} | ${time.split(',')[0].replace(/ to read.*/, '')} | ${needs.replace(/\]\((\d)/g, '](notebooks/$1')} |`;
  const shown = ladder.map(place).join('\n');
  const docTitles = {
    'docs/paper-line-by-line': 'The paper, line by line',
    'docs/limits': 'Limits',
    'docs/verify': 'How to verify us',
    'docs/classroom': 'In a classroom',
    'docs/cluster': 'On a cluster',
    'docs/cost': 'What a run costs',
  };
  return `# Hyperparameter-free losses, rebuilt

From one picture of a face a network predicts the head's 3D shape and the camera's pose. Usual losses have a term for each, with
weights to be searched; *Hyperparameter-Free Losses for Model-Based Monocular Reconstruction* (Ramon, Ruiz, Batard,
Giró-i-Nieto 2019) lets geometry join them in one term. This workspace in TypeScript rebuilds that paper, from scans of heads to
its tables, so that every step can be run, read and changed.

## The notebooks, in their order

| notebook | its question | time | needs |
|---|---|---|---|
${shown}

To run them: \`npm start\`, then \`npm run lab\`, in a clone of the workspace.

## Results

${reports.map((name) => `- <a href="results/${name}">${reportTitle(name)}</a>, from the numbers in git${runs.includes(name) ? ` (<a href="runs/${name}">the whole report of the run that was here</a>)` : ''}`).join('\n')}

:::{image} overview.png
:alt: Heads of the embedded population, training images with their true points, and the table of five losses
:width: 36rem
:::

## Where to look

- [The paper, line by line](docs/paper-line-by-line.md): where each equation, table and figure is computed here, our value and theirs.
- [Limits](docs/limits.md): what this workspace cannot do, and what nobody has checked.
- [How to verify us](docs/verify.md): tests, mutants, oracles, benches, one command each.
- [In a classroom](docs/classroom.md): a syllabus with hours, a final project, Windows and macOS.
- [On a cluster](docs/cluster.md) and [what a run costs](docs/cost.md): the same workflow on Slurm; time, memory and disk of any profile.
- [The library](lib/README.md): its rooms, and the functions of each.

${toctree(
  'Notebooks',
  ladder.map(({ name, label }) => `${label} <notebooks/${name}>`),
)}

${toctree('About', [
  ...Object.entries(docTitles).map(([name, title]) => `${title} <${name}>`),
  ...docs.map((file) => file.replace(/\.md$/, '')).filter((name) => !(name in docTitles)),
  ...['Contributing <CONTRIBUTING>', 'Security <SECURITY>', 'Changes <CHANGELOG>'],
])}

${toctree('Library', ['Rooms and directions <lib/README>', ...modules.map(({ name }) => `lib/${name} <api/${name.replaceAll('/', '-')}>`)])}
`;
}
