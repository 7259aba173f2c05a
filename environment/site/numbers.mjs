// The numbers that docs/ holds: each from data/results when the site is built, so that a page stays true when results change.
//
// A page says {{ laptop.mrl_2.mm }}; conf.py gives these to MyST, and a name that is not there stops the build.

const ERRORS = {
  px: 'reprojectionPixels',
  mm: 'shapeMillimetres',
  cm: 'translationCentimetres',
  degrees: 'rotationDegrees',
};
const HEADER = ['loss', 'reprojection, px', 'shape, mm', 'translation, cm', 'rotation, °'];

/** A number with a true minus. */
const fixed = (value, digits = 2) => value.toFixed(digits).replace('-', '−');
const mean = (values) => values.reduce((a, b) => a + b) / values.length;
const minutes = (seconds) => fixed(seconds / 60, 1);
const count = (value) => value.toLocaleString('en');
/** A loss's name in an expression: mrl-2 is mrl_2, srl.penalty-0.1 is srl_penalty_0_1. */
const key = (loss) => loss.replaceAll(/\W/g, '_');

/** A table in Markdown; columns after the first are numbers. */
export function table(header, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(header), line(header.map((_, i) => (i === 0 ? '---' : '--:'))), ...rows.map(line)].join('\n');
}

/**
 * What a page can say of one run.
 *
 * @param summary  one of data/results, as lib/experiment reads it
 * @param paper    the paper's Table 2 (`PAPER_TABLE_2`)
 */
export function runNumbers(summary, paper) {
  const { subjects, images, rows, floors, findings, provenance } = summary;
  const errors = (of, spread) =>
    Object.fromEntries(
      Object.entries(ERRORS).map(([name, from]) => [
        name,
        spread ? `${fixed(of[from])} ± ${fixed(spread[from])}` : fixed(of[from]),
      ]),
    );
  const losses = rows.map((row) => {
    const seconds = mean(row.seeds.map((seed) => seed.seconds));
    const { share, low, high } = row.shapeGain;
    return [
      key(row.loss),
      {
        ...errors(row.errors),
        spread: errors(row.errors, row.spread),
        title: row.title,
        gain: fixed(100 * share, 1),
        interval: `${fixed(100 * low, 1)} to ${fixed(100 * high, 1)}`,
        minutes: minutes(seconds),
        stepMilliseconds: fixed((1000 * seconds) / row.steps, 0),
        steps: count(row.steps),
        epochs: fixed(row.epochs, 1),
        trials: row.search?.trials ?? 0,
        searchMinutes: minutes(row.search?.seconds ?? 0),
        totalMinutes: minutes(seconds + (row.search?.seconds ?? 0)),
      },
    ];
  });
  return {
    ...Object.fromEntries(losses),
    subjects: Object.fromEntries(Object.entries(subjects).map(([split, n]) => [split, count(n)])),
    images: Object.fromEntries(Object.entries(images).map(([split, n]) => [split, count(n)])),
    views: Object.fromEntries(Object.entries(images).map(([split, n]) => [split, fixed(n / subjects[split])])),
    people: count(Object.values(subjects).reduce((a, b) => a + b)),
    seeds: rows[0].seeds.length,
    losses: rows.length,
    mean_head: errors(floors.meanHead),
    components: errors(floors.projection),
    provenance: `commit ${provenance.commit}, ${provenance.date}, ${provenance.device}`,
    table1: table(
      ['split', 'people', 'images', 'images a person'],
      Object.entries(subjects).map(([split, n]) => [split, count(n), count(images[split]), fixed(images[split] / n)]),
    ),
    table2: table(
      [...HEADER, 'gain over the mean head, %'],
      [
        ...rows.map(({ title, errors: e, spread }, i) => [
          title,
          ...Object.values(errors(e, spread)),
          `${losses[i][1].gain} (${losses[i][1].interval})`,
        ]),
        ['mean head, mean pose', ...Object.values(errors(floors.meanHead)), ''],
        ['truth on the components', ...Object.values(errors(floors.projection)), ''],
      ],
    ),
    beside_paper: besidePaper(summary, paper),
    costs: table(
      ['loss', 'an epoch, s', 'epochs', 'trials', 'training, min', 'with its search, min'],
      rows.map(({ title, seeds, epochs }, i) => {
        const of = losses[i][1];
        return [
          title,
          fixed(mean(seeds.map((seed) => seed.seconds)) / epochs, 1),
          of.epochs,
          of.trials,
          of.minutes,
          of.totalMinutes,
        ];
      }),
    ),
    shape_by_angle: byAngle(rows, 'shapeMillimetres'),
    pixels_by_angle: byAngle(rows, 'reprojectionPixels'),
    by_views: byViews(rows),
    findings: findings
      .map(({ statement, held, numbers }) => `- ${held ? 'Held' : 'Did **not** hold'}: ${statement} (${numbers}).`)
      .join('\n'),
  };
}

/** Which of our losses stands for which of the paper's. */
const OURS = { coarse: ['coarse'], xqt: ['xqt'], gal: ['gal-released', 'gal-camera'], srl: ['srl'], mrl: ['mrl-2'] };

function besidePaper({ rows }, paper) {
  const cell = (row, from) => (row ? fixed(row.errors[from]) : '–');
  return table(
    HEADER.map((text, i) => (i === 0 ? text : `${text}: ours / paper`)),
    paper.flatMap((theirs) =>
      OURS[theirs.loss]
        .map((loss) => rows.find((row) => row.loss === loss))
        .filter(Boolean)
        .map((row) => [
          row.title,
          ...Object.values(ERRORS).map((from) => `${cell(row, from)} / ${theirs[from].toFixed(1)}`),
        ]),
    ),
  );
}

function byAngle(rows, of) {
  const bins = rows[0].byAngle[of];
  const range = ({ fromDegrees }, i) =>
    i === bins.length - 1 ? `${fromDegrees}° and more` : `${fromDegrees}–${fromDegrees + 10}°`;
  return table(
    ['loss', ...bins.map(range)],
    rows.map(({ title, byAngle: its }) => [title, ...its[of].map((bin) => fixed(bin.mean, 1))]),
  );
}

function byViews(rows) {
  const ofViews = rows.filter(({ loss }) => /^mrl-\d+$/.test(loss));
  return table(
    ['virtual views', 'shape, mm', 'reprojection, px', 'a step, ms'],
    ofViews.map(({ loss, errors, spread, seeds, steps }) => {
      const text = (from) => `${fixed(errors[from])}${spread ? ` ± ${fixed(spread[from])}` : ''}`;
      return [
        loss.slice('mrl-'.length),
        text('shapeMillimetres'),
        text('reprojectionPixels'),
        fixed((1000 * mean(seeds.map((seed) => seed.seconds))) / steps, 0),
      ];
    }),
  );
}
