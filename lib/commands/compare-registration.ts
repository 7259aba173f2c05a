import { mean } from 'lib/evaluation';
import { type Registration, type RunFiles, readRun, type Split } from 'lib/experiment';
import { writeJson } from 'lib/files';
import { alignRigid, transformPoints } from 'lib/geometry';
import { compactness, generalization, type ModelMetric } from 'lib/morphable-model';
import type { NdArray } from 'ndarray';
import { modelOf, registeredShapes } from './build-model';
import { readResults } from './register';
import { readTruth, truthFile } from './scan';
import { templateHead } from './template-head';

/** Compares a run's registered heads with the true ones, point by point and as models; the only step that sees both. */
export async function compareRegistration(runFolder: string): Promise<void> {
  const { profile, files } = readRun(runFolder);
  const splits = {
    train: judge(files, 'train'),
    validation: judge(files, 'validation'),
    test: judge(files, 'test'),
  };
  const { points: reference, triangles } = templateHead().mesh;
  const { names, shapes } = registeredShapes(files.registered('train'));
  const truths = (split: Split, of: string[]) =>
    of.map((name) => readTruth(truthFile(files.truth(split), name)).points);
  const unseen = truths('test', registeredShapes(files.registered('test')).names);
  const models: Registration['models'] = [];
  for (const [name, heads] of [
    ['registered scans', shapes],
    ['true heads', truths('train', names)],
  ] as const) {
    const { model, totalVariance } = await modelOf(heads, reference, triangles, profile.components);
    const aligned = unseen.map((head) => transformPoints(head, alignRigid(head, model.mean)));
    models.push({
      name,
      compactness: asArrays(compactness(model, totalVariance, heads.length)),
      generalization: asArrays(await generalization(model, aligned)),
    });
  }
  writeJson(files.registration, { splits, models } satisfies Registration);
}

function judge(files: RunFiles, split: Split): Registration['splits']['train'] {
  const { names, shapes, failed } = registeredShapes(files.registered(split));
  const results = readResults(files.registered(split)).flatMap(({ quality, failure }) =>
    quality && !failure ? [quality] : [],
  );
  const errors = names.map((name, i) => errorsOf(shapes[i], readTruth(truthFile(files.truth(split), name))));
  const average = (values: number[]) => mean(values.filter((v) => !Number.isNaN(v)));
  return {
    scans: names.length + failed.length,
    failed,
    surfaceErrorMillimetres: mean(results.map((quality) => quality.surfaceErrorMillimetres)),
    correspondenceErrorMillimetres: {
      seen: average(errors.map(({ seen }) => seen)),
      unseen: average(errors.map(({ unseen }) => unseen)),
    },
    rejectedShare: mean(results.map((quality) => quality.rejectedShare)),
    flippedTriangles: mean(results.map((quality) => quality.flippedTriangles)),
  };
}

/** Mean distances of points to where they truly belong, mm; NaN where there are none. */
function errorsOf(shape: NdArray<Float32Array>, { points, visible }: ReturnType<typeof readTruth>) {
  const sums = [0, 0];
  const counts = [0, 0];
  for (let n = 0; n < visible.length; n++) {
    const [a, b] = [shape.data.subarray(3 * n, 3 * n + 3), points.data.subarray(3 * n, 3 * n + 3)];
    sums[visible[n]] += 10 * Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
    counts[visible[n]]++;
  }
  return { seen: sums[1] / counts[1], unseen: sums[0] / counts[0] };
}

const asArrays = ({ components, value, standardError }: ModelMetric) => ({
  components: [...components],
  value: [...value],
  standardError: [...standardError],
});
