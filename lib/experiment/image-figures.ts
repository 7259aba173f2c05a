import { type Dataset, imageCount, pictureOf, poseOf, shapeOf } from 'lib/dataset';
import type { Prediction } from 'lib/evaluation';
import { type Figure, type Picture, picturesFigure } from 'lib/figures';
import { defaultCamera, type Pose, projectPoints } from 'lib/geometry';
import { instance, type MorphableModel } from 'lib/morphable-model';
import type { NdArray } from 'ndarray';
import ndarray from 'ndarray';
import { evenlySpread } from './run';

const OVERLAY_POINTS = 150;

function picture(dataset: Dataset, image: number, caption: string): Picture {
  const { imageSize } = dataset;
  return { caption, pixels: pictureOf(dataset, image), width: imageSize, height: imageSize };
}

/** Some of a shape's points where a camera sees them, [n, 2] pixels. */
function overlay(shape: NdArray<Float32Array>, pose: Pose, imageSize: number): NdArray<Float32Array> {
  const indices = evenlySpread(shape.shape[0], OVERLAY_POINTS);
  const chosen = new Float32Array(3 * indices.length);
  indices.forEach((index, n) => {
    chosen.set(shape.data.subarray(3 * index, 3 * index + 3), 3 * n);
  });
  const projected = projectPoints(ndarray(chosen, [indices.length, 3]), pose, defaultCamera(imageSize));
  return ndarray(Float32Array.from(projected.data), projected.shape);
}

/** Images as the network sees them, and the same with the true points over them. */
export function imagesFigure(dataset: Dataset, count = 6): Figure {
  const chosen = [...evenlySpread(imageCount(dataset), count)];
  const truth = (image: number) => ({
    name: 'true points under the true camera',
    points: overlay(ndarray(shapeOf(dataset, image), [dataset.points, 3]), poseOf(dataset, image), dataset.imageSize),
  });
  return picturesFigure({
    title: 'What the network sees, and what it is told',
    howToRead: 'Below, the true points drawn by the true camera: they must lie on the head, or a sign is wrong.',
    pictures: [
      ...chosen.map((image) => picture(dataset, image, `image ${image + 1}`)),
      ...chosen.map((image) => ({ ...picture(dataset, image, `image ${image + 1}, truth`), overlays: [truth(image)] })),
    ],
    columns: chosen.length,
  });
}

/** Predicted points over test images, one row for each loss. */
export function predictionsFigure(
  dataset: Dataset,
  model: MorphableModel,
  predictions: { title: string; of: Prediction[] }[],
  images: number[],
): Figure {
  return picturesFigure({
    title: 'Predicted heads over test images',
    howToRead: 'Points beside the head are reprojection error; points on it say nothing about the shape in depth.',
    pictures: predictions.flatMap(({ title, of }) =>
      images.map((image) => ({
        ...picture(dataset, image, title),
        overlays: [
          {
            name: 'predicted points under the predicted camera',
            points: overlay(instance(model, of[image].coefficients), of[image].pose, dataset.imageSize),
          },
        ],
      })),
    ),
    columns: images.length,
  });
}
