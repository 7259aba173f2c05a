import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { writeJson } from 'lib/files';
import { temporaryFolder } from '../files/temporary-folder.fixture';
import { type LossSpec, lossId, lossTitle, mainLosses, networkOf, readProfile, scheduleOf } from './profile';
import { TINY } from './profile.fixture';

const folder = path.join(__dirname, '..', '..', 'environment', 'profiles');

test('the workspace’s own profiles can be read, and are named after their files', () => {
  const files = fs.readdirSync(folder).filter((name) => name.endsWith('.json'));
  assert.ok(files.includes('smoke.json'));
  for (const file of files) {
    const profile = readProfile(path.join(folder, file));
    assert.equal(`${profile.name}.json`, file);
  }
});

test('a wrong field is an error that names the file and the field', (t) => {
  const file = path.join(temporaryFolder(t), 'wrong.json');
  const cases: [object, RegExp][] = [
    [{ ...TINY, imageSize: 50 }, /imageSize: .*16/],
    [{ ...TINY, components: 0 }, /components: /],
    [{ ...TINY, seed: -1 }, /seed: /],
    [{ ...TINY, name: 'Big Run' }, /name: /],
    [{ ...TINY, viewsPerSubject: { ...TINY.viewsPerSubject, test: 0.5 } }, /viewsPerSubject\.test: .*1/],
    [{ ...TINY, views: { ...TINY.views, maxYawDegrees: 120 } }, /views\.maxYawDegrees: .*90/],
    [{ ...TINY, views: { ...TINY.views, distance: { mean: 10, deviation: 1 } } }, /views\.distance\.mean: .*30/],
    [{ ...TINY, network: { ...TINY.network, poseOutput: 'camera' } }, /network\.poseOutput: .*camera-centre/],
    [{ ...TINY, training: { ...TINY.training, learningRate: 0 } }, /training\.learningRate: /],
    [{ ...TINY, losses: [] }, /losses: /],
    [{ ...TINY, losses: [{ name: 'l1' }] }, /losses\.0\.name: /],
    [{ ...TINY, losses: [{ name: 'srl' }, { name: 'xqt' }, { name: 'srl' }] }, /losses: must not name a loss twice/],
    [{ ...TINY, losses: [{ name: 'coarse', norm: 'squared' }] }, /norm/],
    [{ ...TINY, training: { ...TINY.training, seeds: [] } }, /training\.seeds: /],
    [{ ...TINY, losses: [{ name: 'srl' }, { name: 'mrl' }] }, /losses\.1\.views: /],
    [{ ...TINY, losses: [{ name: 'gal', frame: 'model' }] }, /losses\.0\.frame: /],
    // a field with a slip in its name must not be dropped in silence
    [{ ...TINY, learningrate: 1 }, /learningrate/],
    [{ ...TINY, search: { trials: 20, stepsShare: 2, learningRate: [1e-5, 1e-3] } }, /search\.stepsShare: .*1/],
    [
      { ...TINY, search: { trials: 20, stepsShare: 1, learningRate: [1, 1] } },
      /search\.learningRate: .*below the second/,
    ],
  ];
  writeJson(file, TINY);
  assert.deepEqual(readProfile(file), TINY);
  for (const [profile, words] of cases) {
    writeJson(file, profile);
    assert.throws(
      () => readProfile(file),
      (error: Error) => error.message.startsWith(`${file} is not as expected:`) && words.test(error.message),
      String(words),
    );
  }
});

