import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from 'lib/random';
import { lampHarmonics, type PictureLight, randomLight } from './picture-light';
import { type PictureSurface, type PictureView, pictureBuffers, renderPicture } from './render-picture';

type Vector = [number, number, number];
const dot = (a: ArrayLike<number>, b: ArrayLike<number>) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
const unit = (v: number[]): Vector => v.map((x) => x / Math.hypot(...v)) as Vector;
const cross = (a: Vector, b: Vector): Vector => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
];

const identity = [1, 0, 0, 0, 1, 0, 0, 0, 1];
const front: PictureView = { rotation: identity, centre: [0, 0, -60], focalLengthPixels: 60, size: 8 };
/** Light of 1 at every normal: the constant harmonic is 0.282095. */
const even: PictureLight = { harmonics: Float64Array.from({ length: 27 }, (_, i) => (i < 3 ? 1 / 0.28209479177 : 0)) };

/** A triangle on z = 0 whose corners are at the given x, y; it faces the camera. */
function card(corners: number[], albedo: number): PictureSurface {
  const points = Float32Array.of(corners[0], corners[1], 0, corners[2], corners[3], 0, corners[4], corners[5], 0);
  const normals = Float32Array.of(0, 0, -1, 0, 0, -1, 0, 0, -1);
  return { points, triangles: Uint32Array.of(0, 1, 2), normals, albedo: new Float32Array(9).fill(albedo) };
}

/** A few triangles around the origin with random colours, normals, occlusion and gloss. */
function confetti(seed: number): PictureSurface {
  const random = createRandom(seed);
  const numbers = (count: number, next: () => number) => Float32Array.from({ length: count }, next);
  const points = numbers(63, () => 3 * random.normal());
  const normals = numbers(63, random.normal);
  for (let i = 0; i < 63; i += 3) normals.set(unit([...normals.slice(i, i + 3)]), i);
  return {
    points,
    normals,
    triangles: Uint32Array.from({ length: 42 }, () => random.integer(21)),
    albedo: numbers(63, random.uniform),
    occlusion: numbers(21, random.uniform),
    gloss: numbers(21, random.uniform),
  };
}

test('albedo in even light is shown as its sRGB byte, the background around it', () => {
  // 60 px focal length at 60 cm: one pixel a centimetre; +x is to the picture's left, +y up
  const surface = card([4, 4, 4, -4, -4, 4], 0.5);
  const rgb = renderPicture(surface, front, even, { background: [0, 0, 1], supersample: 1 });
  const pixel = (column: number, row: number) => [...rgb.slice(3 * (8 * row + column), 3 * (8 * row + column) + 3)];
  assert.deepEqual(pixel(0, 0), [188, 188, 188]);
  assert.deepEqual(pixel(7, 7), [0, 0, 255]);
  assert.deepEqual(pixel(5, 1), [188, 188, 188]);
  assert.deepEqual(pixel(5, 6), [0, 0, 255]);
});

test('what lies up and to the left of the camera is up and left in the picture', () => {
  const rgb = renderPicture(card([1, 1, 3, 1, 1, 3], 1), front, even, { supersample: 1 });
  const lit = Array.from({ length: 64 }, (_, i) => i).filter((i) => rgb[3 * i] > 0);
  assert.ok(lit.length > 0 && lit.every((i) => i % 8 < 4 && i < 32), `lit pixels are ${lit}`);
});

test('a background of the picture’s size shows through where the surface is not, pixel by pixel', () => {
  const surface = card([4, 4, 4, -4, -4, 4], 0.5);
  const background = Float32Array.from({ length: 192 }, (_, i) => (i % 3 === 0 ? Math.floor(i / 3) / 64 : 0));
  const rgb = renderPicture(surface, front, even, { background, supersample: 2 });
  const flat = (red: number) => renderPicture(surface, front, even, { background: [red, 0, 0], supersample: 2 });
  for (const pixel of [63, 62, 55, 7, 0, 14])
    assert.deepEqual(
      [...rgb.slice(3 * pixel, 3 * pixel + 3)],
      [...flat(pixel / 64).slice(3 * pixel, 3 * pixel + 3)],
      `pixel ${pixel}`,
    );
  assert.notDeepEqual(rgb.slice(3 * 63), rgb.slice(3 * 55, 3 * 56));
});

test('half a pixel is the mean in linear light, not of bytes', () => {
  // the left half of each pixel of column 0: 0.5 in linear light is 188, not 128
  const surface = card([4, 20, 4, -20, 3.5, -20], 1);
  surface.points.set([3.5, 20, 0], 0);
  const wide: PictureSurface = {
    ...surface,
    points: Float32Array.of(4, 20, 0, 4, -20, 0, 3.5, -20, 0, 3.5, 20, 0),
    triangles: Uint32Array.of(0, 1, 2, 0, 2, 3),
    normals: Float32Array.of(0, 0, -1, 0, 0, -1, 0, 0, -1, 0, 0, -1),
    albedo: new Float32Array(12).fill(1),
  };
  assert.equal(renderPicture(wide, front, even, { supersample: 2 })[0], 188);
});

