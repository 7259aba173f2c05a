import type { Cost, CostModel, StageSize } from './cost-model';
import type { ChunkCounts } from './job-split';
import { PAPER_TABLE_1, PAPER_TABLE_2 } from './paper';
import {
  type LossSpec,
  lossId,
  networkOf,
  type Profile,
  SEARCHED_LOSSES,
  SPLITS,
  type Split,
  scheduleOf,
  stepsPerValidation,
  trialSteps,
} from './profile';

/** Jobs of a rule of the workflow that do the same amount of work. */
export interface JobGroup {
  /** Its rule in environment/workflow/Snakefile. */
  rule: string;
  name: string;
  jobs: number;
  /** Names of the groups that must have ended before. */
  after: string[];
  /** At most so many at once, where that is limited. */
  atOnce?: number;
  /** Of one job; undefined where it is not in the cost model. */
  cost?: Cost;
  /** A job that a GPU takes over: its seconds there, undefined where they are not known. */
  gpu?: { seconds: number | undefined };
}

/** How the work is split, as environment/reproduce.mjs gives it to the workflow. */
export interface PlannedSplit {
  chunks: ChunkCounts;
  /** Trials are jobs of their own, and so many run at once; all are made by one job where nothing is said. */
  trialsAtOnce?: number;
}

/**
 * All jobs of a run with their costs, from the profile alone.
 *
 * @param heads  'ict-facekit' has nothing to scan and to register
 * @param gpuSeconds  a training's or a trial's seconds on a GPU; from the model's points on a GPU by default
 * @throws {Error} when the model lacks a point that the profile needs
 */