test('a profile that extends another says only what it has otherwise', (t) => {
  const place = temporaryFolder(t);
  const file = path.join(place, 'open.json');
  const search = { trials: 3, stepsShare: 0.5, learningRate: [1e-4, 1e-2] as [number, number] };
  const base = { ...TINY, search };
  const own = { name: 'open', description: 'otherwise', losses: [{ name: 'srl' as const }] };
  const read = (otherwise: object) => {
    writeJson(path.join(place, 'tiny.json'), { ...base, generalization: { cases: 3 } });
    writeJson(file, { extends: 'tiny', ...own, ...otherwise });
    return readProfile(file);
  };
  const shares = { profile: 'tiny', model: true, images: true };
  // all but what the other is tried on
  assert.deepEqual(read({}), { ...base, ...own, shares });
  assert.deepEqual(read({ generalization: { cases: 5 } }).generalization, { cases: 5 });
  assert.deepEqual(read({ network: { coefficientScale: 1 }, training: { seeds: [4, 5] } }), {
    ...base,
    ...own,
    network: { ...TINY.network, coefficientScale: 1 },
    training: { ...TINY.training, seeds: [4, 5] },
    shares,
  });
  // heads stay, images are its own
  const ownImages = { profile: 'tiny', model: true, images: false };
  assert.deepEqual(read({ imageSize: 48 }), { ...base, ...own, imageSize: 48, shares: ownImages });
  assert.deepEqual(read({ viewsPerSubject: TINY.viewsPerSubject }), { ...base, ...own, shares: ownImages });
  assert.deepEqual(read({ views: TINY.views }), { ...base, ...own, shares: ownImages });
  // another alignment makes another model, and images in its frame
  assert.deepEqual(read({ procrustes: 'similarity' }), {
    ...base,
    ...own,
    procrustes: 'similarity',
    shares: { profile: 'tiny', model: false, images: false },
  });

  const wrong: [object, RegExp][] = [
    [{ seed: 2 }, /open\.json .*seed/s],
    [{ subjects: TINY.subjects }, /open\.json .*subjects/s],
    [{ components: 2 }, /open\.json .*components/s],
    [{ shares }, /open\.json .*shares/s],
    [{ losses: [] }, /open\.json .*losses: /s],
    [{ generalization: { cases: 151 } }, /generalization\.cases: .*150/],
    [{ network: { coefficientScale: -1 } }, /network\.coefficientScale: /],
    [{ extends: 'none' }, /none\.json cannot be read/],
    [{ extends: '../tiny' }, /open\.json .*extends: /s],
    [{ extends: 'open' }, /open\.json: extends must name a profile that extends none, but is open/],
  ];
  for (const [otherwise, words] of wrong) assert.throws(() => read(otherwise), words, String(words));
  // and one that stands alone shares nothing
  writeJson(file, { ...TINY, shares });
  assert.throws(() => readProfile(file), /shares/);
});

test('a loss has a name for files and one for people', () => {
  const losses: [LossSpec, string, string][] = [
    [{ name: 'coarse' }, 'coarse', 'Coarse'],
    [{ name: 'xqt' }, 'xqt', 'XQT'],
    [{ name: 'gal', frame: 'camera' }, 'gal-camera', 'GAL, camera frame'],
    [{ name: 'gal', frame: 'released' }, 'gal-released', 'GAL, released frame'],
    [{ name: 'srl' }, 'srl', 'SRL'],
    [{ name: 'mrl', views: 2 }, 'mrl-2', 'MRL, 2 views'],
    [{ name: 'mrl', views: 1 }, 'mrl-1', 'MRL, 1 view'],
    [{ name: 'learned-weighting' }, 'learned-weighting', 'Learned weighting'],
    [{ name: 'srl', penalty: 0.1 }, 'srl.penalty-0.1', 'SRL, penalty 0.1'],
    [
      { name: 'mrl', views: 2, norm: 'squared', viewSampler: 'spherical-cap' },
      'mrl-2.squared.spherical-cap',
      'MRL, 2 views, squared, spherical cap views',
    ],
    [
      { name: 'gal', frame: 'camera', poseOutput: 'camera-centre', coefficientScale: 1, learningRate: 1e-4, steps: 9 },
      'gal-camera.camera-centre.scale-1.rate-0.0001.steps-9',
      'GAL, camera frame, camera centre output, coefficient scale 1, learning rate 0.0001, 9 steps',
    ],
  ];
  for (const [loss, id, title] of losses) {
    assert.deepEqual([lossId(loss), lossTitle(loss)], [id, title]);
  }
  // SRL is there with a penalty only
  const main = mainLosses(losses.map(([loss]) => loss).filter(({ name }, i) => name !== 'srl' || i > 4));
  assert.deepEqual(main.map(lossId), [
    'coarse',
    'xqt',
    'gal-camera',
    'gal-released',
    'mrl-2',
    'mrl-1',
    'learned-weighting',
    'srl.penalty-0.1',
  ]);
  const squared: LossSpec = { name: 'gal', frame: 'camera', norm: 'squared', steps: 9 };
  assert.equal(lossTitle(squared, 'norm'), 'GAL, camera frame, 9 steps');
  assert.equal(lossTitle(squared, 'frame'), 'GAL, squared, 9 steps');
  assert.equal(lossTitle(squared, 'steps'), 'GAL, camera frame, squared');
});

test('a loss may have its own outputs and schedule; what it does not say is the profile’s', () => {
  const plain: LossSpec = { name: 'srl' };
  assert.deepEqual(networkOf(TINY, plain), { ...TINY.network, imageSize: TINY.imageSize });
  assert.deepEqual(scheduleOf(TINY, plain), TINY.training);
  const own: LossSpec = {
    ...plain,
    encoder: 'vgg16',
    poseOutput: 'camera-centre',
    coefficientScale: 1,
    learningRate: 0.5,
    steps: 7,
  };
  assert.deepEqual(networkOf(TINY, own), {
    encoder: 'vgg16',
    poseOutput: 'camera-centre',
    coefficientScale: 1,
    imageSize: TINY.imageSize,
  });
  assert.deepEqual(scheduleOf(TINY, own), { ...TINY.training, learningRate: 0.5, steps: 7 });
});
