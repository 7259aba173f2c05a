import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Pose, quaternionFromAxisAngle } from 'lib/geometry';
import { triangleMesh } from 'lib/mesh';
import { createRandom } from 'lib/random';
import { axialDeviation, readDepth, windowNoise } from './depth-sensor';
import { fuseReadings } from './scan-stations';

/** A square plate of half a side about a place, turned about y by `slant` from facing -z; the normals' and points' rows. */
function plate(half: number, centre: readonly [number, number, number], slant: number) {
  const [sine, cosine] = [Math.sin(slant), Math.cos(slant)];
  const at = (u: number, v: number) => [centre[0] + u * cosine, centre[1] + v, centre[2] - u * sine];
  const corners = [at(-half, -half), at(half, -half), at(half, half), at(-half, half)];
  return { at, corners, triangles: [0, 2, 1, 0, 3, 2], normal: [-sine, 0, -cosine] };
}

const camera: Pose = { rotation: [1, 0, 0, 0], translation: [0, 0, -50] };

function scatterOn({ at, normal }: ReturnType<typeof plate>, half: number, count: number) {
  const random = createRandom('plate');
  const samples = Array.from({ length: count }, () =>
    at(half * (2 * random.uniform() - 1), half * (2 * random.uniform() - 1)),
  );
  return { samples: Float32Array.from(samples.flat()), normals: Float32Array.from(samples.flatMap(() => normal)) };
}

test('the deviation of a reading is the published law, at values worked out by hand', () => {
  // metres: 0.0012 + 0.0019 * 0.01 = 0.001219, no slant
  assert.ok(Math.abs(axialDeviation(50, 0) - 0.1219) < 1e-12);
  // 1 m: 0.0012 + 0.0019 * 0.36 = 0.001884, and at 60 degrees + 0.0001 * 2^2
  assert.ok(Math.abs(axialDeviation(100, 0) - 0.1884) < 1e-12);
  assert.ok(Math.abs(axialDeviation(100, Math.PI / 3) - 0.2284) < 1e-12);
  let before = 0;
  for (let degrees = 0; degrees < 90; degrees += 5) {
    const now = axialDeviation(50, (degrees * Math.PI) / 180);
    assert.ok(now > before);
    before = now;
  }
});

test('readings of a plate have the mean 0 and the deviation of the law, at every slant', () => {
  for (const degrees of [0, 30, 55]) {
    const slant = (degrees * Math.PI) / 180;
    const wall = plate(8, [0, 0, 0], slant);
    const mesh = triangleMesh(Float32Array.from(wall.corners.flat()), Uint32Array.from(wall.triangles));
    const { samples, normals } = scatterOn(wall, 7, 500);
    let [sum, squares, count] = [0, 0, 0];
    for (let i = 0; i < 40; i++) {
      const readings = readDepth(mesh, samples, normals, camera, 1, createRandom(degrees).fork(i));
      for (let s = 0; s < 500; s++) {
        if (readings.deviation[s] === 0) continue;
        // the law's own value, for the slant to the camera's centre
        const [x, z] = [samples[3 * s], samples[3 * s + 2] + 50];
        const away = Math.hypot(x, samples[3 * s + 1], z);
        const cosine = -(x * normals[0] + z * normals[2]) / away;
        const deviation = axialDeviation(z, Math.acos(cosine));
        assert.ok(Math.abs(readings.deviation[s] / deviation - 1) < 1e-4);
        const unit = readings.error[s] / deviation;
        sum += unit;
        squares += unit * unit;
        count++;
      }
    }
    assert.ok(count > 0.9 * 20_000, `${count} readings at ${degrees} degrees`);
    // 500 samples lie in about 500 windows: at least 10,000 independent values
    assert.ok(Math.abs(sum / count) < 0.04, `mean ${sum / count} at ${degrees} degrees`);
    assert.ok(Math.abs(squares / count - 1) < 0.06, `variance ${squares / count} at ${degrees} degrees`);
  }
});

test('the mean over frames falls with their square root', () => {
  const wall = plate(8, [0, 0, 0], 0);
  const mesh = triangleMesh(Float32Array.from(wall.corners.flat()), Uint32Array.from(wall.triangles));
  const { samples, normals } = scatterOn(wall, 5, 20);
  const one = readDepth(mesh, samples, normals, camera, 1, createRandom(1));
  const many = readDepth(mesh, samples, normals, camera, 16, createRandom(1));
  for (let s = 0; s < 20; s++) assert.ok(Math.abs(4 * many.error[s] - one.error[s]) < 1e-6 && one.error[s] !== 0);
});

test('noise is shared by windows that overlap, and by no others', () => {
  const size = 256;
  const [same, beside, far, below] = [0, 0, 0, 0].map(() => ({ sum: 0 }));
  let count = 0;
  for (let i = 0; i < 4; i++) {
    const noise = windowNoise(createRandom('windows').fork(i));
    assert.equal(noise.length, size * size);
    for (let row = 0; row < size - 8; row++)
      for (let column = 0; column < size - 8; column++) {
        const at = row * size + column;
        same.sum += noise[at] ** 2;
        beside.sum += noise[at] * noise[at + 1];
        below.sum += noise[at] * noise[at + 2 * size];
        far.sum += noise[at] * noise[at + 5];
        count++;
      }
  }
  // windows of 5 that are shifted by 1 share 4 of 5 columns, by 2 rows 3 of 5 rows, by 5 nothing
  for (const [{ sum }, expected] of [
    [same, 1],
    [beside, 0.8],
    [below, 0.6],
    [far, 0],
  ] as const)
    assert.ok(Math.abs(sum / count - expected) < 0.03, `${sum / count} is not ${expected}`);
});

