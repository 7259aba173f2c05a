import fs from 'node:fs';
import path from 'node:path';
import { BENCHMARK_LAYOUTS, mean, SCAN_PROTOCOLS, type ScanProtocolName } from 'lib/evaluation';
import { readArrays, readJson, writeArrays } from 'lib/files';
import { z } from 'zod';
import type { RunFiles } from './run';

const statistics = z.strictObject({
  meanMillimetres: z.number(),
  medianMillimetres: z.number(),
  standardDeviationMillimetres: z.number(),
  rootMeanSquareMillimetres: z.number(),
  points: z.number(),
  converged: z.boolean(),
});
/** By one protocol; or why there is no error by it. */
const outcome = z.union([statistics, z.strictObject({ failure: z.string() })]);
export type ScanOutcome = z.infer<typeof outcome>;

export const scanCaseSchema = z.strictObject({
  name: z.string(),
  picture: z.string(),
  /** Of the picture, the scan, their annotations, the model and the networks: what is made from the same is not made again. */
  madeFrom: z.string(),
  /** By predictor: each loss, and `MEAN_HEAD`. Empty where the whole case failed. */
  errors: z.record(
    z.string(),
    z.strictObject({
      protocols: z.partialRecord(z.enum(Object.keys(SCAN_PROTOCOLS) as [ScanProtocolName]), outcome),
      /**
       * Where the true shape is known: mean distance of corresponding points, after the rigid motion that brings these nearest, of the
       * points that the protocol `paper` judges.
       */
      trueMillimetres: z.number().optional(),
    }),
  ),
  failure: z.string().optional(),
});
/** What came of one person. */
export type ScanCase = z.infer<typeof scanCaseSchema>;

/** The predictor that has not seen the picture. */
export const MEAN_HEAD = 'mean-head';

const correlation = z.strictObject({
  /** Pearson's, over all networks and people. */
  all: z.number(),
  /** Over people, for each network. */
  byLoss: z.record(z.string(), z.number()),
  pairs: z.number(),
});

const scanEvaluationSchema = z.strictObject({
  /** Such as micc, micc-stand-in, or micc-stand-in-ict with heads of ICT-FaceKit. */
  dataset: z.string(),
  layout: z.enum(BENCHMARK_LAYOUTS),
  /** What the people are, where they are made; absent for the data set itself. */
  standIn: z.strictObject({ heads: z.string(), seed: z.number(), count: z.number() }).optional(),
  seed: z.number(),
  losses: z.array(z.strictObject({ loss: z.string(), title: z.string() })),
  /** How each error was measured: direction, crop, size. */
  protocols: z.record(z.string(), z.unknown()),
  cases: z.array(scanCaseSchema),
  leftOut: z.array(z.strictObject({ name: z.string(), why: z.string() })),
  /** Of the mean error by the protocol `paper` with `trueMillimetres`. */
  correlation: correlation.optional(),
});
/** A run's networks against the scans of other people (section 4.7). */
export type ScanEvaluation = z.infer<typeof scanEvaluationSchema>;

export const readScanEvaluation = (file: string): ScanEvaluation => readJson(file, scanEvaluationSchema);

/** All that a run has, MICC first. */
export function readScanEvaluations({ scanEvaluations: folder }: Pick<RunFiles, 'scanEvaluations'>): ScanEvaluation[] {
  const names = fs.existsSync(folder) ? fs.readdirSync(folder).filter((name) => name.endsWith('.json')) : [];
  const place = ({ layout }: ScanEvaluation) => BENCHMARK_LAYOUTS.indexOf(layout);
  return names
    .sort()
    .map((name) => readScanEvaluation(path.join(folder, name)))
    .sort((a, b) => place(a) - place(b));
}

/**
 * How the errors after ICP, by the protocol `paper`, go together with the true ones.
 *
 * @param losses  those whose errors count
 * @returns       undefined where fewer than three true errors are known, or nothing varies
 */
