import fs from 'node:fs';
import path from 'node:path';
import { decodePicture } from 'lib/dataset';
import {
  BENCHMARK_LAYOUTS,
  type BenchmarkCase,
  type BenchmarkCases,
  type BenchmarkLayout,
  checkStandIn,
  type LandmarkedSurface,
  readFaceWarehouseCases,
  readMiccCases,
  readStandIn,
  readTruth,
  SCAN_PROTOCOLS,
  type ScanProtocolName,
  type StandIn,
  scanError,
  shapeError,
} from 'lib/evaluation';
import {
  type HeadBox,
  headFraming,
  lossId,
  lossTitle,
  MEAN_HEAD,
  modelLandmarks,
  type RunFiles,
  readRun,
  readRunModel,
  readScanHeatmap,
  type ScanCase,
  type ScanEvaluation,
  type ScanHeatmap,
  type ScanOutcome,
  scanCaseSchema,
  scanCorrelation,
  trainedNetwork,
  writeScanHeatmap,
} from 'lib/experiment';
import { showProgress } from 'lib/figures';
import { checksum, writeJson } from 'lib/files';
import { alignRigid, transformPoints, type Vector3 } from 'lib/geometry';
import { SurfaceIndex } from 'lib/mesh';
import { instance, type MorphableModel } from 'lib/morphable-model';
import type { LandmarkName } from 'lib/population';
import type { Network } from 'lib/training';
import ndarray, { type NdArray } from 'ndarray';
import { boxesOf } from './head-boxes';
import { cameraOf, headCrop, predictCrop } from './head-crop';
import { checksumOf, knownResult } from './known-result';

export interface EvaluateScansOptions {
  /** Which data set's layout the folder has; recognized by its names when absent. */
  layout?: BenchmarkLayout;
  /** The authors' repository, or any folder that holds its `data`; the folder `annotations` of the scans when absent. */
  annotations?: string;
  /** As for `predictPictures`, by the names of people; the file `boxes.json` of the scans when absent. */
  boxes?: string;
}

/**
 * Measures the networks of a run against scans of people from elsewhere (section 4.7): predicts each picture's head with every
 * loss's network of the first seed, aligns it to the person's scan, and measures it by each of `SCAN_PROTOCOLS`. Beside them stands
 * the mean head, which has not seen the picture. Where the true shape is known, in a stand-in, the error at true correspondence is
 * measured too, and how the two go together.
 *
 * Each person's result is written when it is there, and kept: after Ctrl-C the same command goes on from there. What was made from
 * other files is made again. A person that fails does not stop the others.
 *
 * @param scans  in the layout of MICC Florence or FaceWarehouse
 * @returns      what is also written as JSON in the run
 * @throws {Error} when the run has no network, or the folder is not whole, before any picture is read
 */
