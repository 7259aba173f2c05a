// The numbers of docs/cost.md: from data/results/cost.json, when the site is built.
import {
  type ChunkCounts,
  costErrors,
  costsByRule,
  fitCosts,
  type JobSplit,
  type MeasuredCosts,
  makespan,
  type Profile,
  paperGpuSeconds,
  plannedJobs,
  type Stage,
  type StageSize,
} from 'lib/experiment';
import { table } from './numbers';

const NODES = [1, 10, 100];
/** What a cluster takes to start a job: 5 to 11 s on two Slurm nodes on one machine. */
const JOB_START_SECONDS = 11;

/** One thing that is done, for a reader to multiply. */
const UNITS: { [S in Stage]?: [string, StageSize[S], StageSize[S]] } = {
  scan: ['a scan', { people: 0 }, { people: 1 }],
  register: ['a registration', { people: 0 }, { people: 1 }],
  render: [
    'an image of 224 px',
    { people: 0, images: 0, pixels: 224 * 224 },
    { people: 0, images: 1, pixels: 224 * 224 },
  ],
};

/**
 * @param costs   undefined before anyone has measured
 * @param profile the paper's
 */
export function costNumbers(
  costs: MeasuredCosts | undefined,
  profile: Profile,
  { trialsAtOnce }: JobSplit,
  chunks: ChunkCounts,
) {
  if (!costs) {
    const missing = 'not measured yet: `npm run check -- cost`';
    const names = ['provenance', 'warning', 'units', 'steps', 'checked', 'efficiency', 'paper_rules', 'paper_nodes'];
    return Object.fromEntries(names.map((name) => [name, missing]));
  }
  const { provenance, points, efficiency } = costs;
  const model = fitCosts(points);
  const split = { chunks, trialsAtOnce };
  const planned = plannedJobs(profile, model, split);
  const onGpu = plannedJobs(profile, model, split, { gpuSeconds: paperGpuSeconds });
  return {
    provenance: `${provenance.processor}, ${provenance.cores} cores, TensorFlow ${provenance.tensorflow}, Node ${provenance.node}, commit ${provenance.commit}, ${provenance.date}`,
    warning: [
      provenance.busy
        ? 'Other work ran on the machine: **these times are too long.**'
        : 'Nothing else ran on the machine meanwhile.',
      ...(provenance.sizes === 'small' ? ['Only small sizes were measured: **larger ones are a guess.**'] : []),
    ].join(' '),
    units: unitCosts(model),
    steps: stepCosts(model, points),
    checked: checkedPoints(model, points),
    efficiency: efficiency
      ? `${efficiency.register.toFixed(2)} at registration, ${efficiency.render.toFixed(2)} at rendering`
      : 'not measured',
    paper_rules: table(
      ['rule', 'jobs', 'core hours', 'memory of the largest, GB', 'disk, GB'],
      costsByRule(planned).map(({ rule, jobs, coreHours, memoryMegabytes, diskMegabytes }) => [
        `\`${rule}\``,
        String(jobs),
        rounded(coreHours),
        rounded(memoryMegabytes, 1000),
        rounded(diskMegabytes, 1000),
      ]),
    ),
    paper_nodes: table(
      [`nodes of ${provenance.cores} cores`, 'on cores, days', 'with a GPU a node for trainings, days'],
      NODES.map((nodes) => {
        const slots = { cores: nodes * provenance.cores, jobStartSeconds: JOB_START_SECONDS };
        return [
          String(nodes),
          rounded(makespan(planned, slots) / 86_400),
          rounded(makespan(onGpu, { ...slots, gpus: nodes }) / 86_400),
        ];
      }),
    ),
  };
}

type Model = ReturnType<typeof fitCosts>;

function unitCosts(model: Model): string {
  return table(
    ['what', 'time of a core, s', 'disk, MB'],
    Object.entries(UNITS).map(([stage, [what, none, one]]) => {
      const [without, with_] = [none, one].map((size) => model(stage as Stage, size as never));
      return [
        what,
        (with_.seconds - without.seconds).toPrecision(2),
        (with_.diskMegabytes - without.diskMegabytes).toPrecision(2),
      ];
    }),
  );
}

/** A step of each encoder and loss at the paper's points and batch, for those that were measured. */
function stepCosts(model: Model, points: MeasuredCosts['points']): string {
  const measured = (of: 'encoder' | 'loss') => [
    ...new Set(points.flatMap(({ stage, size }) => (stage === 'step' ? [String(size[of])] : []))),
  ];
  const seconds = (encoder: string, loss: string, side: number) =>
    model('step', {
      ...({ encoder, loss } as Pick<StageSize['step'], 'encoder' | 'loss'>),
      batch: 32,
      pixels: side * side,
      points: 7839,
      views: loss === 'mrl' ? 2 : 0,
    }).seconds.toPrecision(2);
  return table(
    ['loss', ...measured('encoder').flatMap((encoder) => [`${encoder}, 64 px, s`, `${encoder}, 224 px, s`])],
    measured('loss').map((loss) => [
      `\`${loss}\``,
      ...measured('encoder').flatMap((encoder) => [64, 224].map((side) => seconds(encoder, loss, side))),
    ]),
  );
}

function checkedPoints(model: Model, points: MeasuredCosts['points']): string {
  const percent = (error: number | undefined) =>
    error === undefined ? '' : (100 * error).toFixed(1).replace('-', '−');
  return table(
    ['stage', 'at', 'time off by, %', 'memory, %', 'disk, %'],
    points
      .filter(({ use }) => use === 'check')
      .map((point) => {
        const { seconds, memoryMegabytes, diskMegabytes } = costErrors(model, point);
        const size = Object.entries(point.size).map(([name, value]) => `${name} ${value}`);
        return [`\`${point.stage}\``, size.join(', '), ...[seconds, memoryMegabytes, diskMegabytes].map(percent)];
      }),
  );
}

function rounded(value: number | undefined, divisor = 1): string {
  if (value === undefined) return '–';
  const scaled = value / divisor;
  return scaled >= 99.5 ? Math.round(scaled).toLocaleString('en') : scaled.toPrecision(2);
}
