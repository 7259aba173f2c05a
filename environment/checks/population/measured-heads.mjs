/** What a drawn population may be off by: of a mean, and of a standard deviation. */
const MEAN_SHARE = 0.03;
const DEVIATION_SHARE = 0.1;

/** Draws heads, measures them, and puts means, deviations and correlations beside those of adults. */
export function measureHeads(lib, count) {
  const { CORRELATIONS, headMeasures, headPopulation, MEASURE_NAMES, MEASURES, sampleHead } = lib('population');
  const { tableFigure } = lib('figures');
  const { createRandom } = lib('random');
  const population = headPopulation();
  const heads = Array.from({ length: count }, (_, i) => {
    const { sex, points } = sampleHead(population, createRandom('measured heads').fork(i));
    return { sex, measured: headMeasures(points, population.template) };
  });
  const values = { men: valuesOf('man'), women: valuesOf('woman') };
  function valuesOf(sex) {
    const own = heads.filter((head) => head.sex === sex);
    return Object.fromEntries(MEASURE_NAMES.map((name) => [name, own.map(({ measured }) => measured[name])]));
  }

  const failures = [];
  const rows = MEASURE_NAMES.flatMap((name) =>
    ['women', 'men'].map((sex) => {
      const [mean, deviation] = MEASURES[name][sex];
      const reached = { mean: meanOf(values[sex][name]), deviation: deviationOf(values[sex][name]) };
      const meanOff = reached.mean / mean - 1;
      const deviationOff = reached.deviation / deviation - 1;
      if (!(Math.abs(meanOff) <= MEAN_SHARE)) failures.push(`mean ${name} of ${sex} is off by ${percent(meanOff)}`);
      if (!(Math.abs(deviationOff) <= DEVIATION_SHARE))
        failures.push(`standard deviation of ${name} of ${sex} is off by ${percent(deviationOff)}`);
      return {
        measure: name,
        sex: `${sex}, ${values[sex][name].length}`,
        target: { value: mean, spread: deviation },
        reached: { value: reached.mean, spread: reached.deviation },
        meanOff: 100 * meanOff,
        deviationOff: 100 * deviationOff,
      };
    }),
  );
  const measures = tableFigure({
    title: `Measures of ${count.toLocaleString('en')} heads`,
    howToRead: 'Mean ± standard deviation within a sex: of adults, and of heads as drawn and measured.',
    columns: [
      { key: 'measure', label: 'measure' },
      { key: 'sex', label: 'sex, heads' },
      { key: 'target', label: 'adults', unit: 'mm', digits: 1 },
      { key: 'reached', label: 'drawn', unit: 'mm', digits: 1 },
      { key: 'meanOff', label: 'mean off', unit: '%', digits: 1 },
      { key: 'deviationOff', label: 'deviation off', unit: '%', digits: 1 },
    ],
    rows,
  });
  const correlations = tableFigure({
    title: 'Correlations within a sex',
    howToRead: `Of adults, and of the drawn heads; the standard error of one is about ${(1 / Math.sqrt(count / 2)).toFixed(2)}.`,
    columns: [
      { key: 'pair', label: 'measures' },
      { key: 'target', label: 'adults' },
      { key: 'women', label: 'women' },
      { key: 'men', label: 'men' },
    ],
    rows: CORRELATIONS.map(([one, other, target]) => ({
      pair: `${one}, ${other}`,
      target,
      women: correlation(values.women[one], values.women[other]),
      men: correlation(values.men[one], values.men[other]),
    })),
  });
  const { names, smoothShare } = population;
  const modes = `${names.length} coefficients a head; the smooth modes hold ${(100 * smoothShare).toFixed(1)} % of their process' variance.`;
  console.log(modes);
  return {
    checked: 2 * rows.length,
    failures,
    printed: [measures, correlations],
    section: { heading: 'Measures', paragraphs: [modes], figures: [measures, correlations] },
  };
}

const percent = (share) => `${(100 * share).toFixed(1)} %`;
const meanOf = (values) => values.reduce((a, b) => a + b) / values.length;

function covariance(one, other) {
  const [a, b] = [meanOf(one), meanOf(other)];
  return one.reduce((sum, v, i) => sum + (v - a) * (other[i] - b), 0) / (one.length - 1);
}

const deviationOf = (values) => Math.sqrt(covariance(values, values));
const correlation = (one, other) => covariance(one, other) / (deviationOf(one) * deviationOf(other));