test('reads nothing that looks away, is too slanted, is hidden or lies in the shadow of the projector', () => {
  const wall = plate(12, [0, 0, 0], 0);
  // a small plate 10 cm before the wall: seen from -50 it hides |x| < 2.5 of the wall
  const shield = plate(2, [0, 0, -10], 0);
  const points = [...wall.corners, ...shield.corners].flat();
  const triangles = [...wall.triangles, ...shield.triangles.map((v) => v + 4)];
  const mesh = triangleMesh(Float32Array.from(points), Uint32Array.from(triangles));
  const places = [-9, -3.5, -2, 0, 2, 2.8, 3.5, 9];
  const samples = Float32Array.from(places.flatMap((x) => [x, 0, 0]));
  const toward = Float32Array.from(places.flatMap(() => [0, 0, -1]));
  const read = (normals: Float32Array) =>
    [...readDepth(mesh, samples, normals, camera, 1, createRandom(1)).deviation].map((d) => d > 0);
  // the projector at x = 7.5 is shielded over -4.375 < x < 0.625; the camera over |x| < 2.5, and 0.4 beyond for its window
  assert.deepEqual(read(toward), [true, false, false, false, false, false, true, true]);
  assert.deepEqual(
    read(toward.map((v) => -v)),
    places.map(() => false),
  );
  const slanted = (degrees: number) => {
    const [sine, cosine] = [Math.sin((degrees * Math.PI) / 180), Math.cos((degrees * Math.PI) / 180)];
    return Float32Array.from(places.flatMap(() => [0, sine, -cosine]));
  };
  assert.equal(read(slanted(50))[0], true);
  assert.deepEqual(
    read(slanted(78)),
    places.map(() => false),
  );
});

test('reads nothing that looks straight away, where rounding takes the cosine below -1', () => {
  const wall = plate(8, [0, 0, 0], 0);
  const mesh = triangleMesh(Float32Array.from(wall.corners.flat()), Uint32Array.from(wall.triangles));
  const { samples } = scatterOn(wall, 7, 200);
  const normals = samples.map((_, i) => {
    const ray = [samples[i - (i % 3)], samples[i - (i % 3) + 1], 50];
    return ray[i % 3] / Math.hypot(...ray);
  });
  const { deviation, error } = readDepth(mesh, samples, normals, camera, 1, createRandom(1));
  assert.deepEqual([new Set(deviation), new Set(error)], [new Set([0]), new Set([0])]);
});

test('readings grow rare between 60 and 76 degrees', () => {
  const wall = plate(8, [0, 0, 0], 0);
  const mesh = triangleMesh(Float32Array.from(wall.corners.flat()), Uint32Array.from(wall.triangles));
  const { samples } = scatterOn(wall, 1, 400);
  const share = (degrees: number) => {
    const [sine, cosine] = [Math.sin((degrees * Math.PI) / 180), Math.cos((degrees * Math.PI) / 180)];
    const normals = Float32Array.from({ length: 1200 }, (_, i) => [0, sine, -cosine][i % 3]);
    return readDepth(mesh, samples, normals, camera, 1, createRandom(2)).deviation.filter((d) => d > 0).length / 400;
  };
  assert.equal(share(55), 1);
  assert.ok(Math.abs(share(68) - 0.5) < 0.12, `${share(68)}`);
});

test('the mean of two stations has the variance of inverse variances, along the mean ray', () => {
  const wall = plate(8, [0, 0, 0], 0);
  const mesh = triangleMesh(Float32Array.from(wall.corners.flat()), Uint32Array.from(wall.triangles));
  const samples = Float32Array.from([0, 0, 0]);
  const normals = Float32Array.from([0, 0, -1]);
  // the second station is turned by 50 degrees about y, 80 cm away
  const turn = (50 * Math.PI) / 180;
  const aside: Pose = {
    rotation: quaternionFromAxisAngle([0, 1, 0], turn),
    translation: [-80 * Math.sin(turn), 0, -80 * Math.cos(turn)],
  };
  const [near, far] = [1 / axialDeviation(50, 0) ** 2, 1 / axialDeviation(80, turn) ** 2];
  const expectedToward = [(-far * Math.sin(turn)) / (near + far), 0, -(near + far * Math.cos(turn)) / (near + far)];
  let [x, z] = [0, 0];
  const runs = 400;
  for (let i = 0; i < runs; i++) {
    const { displacement, toward, read } = fuseReadings(
      mesh,
      samples,
      normals,
      [camera, aside],
      1,
      createRandom('two').fork(i),
    );
    assert.equal(read[0], 1);
    for (const c of [0, 1, 2]) assert.ok(Math.abs(toward[c] - expectedToward[c]) < 1e-5);
    x += displacement[0] ** 2;
    z += displacement[2] ** 2;
  }
  // independent errors e1 along z and e2 along the turned ray, variance 1/w each
  const expected = [far * Math.sin(turn) ** 2, near + far * Math.cos(turn) ** 2].map((sum) => sum / (near + far) ** 2);
  for (const [sum, variance] of [
    [x, expected[0]],
    [z, expected[1]],
  ])
    assert.ok(Math.abs(sum / runs / variance - 1) < 0.25, `variance ${sum / runs}, not ${variance}`);
});

test('what no station sees is not read and not moved', () => {
  const wall = plate(8, [0, 0, 0], 0);
  const mesh = triangleMesh(Float32Array.from(wall.corners.flat()), Uint32Array.from(wall.triangles));
  const { displacement, toward, read } = fuseReadings(
    mesh,
    Float32Array.from([0, 0, 0]),
    Float32Array.from([0, 0, 1]),
    [camera],
    1,
    createRandom(1),
  );
  assert.deepEqual([read[0], ...displacement, ...toward], [0, 0, 0, 0, 0, 0, 0]);
});
