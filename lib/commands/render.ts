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
import { alignRigid, composePoses, defaultCamera, type Pose, rotationMatrix, transformPoints } from 'lib/geometry';
import { readMesh, triangleMesh, vertexNormals } from 'lib/mesh';
import { readMorphableModel } from 'lib/morphable-model';
import type { NdArray } from 'ndarray';
import { headFile, readResult } from './register';
import { readTruth, subjectName, truthFile } from './scan';

/**
 * Renders one split's images with their truth.
 *
 * A subject's true shape is its registered scan, aligned to the model's mean as the paper aligns its scans to the template;
 * what the camera sees is the head itself, brought to the same frame. A subject whose scan failed has no images. Heads of
 * ICT-FaceKit are in correspondence, so each is its own true shape.
 */
export async function render(runFolder: string, split: Split): Promise<void> {
  const { profile, heads } = readRun(runFolder);
  const files = runFiles(runFolder);
  const { mean } = await readMorphableModel(files.model);
  const source = headSource(heads);
  const subjects = registeredSubjects(runFolder, split);
  const counts = viewCounts(subjects.length, profile.viewsPerSubject[split]);
  const images = counts.reduce((a, b) => a + b);
  const { imageSize } = profile;
  const pixels = imageSize * imageSize * 3;
  const dataset: Dataset = {
    imageSize,
    images: new Uint8Array(images * pixels),
    subjects: new Uint32Array(images),
    rotations: new Float32Array(images * 4),
    translations: new Float32Array(images * 3),
    shapes: new Float32Array(subjects.length * 3 * source.shapePoints),
    points: source.shapePoints,
  };
  const { focalLengthPixels } = defaultCamera(imageSize);
  const buffers = pictureBuffers();
  const progress = showProgress(`Images of the ${split} split`, images);
  let image = 0;
  subjects.forEach(({ subject, registered }, row) => {
    const random = subjectRandom(profile, split, subject);
    const head = source.sample(random);
    const shape = registered?.points ?? shapeOfHead(head, source);
    const toModel = alignRigid(shape, mean);
    const points = transformPoints(head.points, registered ? composePoses(toModel, registered.scanFromModel) : toModel);
    dataset.shapes.set(transformPoints(shape, toModel).data, row * 3 * source.shapePoints);
    const normals = vertexNormals(triangleMesh(points.data, source.surfaceTriangles));
    const surface = { ...head, points: points.data, triangles: source.surfaceTriangles, normals: normals.data };
    for (let view = 0; view < counts[row]; view++, image++) {
      const own = random.fork(`view ${view}`);
      const pose = sampleView(profile.views, own);
      dataset.subjects[image] = row;
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
  });
  progress.end();
  writeDataset(files.dataset(split), dataset);
}

interface RegisteredSubject {
  subject: number;
  /** The registered scan, and the pose that takes the head itself to the scan's frame. */
  registered?: { points: NdArray<Float32Array>; scanFromModel: Pose };
}

function registeredSubjects(runFolder: string, split: Split): RegisteredSubject[] {
  const { profile, heads } = readRun(runFolder);
  const files = runFiles(runFolder);
  const all = Array.from({ length: profile.subjects[split] }, (_, subject) => ({ subject }));
  if (heads.source !== 'population') return all;
  const folder = files.registered(split);
  return all.flatMap(({ subject }) => {
    const name = subjectName(subject);
    if (readResult(folder, name).failure) return [];
    const { scanFromModel } = readTruth(truthFile(files.truth(split), name));
    return { subject, registered: { points: readMesh(headFile(folder, name)).points, scanFromModel } };
  });
}
