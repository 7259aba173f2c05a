import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { defaultCamera, projectPoints, rotationMatrix } from 'lib/geometry';
import { triangleMesh, vertexNormals } from 'lib/mesh';
import { createRandom } from 'lib/random';
import ndarray from 'ndarray';
import { type PictureLight, randomLight, type Triple } from './picture-light';
import { populationHeads } from './population-heads';
import { renderPicture } from './render-picture';
import { mirrorMap, mirrorPicture, mirrorPose, mirrorShape } from './symmetrize';
import { sampleView } from './view-sampler';

const VIEWS = {
  yawDegrees: 35,
  maxYawDegrees: 85,
  pitchDegrees: 8,
  rollDegrees: 4,
  distance: { mean: 62, deviation: 4 },
  offset: 1.2,
};
const anyView = fc.integer().map((seed) => sampleView(VIEWS, createRandom(seed)));
/** A permutation that is its own inverse: pairs of points change places, the last of an odd number stays. */
const anyMirror = fc.tuple(fc.integer({ min: 1, max: 30 }), fc.integer()).map(([points, seed]) => {
  const order = createRandom(seed).permutation(points);
  const mirror = new Uint32Array(points);
  order.forEach((n, i) => {
    mirror[n] = order[i ^ 1] ?? n;
  });
  return mirror;
});
const shapeOn = (mirror: Uint32Array, seed: number) => {
  const random = createRandom(seed);
  return Float32Array.from({ length: 3 * mirror.length }, () => 8 * random.normal());
};

test('by hand: a camera on the subject’s right that looks back over a quarter turn mirrors to its left', () => {
  const half = Math.SQRT1_2;
  // about y by -90 degrees, from +x; and about y by +90 degrees, from -x
  assert.deepEqual(mirrorPose({ rotation: [half, 0, -half, 0], translation: [60, 1, 2] }), {
    rotation: [half, 0, half, -0],
    translation: [-60, 1, 2],
  });
  assert.deepEqual(
    [...mirrorShape(Float32Array.of(1, 2, 3, -4, 5, 6, 0, 7, 8), Uint32Array.of(1, 0, 2))],
    [4, 5, 6, -1, 2, 3, -0, 7, 8],
  );
  assert.deepEqual(
    [...mirrorPicture(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12), 2)],
    [4, 5, 6, 1, 2, 3, 10, 11, 12, 7, 8, 9],
  );
});

test('mirrored twice, shape, pose and picture are what they were, to the bit', () => {
  fc.assert(
    fc.property(anyView, anyMirror, fc.integer(), fc.integer({ min: 1, max: 9 }), (pose, mirror, seed, size) => {
      assert.deepEqual(mirrorPose(mirrorPose(pose)), pose);
      const shape = shapeOn(mirror, seed);
      assert.deepEqual(mirrorShape(mirrorShape(shape, mirror), mirror), shape);
      const random = createRandom(seed);
      const picture = Uint8Array.from({ length: 3 * size * size }, () => random.integer(256));
      assert.deepEqual(mirrorPicture(mirrorPicture(picture, size), size), picture);
    }),
    { seed: 1, numRuns: 60 },
  );
});

test('the mirrored shape in the mirrored camera is where the shape is in the flipped picture', () => {
  const camera = defaultCamera(224);
  fc.assert(
    fc.property(anyView, anyMirror, fc.integer(), (pose, mirror, seed) => {
      const shape = shapeOn(mirror, seed);
      const project = (points: Float32Array, from: typeof pose) =>
        projectPoints(ndarray(points, [mirror.length, 3]), from, camera).data;
      const uv = project(shape, pose);
      const mirrored = project(mirrorShape(shape, mirror), mirrorPose(pose));
      for (let n = 0; n < mirror.length; n++) {
        const other = 2 * mirror[n];
        assert.ok(Math.abs(mirrored[2 * n] - (224 - uv[other])) < 1e-9, `u of ${n}`);
        assert.ok(Math.abs(mirrored[2 * n + 1] - uv[other + 1]) < 1e-9, `v of ${n}`);
      }
    }),
    { seed: 2, numRuns: 60 },
  );
});