export async function evaluateScans(
  runFolder: string,
  scans: string,
  options: EvaluateScansOptions = {},
): Promise<ScanEvaluation> {
  const run = readRun(runFolder);
  const { files, profile, heads } = run;
  const [seed] = profile.training.seeds;
  const losses = profile.losses.filter((loss) => fs.existsSync(files.training(loss, seed).weights));
  if (losses.length === 0) throw new Error(`the run has no trained network with seed ${seed}: train one first`);
  const standIn = readStandIn(scans);
  if (standIn) checkStandIn(scans, standIn);
  const layout = options.layout ?? layoutOf(scans);
  const dataset = [layout, ...(standIn ? ['stand-in'] : []), ...(standIn?.heads === 'ict-facekit' ? ['ict'] : [])].join(
    '-',
  );
  const { cases, leftOut } = readCases(scans, layout, options.annotations ?? path.join(scans, 'annotations'), standIn);
  const model = await readRunModel(files);
  const boxes = options.boxes ?? path.join(scans, 'boxes.json');
  const boxOf = boxesOf([], { boxes }, model.mean);
  const networks = losses.map((loss) => ({ id: lossId(loss), network: trainedNetwork(runFolder, loss, seed, model) }));
  const parts = [files.model, ...losses.map((loss) => files.training(loss, seed).weights)].map(checksumOf);
  const judge: Judge = {
    model,
    networks,
    framing: headFraming(run, model.mean),
    landmarks: modelLandmarks(heads),
    truthOf: (name) =>
      // heads of another source are in no correspondence with the model
      standIn && (standIn.heads === 'second-population') === (heads.source === 'population')
        ? readTruth(scans, name)?.points
        : undefined,
  };

  const results: ScanCase[] = [];
  const progress = showProgress(`People of ${dataset}`, cases.length);
  try {
    for (const person of cases) {
      const box = whyNot(() => boxOf(person.picture, person.name));
      const madeFrom = checksum(
        JSON.stringify([...parts, ...[person.picture, ...person.scans].map(checksumOf), person.vertices, box]),
      );
      const about = { name: person.name, picture: path.relative(scans, person.picture), madeFrom };
      results.push(await keptResult(files.scanCase(dataset, person.name), about, judge, person, box));
      progress.update(results.length, person.name);
    }
  } finally {
    for (const { network } of networks) network.dispose();
  }
  const failed = results.filter(({ failure }) => failure !== undefined).length;
  progress.end(failed > 0 ? `${failed} failed` : undefined);

  const correlation = scanCorrelation(results, losses.map(lossId));
  const evaluation: ScanEvaluation = {
    dataset,
    layout,
    ...(standIn && { standIn: { heads: standIn.heads, seed: standIn.seed, count: standIn.count } }),
    seed,
    losses: losses.map((loss) => ({ loss: lossId(loss), title: lossTitle(loss) })),
    protocols: SCAN_PROTOCOLS,
    cases: results,
    leftOut,
    ...(correlation && { correlation }),
  };
  writeJson(files.scanEvaluation(dataset), evaluation);
  return evaluation;
}

function layoutOf(folder: string): BenchmarkLayout {
  const names = fs.statSync(folder, { throwIfNoEntry: false })?.isDirectory() ? fs.readdirSync(folder) : [];
  const found = BENCHMARK_LAYOUTS.filter((layout) =>
    names.some((name) => (layout === 'micc' ? /^subject_\d/ : /^Tester_\d/).test(name)),
  );
  if (found.length === 1) return found[0];
  throw new Error(
    `${folder} must hold subject_01 and others as MICC Florence does, or Tester_1 and others as FaceWarehouse does, but holds ${found.length === 0 ? 'neither' : 'both: say which with --layout'}`,
  );
}

const readCases = (
  folder: string,
  layout: BenchmarkLayout,
  annotations: string,
  standIn: StandIn | undefined,
): BenchmarkCases =>
  layout === 'micc'
    ? readMiccCases(folder, annotations)
    : readFaceWarehouseCases(folder, annotations, standIn && { people: standIn.count });

type Attempt<T> = { value: T } | { failure: string };

function whyNot<T>(make: () => T): Attempt<T> {
  try {
    return { value: make() };
  } catch (error) {
    return { failure: (error as Error).message };
  }
}

/** The result of one person: what is there of the same files, else made and written, whether it fails or not. */
async function keptResult(
  { result: file, heatmap }: ReturnType<RunFiles['scanCase']>,
  about: Pick<ScanCase, 'name' | 'picture' | 'madeFrom'>,
  judge: Judge,
  person: BenchmarkCase,
  box: Attempt<HeadBox>,
): Promise<ScanCase> {
  const known = knownResult(file, scanCaseSchema, about.madeFrom, ({ failure }) => {
    if (failure === undefined) readScanHeatmap(heatmap);
  });
  if (known) return known;
  let judged: Awaited<ReturnType<typeof judgeCase>> | undefined;
  let failure: string | undefined;
  try {
    if ('failure' in box) throw new Error(box.failure);
    judged = await judgeCase(judge, person, box.value);
  } catch (error) {
    failure = (error as Error).message;
  }
  // that a disk is full is no failure of the person
  if (judged) writeScanHeatmap(heatmap, judged.heatmap);
  const result: ScanCase = { ...about, errors: judged?.errors ?? {}, ...(failure !== undefined && { failure }) };
  writeJson(file, result);
  return result;
}

