import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Tensor2D } from '@tensorflow/tfjs-node-gpu';
import { createRandom } from 'lib/random';
import { tf } from 'lib/tensorflow';
import ndarray from 'ndarray';
import { fitPrincipalComponents } from './principal-components';

/** The paper's training subjects on ICT-FaceKit's narrow face, and the paper's components. */
const [SHAPES, POINTS, COMPONENTS] = [4_543, 6_706, 100];
const SIZE = 3 * POINTS;
/** Modes whose standard deviations fall by 4 % each from 0.5 cm, and noise, cm. */
const [MODES, LARGEST, FALL, NOISE] = [150, 0.5, 0.96, 0.02];
/** The shapes for the peer, and its exact eigenvalues for us. */
const folder = path.join(os.tmpdir(), `bench-pca-${process.pid}`);

/**
 * Principal components of the same shapes in memory on both sides; environment/bench/sklearn_pca.py is the other, and finds
 * the exact eigenvalues too, in float64 from the inner products of all shapes, outside the measured time.
 */
export const benches = [
  {
    name: 'pca',
    unit: 'ms',
    peers: [
      {
        name: 'scikit-learn 1.9, randomized',
        script: 'sklearn_pca.py',
        args: [folder, String(SHAPES), String(COMPONENTS)],
      },
    ],
    block: 1,
    rounds: 3,
    start,
  },
];

function start() {
  const shapes = drawShapes();
  const triangles = ndarray(Uint32Array.of(0, 1, 2), [1, 3]);
  fs.mkdirSync(folder, { recursive: true });
  process.on('exit', () => fs.rmSync(folder, { recursive: true, force: true }));
  const file = fs.openSync(path.join(folder, 'shapes.f32'), 'w');
  for (const { data } of shapes) fs.writeSync(file, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  fs.closeSync(file);
  return async () => {
    const before = memory('VmRSS', true);
    const { model } = await fitPrincipalComponents(shapes, triangles, COMPONENTS);
    const extra = memory('VmHWM') - before;
    return [
      { name: 'extra memory', value: extra, unit: 'MB' },
      { name: 'largest entry of |U U^T - 1|', value: worstProduct(model.components.data), unit: '' },
      { name: 'eigenvalue error by the largest', value: worstError(model.variances), unit: '' },
    ];
  };
}

function drawShapes() {
  const random = createRandom('bench');
  const normals = (count: number) => Float32Array.from({ length: count }, random.normal);
  const modes = tf.tensor2d(normals(MODES * SIZE), [MODES, SIZE]);
  const shapes = Array.from({ length: SHAPES }, (_, s) => {
    const scores = normals(MODES).map((value, k) => LARGEST * FALL ** k * value);
    const data = tf.tidy(() => {
      const smooth = tf.matMul(tf.tensor2d(scores, [1, MODES]), modes) as Tensor2D;
      return tf.add(tf.add(smooth, tf.randomNormal([1, SIZE], 0, NOISE, 'float32', s + 1)), 3).dataSync();
    }) as unknown as Float32Array;
    return ndarray(data, [POINTS, 3]);
  });
  modes.dispose();
  return shapes;
}

/** MB of this process, as Linux counts them; `restart` lets the high-water mark begin anew. */
function memory(name: 'VmRSS' | 'VmHWM', restart = false): number {
  if (restart) fs.writeFileSync('/proc/self/clear_refs', '5');
  const line = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(fs.readFileSync('/proc/self/status', 'utf8'));
  return Number(line?.[1]) / 1024;
}

function worstProduct(rows: Float32Array): number {
  let worst = 0;
  for (let a = 0; a < COMPONENTS; a++)
    for (let b = 0; b <= a; b++) {
      let dot = a === b ? -1 : 0;
      for (let i = 0; i < SIZE; i++) dot += rows[a * SIZE + i] * rows[b * SIZE + i];
      worst = Math.max(worst, Math.abs(dot));
    }
  return worst;
}

/** Of the eigenvalues, by the largest one; not a number until the peer has found the exact ones, in the warm-up. */
function worstError(variances: Float64Array): number {
  const file = path.join(folder, 'exact.json');
  if (!fs.existsSync(file)) return Number.NaN;
  const exact: number[] = JSON.parse(fs.readFileSync(file, 'utf8'));
  return exact.reduce((worst, value, k) => Math.max(worst, Math.abs(variances[k] - value)), 0) / exact[0];
}