export function scanCorrelation(cases: ScanCase[], losses: string[]): z.infer<typeof correlation> | undefined {
  const pairs = losses.flatMap((loss) =>
    cases.flatMap(({ errors }) => {
      const { protocols: { paper } = {}, trueMillimetres } = errors[loss] ?? {};
      if (!paper || 'failure' in paper || trueMillimetres === undefined) return [];
      return [{ loss, icp: paper.meanMillimetres, truth: trueMillimetres }];
    }),
  );
  const all = pearson(pairs);
  if (!Number.isFinite(all)) return undefined;
  const byLoss = losses.map((loss) => [loss, pearson(pairs.filter((pair) => pair.loss === loss))] as const);
  return {
    all,
    byLoss: Object.fromEntries(byLoss.filter(([, r]) => Number.isFinite(r))),
    pairs: pairs.length,
  };
}

/** NaN for fewer than three pairs, or where one of the two does not vary. */
function pearson(pairs: { icp: number; truth: number }[]): number {
  if (pairs.length < 3) return Number.NaN;
  const [x, y] = [pairs.map(({ icp }) => icp), pairs.map(({ truth }) => truth)];
  const [mx, my] = [mean(x), mean(y)];
  const product = (a: number[], ma: number, b: number[], mb: number) =>
    a.reduce((sum, v, i) => sum + (v - ma) * (b[i] - mb), 0);
  return product(x, mx, y, my) / Math.sqrt(product(x, mx, x, mx) * product(y, my, y, my));
}

/** What Figure 7 shows of one person; row n belongs to the evaluation's loss n. */
export interface ScanHeatmap {
  /** [losses, components] standard deviations */
  coefficients: Float32Array[];
  /** [losses, points] mm by the protocol `paper`; NaN where a point was not judged */
  distances: Float32Array[];
  /** [size, size, 3] sRGB bytes: what the networks saw */
  seen: { pixels: Uint8Array; size: number };
}

/** Distances are kept in tenths of a millimetre, a byte each; the last says that there is none. */
const STEP_MILLIMETRES = 0.1;
const NONE = 255;

/** Coefficients are kept as they are, distances to a tenth of a millimetre and up to 25.4 mm. */
export function writeScanHeatmap(file: string, { coefficients, distances, seen }: ScanHeatmap): void {
  const bytes = distances.map((row) =>
    Uint8Array.from(row, (d) => (Number.isFinite(d) ? Math.min(NONE - 1, Math.round(d / STEP_MILLIMETRES)) : NONE)),
  );
  writeArrays(
    file,
    {
      coefficients: {
        data: Float32Array.from(coefficients.flatMap((row) => [...row])),
        shape: [coefficients.length, coefficients[0].length],
      },
      distances: { data: Uint8Array.from(bytes.flatMap((row) => [...row])), shape: [bytes.length, bytes[0].length] },
      seen: { data: seen.pixels, shape: [seen.size, seen.size, 3] },
    },
    { gzip: true },
  );
}

export function readScanHeatmap(file: string): ScanHeatmap {
  const { coefficients, distances, seen } = readArrays(file);
  const rows = <T extends Float32Array | Uint8Array>({ data, shape: [count, length] }: { data: T; shape: number[] }) =>
    Array.from({ length: count }, (_, i) => data.subarray(i * length, (i + 1) * length) as T);
  return {
    coefficients: rows(coefficients as { data: Float32Array; shape: number[] }),
    distances: rows(distances as { data: Uint8Array; shape: number[] }).map((row) =>
      Float32Array.from(row, (byte) => (byte === NONE ? Number.NaN : byte * STEP_MILLIMETRES)),
    ),
    seen: { pixels: seen.data as Uint8Array, size: seen.shape[0] },
  };
}

/** How many people Figure 7 shows. */
const SHOWN = 5;

/** The people of Figure 7: the first of each evaluation, never chosen by their errors; of two, three and two. */
export function shownCases(evaluations: ScanEvaluation[]): { evaluation: ScanEvaluation; name: string }[] {
  const whole = evaluations.map((evaluation) => ({
    evaluation,
    names: evaluation.cases.filter(({ failure }) => failure === undefined).map(({ name }) => name),
  }));
  return whole.flatMap(({ evaluation, names }, i) => {
    const share = Math.floor(SHOWN / whole.length) + (i < SHOWN % whole.length ? 1 : 0);
    return names.slice(0, share).map((name) => ({ evaluation, name }));
  });
}
