import { spawnSync } from 'node:child_process';
import os from 'node:os';
import path from 'node:path';
import { writeArrays } from 'lib/files';
import { quaternionFromAxisAngle, rotate, rotationMatrix } from 'lib/geometry';
import { triangleMesh, vertexNormals } from 'lib/mesh';
import { createRandom } from 'lib/random';
import { randomLight } from './picture-light';
import { type PictureSurface, type PictureView, pictureBuffers, renderPicture } from './render-picture';

const SIZE = 224;
const MESH_FILE = path.join(os.tmpdir(), `render-bench-${process.pid}.arrays`);

/** Whether the system has EGL, by which moderngl draws without a screen (Debian: libegl1 and libgl1-mesa-dri). */
const hasEgl = spawnSync('ldconfig', ['-p'], { encoding: 'utf8' }).stdout?.includes('libEGL.so.1') ?? false;

/**
 * Pictures of a face-sized surface of 18,460 triangles at 224 px, raster and shading alone: each of a new shape, one sample a
 * pixel, one thread. environment/bench/moderngl_render.py draws the same on llvmpipe, where there is EGL.
 */
export const benches = [
  {
    name: 'render',
    unit: 'ms a picture',
    peers: hasEgl ? [{ name: 'moderngl on llvmpipe', script: 'moderngl_render.py', args: [MESH_FILE] }] : [],
    block: 100,
    start: startPictures,
  },
];

/** Rings and points a ring: 2 x 130 x 71 triangles. */
const [RINGS, AROUND] = [72, 130];

/** The front of an egg as large as a face, open at its back, with bumps of its own. */
function face(seed: number): PictureSurface {
  const random = createRandom(seed);
  const bumps = Array.from({ length: 6 }, () => [random.normal(), random.normal(), 6 * random.uniform()]);
  const points = new Float32Array(3 * RINGS * AROUND);
  const triangles: number[] = [];
  for (let ring = 0; ring < RINGS; ring++)
    for (let i = 0; i < AROUND; i++) {
      const out = ((0.02 + ring) / RINGS) * (Math.PI / 2) * 1.1;
      const around = (2 * Math.PI * i) / AROUND;
      const [x, y] = [Math.sin(out) * Math.cos(around), Math.sin(out) * Math.sin(around)];
      const height = bumps.reduce((sum, [u, v, phase]) => sum + 0.03 * Math.cos(3 * (u * x + v * y) + phase), 1);
      points.set([7.4 * height * x, 10 * height * y, -9 * height * Math.cos(out) + 4], 3 * (ring * AROUND + i));
      if (ring === RINGS - 1) continue;
      const [a, b] = [ring * AROUND + i, ring * AROUND + ((i + 1) % AROUND)];
      triangles.push(a, b, a + AROUND, b, b + AROUND, a + AROUND);
    }
  const faces = Uint32Array.from(triangles);
  const normals = vertexNormals(triangleMesh(points, faces)).data;
  return { points, triangles: faces, normals, albedo: Float32Array.from(points, () => 0.3 + 0.4 * random.uniform()) };
}

/** Returns a function that takes a number of pictures. */
function startPictures(): (pictures: number) => Promise<void> {
  const random = createRandom('bench');
  const surfaces = [0, 1, 2, 3].map(face);
  const views = Array.from({ length: 64 }, (): PictureView => {
    const turn = quaternionFromAxisAngle([0, 1, 0], 2 * random.uniform() - 1);
    return { rotation: rotationMatrix(turn), centre: rotate(turn, [0, 0, -60]), focalLengthPixels: 500, size: SIZE };
  });
  const light = randomLight(random.fork('light'));
  const options = { supersample: 1, into: new Uint8Array(3 * SIZE * SIZE), buffers: pictureBuffers() };
  const draw = (i: number) => renderPicture(surfaces[i % 4], views[i % 64], light, options);
  let covered = 0;
  for (let i = 0; i < 64; i++) {
    const picture = draw(i);
    for (let p = 0; p < picture.length; p += 3) if (picture[p] + picture[p + 1] + picture[p + 2] > 0) covered++;
  }
  const rows = (data: Float32Array, width: number) => ({ data, shape: [data.length / width, width] });
  const stacked = (of: 'points' | 'normals') => ({
    data: Float32Array.from(surfaces.flatMap((surface) => [...surface[of]])),
    shape: [surfaces.length, RINGS * AROUND, 3],
  });
  writeArrays(MESH_FILE, {
    points: stacked('points'),
    normals: stacked('normals'),
    albedo: rows(surfaces[0].albedo, 3),
    triangles: { data: surfaces[0].triangles, shape: [surfaces[0].triangles.length / 3, 3] },
    rotations: rows(Float32Array.from(views.flatMap(({ rotation }) => [...(rotation as number[])])), 9),
    centres: rows(Float32Array.from(views.flatMap(({ centre }) => [...(centre as number[])])), 3),
    focalLengthPixels: rows(Float32Array.of(500), 1),
    // the share of pixels that are not background, for the peer to see that it draws the same
    coverage: rows(Float32Array.of(covered / (64 * SIZE * SIZE)), 1),
  });
  return async (pictures) => {
    for (let i = 0; i < pictures; i++) draw(i);
  };
}
