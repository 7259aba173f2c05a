import fs from 'node:fs';
import path from 'node:path';
import { readJson } from 'lib/files';
import { Matrix } from 'ml-matrix';
import { z } from 'zod';
import type { LossSpec, Profile } from './profile';

type Encoder = Profile['network']['encoder'];
type LossName = LossSpec['name'];

/**
 * What each measured stage's cost depends on. Images are those that are rendered, before mirroring; pixels are one image's.
 *
 * `load` is what a training reads before its first step, `step` one step of a training, `predict` a network's predictions for
 * images with their errors; the others are the commands of the same name.
 */
export interface StageSize {
  scan: { people: number };
  register: { people: number };
  'compare-registration': { people: number };
  'build-model': { people: number };
  render: { people: number; images: number; pixels: number };
  floors: { images: number };
  load: { people: number; images: number; pixels: number };
  step: { encoder: Encoder; loss: LossName; batch: number; pixels: number; points: number; views: number };
  predict: { encoder: Encoder; images: number; pixels: number };
}
export type Stage = keyof StageSize;

export interface Cost {
  /** Of one core; of the GPU for a step and a prediction that were measured on one. */
  seconds: number;
  /** At its most. */
  memoryMegabytes: number;
  /** What it leaves. */
  diskMegabytes: number;
}
const QUANTITIES = ['seconds', 'memoryMegabytes', 'diskMegabytes'] as const;
type Quantity = keyof Cost;

/** A cost is a sum of these, each times a coefficient that is not negative. */
type Terms = Record<string, number>;
type TermsOf<Size> = (size: Size) => Partial<Record<Quantity, Terms>>;

const million = (value: number) => value / 1e6;
const perPerson: TermsOf<{ people: number }> = ({ people }) => ({
  seconds: { start: 1, people },
  memoryMegabytes: { start: 1, people },
  diskMegabytes: { people },
});
const bytes = ({ images, pixels, people }: StageSize['load']) => ({
  people,
  images,
  'pixels of images': million(images * pixels),
});

const TERMS: { [S in Stage]: TermsOf<StageSize[S]> } = {
  scan: perPerson,
  register: perPerson,
  'compare-registration': (size) => ({ ...perPerson(size), diskMegabytes: { table: 1 } }),
  // aligned and averaged person by person; components from the products of each two of them
  'build-model': ({ people }) => ({
    seconds: { start: 1, people, 'pairs of people': million(people * people) },
    memoryMegabytes: { start: 1, people },
    diskMegabytes: { model: 1 },
  }),
  render: (size) => ({
    seconds: { start: 1, ...bytes(size) },
    memoryMegabytes: { start: 1, ...bytes(size) },
    diskMegabytes: bytes(size),
  }),
  floors: ({ images }) => ({ seconds: { start: 1, images }, memoryMegabytes: { start: 1, images } }),
  load: (size) => ({ seconds: { start: 1, ...bytes(size) }, memoryMegabytes: { start: 1, ...bytes(size) } }),
  step: ({ encoder, loss, batch, pixels, points, views }) => {
    const seen = million(batch * pixels);
    const moved = million(batch * points);
    return {
      seconds: {
        [encoder]: 1,
        [`${encoder}, pixels`]: seen,
        [loss]: 1,
        [`${loss}, points`]: moved,
        ...(loss === 'mrl' && { 'mrl, views': views, 'mrl, points of views': views * moved }),
      },
      memoryMegabytes: {
        [encoder]: 1,
        [`${encoder}, pixels`]: seen,
        points: moved,
        ...(loss === 'mrl' && { 'points of views': views * moved }),
      },
      // its checkpoints
      diskMegabytes: { [encoder]: 1, [`${encoder}, pixels`]: million(pixels) },
    };
  },
  predict: ({ encoder, images, pixels }) => ({
    seconds: { images, [`${encoder}, pixels of images`]: million(images * pixels) },
  }),
};

const size = z.record(z.string(), z.union([z.number(), z.string()]));
const pointSchema = z.strictObject({
  stage: z.enum(Object.keys(TERMS) as [Stage, ...Stage[]]),
  device: z.enum(['cpu', 'gpu']),
  /** The model is fitted to some, and checked at others, which it does not see. */
  use: z.enum(['fit', 'check']),
  size,
  seconds: z.number().positive(),
  memoryMegabytes: z.number().nonnegative(),
  diskMegabytes: z.number().nonnegative(),
});
export type CostPoint = z.infer<typeof pointSchema>;

const costsSchema = z.strictObject({
  provenance: z.strictObject({
    processor: z.string(),
    cores: z.number().int().positive(),
    /** Whether other work ran beside the measurements: such times are worth little. */
    busy: z.boolean(),
    /** What was asked for: `small` sizes only show that the check works. */
    sizes: z.enum(['full', 'small']),
    gpu: z.string().optional(),
    commit: z.string(),
    date: z.string(),
    node: z.string(),
    tensorflow: z.string(),
  }),
  points: z.array(pointSchema).min(1),
  /** Of two workers beside one: time of one over twice the time of both, for the same work. */
  efficiency: z.strictObject({ register: z.number(), render: z.number() }).optional(),
});
/** Measured costs: data/results/cost.json, which `npm run check -- cost` writes. */
export type MeasuredCosts = z.infer<typeof costsSchema>;

