import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { quaternionFromAxisAngle, transformPoints } from 'lib/geometry';
import { SurfaceIndex, type TriangleMesh, triangleMesh } from 'lib/mesh';
import { headPopulation, sampleHead } from 'lib/population';
import { createRandom } from 'lib/random';
import { alignToScan } from './align-to-scan';
import { subdivided } from './solids.fixture';

const PROBLEM = path.join(os.tmpdir(), `icp-problem-${process.pid}`);
/** 20 degrees and 3 cm. */
const MOTION = {
  rotation: quaternionFromAxisAngle([0, 0.6, 0.8], (20 * Math.PI) / 180),
  translation: [2, -2, 1] as const,
};
const VERTICES = 10_000;
const TRIANGLES = 100_000;

/**
 * A head of 10,000 vertices is brought to a scan of 100,000 triangles of the same head, without landmarks; the index is built
 * before the time or in it. environment/bench/trimesh_icp.py is the other side, with its tree in the time. Its steps are classical:
 * it gets a hundred, and the error says how far they come.
 */
export const benches = [
  bench('icp, index apart', [], (problem) => {
    const index = new SurfaceIndex(problem.scan);
    return () => index;
  }),
  bench(
    'icp, index included',
    [{ name: 'trimesh icp', script: 'trimesh_icp.py', args: [PROBLEM] }],
    (problem) => () => new SurfaceIndex(problem.scan),
  ),
];

interface Problem {
  prediction: TriangleMesh;
  scan: TriangleMesh;
  /** [vertices, 3] cm, where the prediction's belong */
  truth: Float32Array;
}

function bench(
  name: string,
  peers: { name: string; script: string; args: string[] }[],
  indexOf: (problem: Problem) => () => SurfaceIndex,
) {
  return {
    name,
    unit: 'ms an alignment',
    peers,
    block: 1,
    rounds: 3,
    start() {
      const problem = icpProblem();
      if (peers.length > 0) writeProblem(problem);
      const index = indexOf(problem);
      return async () => {
        const { aligned, steps } = alignToScan(problem.prediction, index());
        return [
          { name: 'error', value: meanMillimetres(aligned.points.data, problem.truth), unit: 'mm' },
          { name: 'steps with all points', value: steps, unit: '' },
        ];
      };
    },
  };
}

/** A head of the population in about as many vertices and triangles as wanted, some of its triangles in four. */
function icpProblem(): Problem {
  const population = headPopulation();
  const head = {
    points: sampleHead(population, createRandom('bench')).points,
    triangles: population.template.triangles,
  };
  const fine = subdivided(head);
  const prediction = withPart(head, fine, (mesh) => mesh.points.shape[0] >= VERTICES);
  const scan = withPart(fine, subdivided(fine), (mesh) => mesh.triangles.shape[0] >= TRIANGLES);
  const motion = { rotation: MOTION.rotation, translation: [...MOTION.translation] as [number, number, number] };
  return {
    prediction,
    scan: { points: transformPoints(scan.points, motion), triangles: scan.triangles },
    truth: transformPoints(prediction.points, motion).data,
  };
}

/** The surface with the first of its triangles in four, as many as `isEnough` asks for, and only the points that are used. */
function withPart(coarse: TriangleMesh, fine: TriangleMesh, isEnough: (mesh: TriangleMesh) => boolean): TriangleMesh {
  for (let share = 0.05; ; share += 0.05) {
    const split = Math.floor(share * coarse.triangles.shape[0]);
    const corners = [...fine.triangles.data.subarray(0, 12 * split), ...coarse.triangles.data.subarray(3 * split)];
    const numbers = new Map<number, number>();
    const triangles = Uint32Array.from(corners, (n) => {
      if (!numbers.has(n)) numbers.set(n, numbers.size);
      return numbers.get(n) as number;
    });
    const points = Float32Array.from(
      [...numbers.keys()].flatMap((n) => [...fine.points.data.subarray(3 * n, 3 * n + 3)]),
    );
    const mesh = triangleMesh(points, triangles);
    if (share >= 1 || isEnough(mesh)) return mesh;
  }
}

/** The arrays as they lie in memory: points as float32, triangles as uint32. */
function writeProblem({ prediction, scan, truth }: Problem): void {
  fs.mkdirSync(PROBLEM, { recursive: true });
  process.on('exit', () => fs.rmSync(PROBLEM, { recursive: true, force: true }));
  const files = {
    'prediction.points': prediction.points.data,
    'scan.points': scan.points.data,
    'scan.triangles': scan.triangles.data,
    'truth.points': truth,
  };
  for (const [name, data] of Object.entries(files))
    fs.writeFileSync(path.join(PROBLEM, name), new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
}

function meanMillimetres(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i += 3) sum += Math.hypot(a[i] - b[i], a[i + 1] - b[i + 1], a[i + 2] - b[i + 2]);
  return (30 * sum) / a.length;
}