export function plannedJobs(
  profile: Profile,
  model: CostModel,
  { chunks, trialsAtOnce }: PlannedSplit,
  { heads = 'population', gpuSeconds }: { heads?: 'population' | 'ict-facekit'; gpuSeconds?: GpuSeconds } = {},
): JobGroup[] {
  const { subjects, viewsPerSubject, imageSize } = profile;
  const people = (split: Split) => subjects[split];
  const images = (split: Split) => Math.round(subjects[split] * viewsPerSubject[split]);
  const pixels = imageSize * imageSize;
  const groups: JobGroup[] = [];
  const add = (group: JobGroup) => groups.push(group);
  const scanned = heads === 'population';
  for (const split of scanned ? SPLITS : []) {
    const of = (stage: 'scan' | 'register') => {
      const jobs = chunks[stage][split];
      return { jobs, cost: model(stage, { people: people(split) / jobs }) };
    };
    add({ rule: 'scan', name: `scan ${split}`, after: [], ...of('scan') });
    add({ rule: 'register', name: `register ${split}`, after: [`scan ${split}`], ...of('register') });
  }
  const registered = (split: Split) => (scanned ? [`register ${split}`] : []);
  const allPeople = SPLITS.reduce((sum, split) => sum + people(split), 0);
  if (scanned)
    add({
      rule: 'compare_registration',
      name: 'compare_registration',
      jobs: 1,
      after: SPLITS.flatMap(registered),
      cost: model('compare-registration', { people: allPeople }),
    });
  add({
    rule: 'build_model',
    name: 'build_model',
    jobs: 1,
    after: registered('train'),
    cost: model('build-model', { people: people('train') }),
  });
  for (const split of SPLITS) {
    const jobs = chunks.render[split];
    const share = { people: people(split) / jobs, images: images(split) / jobs, pixels };
    add({
      rule: 'render_chunk',
      name: `render_chunk ${split}`,
      jobs,
      after: ['build_model', ...registered(split)],
      cost: model('render', share),
    });
    add({ rule: 'render', name: `render ${split}`, jobs: 1, after: [`render_chunk ${split}`] });
  }
  add({
    rule: 'evaluate_floors',
    name: 'evaluate_floors',
    jobs: 1,
    after: ['render train', 'render test'],
    cost: model('floors', { images: images('test') }),
  });

  const load = (splits: Split[]) => {
    const sum = (of: (split: Split) => number) => splits.reduce((total, split) => total + of(split), 0);
    return model('load', { people: sum(people), images: sum(images), pixels });
  };
  const training = (loss: LossSpec, steps: number, validations: number): Pick<JobGroup, 'cost' | 'gpu'> => {
    const { encoder } = networkOf(profile, loss);
    const { batchSize: batch } = scheduleOf(profile, loss);
    const size = { encoder, loss: loss.name, batch, pixels, points: profile.lossPoints };
    const views = loss.name === 'mrl' ? loss.views : 0;
    const step = model('step', { ...size, views });
    const validation = model('predict', { encoder, images: validations * images('validation'), pixels });
    const read = load(['train', 'validation']);
    const own = gpuSeconds ?? gpuSecondsOf(model);
    return {
      cost: {
        seconds: read.seconds + steps * step.seconds + validation.seconds,
        memoryMegabytes: read.memoryMegabytes + step.memoryMegabytes,
        diskMegabytes: step.diskMegabytes,
      },
      gpu: { seconds: own(loss, steps, { ...size, views }) },
    };
  };
  const readable = ['render train', 'render validation'];
  for (const loss of profile.losses) {
    const id = lossId(loss);
    const searched = profile.search && SEARCHED_LOSSES.some((name) => name === id);
    if (profile.search && searched) {
      const { trials } = profile.search;
      const one = training(loss, trialSteps(profile, profile.search), 1);
      // a trial leaves a line
      const cost = { ...(one.cost as Cost), diskMegabytes: 0 };
      const start = load(['train', 'validation']);
      if (trialsAtOnce !== undefined) {
        add({ rule: 'trial', name: `trial ${id}`, jobs: trials, after: readable, atOnce: trialsAtOnce, ...one, cost });
        add({
          rule: 'tune',
          name: `tune ${id}`,
          jobs: 1,
          after: [`trial ${id}`],
          cost: { ...start, diskMegabytes: 0 },
        });
      } else {
        const seconds = start.seconds + trials * (cost.seconds - start.seconds);
        const gpu = { seconds: one.gpu?.seconds === undefined ? undefined : trials * one.gpu.seconds };
        add({ rule: 'tune', name: `tune ${id}`, jobs: 1, after: readable, cost: { ...cost, seconds }, gpu });
      }
    }
    const { encoder } = networkOf(profile, loss);
    const seeds = profile.training.seeds.length;
    const { steps } = scheduleOf(profile, loss);
    const validations = Math.ceil(steps / stepsPerValidation(steps));
    const after = [...readable, ...(searched ? [`tune ${id}`] : [])];
    add({ rule: 'train', name: `train ${id}`, jobs: seeds, after, ...training(loss, steps, validations) });
    const read = load(['test']);
    const predicted = model('predict', { encoder, images: images('test'), pixels });
    add({
      rule: 'evaluate',
      name: `evaluate ${id}`,
      jobs: seeds,
      after: [`train ${id}`, 'render test'],
      cost: { ...read, seconds: read.seconds + predicted.seconds, diskMegabytes: 0 },
    });
  }
  const evaluated = profile.losses.map((loss) => `evaluate ${lossId(loss)}`);
  add({ rule: 'summarize', name: 'summarize', jobs: 1, after: ['evaluate_floors', ...evaluated] });
  return groups;
}

/** A training's seconds on a GPU, undefined where they are not known. */
type GpuSeconds = (loss: LossSpec, steps: number, size: Omit<StageSize['step'], 'loss'>) => number | undefined;

const gpuSecondsOf =
  (model: CostModel): GpuSeconds =>
  (loss, steps, size) => {
    try {
      return steps * model('step', { ...size, loss: loss.name }, 'gpu').seconds;
    } catch {
      // nobody measured it
      return undefined;
    }
  };

/**
 * A training's seconds on the GPU of the paper, which does not name it, by its minutes an epoch (Table 2): for the paper's own
 * network, image size and batch, and its losses; undefined for any other.
 */
export function paperGpuSeconds(
  loss: LossSpec,
  steps: number,
  { encoder, batch, pixels }: Omit<StageSize['step'], 'loss'>,
): number | undefined {
  const theirs = PAPER_TABLE_2.find(({ loss: name }) => name === loss.name);
  if (!theirs || encoder !== 'vgg16' || batch !== 32 || pixels !== 224 * 224) return undefined;
  if (loss.name === 'mrl' && loss.views !== 2) return undefined;
  // each image is seen mirrored too
  const stepsPerEpoch = (2 * PAPER_TABLE_1.train.images) / batch;
  return (steps * 60 * theirs.minutesPerEpoch) / stepsPerEpoch;
}

