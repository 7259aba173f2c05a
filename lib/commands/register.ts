import fs from 'node:fs';
import path from 'node:path';
import { showProgress } from 'lib/figures';
import { checksum, readJson, readMade, writeJson } from 'lib/files';
import { type ColouredMesh, nonManifoldEdges, readMesh, writeMesh } from 'lib/mesh';
import { type RegistrationQuality, registerNonrigid } from 'lib/morphable-model';
import type { LandmarkName } from 'lib/population';
import ndarray from 'ndarray';
import { z } from 'zod';
import { checksumOf, knownResult } from './known-result';
import { subjectName } from './scan';
import { inChunk, type LandmarkedScan, listScans, readScan, type ScanFiles, scanFiles } from './scan-files';
import { templateHead } from './template-head';

const resultSchema = z.strictObject({
  scan: z.string(),
  /** Of the scan, its landmarks and the template: what is made from the same is not made again. */
  madeFrom: z.string(),
  quality: z
    .strictObject({
      surfaceErrorMillimetres: z.number(),
      landmarkErrorMillimetres: z.number(),
      rejectedShare: z.number(),
      flippedTriangles: z.number(),
      iterations: z.number(),
    })
    .optional(),
  /** Why the scan has no registered head, or one that must not be used. */
  failure: z.string().optional(),
});
/** What came of one scan. */
export type RegistrationResult = z.infer<typeof resultSchema>;

type Template = ReturnType<typeof templateHead>;

export const resultFile = (registered: string, name: string): string => path.join(registered, `${name}.json`);
export const headFile = (registered: string, name: string): string => path.join(registered, `${name}.ply`);

/**
 * Registers the population's mean head to all scans of a folder; what is there already and was made from the same files is kept.
 *
 * A scan that fails does not stop the others: its result says why, and so does the returned list. But of a run's own scans, which
 * were written whole, each must be there and be read: what was damaged since would be a head less in the model.
 *
 * @param options.count  of a run's own scans
 * @returns the results of this chunk's scans, by name
 * @throws {Error} when both folders are one, since a registered head has its scan's name, or `listScans` does
 * @throws {Error} that names the file of a run's own scan that is missing or damaged
 */
export async function registerScans(options: {
  scans: string;
  registered: string;
  count?: number;
  chunk?: string;
}): Promise<RegistrationResult[]> {
  const { scans, registered, count, chunk } = options;
  if (path.resolve(scans) === path.resolve(registered))
    throw new Error(
      `${registered} must be another folder than that of the scans, which registered heads would replace`,
    );
  const files = count === undefined ? listScans(scans) : ownScans(scans, count);
  const template = templateHead();
  const own = inChunk(files.length, chunk).map((i) => files[i]);
  const progress = showProgress(`Registrations in ${path.basename(registered)}`, own.length);
  const results: RegistrationResult[] = [];
  for (const scan of own) {
    const madeFrom = fingerprint(scan, template);
    const known = knownResult(resultFile(registered, scan.name), resultSchema, madeFrom, ({ quality }) => {
      if (quality) readHead(registered, scan.name);
    });
    if (!known && count !== undefined) checkOwnScan(scan);
    const result = known ?? { scan: scan.name, madeFrom, ...(await registerOne(scan, template, registered)) };
    writeJson(resultFile(registered, scan.name), result);
    results.push(result);
    progress.update(results.length, scan.name);
  }
  const failed = results.filter(({ failure }) => failure).length;
  progress.end(failed > 0 ? `${failed} failed` : undefined);
  return results;
}

/** The result of one scan. @throws {Error} when it was not registered yet, or its file is broken */
export const readResult = (registered: string, name: string): RegistrationResult =>
  readJson(resultFile(registered, name), resultSchema);

/** All results of a folder, by name. */
export function readResults(registered: string): RegistrationResult[] {
  const names = fs.existsSync(registered) ? fs.readdirSync(registered).filter((file) => file.endsWith('.json')) : [];
  return names.sort().map((file) => readResult(registered, path.parse(file).name));
}

async function registerOne(
  files: ScanFiles,
  template: Template,
  registered: string,
): Promise<{ quality?: RegistrationQuality; failure?: string }> {
  let found: Awaited<ReturnType<typeof registerNonrigid>>;
  try {
    found = await registration(files, template);
  } catch (error) {
    return { failure: (error as Error).message };
  }
  // that a disk is full is no fault of the scan
  writeMesh(headFile(registered, files.name), { points: found.points, triangles: template.mesh.triangles });
  return { quality: found.quality, ...(found.failure ? { failure: found.failure } : {}) };
}

function registration(files: ScanFiles, template: Template): ReturnType<typeof registerNonrigid> {
  const scan = readScan(files);
  const edges = nonManifoldEdges(scan.mesh).length / 2;
  if (edges > 0)
    throw new Error(
      `${files.surface} must be a surface with two sides, but ${edges} of its edges belong to three triangles or more`,
    );
  const names = commonLandmarks(files, scan, template);
  return registerNonrigid(
    { mesh: template.mesh, landmarks: names.map((name) => template.landmarks[name as LandmarkName]) },
    {
      mesh: scan.mesh,
      landmarks: ndarray(Float32Array.from(names.flatMap((name) => scan.landmarks[name])), [names.length, 3]),
    },
  );
}

function commonLandmarks({ landmarks: file }: ScanFiles, scan: LandmarkedScan, template: Template): string[] {
  const names = Object.keys(scan.landmarks);
  const unknown = names.find((name) => !Object.hasOwn(template.landmarks, name));
  if (unknown !== undefined)
    throw new Error(
      `${file}: landmarks must be among ${Object.keys(template.landmarks).join(', ')}, but one is ${unknown}`,
    );
  return names;
}

/** A run's own scans, whether they are there or not. */
const ownScans = (folder: string, count: number): ScanFiles[] =>
  Array.from({ length: count }, (_, subject) => scanFiles(folder, `${subjectName(subject)}.ply`));

/** @throws {Error} that names the file that is missing or damaged, and what to do */
function checkOwnScan(scan: ScanFiles): void {
  readMade(scan.landmarks, () => readMade(scan.surface, () => readScan(scan)));
}

/** A registered head's points and triangles. @throws {Error} that names the file that is missing or damaged, and what to do */
export const readHead = (registered: string, name: string): ColouredMesh =>
  readMade(headFile(registered, name), readMesh);

function fingerprint({ surface, landmarks }: ScanFiles, { mesh }: Template): string {
  const parts = [surface, landmarks].map(checksumOf);
  return checksum([...parts, checksum(Buffer.from(mesh.points.data.buffer))].join(' '));
}
