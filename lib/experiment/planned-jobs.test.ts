import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import type { CostModel } from './cost-model';
import { chunkCounts } from './job-split';
import { costsByRule, type JobGroup, makespan, paperGpuSeconds, plannedJobs } from './planned-jobs';
import { readProfile } from './profile';
import { TINY } from './profile.fixture';

/** A second for each person of a stage, a hundredth for each image, and one for each step. */
const model: CostModel = (stage, size) => {
  const { people = 0, images = 0 } = size as { people?: number; images?: number };
  return { seconds: stage === 'step' ? 1 : people + images / 100, memoryMegabytes: 10 * people, diskMegabytes: people };
};
const split = { peoplePerJob: { scan: 100, register: 4, render: 4 }, trialsAtOnce: 2 };
const profile = { ...TINY, search: { trials: 5, stepsShare: 0.5, learningRate: [1e-5, 1e-3] as [number, number] } };
const planned = (trialsAtOnce?: number) =>
  plannedJobs(profile, model, { chunks: chunkCounts(profile, split), trialsAtOnce });

test('jobs of a tiny run by hand', () => {
  const jobs = Object.fromEntries(costsByRule(planned(2)).map(({ rule, jobs }) => [rule, jobs]));
  assert.deepEqual(jobs, {
    scan: 3,
    // 6, 2 and 4 people, four at a time
    register: 4,
    compare_registration: 1,
    build_model: 1,
    render_chunk: 4,
    render: 3,
    evaluate_floors: 1,
    trial: 5,
    tune: 1,
    train: 2,
    evaluate: 2,
    summarize: 1,
  });
  assert.ok(!planned().some(({ rule }) => rule === 'trial'));
});

test('a rule’s cost is that of its jobs, and of those that are left a share', () => {
  const cost = (left?: Record<string, number>) =>
    costsByRule(planned(2), { left }).find(({ rule }) => rule === 'register');
  const all = cost();
  // a second each
  assert.ok(Math.abs((all?.coreHours ?? 0) * 3600 - 12) < 1e-9);
  assert.deepEqual([all?.jobs, all?.memoryMegabytes, all?.diskMegabytes], [4, 40, 12]);
  const half = cost({ register: 2 });
  assert.ok(Math.abs((half?.coreHours ?? 0) * 3600 - 6) < 1e-9);
  assert.deepEqual(costsByRule(planned(2), { left: { notebooks: 1 } }), [{ rule: 'notebooks', jobs: 1 }]);
});

test('a search costs its trials, in one job or in many, and a training its steps', () => {
  const seconds = (rule: string, groups: JobGroup[]) =>
    3600 * (costsByRule(groups).find((cost) => cost.rule === rule)?.coreHours ?? Number.NaN);
  // it reads 8 people with 16 images; two steps and 4 images to validate
  const read = 8 + 0.16;
  assert.ok(Math.abs(seconds('trial', planned(2)) - 5 * (read + 2 + 0.04)) < 1e-9);
  assert.ok(Math.abs(seconds('tune', planned()) - (read + 5 * (2 + 0.04))) < 1e-9);
  // both losses; four steps and one validation
  assert.ok(Math.abs(seconds('train', planned()) - 2 * (read + 4 + 0.04)) < 1e-9);
});

test('heads of ICT-FaceKit are neither scanned nor registered', () => {
  const groups = plannedJobs(profile, model, { chunks: chunkCounts(profile, split) }, { heads: 'ict-facekit' });
  assert.ok(!groups.some(({ rule }) => ['scan', 'register', 'compare_registration'].includes(rule)));
  assert.deepEqual(groups.find(({ rule }) => rule === 'build_model')?.after, []);
});

test('trainings on a GPU are no core’s, and their hours are known for all or for none', () => {
  const gpu = (gpuSeconds: () => number | undefined) =>
    costsByRule(plannedJobs(profile, model, { chunks: chunkCounts(profile, split) }, { gpuSeconds }), {
      onGpu: true,
    }).find(({ rule }) => rule === 'train');
  assert.deepEqual([gpu(() => 1800)?.coreHours, gpu(() => 1800)?.gpuHours], [0, 1]);
  assert.equal(gpu(() => undefined)?.gpuHours, undefined);
});

test('the paper’s trainings take its days: 120 epochs of GAL 0.8, 500 of SRL 3.2', () => {
  const paper = readProfile(path.join(__dirname, '..', '..', 'environment', 'profiles', 'paper.json'));
  const size = { encoder: 'vgg16', batch: 32, pixels: 224 * 224, points: 7839, views: 0 } as const;
  const days = (name: string) => {
    const loss = paper.losses.find((one) => one.name === name);
    assert.ok(loss);
    const seconds = paperGpuSeconds(loss, 'steps' in loss && loss.steps ? loss.steps : paper.training.steps, size);
    return Number(((seconds ?? 0) / 86_400).toFixed(1));
  };
  assert.deepEqual(['gal', 'srl', 'mrl'].map(days), [0.8, 3.2, 1.2]);
  assert.equal(paperGpuSeconds({ name: 'gal', frame: 'camera' }, 1, { ...size, encoder: 'small' }), undefined);
  assert.equal(paperGpuSeconds({ name: 'mrl', views: 8 }, 1, size), undefined);
  assert.equal(paperGpuSeconds({ name: 'learned-weighting' }, 1, size), undefined);
});

const group = (name: string, jobs: number, seconds: number, given: Partial<JobGroup> = {}): JobGroup => ({
  rule: name,
  name,
  jobs,
  after: [],
  cost: { seconds, memoryMegabytes: 0, diskMegabytes: 0 },
  ...given,
});

test('a run’s length: jobs wait for slots, for what comes before them, and for their turn', () => {
  const five = group('five', 5, 10);
  assert.equal(makespan([five], { cores: 1 }), 50);
  assert.equal(makespan([five], { cores: 2 }), 30);
  assert.equal(makespan([five], { cores: 100 }), 10);
  assert.equal(makespan([five], { cores: 100, jobStartSeconds: 3 }), 13);
  assert.equal(makespan([{ ...five, atOnce: 2 }], { cores: 100 }), 30);
  // also when something else ends meanwhile
  assert.equal(makespan([{ ...five, atOnce: 2 }, group('other', 1, 4)], { cores: 100 }), 30);
  const after = group('after', 1, 7, { after: ['five'] });
  assert.equal(makespan([after, five], { cores: 5 }), 17);
  // beside the five a longer one has the second core
  assert.equal(makespan([group('long', 1, 45), five], { cores: 2 }), 50);
});

test('on GPUs only what they take over runs, and its time there must be known', () => {
  const train = group('train', 4, 1000, { gpu: { seconds: 10 } });
  const rest = group('rest', 1, 5, { after: ['train'] });
  assert.equal(makespan([train, rest], { cores: 8, gpus: 2 }), 25);
  assert.equal(makespan([train, rest], { cores: 4 }), 1005);
  assert.throws(
    () => makespan([{ ...train, gpu: { seconds: undefined } }], { cores: 1, gpus: 1 }),
    /^Error: train must have a time on a GPU, but nobody measured it$/,
  );
});
