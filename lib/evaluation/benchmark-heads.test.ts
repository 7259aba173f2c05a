import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { triangleMesh, writeMesh } from 'lib/mesh';
import { headPopulation, type LandmarkName, sampleHead, scanHead } from 'lib/population';
import { createRandom } from 'lib/random';
import type { NdArray } from 'ndarray';
import { temporaryFolder } from '../files/temporary-folder.fixture';
import { frameEntry, landmarkText, write } from './benchmark.fixture';
import { benchmarkCase, compareNumberings } from './benchmark-case';
import { EAR_LANDMARKS, FACE_LANDMARKS } from './landmark-vertices';
import { readMiccCases } from './micc';

/** The vertex of a scan that is nearest to a place: what a hand would click on. */
function nearest(points: NdArray<Float32Array>, place: number[]): number {
  const away = (v: number) => Math.hypot(...place.map((value, i) => value - points.get(v, i)));
  let best = 0;
  for (let v = 1; v < points.shape[0]; v++) if (away(v) < away(best)) best = v;
  return best;
}

test('of two scans of a head the one whose vertices were annotated is taken, with its holes and in its own frame', (t) => {
  const root = temporaryFolder(t);
  const [folder, annotations] = ['Florence', 'annotations'].map((name) => path.join(root, name));
  const population = headPopulation();
  const random = createRandom('subject');
  const head = sampleHead(population, random);
  const home = path.join(folder, 'subject_01');
  const micc = path.join(annotations, 'data', 'micc');
  for (const view of ['frontal1', 'frontal2']) {
    const { scan, truth } = scanHead(head, population.template, random.fork(view), { frames: 2 });
    const { points, triangles } = scan.mesh;
    const obj = path.join(home, 'Model', view, 'obj');
    fs.mkdirSync(obj, { recursive: true });
    const millimetres = points.data.map((v) => 10 * v);
    writeMesh(path.join(obj, 'scan.obj'), triangleMesh(millimetres, triangles));
    const vertices = Object.entries(FACE_LANDMARKS).map(([name, ours]) => {
      const place = [0, 1, 2].map((i) => truth.points.get(population.template.landmarks[ours], i));
      return [name, nearest(points, place)];
    });
    // the second is written over the first
    const text = landmarkText(Object.fromEntries(vertices));
    write(path.join(micc, 'cases', 'subject_1', 'correspondences.txt'), text);
  }
  write(path.join(home, 'Video', 'frame0007.jpg'), '');
  write(path.join(micc, 'annotations.json'), JSON.stringify({ cases: [frameEntry(1, 7)] }));
  const [{ readScan, scans }] = readMiccCases(folder, annotations).cases;
  assert.deepEqual(
    scans,
    ['frontal1', 'frontal2'].map((view) => path.join(home, 'Model', view, 'obj', 'scan.obj')),
  );
  const { file, mesh } = readScan();
  assert.equal(file, scans[1]);
  assert.ok(mesh.points.shape[0] > 8000);
});

test('heads of one template show from which number its vertices are counted', (t) => {
  const folder = temporaryFolder(t);
  const { template } = headPopulation();
  const names = [...Object.values(FACE_LANDMARKS), ...Object.values(EAR_LANDMARKS)];
  const casesWith = (more: number, firstVertex: 0 | 1) =>
    Array.from({ length: 4 }, (_, i) => {
      const file = path.join(folder, `${i}.obj`);
      if (!fs.existsSync(file)) {
        const { points } = sampleHead(headPopulation(), createRandom(i));
        writeMesh(
          file,
          triangleMesh(
            points.data.map((v) => v / 10),
            template.triangles,
          ),
        );
      }
      const vertices: Partial<Record<LandmarkName, number>> = Object.fromEntries(
        names.map((name) => [name, template.landmarks[name] + more]),
      );
      return benchmarkCase(
        { name: `Tester_${i}`, subject: i, picture: '', scans: [file], vertices },
        { unit: 'decimetres', firstVertex, annotation: '' },
      );
    });
  const right = compareNumberings(casesWith(0, 0));
  assert.ok(right.fromZero < 2 && right.fromOne > 1.5 * right.fromZero, JSON.stringify(right));
  const shifted = compareNumberings(casesWith(1, 1));
  assert.ok(
    Math.abs(shifted.fromOne - right.fromZero) < 1e-9 && shifted.fromZero > shifted.fromOne,
    JSON.stringify(shifted),
  );
});
