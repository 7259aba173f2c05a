import { type Figure, tableFigure } from 'lib/figures';
import { readJson } from 'lib/files';
import { type ModelMetrics, metricsFigure } from 'lib/morphable-model';
import { z } from 'zod';
import { SPLITS } from './profile';

const metric = z.strictObject({
  components: z.array(z.number()),
  value: z.array(z.number()),
  standardError: z.array(z.number()),
});
const split = z.strictObject({
  scans: z.number(),
  failed: z.array(z.strictObject({ scan: z.string(), failure: z.string() })),
  /** From the registered points to the scan. */
  surfaceErrorMillimetres: z.number(),
  /** From the registered points to where they truly belong: of the points that the scanner saw, and of the others. */
  correspondenceErrorMillimetres: z.strictObject({ seen: z.number(), unseen: z.number() }),
  rejectedShare: z.number(),
  flippedTriangles: z.number(),
});
const registrationSchema = z.strictObject({
  splits: z.strictObject({ train: split, validation: split, test: split }),
  /** Of the models of registered and of true heads, of the same subjects; unseen heads are the true ones of the test split. */
  models: z.array(z.strictObject({ name: z.string(), compactness: metric, generalization: metric })),
});
/** How a run's registered heads differ from the true ones, and what that does to the model. */
export type Registration = z.infer<typeof registrationSchema>;

export const readRegistration = (file: string): Registration => readJson(file, registrationSchema);

/** How well scans were registered, and the models of registered and of true heads beside each other. */
export function registrationFigures({ splits, models }: Registration): Figure[] {
  const table = tableFigure({
    title: 'How well the scans were registered',
    howToRead:
      'The surface is met far better than the correspondence: points slide along it. What the scanner did not see is guessed.',
    columns: [
      { key: 'name', label: 'split' },
      { key: 'scans', label: 'scans', digits: 0 },
      { key: 'failures', label: 'failed', digits: 0 },
      { key: 'surface', label: 'surface', unit: 'mm', digits: 3 },
      { key: 'seen', label: 'correspondence, seen', unit: 'mm', digits: 2 },
      { key: 'unseen', label: 'correspondence, unseen', unit: 'mm', digits: 2 },
      { key: 'rejected', label: 'without a match', unit: '%', digits: 1 },
      { key: 'flipped', label: 'flipped triangles', digits: 2 },
    ],
    rows: SPLITS.map((name) => {
      const of = splits[name];
      return {
        name,
        scans: of.scans,
        failures: of.failed.length,
        surface: of.surfaceErrorMillimetres,
        seen: of.correspondenceErrorMillimetres.seen,
        unseen: of.correspondenceErrorMillimetres.unseen,
        rejected: 100 * of.rejectedShare,
        flipped: of.flippedTriangles,
      };
    }),
  });
  const asMetric = ({ components, value, standardError }: z.infer<typeof metric>) => ({
    components: Uint32Array.from(components),
    value: Float64Array.from(value),
    standardError: Float64Array.from(standardError),
  });
  const comparison = metricsFigure(
    {
      title: 'The model of registered scans beside the model of true heads',
      howToRead: 'Where the curves part, registration has added variation, or lost some, that heads do not have.',
    },
    models.map(
      ({ name, compactness, generalization }): ModelMetrics => ({
        name,
        compactness: asMetric(compactness),
        generalization: asMetric(generalization),
      }),
    ),
  );
  return [table, comparison];
}
