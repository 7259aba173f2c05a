import fs from 'node:fs';
import { checksum, readJson, writeJson } from 'lib/files';
import { device } from 'lib/tensorflow';
import { z } from 'zod';
import { trainingFiles } from './run-files';

const configSchema = z.strictObject({
  loss: z.strictObject({
    name: z.string(),
    /** What the loss depends on beside its own text, such as weights. */
    settings: z.record(z.string(), z.union([z.number(), z.string()])),
    /** Says which text the objective has: a checksum of it, or where it stands. */
    source: z.string(),
  }),
  network: z.strictObject({
    encoder: z.enum(['small', 'light', 'medium', 'vgg16']),
    imageSize: z.number(),
    hiddenUnits: z.number().optional(),
    poseOutput: z.enum(['camera-centre', 'head-centre']),
    coefficientScale: z.number(),
  }),
  /** How many of the shape's points the loss uses. */
  points: z.number(),
  steps: z.number(),
  batchSize: z.number(),
  /** At the first step. */
  learningRate: z.number(),
  augmentation: z.strictObject({ rollDegrees: z.number(), turnDegrees: z.number(), colour: z.number() }).optional(),
  /** Steps between two validations, one of which chooses the weights. */
  checkpointEvery: z.number(),
  seed: z.number(),
  /** Says which model and images. */
  data: z.string(),
  /** On what it ran, from which step on: an entry more when a training goes on elsewhere. */
  ranOn: z.array(
    z.strictObject({
      fromStep: z.number(),
      device: z.string(),
      tensorflow: z.string(),
      node: z.string(),
      date: z.string(),
    }),
  ),
});
/** What a training was asked to do, and on what it ran: config.json in its folder. */
export type RunConfig = z.infer<typeof configSchema>;
export type Asked = Omit<RunConfig, 'ranOn'>;

/** @throws {Error} that names the file and the field, when it is not there or not of this form */
export const readConfig = (folder: string): RunConfig => readJson(trainingFiles(folder).config, configSchema);

export const hasConfig = (folder: string): boolean => fs.existsSync(trainingFiles(folder).config);

/** A checksum of an objective's text; what it takes from outside that is not in it. */
export const sourceOf = (objective: (...values: never[]) => unknown): string => checksum(objective.toString());

/** Writes down what is asked, and that it runs here from a step on. */
export function writeConfig(folder: string, asked: Asked, known: RunConfig['ranOn'], fromStep: number): RunConfig {
  const { kind, name, version } = device();
  const here = { device: `${kind}: ${name}`, tensorflow: version, node: process.version };
  const last = known.at(-1);
  const isHere = last && Object.entries(here).every(([key, value]) => last[key as keyof typeof here] === value);
  const ranOn = isHere ? known : [...known, { fromStep, ...here, date: new Date().toISOString().slice(0, 10) }];
  const config = { ...asked, ranOn };
  if (!isHere) writeJson(trainingFiles(folder).config, config);
  return config;
}

/** The fields in which two trainings differ, each with its values: "loss.settings.alpha", 2, 3. */
export function differences(a: Asked, b: Asked): { field: string; a: string; b: string }[] {
  const [left, right] = [a, b].map(({ loss, network, augmentation, ...rest }) => ({
    ...fields('loss.settings', loss.settings),
    ...fields('loss', { name: loss.name, source: loss.source }),
    ...fields('network', network),
    ...fields('augmentation', augmentation ?? {}),
    ...fields('', rest),
  }));
  const all = [...new Set([...Object.keys(left), ...Object.keys(right)])];
  return all
    .filter((field) => left[field] !== right[field])
    .map((field) => ({ field, a: left[field] ?? 'none', b: right[field] ?? 'none' }));
}

const fields = (prefix: string, values: Record<string, unknown>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(values)
      .filter(([, value]) => value !== undefined && typeof value !== 'object')
      .map(([key, value]) => [prefix ? `${prefix}.${key}` : key, String(value)]),
  );