/** What jobs of a rule cost together, and how much memory the largest takes. */
export interface RuleCost {
  rule: string;
  jobs: number;
  /** Undefined for a rule that the cost model leaves out. */
  coreHours?: number;
  /** 0 for what needs no GPU; undefined where a time on one is not known, too. */
  gpuHours?: number;
  memoryMegabytes?: number;
  diskMegabytes?: number;
}

/**
 * Costs by rule, of the jobs that are left.
 *
 * @param left    how many jobs each rule has left, as the workflow counts them; all where nothing is said
 * @param onGpu   trainings run on a GPU: their hours are its, and no core's
 */
export function costsByRule(
  groups: readonly JobGroup[],
  { left, onGpu = false }: { left?: Readonly<Record<string, number>>; onGpu?: boolean } = {},
): RuleCost[] {
  const rules = left ? Object.keys(left) : [...new Set(groups.map(({ rule }) => rule))];
  return rules.map((rule) => {
    const own = groups.filter((group) => group.rule === rule);
    const all = own.reduce((sum, { jobs }) => sum + jobs, 0);
    const jobs = left?.[rule] ?? all;
    if (own.length === 0 || own.some(({ cost }) => !cost)) return { rule, jobs };
    // which of a rule's jobs are left is not said: each is taken for the mean one
    const share = jobs / all;
    const sum = (of: (group: JobGroup) => number) =>
      share * own.reduce((total, group) => total + group.jobs * of(group), 0);
    const takenOver = onGpu && own.every(({ gpu }) => gpu);
    const known = own.every(({ gpu }) => !gpu || gpu.seconds !== undefined);
    return {
      rule,
      jobs,
      coreHours: takenOver ? 0 : sum(({ cost }) => cost?.seconds ?? 0) / 3600,
      ...(known && { gpuHours: sum(({ gpu }) => gpu?.seconds ?? 0) / 3600 }),
      memoryMegabytes: Math.max(...own.map(({ cost }) => cost?.memoryMegabytes ?? 0)),
      diskMegabytes: sum(({ cost }) => cost?.diskMegabytes ?? 0),
    };
  });
}

/**
 * Seconds from the first job's start to the last one's end, when a job begins as soon as its turn has come and a slot is free.
 *
 * @param slots  how many jobs run at once: on cores, and with `gpus` on so many GPUs the jobs that a GPU takes over
 * @param jobStartSeconds  what a cluster takes to start a job
 */
export function makespan(
  groups: readonly JobGroup[],
  { cores, gpus, jobStartSeconds = 0 }: { cores: number; gpus?: number; jobStartSeconds?: number },
): number {
  const left = new Map(groups.map((group) => [group.name, group.jobs]));
  const waiting = new Map(groups.map((group) => [group.name, group.jobs]));
  const free = { core: cores, gpu: gpus ?? 0 };
  let running: { end: number; group: JobGroup; slot: 'core' | 'gpu' }[] = [];
  let now = 0;
  for (;;) {
    for (const group of groups) {
      if (group.after.some((name) => (left.get(name) ?? 0) > 0)) continue;
      const slot = gpus !== undefined && group.gpu ? 'gpu' : 'core';
      const seconds = slot === 'gpu' ? group.gpu?.seconds : (group.cost?.seconds ?? 0);
      if (seconds === undefined) throw new Error(`${group.name} must have a time on a GPU, but nobody measured it`);
      const busy = running.filter((job) => job.group === group).length;
      const most = Math.min(
        free[slot],
        (group.atOnce ?? Number.POSITIVE_INFINITY) - busy,
        waiting.get(group.name) ?? 0,
      );
      for (let i = 0; i < most; i++) running.push({ end: now + seconds + jobStartSeconds, group, slot });
      free[slot] -= Math.max(0, most);
      waiting.set(group.name, (waiting.get(group.name) ?? 0) - Math.max(0, most));
    }
    if (running.length === 0) return now;
    now = Math.min(...running.map(({ end }) => end));
    for (const { group, slot } of running.filter(({ end }) => end === now)) {
      free[slot]++;
      left.set(group.name, (left.get(group.name) ?? 0) - 1);
    }
    running = running.filter(({ end }) => end > now);
  }
}
