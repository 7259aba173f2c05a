import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { writeJson } from 'lib/files';
import { createRandom, type Random } from 'lib/random';
import { temporaryFolder } from '../files/temporary-folder.fixture';
import { madeUpIctFaceKit } from '../morphable-model/ict-facekit.fixture';
import { shapeOfHead } from './head-source';
import { ictHeads, ictLandmarks } from './ict-heads';

/** A generator whose k-th normal number alone is 1, and whose uniform numbers are all the same. */
function only(k: number, uniform = 0): Random {
  let drawn = 0;
  return { ...createRandom(0), normal: () => (drawn++ === k ? 1 : 0), uniform: () => uniform };
}
const NONE = -1;

test('a head is the neutral one plus a normal number of each mode, with eyes of their own colours', (t) => {
  const folder = temporaryFolder(t);
  madeUpIctFaceKit(folder);
  const source = ictHeads(folder);
  assert.deepEqual([source.name, source.shapePoints, source.headPoints], ['ict-facekit', 9409, 11248]);
  assert.deepEqual([...source.shapeTriangles.data], [0, 1, 2]);
  assert.equal(source.surfaceTriangles.length, 12);

  const neutral = source.sample(only(NONE));
  const up = source.sample(only(99));
  const difference = (n: number) =>
    [0, 1, 2].map((axis) => Math.round(1000 * (up.points.get(n, axis) - neutral.points.get(n, axis))));
  for (const n of [0, 9408, 11248, 14387]) assert.deepEqual(difference(n), [0, 1000, 0], `point ${n}`);
  assert.deepEqual(shapeOfHead(neutral, source).shape, [9409, 3]);

  const colour = (head: typeof neutral, n: number) => [...head.albedo.subarray(3 * n, 3 * n + 3)];
  // the eyeballs' fifth point is their front, the pupil; their others are far from it
  assert.deepEqual(colour(neutral, 11252), [0.01, 0.01, 0.01].map(Math.fround));
  assert.deepEqual(colour(neutral, 11248), [0.55, 0.52, 0.5].map(Math.fround));
  assert.deepEqual([neutral.gloss?.[0], neutral.gloss?.[11248]], [0, 1]);
  // the lightest tone is the first; halfway between the first two of four tones is a sixth of the way
  assert.deepEqual(colour(neutral, 0), [0.64, 0.43, 0.34].map(Math.fround));
  colour(source.sample(only(NONE, 1 / 6)), 0).forEach((v, c) => {
    assert.ok(Math.abs(v - [0.555, 0.35, 0.26][c]) < 1e-6);
  });
  assert.equal(source.sample(only(NONE, 1 - 2 ** -32)).albedo.every(Number.isFinite), true);

  const [first, again, other] = ['a', 'a', 'b'].map((seed) => source.sample(createRandom(seed)));
  assert.deepEqual(first, again);
  assert.notDeepEqual(first.points.data, other.points.data);
});

