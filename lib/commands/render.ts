import {
  type Dataset,
  pictureBuffers,
  randomLight,
  renderPicture,
  sampleView,
  shapeOfHead,
  viewCounts,
  writeDataset,
} from 'lib/dataset';
import { headSource, readRun, runFiles, type Split, subjectRandom } from 'lib/experiment';
import { showProgress } from 'lib/figures';
import { alignRigid, defaultCamera, rotationMatrix, transformPoints } from 'lib/geometry';
import { triangleMesh, vertexNormals } from 'lib/mesh';
import { readMorphableModel } from 'lib/morphable-model';

/**
 * Renders one split's images with their truth. Each head is aligned to the model's mean first, as the paper aligns its scans
 * to the template, so that pose and shape are told apart the same way for all.
 */
export async function render(runFolder: string, split: Split): Promise<void> {
  const { profile, heads } = readRun(runFolder);
  const files = runFiles(runFolder);
  const { mean } = await readMorphableModel(files.model);
  const source = headSource(heads);
  const subjects = profile.subjects[split];
  const counts = viewCounts(subjects, profile.viewsPerSubject[split]);
  const images = counts.reduce((a, b) => a + b);
  const { imageSize } = profile;
  const pixels = imageSize * imageSize * 3;
  const dataset: Dataset = {
    imageSize,
    images: new Uint8Array(images * pixels),
    subjects: new Uint32Array(images),
    rotations: new Float32Array(images * 4),
    translations: new Float32Array(images * 3),
    shapes: new Float32Array(subjects * 3 * source.shapePoints),
    points: source.shapePoints,
  };
  const { focalLengthPixels } = defaultCamera(imageSize);
  const buffers = pictureBuffers();
  const progress = showProgress(`Images of the ${split} split`, images);
  let image = 0;
  for (let subject = 0; subject < subjects; subject++) {
    const random = subjectRandom(profile, split, subject);
    const head = source.sample(random);
    const points = transformPoints(head.points, alignRigid(shapeOfHead(head, source), mean));
    dataset.shapes.set(points.data.subarray(0, 3 * source.shapePoints), subject * 3 * source.shapePoints);
    const normals = vertexNormals(triangleMesh(points.data, source.surfaceTriangles));
    const surface = { ...head, points: points.data, triangles: source.surfaceTriangles, normals: normals.data };
    for (let view = 0; view < counts[subject]; view++, image++) {
      const own = random.fork(`view ${view}`);
      const pose = sampleView(profile.views, own);
      dataset.subjects[image] = subject;
      dataset.rotations.set(pose.rotation, 4 * image);
      dataset.translations.set(pose.translation, 3 * image);
      renderPicture(
        surface,
        { rotation: rotationMatrix(pose.rotation), centre: pose.translation, focalLengthPixels, size: imageSize },
        randomLight(own),
        {
          background: [own.uniform(), own.uniform(), own.uniform()],
          into: dataset.images.subarray(image * pixels, (image + 1) * pixels),
          buffers,
          backFaces: source.closed ? 'drop' : 'keep',
        },
      );
    }
    progress.update(image);
  }
  progress.end();
  writeDataset(files.dataset(split), dataset);
}
