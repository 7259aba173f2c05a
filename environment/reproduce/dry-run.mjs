// What a run would do: its jobs by rule, as Snakemake counts them, with their costs by the library's model.

/** Jobs by rule, from what `snakemake --dry-run` prints; empty where nothing is left to do. */
export function jobCounts(output) {
  if (/^Nothing to be done/m.test(output)) return {};
  const [, table] = /^Job stats:\n(?:.*\n)*?-+ +-+\n((?:\S+ +\d+\n)+?)total +\d+$/m.exec(output) ?? [];
  if (!table) throw new Error(`Snakemake's dry run must hold a table of jobs, but is\n${output}`);
  const rows = table.trim().split('\n');
  return Object.fromEntries(rows.map((row) => row.split(/ +/)).map(([rule, count]) => [rule, Number(count)]));
}

/**
 * The plan as text.
 *
 * @param library  costsByRule of lib/experiment, in an object
 * @param options  left, jobs by rule; groups, all jobs with their costs, undefined where these are not known, and why; paperGroups,
 *                 the same with the paper's times on a GPU; costs, the measured ones; onGpu, where trainings run
 */
export function planText(library, { title, left, groups, why, paperGroups, costs, onGpu }) {
  const jobs = Object.values(left).reduce((sum, count) => sum + count, 0);
  if (jobs === 0) return `${title}: nothing is left to do`;
  if (!groups)
    return [
      `${title}: ${jobs} jobs`,
      ...Object.entries(left).map(([rule, count]) => `  ${rule.padEnd(22)}${String(count).padStart(7)}`),
      `Costs are not known: ${why}`,
    ].join('\n');
  const rules = library.costsByRule(groups, { left, onGpu });
  const total = (of) => rules.reduce((sum, rule) => sum + (rule[of] ?? 0), 0);
  const largest = Math.max(...rules.map(({ memoryMegabytes = 0 }) => memoryMegabytes));
  const line = (rule, ...cells) => `  ${rule.padEnd(22)}${cells.map((cell) => cell.padStart(13)).join('')}`;
  const unpriced = rules.filter(({ rule, coreHours }) => coreHours === undefined && rule !== 'all');
  const { provenance } = costs;
  const machine = `${provenance.processor}, TensorFlow ${provenance.tensorflow}, Node ${provenance.node}, commit ${provenance.commit}, ${provenance.date}`;
  return [
    title,
    '',
    line('rule', 'jobs', 'core hours', 'GPU hours', 'memory, GB', 'disk, GB'),
    ...rules.map(({ rule, jobs: count, coreHours, gpuHours, memoryMegabytes, diskMegabytes }) =>
      line(
        rule,
        String(count),
        number(coreHours),
        onGpu ? number(gpuHours) : '',
        number(memoryMegabytes, 1000),
        number(diskMegabytes, 1000),
      ),
    ),
    line(
      'sum',
      String(jobs),
      number(total('coreHours')),
      onGpu ? number(total('gpuHours')) : '',
      number(largest, 1000),
      number(total('diskMegabytes'), 1000),
    ),
    '',
    gpuText(),
    `Priced on ${machine}${provenance.busy ? ', WHILE OTHER WORK RAN THERE' : ''}${provenance.sizes === 'small' ? ', AT SMALL SIZES ONLY' : ''}.`,
    ...(unpriced.length > 0 ? [`Not priced: ${unpriced.map(({ rule }) => rule).join(', ')}.`] : []),
    'Memory is of the largest job. The seconds that a cluster takes to start a job are not in it.',
  ].join('\n');

  function gpuText() {
    const priced = (costs) => costs.filter(({ coreHours }) => coreHours !== undefined);
    if (onGpu && priced(rules).every(({ gpuHours }) => gpuHours !== undefined))
      return `GPU hours are those of ${provenance.gpu}; trainings take no core hours.`;
    const theirs = priced(library.costsByRule(paperGroups, { left, onGpu: true }));
    const hours = theirs.reduce((sum, { gpuHours = Number.NaN }) => sum + gpuHours, 0);
    const paper =
      hours > 0
        ? `; by the paper's own minutes an epoch (Table 2), on a GPU that it does not name, trainings and trials take ${number(hours)} GPU hours`
        : '';
    return `GPU hours: ${onGpu ? 'not known' : 'none, since TensorFlow runs on cores here'}; no step was measured on a GPU${paper}.`;
  }
}

/** To two digits or whole; a dash where it is not known. */
function number(value, divisor = 1) {
  if (value === undefined || Number.isNaN(value)) return '–';
  const scaled = value / divisor;
  if (scaled === 0) return '0';
  return scaled >= 99.5 ? Math.round(scaled).toLocaleString('en') : scaled.toPrecision(2);
}
