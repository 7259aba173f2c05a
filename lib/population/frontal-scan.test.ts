import assert from 'node:assert/strict';
import { test } from 'node:test';
import { invertPose, transformPoints } from 'lib/geometry';
import { SurfaceIndex, type TriangleMesh, triangleMesh } from 'lib/mesh';
import { createRandom } from 'lib/random';
import { bumpyBall } from '../mesh/surface.fixture';
import { frontalScan } from './frontal-scan';

/** A ball of 20 cm across; the foremost point has the least z. */
const HEAD = (() => {
  const { points, triangles } = bumpyBall(1, 40, 'head');
  const radius = (i: number) => Math.hypot(...points.data.subarray(i - (i % 3), i - (i % 3) + 3));
  return triangleMesh(
    points.data.map((v, i) => (10 * v) / radius(i)),
    triangles,
  );
})();
const FOREMOST = [...Array(HEAD.points.shape[0]).keys()].reduce((best, v) =>
  HEAD.points.get(v, 2) < HEAD.points.get(best, 2) ? v : best,
);
const place = ({ points }: TriangleMesh, v: number) => [0, 1, 2].map((i) => points.get(v, i));

function scanned(seed: string) {
  const { mesh, scanFromModel, landmarks } = frontalScan(HEAD, { tip: FOREMOST }, createRandom(seed));
  return {
    mesh,
    landmarks,
    scanFromModel,
    // in the head's own frame
    back: { points: transformPoints(mesh.points, invertPose(scanFromModel)), triangles: mesh.triangles },
  };
}

test('a scan lies on its head’s front within its noise, and in a frame of its own', () => {
  const { mesh, back } = scanned('one');
  const own = new Set(HEAD.points.data.map((v) => Number(v.toFixed(4))));
  const shared = back.points.data.filter((v) => own.has(Number(v.toFixed(4)))).length;
  assert.ok(
    mesh.points.shape[0] > 1000 && shared < back.points.data.length / 5,
    `${shared} coordinates are the head’s`,
  );
  const { distances } = new SurfaceIndex(HEAD).closestPoints(back.points.data);
  const rms = 10 * Math.sqrt(distances.reduce((sum, d) => sum + d * d, 0) / distances.length);
  // waves of 0.2 mm and noise of 0.15 mm
  assert.ok(rms > 0.1 && rms < 0.5, `${rms} mm`);
  const [, y, z] = place(HEAD, FOREMOST);
  for (let v = 0; v < back.points.shape[0]; v++)
    assert.ok(back.points.get(v, 2) < z + 15 && back.points.get(v, 1) > y - 11, `${place(back, v)} is not in front`);
  assert.ok(Math.max(...mesh.points.data.map((v, i) => Math.abs(v - back.points.data[i]))) > 1);
});

test('a landmark is a vertex that a hand would click on, and no hole is near it', () => {
  // so many that a hole would often meet one
  const [, y, z] = place(HEAD, FOREMOST);
  const all = [...Array(HEAD.points.shape[0]).keys()].filter(
    (v) => HEAD.points.get(v, 2) < z + 7 && HEAD.points.get(v, 1) > y - 5,
  );
  const chosen = all.filter((_, i) => i % Math.floor(all.length / 40) === 0);
  const names = Object.fromEntries(chosen.map((v) => [`vertex ${v}`, v]));
  for (const seed of ['one', 'two', 'three', 'four', 'five']) {
    const { mesh, scanFromModel, landmarks } = frontalScan(HEAD, names, createRandom(seed));
    const back = { points: transformPoints(mesh.points, invertPose(scanFromModel)), triangles: mesh.triangles };
    const index = new SurfaceIndex(back);
    for (const [name, v] of Object.entries(names)) {
      const away = (p: number[]) => Math.hypot(...p.map((c, i) => c - place(HEAD, v)[i]));
      assert.ok(away(place(back, landmarks[name])) < 0.6, `${away(place(back, landmarks[name]))} cm`);
      // of the head's own surface within 8 mm nothing is missing
      const near = all.filter((n) => away(place(HEAD, n)) < 0.8);
      const { distances } = index.closestPoints(Float32Array.from(near.flatMap((n) => place(HEAD, n))));
      assert.ok(Math.max(...distances) < 0.12, `${seed}, ${name}: ${Math.max(...distances)} cm`);
    }
  }
});

test('holes are left in some scans, and no vertex is spare', () => {
  let lost = 0;
  for (const seed of ['one', 'two', 'three']) {
    const { mesh, back } = scanned(seed);
    assert.equal(new Set(mesh.triangles.data).size, mesh.points.shape[0]);
    const [, y, z] = place(HEAD, FOREMOST);
    const front = [...Array(HEAD.points.shape[0]).keys()].filter(
      (v) => HEAD.points.get(v, 2) < z + 12 && HEAD.points.get(v, 1) > y - 8,
    );
    const { distances } = new SurfaceIndex(back).closestPoints(Float32Array.from(front.flatMap((v) => place(HEAD, v))));
    lost += distances.filter((d) => d > 0.2).length;
  }
  assert.ok(lost > 0, 'nothing is missing');
});

test('the same generator gives the same scan, and the head is not changed', () => {
  const before = HEAD.points.data.slice();
  assert.deepEqual(scanned('one'), scanned('one'));
  assert.notDeepEqual(scanned('one').mesh.points.data, scanned('two').mesh.points.data);
  assert.deepEqual(HEAD.points.data, before);
});
