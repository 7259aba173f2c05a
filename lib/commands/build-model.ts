import { shapeOfHead } from 'lib/dataset';
import { headSource, readRun, subjectRandom } from 'lib/experiment';
import { showProgress } from 'lib/figures';
import { writeJson } from 'lib/files';
import { alignRigid, alignSimilarity, generalizedProcrustes, transformPoints } from 'lib/geometry';
import { fitPrincipalComponents, type MorphableModel, writeMorphableModel } from 'lib/morphable-model';
import type { NdArray } from 'ndarray';
import { readHead, readResults } from './register';
import { templateHead } from './template-head';

/** Builds a run's morphable model from its training subjects: their registered scans, or heads that need no registration. */
export async function buildModel(runFolder: string): Promise<void> {
  const { profile, heads, files } = readRun(runFolder);
  const source = headSource(heads);
  const { shapes, failed } =
    heads.source === 'population'
      ? registeredShapes(files.registered('train'))
      : { shapes: drawnShapes(runFolder), failed: [] };
  const reference = heads.source === 'population' ? templateHead().mesh.points : shapes[0];
  const { model, totalVariance } = await modelOf(
    shapes,
    reference,
    source.shapeTriangles,
    profile.components,
    profile.procrustes,
  );
  await writeMorphableModel(files.model, model);
  writeJson(files.modelFacts, {
    source: source.name,
    subjects: shapes.length,
    failed,
    points: source.shapePoints,
    triangles: source.shapeTriangles.shape[0],
    explainedVariance: [...model.variances].map((v) => v / totalVariance),
  });
}

/**
 * Builds a morphable model of all registered heads of a folder, but those that failed.
 *
 * @returns what was done, as lines of text
 */
export async function buildModelOfFolder(options: {
  registered: string;
  file: string;
  components?: number;
  align?: 'rigid' | 'similarity';
}): Promise<string> {
  const { registered, file, align } = options;
  const { shapes, failed } = registeredShapes(registered);
  const { points: reference, triangles } = templateHead().mesh;
  const components = options.components ?? Math.min(100, shapes.length - 1);
  const { model, totalVariance } = await modelOf(shapes, reference, triangles, components, align);
  await writeMorphableModel(file, model);
  const share = model.variances.reduce((a, b) => a + b, 0) / totalVariance;
  return [
    `${file}: ${components} components of ${shapes.length} heads hold ${(100 * share).toFixed(1)} % of their variance`,
    ...failed.map(({ scan, failure }) => `left out: ${scan}: ${failure}`),
  ].join('\n');
}

type Shape = NdArray<Float32Array>;
type Failed = { scan: string; failure: string };

/**
 * Procrustes alignment of shapes in correspondence, then their principal components.
 *
 * @param reference  [N, 3], gives the model's frame
 * @param align      'rigid' keeps sizes, which are part of a head's shape; 'similarity' takes them out
 */
export async function modelOf(
  shapes: Shape[],
  reference: Shape,
  triangles: NdArray<Uint32Array>,
  components: number,
  align: 'rigid' | 'similarity' = 'rigid',
): Promise<{ model: MorphableModel; totalVariance: number; aligned: Shape[] }> {
  if (shapes.length < 3)
    throw new Error(`a model needs three registered heads or more, but there are ${shapes.length}`);
  const toMean = align === 'rigid' ? alignRigid : alignSimilarity;
  const mean = generalizedProcrustes(shapes, reference, toMean);
  const aligned = shapes.map((shape) => transformPoints(shape, toMean(shape, mean)));
  return { ...(await fitPrincipalComponents(aligned, triangles, components)), aligned };
}

/** The registered heads of a folder, each in its scan's frame, without those that failed, which are listed. */
export function registeredShapes(registered: string): { names: string[]; shapes: Shape[]; failed: Failed[] } {
  const results = readResults(registered);
  const failed = results.flatMap(({ scan, failure }) => (failure ? [{ scan, failure }] : []));
  const names = results.filter(({ failure }) => !failure).map(({ scan }) => scan);
  return { names, shapes: names.map((name) => readHead(registered, name).points), failed };
}

function drawnShapes(runFolder: string): Shape[] {
  const { profile, heads } = readRun(runFolder);
  const source = headSource(heads);
  const subjects = profile.subjects.train;
  const progress = showProgress('Heads of the training subjects', subjects);
  const shapes = Array.from({ length: subjects }, (_, subject) => {
    const head = source.sample(subjectRandom(profile, 'train', subject));
    progress.update(subject + 1);
    return shapeOfHead(head, source);
  });
  progress.end();
  return shapes;
}