/** @throws {Error} that names the file, the field and what was expected */
export const readMeasuredCosts = (file: string): MeasuredCosts => readJson(file, costsSchema);

const COSTS = path.resolve(__dirname, '../../data/results/cost.json');

/** The costs that git holds; undefined before anyone has measured them. */
export const measuredCosts = (): MeasuredCosts | undefined =>
  fs.existsSync(COSTS) ? readMeasuredCosts(COSTS) : undefined;

/** Predicts a stage's cost; a step and a prediction on the GPU where it is asked for. */
export type CostModel = <S extends Stage>(stage: S, size: StageSize[S], device?: 'cpu' | 'gpu') => Cost;

/**
 * Fits each stage's cost to its measured points: cost(size) = Σ c_k t_k(size) with c_k >= 0, such that the sum of the squares of
 * relative errors is least. The terms t_k are people, images, pixels, points and views, and products of these.
 *
 * A cost beyond the measured sizes is an extrapolation along these terms.
 *
 * @throws {Error} from the model, when no point says anything of a size, such as of an encoder
 */
export function fitCosts(points: readonly CostPoint[]): CostModel {
  const fits = new Map<string, Terms>();
  const fitOf = (stage: Stage, device: string, quantity: Quantity): Terms => {
    const key = [stage, device, quantity].join();
    const known = fits.get(key);
    if (known) return known;
    const own = points.filter((point) => point.stage === stage && point.device === device && point.use === 'fit');
    const fit = leastRelativeSquares(
      own.flatMap((point) => {
        const terms = termsOf(stage, point.size)[quantity];
        return terms && point[quantity] > 0 ? [{ terms, value: point[quantity] }] : [];
      }),
    );
    fits.set(key, fit);
    return fit;
  };
  return (stage, size, device = 'cpu') => {
    const all = termsOf(stage, size);
    const cost = { seconds: 0, memoryMegabytes: 0, diskMegabytes: 0 };
    for (const quantity of QUANTITIES)
      for (const [term, value] of Object.entries(all[quantity] ?? {})) {
        const coefficient = fitOf(stage, device, quantity)[term];
        if (coefficient === undefined)
          throw new Error(
            `${stage} must have measured points for ${term} on the ${device}, but has none; npm run check -- cost measures them`,
          );
        cost[quantity] += coefficient * value;
      }
    return cost;
  };
}

function termsOf(stage: Stage, size: object): Partial<Record<Quantity, Terms>> {
  return (TERMS[stage] as TermsOf<object>)(size);
}

/** How far a model is off at a point, as a share of what was measured; for each quantity that the stage has. */
export function costErrors(model: CostModel, { stage, size, device, ...measured }: CostPoint): Partial<Cost> {
  const predicted = model(stage, size as never, device);
  return Object.fromEntries(
    QUANTITIES.filter((quantity) => termsOf(stage, size)[quantity] && measured[quantity] > 0).map((quantity) => [
      quantity,
      predicted[quantity] / measured[quantity] - 1,
    ]),
  );
}

/** Σ ((Σ c_k t_k) / value - 1)², least, with c_k >= 0: coordinate by coordinate, which cannot end elsewhere. */
function leastRelativeSquares(rows: { terms: Terms; value: number }[]): Terms {
  const names = [...new Set(rows.flatMap(({ terms }) => Object.keys(terms)))];
  if (names.length === 0) return {};
  const relative = new Matrix(rows.map(({ terms, value }) => names.map((name) => (terms[name] ?? 0) / value)));
  const lengths = names.map((_, k) => relative.getColumnVector(k).norm() || 1);
  const scaled = relative.divRowVector(lengths);
  const products = scaled.transpose().mmul(scaled);
  const wanted = scaled.transpose().mmul(Matrix.ones(rows.length, 1));
  const c = new Float64Array(names.length);
  for (let sweep = 0; sweep < MOST_SWEEPS; sweep++) {
    let change = 0;
    for (let k = 0; k < c.length; k++) {
      let rest = wanted.get(k, 0);
      for (let j = 0; j < c.length; j++) if (j !== k) rest -= products.get(k, j) * c[j];
      const next = Math.max(0, rest / products.get(k, k) || 0);
      change = Math.max(change, Math.abs(next - c[k]));
      c[k] = next;
    }
    if (change < 1e-12) break;
  }
  return Object.fromEntries(names.map((name, k) => [name, c[k] / lengths[k]]));
}
/** A few dozen numbers each; nearly parallel terms, such as images and their pixels at one size, need thousands. */
const MOST_SWEEPS = 100_000;