/** Harmonics that are odd in x, and the lamp's x, change their sign. */
function mirrorLight({ harmonics, lamp }: PictureLight): PictureLight {
  const mirrored = Float64Array.from(harmonics);
  for (const k of [3, 4, 7]) for (let c = 0; c < 3; c++) mirrored[3 * k + c] *= -1;
  if (!lamp) return { harmonics: mirrored };
  const [x, y, z] = lamp.direction;
  return { harmonics: mirrored, lamp: { ...lamp, direction: [-x, y, z] as Triple } };
}

test('a picture of the mirrored head from the mirrored camera in mirrored light is the flipped picture', () => {
  const source = populationHeads();
  const { mirror } = source;
  assert.ok(mirror);
  const size = 96;
  const pick = (values: Float32Array, width: number) =>
    Float32Array.from(values, (_, i) => values[width * mirror[Math.floor(i / width)] + (i % width)]);
  let clear = 0;
  for (const [view, seed] of ['a', 'b', 'c', 'd'].entries()) {
    const random = createRandom(seed);
    const head = source.sample(random);
    const pose = sampleView(VIEWS, random);
    const light = randomLight(random);
    const background: Triple = [0.2, 0.5, 0.1];
    const render = (points: Float32Array, of: typeof head, from: typeof pose, under: PictureLight) =>
      renderPicture(
        {
          ...of,
          points,
          triangles: source.surfaceTriangles,
          normals: vertexNormals(triangleMesh(points, source.surfaceTriangles)).data,
        },
        {
          rotation: rotationMatrix(from.rotation),
          centre: from.translation,
          focalLengthPixels: defaultCamera(size).focalLengthPixels,
          size,
        },
        under,
        { background, backFaces: 'drop' },
      );
    const picture = render(head.points.data, head, pose, light);
    const mirroredHead = {
      ...head,
      albedo: pick(head.albedo, 3),
      occlusion: head.occlusion && pick(head.occlusion, 1),
      gloss: head.gloss && pick(head.gloss, 1),
    };
    const mirrored = render(mirrorShape(head.points.data, mirror), mirroredHead, mirrorPose(pose), mirrorLight(light));
    const flipped = mirrorPicture(picture, size);
    const off = flipped.reduce((count, v, i) => count + (Math.abs(v - mirrored[i]) > 1 ? 1 : 0), 0);
    // corners are rounded to 1/1024 pixel, halves always to the right, and a sample's centre on an edge goes to its left
    // triangle: bytes may differ by one, and a sample at a silhouette may fall to the other side
    assert.ok(off <= 3, `view ${view}: ${off} of ${picture.length} bytes differ by more than one`);
    clear += picture.reduce((count, v, i) => count + (Math.abs(v - mirrored[i]) > 1 ? 1 : 0), 0) / picture.length;
  }
  assert.ok(clear / 4 > 0.2, 'unflipped pictures are like their mirror images: the test would tell nothing');
});

test('a mirror map pairs the points of a symmetric head, whatever their order', () => {
  const half = Array.from({ length: 40 }, (_, i) => [0.5 + (i % 5), Math.floor(i / 5), 0.3 * i]);
  const all = [...half.map(([x, y, z]) => [-x, y, z + 0.004]), [0, 1, 2], ...half].flat();
  const mirror = mirrorMap(ndarray(Float32Array.from(all), [81, 3]));
  assert.deepEqual(
    [...(mirror ?? [])],
    [...Array.from({ length: 40 }, (_, i) => 41 + i), 40, ...Array.from({ length: 40 }, (_, i) => i)],
  );
});

test('a head that is not symmetric has no mirror map', () => {
  assert.equal(mirrorMap(ndarray(Float32Array.of(1, 2, 3, -1, 2, 3.02), [2, 3])), undefined);
  // both points on the left belong to the one on the right
  assert.equal(mirrorMap(ndarray(Float32Array.of(1, 2, 3, -1, 2, 3.001, -1, 2, 2.999), [3, 3])), undefined);
  assert.equal(mirrorMap(ndarray(Float32Array.of(1, 2, 3), [1, 3])), undefined);
});
