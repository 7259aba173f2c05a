import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { type Dataset, openDataset, pictureOf, shapeOf } from 'lib/dataset';
import { type Profile, runFiles, SPLITS } from 'lib/experiment';
import { checksum, writeJson } from 'lib/files';
import { alignSimilarity } from 'lib/geometry';
import { readMorphableModel } from 'lib/morphable-model';
import ndarray from 'ndarray';
import { TINY } from '../experiment/profile.fixture';
import { temporaryFolder } from '../files/temporary-folder.fixture';
import { buildModel } from './build-model';
import { writeRegisteredHeads } from './registered-heads.fixture';
import { render } from './render';

/** Large pictures: a shard holds no more than seven of them, three subjects. */
const PROFILE: Profile = { ...TINY, imageSize: 592 };

const bytesOf = (file: string) => checksum(fs.readFileSync(file));
const shapesOf = (dataset: Dataset) =>
  Array.from({ length: dataset.subjects.length }, (_, i) => checksum(Buffer.from(shapeOf(dataset, i).slice().buffer)));

test('a run’s images', async (t) => {
  const folder = temporaryFolder(t);
  const files = runFiles(folder);
  const made = { profile: PROFILE, heads: { source: 'population' } };
  writeJson(path.join(folder, 'run.json'), made);
  writeRegisteredHeads(folder, PROFILE);
  await buildModel(folder);
  const model = await readMorphableModel(files.model);
  const shards = path.join(folder, 'dataset', 'train');
  await render(folder, 'train', '1/2');
  const firstOnly = fs.readdirSync(shards);
  await render(folder, 'train', '2/2');

  await t.test('come in shards, of which a chunk makes its share, and the index when all are asked for', async () => {
    assert.deepEqual(firstOnly, ['0000.arrays']);
    assert.deepEqual(fs.readdirSync(shards), ['0000.arrays', '0001.arrays']);
    assert.equal(fs.existsSync(files.dataset('train')), false);
    const before = fs.statSync(path.join(shards, '0000.arrays')).mtimeMs;
    await render(folder, 'train');
    assert.equal(fs.statSync(path.join(shards, '0000.arrays')).mtimeMs, before, 'what is done is done again');
    assert.deepEqual([...openDataset(files.dataset('train')).subjects], [0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5]);
  });

  await t.test('a broken shard, or one of another profile, is rendered again, to the same bytes', async () => {
    const shard = path.join(shards, '0001.arrays');
    const whole = bytesOf(shard);
    fs.truncateSync(shard, 1000);
    await render(folder, 'train');
    assert.equal(bytesOf(shard), whole);
    writeJson(path.join(folder, 'run.json'), {
      ...made,
      profile: { ...PROFILE, views: { ...PROFILE.views, offset: 0 } },
    });
    await render(folder, 'train');
    assert.notEqual(bytesOf(shard), whole);
    writeJson(path.join(folder, 'run.json'), made);
    await render(folder, 'train');
    assert.equal(bytesOf(shard), whole);
  });

  await t.test('no subject, shape or picture is in two splits', async () => {
    const splits = [];
    for (const split of SPLITS) {
      await render(folder, split);
      splits.push(openDataset(files.dataset(split)));
    }
    const shapes = splits.map((split) => [...new Set(shapesOf(split))]);
    assert.deepEqual(
      shapes.map(({ length }) => length),
      SPLITS.map((split) => PROFILE.subjects[split]),
    );
    assert.equal(new Set(shapes.flat()).size, 12);
    const pictures = splits.flatMap((split) =>
      Array.from(split.subjects, (_, image) => checksum(pictureOf(split, image))),
    );
    assert.equal(new Set(pictures).size, 24);
  });

  await t.test('the components come from training subjects alone', async () => {
    for (const split of ['validation', 'test'] as const)
      for (const of of [files.registered, files.truth, files.scans])
        fs.rmSync(of(split), { recursive: true, force: true });
    fs.rmSync(files.model);
    await buildModel(folder);
    assert.deepEqual(await readMorphableModel(files.model), model);
  });
});

test('true shapes keep their sizes, or have the mean’s where the profile takes sizes out', async (t) => {
  for (const procrustes of [undefined, 'similarity'] as const) {
    const folder = temporaryFolder(t);
    const files = runFiles(folder);
    writeJson(path.join(folder, 'run.json'), { profile: { ...TINY, procrustes }, heads: { source: 'population' } });
    writeRegisteredHeads(folder, TINY);
    await buildModel(folder);
    await render(folder, 'test');
    const { mean } = await readMorphableModel(files.model);
    const dataset = openDataset(files.dataset('test'));
    const scales = Array.from(dataset.subjects, (_, image) => {
      const shape = ndarray(shapeOf(dataset, image), mean.shape as [number, number]);
      return Math.abs(alignSimilarity(shape, mean).scale - 1);
    });
    if (procrustes) assert.ok(Math.max(...scales) < 1e-5, `a size is ${Math.max(...scales)} off`);
    else assert.ok(Math.max(...scales) > 0.01, 'all heads have one size');
  }
});
