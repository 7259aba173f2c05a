import {
  type Dataset,
  isShardOf,
  photograph,
  pictureBuffers,
  planShards,
  sampleView,
  shapeOfHead,
  shardFile,
  viewCounts,
  writeIndex,
  writeShard,
} from 'lib/dataset';
import { headSource, readRun, readRunModel, type Split, subjectRandom } from 'lib/experiment';
import { showProgress } from 'lib/figures';
import { checksum } from 'lib/files';
import { alignRigid, alignSimilarity, type Pose, transformPoints } from 'lib/geometry';
import { triangleMesh, vertexNormals } from 'lib/mesh';
import type { NdArray } from 'ndarray';
import { readHead, readResult } from './register';
import { readTruth, subjectName, truthFile } from './scan';
import { inChunk } from './scan-files';

/**
 * Renders one split's images with their truth, in shards; a shard that is there already and was made from the same is kept.
 *
 * A subject's true shape is its registered scan, aligned to the model's mean as the paper aligns its scans to the template (and
 * brought to its size where the profile says so); what the camera sees is the head itself, moved with it. A subject whose scan
 * failed has no images. Heads of ICT-FaceKit are in correspondence, so each is its own true shape.
 *
 * @param chunk  `k/n`: only every n-th shard, from the k-th on, and no index, which comes when all are there: without a chunk
 */
export async function render(runFolder: string, split: Split, chunk?: string): Promise<void> {
  const { profile, files } = readRun(runFolder);
  const index = files.dataset(split);
  const { mean } = await readRunModel(files);
  const subjects = registeredSubjects(runFolder, split);
  const views = viewCounts(subjects.length, profile.viewsPerSubject[split]);
  const shards = planShards(views, profile.imageSize);
  const madeFrom = fingerprint(runFolder, split, subjects, mean);
  const own = inChunk(shards.length, chunk);
  const missing = own.filter((k) => !isShardOf(shardFile(index, k), madeFrom));
  if (missing.length > 0) {
    const renderShard = shardRenderer(runFolder, split, mean);
    const progress = showProgress(`Images of the ${split} split, in shards`, own.length);
    for (const [done, k] of missing.entries()) {
      const [first, end] = shards[k];
      writeShard(shardFile(index, k), renderShard(subjects.slice(first, end), views.slice(first, end)), madeFrom);
      progress.update(own.length - missing.length + done + 1);
    }
    progress.end();
  }
  if (chunk === undefined) writeIndex(index, shards.length);
}

type Shape = NdArray<Float32Array>;

/** Makes the function that renders some subjects with all their views. */
function shardRenderer(
  runFolder: string,
  split: Split,
  mean: Shape,
): (subjects: RegisteredSubject[], views: number[]) => Dataset {
  const { profile, heads } = readRun(runFolder);
  const source = headSource(heads);
  const { imageSize, procrustes } = profile;
  const align = procrustes === 'similarity' ? alignSimilarity : alignRigid;
  const { mirror, shapePoints: points } = source;
  const pixels = imageSize * imageSize * 3;
  const buffers = pictureBuffers();
  return (subjects, views) => {
    const count = views.reduce((a, b) => a + b, 0);
    const images = new Uint8Array(count * pixels);
    const dataset: Dataset = {
      imageSize,
      images,
      subjects: new Uint32Array(count),
      rotations: new Float32Array(count * 4),
      translations: new Float32Array(count * 3),
      shapes: new Float32Array(subjects.length * 3 * points),
      points,
      mirror,
    };
    let image = 0;
    subjects.forEach(({ subject, registered }, row) => {
      const random = subjectRandom(profile, split, subject);
      const head = source.sample(random);
      const shape = registered ? registered.points() : shapeOfHead(head, source);
      const toModel = align(shape, mean);
      const inShapesFrame = registered ? transformPoints(head.points, registered.scanFromModel()) : head.points;
      const { data } = transformPoints(inShapesFrame, toModel);
      dataset.shapes.set(transformPoints(shape, toModel).data, row * 3 * points);
      const normals = vertexNormals(triangleMesh(data, source.surfaceTriangles)).data;
      const surface = { ...head, points: data, triangles: source.surfaceTriangles, normals };
      for (let view = 0; view < views[row]; view++, image++) {
        const own = random.fork(`view ${view}`);
        const pose = sampleView(profile.views, own);
        dataset.subjects[image] = row;
        dataset.rotations.set(pose.rotation, 4 * image);
        dataset.translations.set(pose.translation, 3 * image);
        const into = images.subarray(image * pixels, (image + 1) * pixels);
        photograph(surface, pose, own, { imageSize, closed: source.closed, into, buffers });
      }
    });
    return dataset;
  };
}

interface RegisteredSubject {
  subject: number;
  /** The points of the registered scan, what it was made from, and the pose that takes the head itself to the scan's frame. */
  registered?: { points: () => Shape; madeFrom: string; scanFromModel: () => Pose };
}

function registeredSubjects(runFolder: string, split: Split): RegisteredSubject[] {
  const { profile, heads, files } = readRun(runFolder);
  const all = Array.from({ length: profile.subjects[split] }, (_, subject) => ({ subject }));
  if (heads.source !== 'population') return all;
  const folder = files.registered(split);
  return all.flatMap(({ subject }) => {
    const name = subjectName(subject);
    const { failure, madeFrom } = readResult(folder, name);
    if (failure) return [];
    const scanFromModel = () => readTruth(truthFile(files.truth(split), name)).scanFromModel;
    const points = () => readHead(folder, name).points;
    return { subject, registered: { points, madeFrom, scanFromModel } };
  });
}

/** Changes with whatever the images of a split are made from. */
function fingerprint(runFolder: string, split: Split, subjects: RegisteredSubject[], mean: Shape): string {
  const { profile, heads } = readRun(runFolder);
  const { seed, views, imageSize } = profile;
  const from = subjects.map(({ subject, registered }) => [subject, registered?.madeFrom]);
  const frame = checksum(new Uint8Array(mean.data.buffer, mean.data.byteOffset, mean.data.byteLength));
  return checksum(JSON.stringify([seed, split, profile.viewsPerSubject[split], views, imageSize, heads, from, frame]));
}
