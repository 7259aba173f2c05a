import fs from 'node:fs';
import path from 'node:path';
import { readJson, writeJson } from 'lib/files';
import type { Vector3 } from 'lib/geometry';
import { type ColouredMesh, readMesh, writeMesh } from 'lib/mesh';
import { z } from 'zod';

// A folder of scans holds a surface and a small file of landmarks for each: anna.ply (or .obj) and anna.landmarks.json.

const LANDMARKS_ENDING = '.landmarks.json';
/** Some fifty landmarks take 5,000. */
const MOST_BYTES = 2 ** 16;
const coordinate = z.number().min(-1e6).max(1e6);
const landmarksSchema = z.strictObject({
  /** Of the landmarks and of the scan itself. */
  unit: z.enum(['mm', 'cm', 'm']),
  /** Names are those of the template; a landmark that cannot be seen is left out. */
  landmarks: z.record(z.string(), z.tuple([coordinate, coordinate, coordinate])),
});
const CENTIMETRES = { mm: 0.1, cm: 1, m: 100 };

/** A scan in centimetres, in its scanner's frame. */
export interface LandmarkedScan {
  mesh: ColouredMesh;
  landmarks: Record<string, Vector3>;
}

/** Where one scan of a folder lies. */
export interface ScanFiles {
  /** The file's name without its ending. */
  name: string;
  surface: string;
  landmarks: string;
}

/**
 * The scans of a folder, by name.
 *
 * @throws {Error} when the folder is not there, holds no scan, or two scans share a name
 */
export function listScans(folder: string): ScanFiles[] {
  if (!fs.existsSync(folder)) throw new Error(`${folder} is not there: it must be a folder of scans (.ply or .obj)`);
  const surfaces = fs
    .readdirSync(folder)
    .filter((file) => /\.(ply|obj)$/i.test(file))
    .sort();
  if (surfaces.length === 0) throw new Error(`${folder} must hold scans that end with .ply or .obj, but holds none`);
  const scans = surfaces.map((file) => scanFiles(folder, file));
  const twice = scans.find(({ name }, i) => scans.findIndex((other) => other.name === name) < i);
  if (twice) throw new Error(`${folder} must hold one scan of each name, but holds ${twice.name} as .ply and as .obj`);
  return scans;
}

/** Where the scan lies whose surface is a file of a folder. */
export function scanFiles(folder: string, file: string): ScanFiles {
  const { name } = path.parse(file);
  return { name, surface: path.join(folder, file), landmarks: path.join(folder, name + LANDMARKS_ENDING) };
}

/** @throws {Error} that names the file and the field, when one of the two is missing or broken */
export function readScan({ surface, landmarks: file }: ScanFiles): LandmarkedScan {
  if (!fs.existsSync(file)) throw new Error(`${file} is not there: a scan needs a file of landmarks beside it`);
  const { unit, landmarks } = readLandmarks(file);
  const scale = CENTIMETRES[unit];
  const mesh = readMesh(surface);
  if (scale !== 1) for (let i = 0; i < mesh.points.data.length; i++) mesh.points.data[i] *= scale;
  const inCentimetres = Object.entries(landmarks).map(([name, point]) => [name, point.map((v) => v * scale)]);
  return { mesh, landmarks: Object.fromEntries(inCentimetres) };
}

/** A scan's landmarks and the unit of both files. @throws {Error} that names the file and the field */
export const readLandmarks = (file: string) => readJson(file, landmarksSchema, MOST_BYTES);

/** Writes a scan as PLY with its landmarks; these come last, so that a scan with landmarks is whole. */
export function writeScan(folder: string, name: string, { mesh, landmarks }: LandmarkedScan): void {
  writeMesh(path.join(folder, `${name}.ply`), mesh);
  writeJson(path.join(folder, name + LANDMARKS_ENDING), { unit: 'cm', landmarks });
}

/**
 * Which of a number of things one of several workers does: of `2/4` every fourth from the second on; all without a chunk.
 *
 * @param chunk  `k/n`, k from 1 to n
 */
export function inChunk(count: number, chunk: string | undefined): number[] {
  const all = Array.from({ length: count }, (_, i) => i);
  if (chunk === undefined) return all;
  const [k, n] = (/^(\d{1,6})\/(\d{1,6})$/.exec(chunk) ?? []).slice(1).map(Number);
  if (!(k >= 1 && k <= n)) throw new Error(`--chunk must be k/n with k from 1 to n, such as 2/4, but is ${chunk}`);
  return all.filter((i) => i % n === k - 1);
}
