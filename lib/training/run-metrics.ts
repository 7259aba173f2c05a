import fs from 'node:fs';
import path from 'node:path';
import { append, brokenSeal, isSeal, SEAL, sealed, writeWhole } from 'lib/files';
import { z } from 'zod';

const reportSchema = z.strictObject({
  /** Steps done. */
  step: z.number(),
  /** The loss itself, in its own unit: its mean over the steps since the last report. */
  loss: z.number(),
  /** Of the last of these steps. */
  learningRate: z.number(),
  /** Over these steps, without validation. */
  imagesPerSecond: z.number(),
  /** On steps and validations so far, over all goes of a training that was broken off. */
  seconds: z.number(),
});
/** What a training says of some steps. */
export type Report = z.infer<typeof reportSchema>;

const validationSchema = z.strictObject({
  step: z.number(),
  /** What chooses a checkpoint, lower is better: see `validationScore` of lib/evaluation. */
  score: z.number(),
  reprojectionPixels: z.number(),
  shapeMillimetres: z.number(),
  translationCentimetres: z.number(),
  rotationDegrees: z.number(),
  clampedShare: z.number(),
  seconds: z.number(),
});
/** Mean errors on the validation split, on the points that the losses use. */
export type Validation = z.infer<typeof validationSchema>;

const lineSchema = z.union([reportSchema, validationSchema]);

export interface Metrics {
  reports: Report[];
  validations: Validation[];
}

/** A line has a seal of its own, its last field. */
const lineOf = (metric: Report | Validation): string =>
  `${sealed(Buffer.from(JSON.stringify({ ...metric, checksum: SEAL })))}\n`;

/** Adds a line to metrics.jsonl. */
export const appendMetric = (file: string, metric: Report | Validation): void => append(file, lineOf(metric));

/**
 * Reads metrics.jsonl; a last line that a kill or a full disk cut off is left out.
 *
 * @throws {Error} that names the file and the line that was changed, or is none of a training's
 */
export function readMetrics(file: string): Metrics {
  return byKind(lines(file).map((line, i) => parse(file, line, i)));
}

/** Cuts off what a file says of steps after a checkpoint, since these steps will be done again. */
export function cutMetrics(file: string, step: number): Metrics {
  if (!fs.existsSync(file)) return { reports: [], validations: [] };
  const kept = lines(file)
    .map((line, i) => parse(file, line, i))
    .filter((metric) => metric.step <= step);
  const text = kept.map(lineOf).join('');
  if (text !== fs.readFileSync(file, 'utf8')) writeWhole(file, text);
  return byKind(kept);
}

function lines(file: string): string[] {
  const text = fs.readFileSync(file, 'utf8');
  return text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .slice(0, -1);
}

function parse(file: string, line: string, index: number): Report | Validation {
  const wrong = (what: string) =>
    new Error(`${file}: line ${index + 1} ${what}; remove ${path.dirname(file)} to train anew`);
  const broken = brokenSeal(Buffer.from(line));
  if (broken) throw wrong(`was changed since it was written (${broken})`);
  try {
    const { checksum, ...metric } = JSON.parse(line);
    // lines of earlier versions have none
    if (checksum === undefined || isSeal(checksum)) return lineSchema.parse(metric);
  } catch {
    // what is wrong with it shows in the line
  }
  throw wrong(`must be a report or a validation in JSON, but is ${line.slice(0, 80)}`);
}

const byKind = (metrics: (Report | Validation)[]): Metrics => ({
  reports: metrics.filter((metric) => 'loss' in metric),
  validations: metrics.filter((metric) => 'score' in metric),
});
