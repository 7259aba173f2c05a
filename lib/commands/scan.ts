import fs from 'node:fs';
import path from 'node:path';
import { readRun, type Split, subjectRandom } from 'lib/experiment';
import { showProgress } from 'lib/figures';
import { readArrays, writeArrays } from 'lib/files';
import type { Pose, Quaternion, Vector3 } from 'lib/geometry';
import { headPopulation, type ScanTruth, sampleHead, scanHead } from 'lib/population';
import type { Random } from 'lib/random';
import ndarray from 'ndarray';
import { inChunk, readScan, scanFiles, writeScan } from './scan-files';

export interface ScanningOptions {
  /** Where the scans go, and where what is true of them goes, which registration never reads. */
  scans: string;
  truth: string;
  count: number;
  /** The generator of one subject. */
  random: (subject: number) => Random;
  /** `k/n`: only every n-th subject, from the k-th on. */
  chunk?: string;
}

/** Scans the heads of one split of a run. */
export function scanSplit(runFolder: string, split: Split, chunk?: string): void {
  const { profile, files } = readRun(runFolder);
  scanHeads({
    scans: files.scans(split),
    truth: files.truth(split),
    count: profile.subjects[split],
    random: (subject) => subjectRandom(profile, split, subject),
    chunk,
  });
}

/** Draws heads of the population and scans each of them; subjects that are there already are kept. */
export function scanHeads({ scans, truth, count, random, chunk }: ScanningOptions): void {
  const subjects = inChunk(count, chunk);
  const population = headPopulation();
  const progress = showProgress(`Scans in ${path.basename(scans)}`, subjects.length);
  subjects.forEach((subject, done) => {
    const name = subjectName(subject);
    const own = random(subject);
    if (!isScanOf(truthFile(truth, name), own) || !isWholeScan(scans, name)) {
      const made = scanHead(sampleHead(population, own), population.template, own.fork('scan'));
      const { mesh, colours, landmarks } = made.scan;
      writeScan(scans, name, {
        mesh: { ...mesh, vertexColours: colours },
        landmarks: landmarks as Record<string, Vector3>,
      });
      writeTruth(truthFile(truth, name), made.truth, own);
    }
    progress.update(done + 1);
  });
  progress.end();
}

/** A subject's name in file names: four digits at least, so that names sort as numbers do. */
export const subjectName = (subject: number): string => String(subject).padStart(4, '0');

export const truthFile = (folder: string, name: string): string => path.join(folder, `${name}.arrays`);

/** A number that tells generators apart, so that a scan of another seed is not taken for this one. */
const mark = (random: Random): number => random.fork('mark').integer(2 ** 32);

function isScanOf(file: string, random: Random): boolean {
  if (!fs.existsSync(file)) return false;
  try {
    return readArrays(file).mark?.data[0] === mark(random);
  } catch {
    // a broken file is made again
    return false;
  }
}

/** Whether a scan can be read: what was damaged since it was written, or taken away, is made again. */
function isWholeScan(folder: string, name: string): boolean {
  try {
    readScan(scanFiles(folder, `${name}.ply`));
    return true;
  } catch {
    return false;
  }
}

export function writeTruth(file: string, { scanFromModel, points, visible }: ScanTruth, random: Random): void {
  writeArrays(file, {
    mark: { data: Uint32Array.of(mark(random)), shape: [1] },
    points: { data: points.data, shape: points.shape },
    visible: { data: visible, shape: [visible.length] },
    rotation: { data: Float32Array.from(scanFromModel.rotation), shape: [4] },
    translation: { data: Float32Array.from(scanFromModel.translation), shape: [3] },
  });
}

/** @throws {Error} that names the file when it is missing or broken */
export function readTruth(file: string): ScanTruth {
  const { points, visible, rotation, translation } = readArrays(file);
  if (points?.shape[1] !== 3 || visible?.data.length !== points.shape[0] || rotation?.data.length !== 4 || !translation)
    throw new Error(`${file} must hold points, visible, rotation and translation of one scan`);
  const scanFromModel: Pose = {
    rotation: [...rotation.data] as unknown as Quaternion,
    translation: [...translation.data] as unknown as Vector3,
  };
  return {
    scanFromModel,
    points: ndarray(points.data as Float32Array, points.shape),
    visible: visible.data as Uint8Array,
  };
}
