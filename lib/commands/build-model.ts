import { shapeOfHead } from 'lib/dataset';
import { headSource, readRun, runFiles, subjectRandom } from 'lib/experiment';
import { showProgress } from 'lib/figures';
import { writeJson } from 'lib/files';
import { alignRigid, generalizedProcrustes, transformPoints } from 'lib/geometry';
import { fitPrincipalComponents, writeMorphableModel } from 'lib/morphable-model';

/** Builds the morphable model from the training subjects: rigid Procrustes alignment, then principal components. */
export async function buildModel(runFolder: string): Promise<void> {
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
  const mean = generalizedProcrustes(shapes, shapes[0]);
  const aligned = shapes.map((shape) => transformPoints(shape, alignRigid(shape, mean)));
  const { model, totalVariance } = await fitPrincipalComponents(aligned, source.shapeTriangles, profile.components);
  const files = runFiles(runFolder);
  await writeMorphableModel(files.model, model);
  writeJson(files.modelFacts, {
    source: source.name,
    subjects,
    points: source.shapePoints,
    triangles: source.shapeTriangles.shape[0],
    explainedVariance: [...model.variances].map((v) => v / totalVariance),
  });
}