test('agrees with a naive ray tracer in float64', () => {
  for (let seed = 0; seed < 4; seed++) {
    const random = createRandom(`view ${seed}`);
    const [q0, q1, q2, q3] = ((q) => q.map((x) => x / Math.hypot(...q)))(
      [1, 0.4, -0.6, 0.3].map((s) => s * random.normal()),
    );
    const rotation = [
      1 - 2 * (q2 * q2 + q3 * q3),
      2 * (q1 * q2 - q0 * q3),
      2 * (q1 * q3 + q0 * q2),
      2 * (q1 * q2 + q0 * q3),
      1 - 2 * (q1 * q1 + q3 * q3),
      2 * (q2 * q3 - q0 * q1),
      2 * (q1 * q3 - q0 * q2),
      2 * (q2 * q3 + q0 * q1),
      1 - 2 * (q1 * q1 + q2 * q2),
    ];
    const axes = [0, 1, 2].map((c): Vector => [rotation[c], rotation[3 + c], rotation[6 + c]]);
    const centre = [0, 1, 2].map((r) => -40 * rotation[3 * r + 2] + random.normal());
    const view: PictureView = { rotation, centre, focalLengthPixels: 50, size: 16 };
    const surface = confetti(seed);
    const light: PictureLight = {
      harmonics: Float64Array.from({ length: 27 }, () => 0.8 * random.normal() + 0.4),
      lamp: { direction: unit([0.3, 0.4, -0.8]), colour: [0.9, 0.7, 0.5], specular: 0.3 },
    };
    const rgb = renderPicture(surface, view, light, { supersample: 1, background: [0.1, 0.2, 0.3] });
    let off = 0;
    for (let pixel = 0; pixel < 256; pixel++) {
      const ray: Vector = [-((pixel % 16) + 0.5 - 8) / 50, -(Math.floor(pixel / 16) + 0.5 - 8) / 50, 1];
      const expected = trace(surface, axes, centre, ray, light) ?? [0.1, 0.2, 0.3];
      const bytes = expected.map((x) => {
        const y = Math.min(1, x);
        return 255 * (y <= 0.0031308 ? 12.92 * y : 1.055 * y ** (1 / 2.4) - 0.055);
      });
      if (bytes.some((byte, c) => Math.abs(byte - rgb[3 * pixel + c]) > 1.5)) off++;
    }
    // at a silhouette a ray may fall on the other side of an edge that was rounded to 1/1024 pixel
    assert.ok(off <= 2, `${off} of 256 pixels differ with seed ${seed}`);
  }
});

/** Linear RGB along a ray of the camera frame: light at the corners, written out, and mixed where the ray meets a triangle. */
function trace(
  { points, triangles, normals, albedo, occlusion, gloss }: PictureSurface,
  axes: Vector[],
  centre: number[],
  ray: Vector,
  { harmonics: h, lamp }: PictureLight,
): number[] | undefined {
  const inCamera = (v: number[]) => axes.map((axis) => dot(axis, v)) as Vector;
  const row = (values: Float32Array, i: number) => [...values.slice(3 * i, 3 * i + 3)];
  let nearest = Number.POSITIVE_INFINITY;
  let colour: number[] | undefined;
  if (!lamp || !occlusion || !gloss) throw new Error('the twin wants all inputs');
  for (let t = 0; t < triangles.length; t += 3) {
    const ids = [...triangles.slice(t, t + 3)];
    const corners = ids.map((i) => inCamera(row(points, i).map((x, c) => x - centre[c])));
    const volume = dot(corners[0], cross(corners[1], corners[2]));
    const weights = [0, 1, 2].map((i) => dot(ray, cross(corners[(i + 1) % 3], corners[(i + 2) % 3])) / volume);
    const sum = weights[0] + weights[1] + weights[2];
    if (Math.min(...weights) / sum < 0 || sum <= 0 || volume === 0 || 1 / sum >= nearest) continue;
    nearest = 1 / sum;
    const mix = (values: number[]) => values.reduce((total, value, i) => total + (value * weights[i]) / sum, 0);
    const half = (p: number[]) => unit(lamp.direction.map((x, c) => x - unit(p)[c]));
    const channel = (c: number) => {
      const atCorner = ids.map((id, i) => {
        const [x, y, z] = inCamera(row(normals, id));
        const basis = [
          0.282095,
          ...[y, z, x].map((v) => 0.488603 * v),
          1.092548 * x * y,
          1.092548 * y * z,
          0.315392 * (3 * z * z - 1),
          1.092548 * x * z,
          0.546274 * (x * x - y * y),
        ];
        const around = Math.max(
          0,
          basis.reduce((total, b, k) => total + b * h[3 * k + c], 0),
        );
        const cosine = dot([x, y, z], lamp.direction);
        const wrap = [0.22, 0.12, 0.1][c];
        const open = occlusion[id];
        const direct = (Math.max(0, cosine + wrap) / (1 + wrap)) * (0.35 + 0.65 * open) * lamp.colour[c];
        const sheen =
          cosine > 0 ? lamp.colour[c] * 0.3 * open * Math.max(0, dot([x, y, z], half(corners[i]))) ** 16 : 0;
        return albedo[3 * id + c] * (around * open + direct) + sheen;
      });
      const normal = unit([0, 1, 2].map((axis) => mix(ids.map((id) => inCamera(row(normals, id))[axis]))));
      const place = [0, 1, 2].map((axis) => mix(corners.map((corner) => corner[axis])));
      const wet = mix(ids.map((id) => gloss[id]));
      return mix(atCorner) + lamp.colour[c] * 1.2 * wet * Math.max(0, dot(normal, half(place))) ** 800;
    };
    colour = [channel(0), channel(1), channel(2)];
  }
  return colour;
}

