// The numbers that docs/ holds: each from data/results when the site is built, so that a page stays true when results change.
//
// A page says {{ laptop.mrl_2.mm }}; conf.py gives these to MyST, and a name that is not there stops the build.
import type { PAPER_TABLE_2, Summary } from 'lib/experiment';

type Row = Summary['rows'][number];
type Errors = Row['errors'];
type Measure = Exclude<keyof Errors, 'clampedShare'>;
type Theirs = Pick<(typeof PAPER_TABLE_2)[number], 'loss' | Measure>;

const SPLITS = ['train', 'validation', 'test'] as const;
const MEASURES: { name: string; of: Measure; header: string }[] = [
  { name: 'px', of: 'reprojectionPixels', header: 'reprojection, px' },
  { name: 'mm', of: 'shapeMillimetres', header: 'shape, mm' },
  { name: 'cm', of: 'translationCentimetres', header: 'translation, cm' },
  { name: 'degrees', of: 'rotationDegrees', header: 'rotation, °' },
];
/** Which of our losses stand for which of the paper's. */
const OURS = { coarse: ['coarse'], xqt: ['xqt'], gal: ['gal-released', 'gal-camera'], srl: ['srl'], mrl: ['mrl-2'] };

/** A number with a true minus. */
const fixed = (value: number, digits = 2) => value.toFixed(digits).replace('-', '−');
const mean = (values: number[]) => values.reduce((a, b) => a + b) / values.length;
const count = (value: number) => value.toLocaleString('en');
const trainingSeconds = ({ seeds }: Row) => mean(seeds.map(({ seconds }) => seconds));
/** A loss's name in an expression: mrl-2 is mrl_2, srl.penalty-0.1 is srl_penalty_0_1. */
const key = (loss: string) => loss.replaceAll(/\W/g, '_');

/** A table in Markdown, numbers to the right. */
export function table(header: string[], rows: string[][]): string {
  const line = (cells: string[]) => `| ${cells.join(' | ')} |`;
  return [line(header), line(header.map((_, i) => (i === 0 ? '---' : '--:'))), ...rows.map(line)].join('\n');
}

const text = (errors: Errors, of: Measure, spread?: Errors) =>
  `${fixed(errors[of])}${spread ? ` ± ${fixed(spread[of])}` : ''}`;
const cells = (errors: Errors, spread?: Errors) => MEASURES.map(({ of }) => text(errors, of, spread));
const named = (errors: Errors) => Object.fromEntries(MEASURES.map(({ name, of }) => [name, text(errors, of)]));

/**
 * What a page can say of one run.
 *
 * @param paper  the paper's Table 2 (`PAPER_TABLE_2`)
 */
export function runNumbers(summary: Summary, paper: readonly Theirs[]) {
  const { subjects, images, rows, floors, findings, provenance } = summary;
  const losses = rows.map((row) => [
    key(row.loss),
    { ...named(row.errors), steps: count(row.steps), epochs: fixed(row.epochs, 1) },
  ]);
  return {
    ...Object.fromEntries(losses),
    people: count(SPLITS.reduce((sum, split) => sum + subjects[split], 0)),
    seeds: rows[0].seeds.length,
    mean_head: named(floors.meanHead),
    provenance: `commit ${provenance.commit}, ${provenance.date}, ${provenance.device}`,
    table1: table(
      ['split', 'people', 'images', 'images a person'],
      SPLITS.map((split) => [
        split,
        count(subjects[split]),
        count(images[split]),
        fixed(images[split] / subjects[split]),
      ]),
    ),
    table2: table(
      ['loss', ...MEASURES.map(({ header }) => header), 'gain over the mean head, %'],
      [
        ...rows.map(({ title, errors, spread, shapeGain }) => [title, ...cells(errors, spread), gain(shapeGain)]),
        ['mean head, mean pose', ...cells(floors.meanHead), ''],
        ['truth on the components', ...cells(floors.projection), ''],
      ],
    ),
    beside_paper: besidePaper(rows, paper),
    costs: costs(rows),
    shape_by_angle: byAngle(rows, 'shapeMillimetres'),
    pixels_by_angle: byAngle(rows, 'reprojectionPixels'),
    by_views: byViews(rows),
    findings: findings
      .map(({ statement, held, numbers }) => `- ${held ? 'Held' : 'Did **not** hold'}: ${statement} (${numbers}).`)
      .join('\n'),
  };
}

const percent = (share: number) => fixed(100 * share, 1);
const gain = ({ share, low, high }: Row['shapeGain']) => `${percent(share)} (${percent(low)} to ${percent(high)})`;

function besidePaper(rows: Row[], paper: readonly Theirs[]): string {
  return table(
    ['loss', ...MEASURES.map(({ header }) => `${header}: ours / paper`)],
    paper.flatMap((theirs) =>
      rows
        .filter(({ loss }) => OURS[theirs.loss].includes(loss))
        .map(({ title, errors }) => [
          title,
          ...MEASURES.map(({ of }) => `${text(errors, of)} / ${theirs[of].toFixed(1)}`),
        ]),
    ),
  );
}

function costs(rows: Row[]): string {
  return table(
    ['loss', 'an epoch, s', 'epochs', 'trials of a search', 'training, min', 'with its search, min'],
    rows.map((row) => {
      const seconds = trainingSeconds(row);
      const { trials = 0, seconds: searching = 0 } = row.search ?? {};
      const times = [seconds / 60, (seconds + searching) / 60].map((minutes) => fixed(minutes, 1));
      return [row.title, fixed(seconds / row.epochs, 1), fixed(row.epochs, 1), String(trials), ...times];
    }),
  );
}

function byAngle(rows: Row[], of: 'shapeMillimetres' | 'reprojectionPixels'): string {
  return table(
    ['loss', ...rows[0].byAngle[of].map(({ fromDegrees }) => `${fromDegrees}–${fromDegrees + 10}°`)],
    rows.map(({ title, byAngle: bins }) => [title, ...bins[of].map((bin) => fixed(bin.mean, 1))]),
  );
}

function byViews(rows: Row[]): string {
  return table(
    ['virtual views', 'shape, mm', 'reprojection, px', 'a step, ms'],
    rows.flatMap((row) => {
      const [, views] = /^mrl-(\d+)$/.exec(row.loss) ?? [];
      if (!views) return [];
      const { errors, spread, steps } = row;
      const errorsText = (['shapeMillimetres', 'reprojectionPixels'] as const).map((of) => text(errors, of, spread));
      return [[views, ...errorsText, fixed((1000 * trainingSeconds(row)) / steps, 0)]];
    }),
  );
}