const folder = process.env.ICT_FACEKIT ?? '';
test('ICT-FaceKit’s own heads are centred, of a head’s size, face -z, and have no mouth’s inside', {
  skip: folder ? false : 'ICT_FACEKIT is not set',
}, () => {
  const source = ictHeads(folder);
  const { points, albedo } = source.sample(only(NONE));
  assert.deepEqual(points.shape, [14388, 3]);
  const along = (axis: number, from = 0, to = 9409) =>
    Array.from({ length: to - from }, (_, i) => points.get(from + i, axis));
  const mean = (values: number[]) => values.reduce((a, b) => a + b) / values.length;
  for (const axis of [0, 1, 2]) assert.ok(Math.abs(mean(along(axis))) < 1e-3, `the face's mean along ${axis}`);
  // the tip of the nose is the nearest point of all to a camera before the face, in its middle
  const nose = along(2).indexOf(Math.min(...along(2)));
  assert.ok(Math.abs(points.get(nose, 0)) < 0.5 && Math.abs(points.get(nose, 1)) < 4, 'the nose is in the middle');
  // a face is 12 to 20 cm wide with its ears, and eyes lie above and behind the tip of the nose
  const width = Math.max(...along(0)) - Math.min(...along(0));
  assert.ok(width > 12 && width < 20, `the face is ${width} cm wide`);
  const eye = [0, 1, 2].map((axis) => mean(along(axis, 11248, 12818)));
  assert.ok(eye[1] > points.get(nose, 1) && eye[2] > points.get(nose, 2));
  const across = 2 * Math.abs(eye[0]);
  assert.ok(across > 5 && across < 7.5, `the eyes are ${across} cm apart`);

  assert.ok(source.shapeTriangles.data.every((v) => v < 9409) && source.surfaceTriangles.every((v) => v < 14388));
  assert.ok(source.shapeTriangles.shape[0] > 18_000, 'two triangles a point, nearly');
  // every point has its counterpart; those of the plane are their own
  const { mirror } = source;
  assert.ok(mirror && mirror.length === 9409);
  const own = mirror.filter((m, n) => m === n).length;
  assert.ok(own > 50 && own < 300, `${own} points are their own mirror image`);
  // iris, pupil and white are all there on each eye
  for (const start of [11248, 12818]) {
    const colours = new Set(Array.from({ length: 1570 }, (_, i) => albedo[3 * (start + i)]));
    assert.equal(colours.size, 3);
  }
  // a mode's deviation is millimetres, not centimetres nor nothing
  const moved = source.sample(only(0)).points.data;
  const rms = Math.sqrt(mean(Array.from(moved.subarray(0, 3 * 9409), (v, i) => 3 * (v - points.data[i]) ** 2)));
  assert.ok(rms > 0.05 && rms < 2, `the first mode moves the face by ${rms} cm`);
});

test('landmarks are those of 300-W that have a name here, by the model’s own list', (t) => {
  const folder = temporaryFolder(t);
  const file = path.join(folder, 'FaceXModel', 'vertex_indices.json');
  assert.throws(() => ictLandmarks(folder), { name: 'FileError', message: `${file}: is not there` });
  writeJson(file, { idx_to_landmark_verts: Array.from({ length: 68 }, (_, i) => 10 * i), other: [] });
  const { pronasale, subnasale, endocanthionRight, endocanthionLeft, stomion, menton } = ictLandmarks(folder);
  assert.deepEqual(
    [pronasale, subnasale, endocanthionRight, endocanthionLeft, stomion, menton],
    [300, 330, 390, 420, 620, 80],
  );
  writeJson(file, { idx_to_landmark_verts: [1, 2] });
  assert.throws(() => ictLandmarks(folder), /vertex_indices\.json is not as expected:\n {2}idx_to_landmark_verts/);
});

test('on the real model the landmarks of the two sides lie opposite each other, and are a face’s', (t) => {
  const folder = process.env.ICT_FACEKIT;
  if (!folder) return t.skip('ICT_FACEKIT must be a folder of ICT-FaceKit');
  const { points } = ictHeads(folder).sample(only(NONE));
  const landmarks = ictLandmarks(folder);
  const at = (name: keyof typeof landmarks) => [0, 1, 2].map((i) => points.get(landmarks[name], i));
  for (const pair of ['endocanthion', 'exocanthion', 'cheilion'] as const) {
    const [right, left] = [at(`${pair}Right`), at(`${pair}Left`)];
    // +x is the subject's right
    assert.ok(right[0] > 1 && Math.hypot(right[0] + left[0], right[1] - left[1], right[2] - left[2]) < 0.2, pair);
  }
  const [eyes, tip, base, lips, chin] = [
    at('endocanthionRight'),
    at('pronasale'),
    at('subnasale'),
    at('stomion'),
    at('menton'),
  ];
  assert.ok(eyes[1] > tip[1] && tip[1] > base[1] && base[1] > lips[1] && lips[1] > chin[1]);
  assert.ok(tip[2] < base[2] && tip[2] < eyes[2]);
});
