// Of the results in git: a report page for each run, and the numbers that docs/ holds.
//   node --import tsx environment/site/results.ts FOLDER
// writes FOLDER/results/PROFILE-SOURCE.html, which load plotly.js from ../_static, and FOLDER/numbers.json.
import fs from 'node:fs';
import path from 'node:path';
import {
  angleFigure,
  chunkCounts,
  costFigure,
  measuredCosts,
  openQuestions,
  PAPER_TABLE_2,
  type Profile,
  paperFigure,
  readJobSplit,
  readProfile,
  readRun,
  readSummary,
  resultsFigure,
  type Summary,
  splitsFigure,
  viewsFigure,
} from 'lib/experiment';
import { reportPage } from 'lib/figures';
import { writeWhole } from 'lib/files';
import { costNumbers } from './costs';
import { runNumbers } from './numbers';

const RESULTS = path.join('data', 'results');
const HEADS: Record<string, string> = { population: 'the embedded population', 'ict-facekit': 'ICT-FaceKit' };

/** @param ran  the profile that the run had; a profile of the same name may say something else by now */
function report(summary: Summary, ran: Profile | undefined, others: { label: string; href?: string }[]): string {
  const { profile, heads, subjects, rows, findings, provenance } = summary;
  const byViews = viewsFigure(summary);
  const seeds = rows[0].seeds.length;
  return reportPage({
    title: `Results of ${profile}: ${HEADS[heads] ?? heads}`,
    subtitle: 'From the numbers that git holds; the report that a run makes shows its heads, images and trainings too',
    plotlySource: '../_static/plotly.js',
    navigation: others,
    sections: [
      {
        heading: 'The people',
        paragraphs: [
          `${rows.length} losses, ${seeds === 1 ? 'one seed' : `${seeds} seeds each`}, ${rows[0].steps.toLocaleString('en')} steps; ${subjects.test} people to test, of whom no training saw a picture.`,
        ],
        figures: [splitsFigure(summary)],
      },
      { heading: 'The table', figures: [resultsFigure(summary), costFigure(summary), paperFigure()] },
      {
        heading: 'What held',
        paragraphs: findings.map(
          ({ statement, held, numbers }) => `${held ? '✓ Held' : '✗ Did not hold'}: ${statement} (${numbers}).`,
        ),
      },
      { heading: 'Where each loss is right', figures: [angleFigure(summary)] },
      ...(byViews ? [{ heading: 'How many virtual views', figures: [byViews] }] : []),
      ...(ran ? openQuestions(ran, summary) : []).map(({ question, says, figure }) => ({
        heading: question,
        paragraphs: [says],
        figures: [figure],
      })),
    ],
    footer: `Seed ${provenance.seed}, commit ${provenance.commit}, ${provenance.device}, TensorFlow ${provenance.tensorflow}, Node ${provenance.node}, ${provenance.date}.`,
  });
}

const folder = process.argv[2];
const runs = fs
  .readdirSync(RESULTS, { withFileTypes: true })
  .flatMap((entry) => (entry.isDirectory() ? [entry.name] : []))
  .sort()
  .flatMap((profile) =>
    fs
      .readdirSync(path.join(RESULTS, profile))
      .filter((name) => name.endsWith('.json'))
      .map((name) => ({ profile, source: path.basename(name, '.json') }))
      .map((run) => ({ ...run, summary: readSummary(path.join(RESULTS, profile, `${run.source}.json`)) })),
  );
const numbers: Record<string, unknown> = {};
for (const { profile, source, summary } of runs) {
  const others = runs.map((run) => ({
    label: `${run.profile}, ${HEADS[run.source] ?? run.source}`,
    ...(run.summary === summary ? {} : { href: `${run.profile}-${run.source}.html` }),
  }));
  const navigation = [{ label: 'The site', href: '../index.html' }, ...others];
  const kept = path.join(RESULTS, profile, source);
  const ran = fs.existsSync(path.join(kept, 'run.json')) ? readRun(kept).profile : undefined;
  writeWhole(path.join(folder, 'results', `${profile}-${source}.html`), report(summary, ran, navigation));
  const name = source === 'population' ? profile : `${profile}_${source}`;
  numbers[name.replaceAll(/\W/g, '_')] = runNumbers(summary, PAPER_TABLE_2);
}
const paper = readProfile(path.join('environment', 'profiles', 'paper.json'));
const split = readJobSplit(path.join('environment', 'workflow', 'profiles', 'slurm', 'split.json'));
numbers.cost = costNumbers(measuredCosts(), paper, split, chunkCounts(paper, split));
writeWhole(path.join(folder, 'numbers.json'), `${JSON.stringify(numbers, null, 1)}\n`);
