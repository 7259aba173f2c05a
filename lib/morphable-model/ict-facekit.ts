import fs from 'node:fs';
import path from 'node:path';
import { FileError } from 'lib/files';
import { readObj } from 'lib/mesh';
import type { NdArray } from 'ndarray';
import ndarray from 'ndarray';

/** ICT-FaceKit's identity model in this project's frame: neutral + Σ c_k mode_k, coefficients in standard deviations. */
export interface IctFaceKit {
  /** [N, 3] cm, model frame; the face first, then head and neck, then the eyeballs */
  neutral: NdArray<Float32Array>;
  /** 100 rows, each [3 N] cm */
  modes: Float32Array[];
  /** [T, 3] */
  triangles: NdArray<Uint32Array>;
  /** How many of the points are the face (they come first), and face, head and neck. */
  facePoints: number;
  headPoints: number;
  /** [N], cosine between a point's direction from its eyeball's centre and the front, -z; 0 for points of no eyeball. */
  eyeFront: Float32Array;
}

/** Vertex ranges of the files, from the model's own documentation. */
const FACE_END = 9409;
const HEAD_END = 11248;
const EYEBALLS: [number, number][] = [
  [21451, 23021],
  [23021, 24591],
];
const IDENTITIES = 100;

/**
 * Reads ICT-FaceKit (Li et al. 2020) from a folder that holds `FaceXModel/generic_neutral_mesh.obj` and
 * `FaceXModel/identity000.obj` to `identity099.obj`.
 *
 * The files are in cm with +y up and the face toward +z, off the origin: the points are moved so that the face's centroid is
 * the origin, and turned by 180 degrees about y. The mouth's inside, teeth, lashes and fluids are left out.
 *
 * @throws {FileError} that names the file that is missing or has another number of vertices
 */
export function readIctFaceKit(folder: string): IctFaceKit {
  const file = (name: string) => {
    const full = path.join(folder, 'FaceXModel', name);
    if (!fs.existsSync(full))
      throw new FileError(full, `is not there: ICT-FaceKit's folder must hold FaceXModel with ${name}`);
    return full;
  };
  const mesh = readObj(file('generic_neutral_mesh.obj'));
  const kept = keptVertices(mesh.points.shape[0], file('generic_neutral_mesh.obj'));
  const newIndex = new Map(kept.map((vertex, i) => [vertex, i]));
  const neutral = pick(mesh.points.data, kept);
  const modes = Array.from({ length: IDENTITIES }, (_, k) => {
    const name = file(`identity${String(k).padStart(3, '0')}.obj`);
    const { points } = readObj(name);
    if (points.shape[0] !== mesh.points.shape[0])
      throw new FileError(
        name,
        `must have ${mesh.points.shape[0]} vertices as the neutral mesh, but has ${points.shape[0]}`,
      );
    return pick(points.data, kept).map((v, i) => v - neutral[i]);
  });
  const centre = [0, 1, 2].map((axis) => {
    let sum = 0;
    for (let n = 0; n < FACE_END; n++) sum += neutral[3 * n + axis];
    return sum / FACE_END;
  });
  for (let i = 0; i < neutral.length; i++) neutral[i] -= centre[i % 3];
  for (const vector of [neutral, ...modes]) turnAboutY(vector);
  const triangles: number[] = [];
  for (let t = 0; t < mesh.triangles.data.length; t += 3) {
    const corners = [...mesh.triangles.data.subarray(t, t + 3)].map((v) => newIndex.get(v));
    if (corners.every((c) => c !== undefined)) triangles.push(...(corners as number[]));
  }
  return {
    neutral: ndarray(neutral, [kept.length, 3]),
    modes,
    triangles: ndarray(Uint32Array.from(triangles), [triangles.length / 3, 3]),
    facePoints: FACE_END,
    headPoints: HEAD_END,
    eyeFront: eyeFront(neutral),
  };
}

function keptVertices(count: number, file: string): number[] {
  if (count < EYEBALLS[1][1])
    throw new FileError(file, `must have at least ${EYEBALLS[1][1]} vertices, but has ${count}`);
  const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);
  return [...range(0, HEAD_END), ...EYEBALLS.flatMap(([from, to]) => range(from, to))];
}

const pick = (data: Float32Array, vertices: number[]): Float32Array => {
  const result = new Float32Array(3 * vertices.length);
  vertices.forEach((vertex, n) => {
    result.set(data.subarray(3 * vertex, 3 * vertex + 3), 3 * n);
  });
  return result;
};

function turnAboutY(vector: Float32Array): void {
  for (let i = 0; i < vector.length; i += 3) {
    vector[i] = -vector[i];
    vector[i + 2] = -vector[i + 2];
  }
}

function eyeFront(points: Float32Array): Float32Array {
  const result = new Float32Array(points.length / 3);
  let start = HEAD_END;
  for (const [from, to] of EYEBALLS) {
    const end = start + to - from;
    const centre = [0, 1, 2].map((axis) => {
      let low = Number.POSITIVE_INFINITY;
      let high = Number.NEGATIVE_INFINITY;
      for (let n = start; n < end; n++) {
        low = Math.min(low, points[3 * n + axis]);
        high = Math.max(high, points[3 * n + axis]);
      }
      return (low + high) / 2;
    });
    for (let n = start; n < end; n++) {
      const d = centre.map((c, axis) => points[3 * n + axis] - c);
      result[n] = -d[2] / Math.hypot(...d);
    }
    start = end;
  }
  return result;
}