test('harmonics of a lamp give the clamped cosine within 0.1', () => {
  const d = unit([0.3, -0.5, 0.7]);
  const random = createRandom('cosine');
  for (let i = 0; i < 200; i++) {
    const n = unit([random.normal(), random.normal(), random.normal()]);
    const picture = renderPicture(
      { ...card([90, 90, 90, -90, -90, 0], 1), normals: Float32Array.of(...n, ...n, ...n) },
      { ...front, size: 1 },
      { harmonics: lampHarmonics(d).flatMap((c) => [c, c, c]) },
    );
    const linear = ((picture[0] / 255 + 0.055) / 1.055) ** 2.4;
    assert.ok(Math.abs(linear - Math.min(1, Math.max(0, dot(n, d)))) < 0.1, `${linear} at ${dot(n, d)}`);
  }
});

test('a random light is the seed’s own, and its exposure toward the camera is between 0.8 and 1.35', () => {
  const random = createRandom('light');
  for (let i = 0; i < 200; i++) {
    const { harmonics, lamp } = randomLight(random.fork(i));
    assert.deepEqual(randomLight(random.fork(i)).harmonics, harmonics);
    if (lamp) assert.ok(Math.abs(Math.hypot(...lamp.direction) - 1) < 1e-9 && lamp.direction[2] < 0);
    const green = (k: number) => harmonics[3 * k + 1];
    const direct = lamp ? -lamp.direction[2] * lamp.colour[1] : 0;
    const facing = 0.282095 * green(0) - 0.488603 * green(2) + 2 * 0.315392 * green(6) + direct;
    assert.ok(facing > 0.79 && facing < 1.36, `exposure is ${facing}`);
  }
});

test('writes into the caller’s bytes and leaves no trace of the last picture in its buffers', () => {
  const into = new Uint8Array(192).fill(9);
  const buffers = pictureBuffers();
  renderPicture(confetti(1), front, even, { buffers });
  assert.equal(renderPicture(card([4, 4, 4, -4, -4, 4], 0.5), front, even, { into, buffers }), into);
  assert.deepEqual(into, renderPicture(card([4, 4, 4, -4, -4, 4], 0.5), front, even));
});

test('says which array does not fit', () => {
  const surface = card([4, 4, 4, -4, -4, 4], 0.5);
  const wrong = (change: Partial<PictureSurface>) => () => renderPicture({ ...surface, ...change }, front, even);
  assert.throws(wrong({ albedo: new Float32Array(3) }), /albedo must hold 9 numbers, but holds 3/);
  assert.throws(wrong({ occlusion: new Float32Array(9) }), /occlusion must hold 3 numbers, but holds 9/);
  assert.throws(() => renderPicture(surface, front, { harmonics: [1] }), /harmonics must hold 27 numbers, but holds 1/);
  assert.throws(() => renderPicture(surface, front, even, { into: new Uint8Array(3) }), /into must hold 192 numbers/);
  assert.throws(
    () => renderPicture(surface, front, even, { background: new Float32Array(12) }),
    /background must hold 192 numbers, but holds 12/,
  );
  assert.throws(
    () => renderPicture(surface, front, even, { supersample: 0 }),
    /supersample must be a whole number of at least 1, but is 0/,
  );
});