interface Judge {
  model: MorphableModel;
  networks: { id: string; network: Network }[];
  framing: ReturnType<typeof headFraming>;
  landmarks: ReturnType<typeof modelLandmarks>;
  /** [N, 3] cm */
  truthOf: (name: string) => NdArray<Float32Array> | undefined;
}

async function judgeCase(
  { model, networks, framing, landmarks, truthOf }: Judge,
  person: BenchmarkCase,
  box: HeadBox,
): Promise<{ errors: ScanCase['errors']; heatmap: ScanHeatmap }> {
  const picture = await decodePicture(person.picture);
  const head = headCrop(person.picture, picture, cameraOf(picture).camera, box, framing);
  const read = person.readScan();
  const scan: LandmarkedSurface = { ...read, index: new SurfaceIndex(read.mesh) };
  const truth = truthOf(person.name);
  const heatmap: ScanHeatmap = {
    coefficients: [],
    distances: [],
    seen: { pixels: head.crop.pixels, size: head.imageSize },
  };
  const errors: ScanCase['errors'] = {};
  const none = new Float32Array(model.mean.data.length / 3).fill(Number.NaN);
  const judge = (id: string, points: NdArray<Float32Array>) => {
    const { protocols, distances } = measured(surfaceOf(points, model, landmarks), scan);
    errors[id] = {
      protocols,
      ...(truth && distances && { trueMillimetres: trueError(points, truth, distances) }),
    };
    return distances;
  };
  for (const { id, network } of networks) {
    const { coefficients } = await predictCrop(network, head);
    heatmap.coefficients.push(coefficients);
    heatmap.distances.push(Float32Array.from(judge(id, instance(model, coefficients)) ?? none));
  }
  judge(MEAN_HEAD, model.mean);
  return { errors, heatmap };
}

function surfaceOf(
  points: NdArray<Float32Array>,
  { triangles }: MorphableModel,
  landmarks: Judge['landmarks'],
): LandmarkedSurface {
  const places = Object.entries(landmarks).map(([name, v]) => [name, [0, 1, 2].map((i) => points.get(v, i))]);
  return {
    mesh: { points, triangles },
    landmarks: Object.fromEntries(places) as Partial<Record<LandmarkName, Vector3>>,
  };
}

/** By each protocol; and the distances of the predicted points by that of the paper. */
function measured(prediction: LandmarkedSurface, scan: LandmarkedSurface) {
  const protocols: Partial<Record<ScanProtocolName, ScanOutcome>> = {};
  let distances: Float64Array | undefined;
  for (const name of Object.keys(SCAN_PROTOCOLS) as ScanProtocolName[])
    try {
      const { alignment, points, ...statistics } = scanError(prediction, scan, name);
      if (name === 'paper') distances = alignment.distancesMillimetres;
      const rounded = Object.entries(statistics).map(([key, value]) => [key, Number(value.toPrecision(5))]);
      protocols[name] = { ...Object.fromEntries(rounded), points, converged: alignment.converged } as ScanOutcome;
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      protocols[name] = { failure: error.message };
    }
  return { protocols, distances };
}

/**
 * Mean distance between corresponding points, in mm, of those that have a distance to the scan: the prediction is brought to the
 * truth by the rigid motion that is best for these.
 */
export function trueError(
  predicted: NdArray<Float32Array>,
  truth: NdArray<Float32Array>,
  distances: ArrayLike<number>,
): number {
  const judged = Array.from(distances, (_, n) => n).filter((n) => Number.isFinite(distances[n]));
  const [from, to] = [predicted, truth].map((points) =>
    ndarray(Float32Array.from(judged.flatMap((n) => [0, 1, 2].map((i) => points.get(n, i)))), [judged.length, 3]),
  );
  return Number(shapeError(to, transformPoints(from, alignRigid(from, to))).toPrecision(5));
}
