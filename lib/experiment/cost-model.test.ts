import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { createRandom } from 'lib/random';
import { temporaryFolder } from '../files/temporary-folder.fixture';
import { type CostPoint, costErrors, fitCosts, readMeasuredCosts } from './cost-model';

const point = (given: Partial<CostPoint>): CostPoint => ({
  stage: 'register',
  device: 'cpu',
  use: 'fit',
  size: { people: 1 },
  seconds: 1,
  memoryMegabytes: 1,
  diskMegabytes: 1,
  ...given,
});
/** 2 s to start and 3 for each person, 100 MB and none, 0.5 MB on disk for each. */
const register = (people: number, given: Partial<CostPoint> = {}) =>
  point({ size: { people }, seconds: 2 + 3 * people, memoryMegabytes: 100, diskMegabytes: 0.5 * people, ...given });

const near = (actual: number, expected: number, share = 1e-6) =>
  assert.ok(Math.abs(actual / expected - 1) < share, `${actual} for ${expected}`);

test('points on a line give the line: two seconds to start and three for each person', () => {
  const model = fitCosts([1, 2, 4].map((people) => register(people)));
  const { seconds, memoryMegabytes, diskMegabytes } = model('register', { people: 1000 });
  near(seconds, 3002);
  near(memoryMegabytes, 100);
  near(diskMegabytes, 500);
});

test('a point to be checked is not fitted, and its error is a share of what was measured', () => {
  const odd = register(8, { use: 'check', seconds: 52 });
  const model = fitCosts([...[1, 2, 4].map((people) => register(people)), odd]);
  const errors = costErrors(model, odd);
  // 26 for 52
  near(errors.seconds ?? 0, -0.5);
  assert.ok(Math.abs(errors.memoryMegabytes ?? 1) < 1e-6);
});

test('no coefficient is negative, so that no cost of a larger size is', () => {
  // a line through these would begin below 0
  const model = fitCosts([10, 20, 40].map((people) => register(people, { seconds: people - 5 })));
  assert.ok(model('register', { people: 0 }).seconds >= 0);
  assert.ok(model('register', { people: 1e4 }).seconds > 0);
});

test('a step costs its encoder by pixels, its loss by points, and MRL its views', () => {
  const random = createRandom('noise');
  // seconds of a million pixels and points
  const truth = (pixels: number, points: number, views: number) =>
    0.1 + 2 * ((32 * pixels) / 1e6) + 0.3 * ((32 * points) / 1e6) + views * (0.01 + 0.2 * ((32 * points) / 1e6));
  const step = (loss: 'gal' | 'mrl', pixels: number, points: number, views: number) =>
    point({
      stage: 'step',
      size: { encoder: 'small', loss, batch: 32, pixels, points, views },
      seconds: truth(pixels, points, views) * (1 + 0.01 * random.normal()),
    });
  const model = fitCosts([
    ...[1024, 2304, 4096].flatMap((pixels) => [1000, 4000, 8000].map((points) => step('gal', pixels, points, 0))),
    ...[1, 2, 8].flatMap((views) => [1000, 4000, 8000].map((points) => step('mrl', 1024, points, views))),
  ]);
  const predicted = (loss: 'gal' | 'mrl', pixels: number, points: number, views: number) =>
    model('step', { encoder: 'small', loss, batch: 32, pixels, points, views }).seconds;
  near(predicted('gal', 9216, 6000, 0), truth(9216, 6000, 0), 0.03);
  near(predicted('mrl', 9216, 6000, 4), truth(9216, 6000, 4), 0.05);
  // what more points cost grows with the views
  const more = (of: (points: number) => number) => of(8000) - of(1000);
  near(
    more((points) => predicted('mrl', 1024, points, 8)),
    more((points) => truth(1024, points, 8)),
    0.1,
  );
});

test('says what was never measured', () => {
  const model = fitCosts([register(1)]);
  assert.throws(
    () => model('render', { people: 1, images: 1, pixels: 1 }),
    /^Error: render must have measured points for start on the cpu, but has none; npm run check -- cost measures them$/,
  );
  assert.throws(() => model('register', { people: 1 }, 'gpu'), /for start on the gpu/);
});

test('a file of measured costs is read, and a broken one named', (t) => {
  const file = path.join(temporaryFolder(t), 'cost.json');
  const provenance = {
    processor: 'a processor',
    cores: 2,
    busy: false,
    sizes: 'full',
    commit: 'abc',
    date: '2026-01-01',
    node: 'v20',
    tensorflow: '2',
  };
  fs.writeFileSync(file, JSON.stringify({ provenance, points: [register(1)] }));
  assert.deepEqual(readMeasuredCosts(file).points, [register(1)]);
  fs.writeFileSync(file, JSON.stringify({ provenance, points: [register(1, { seconds: -1 })] }));
  assert.throws(() => readMeasuredCosts(file), /cost\.json is not as expected:\n {2}points\.0\.seconds/);
});
