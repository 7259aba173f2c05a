import type { Tensor2D, Tensor3D, Tensor4D } from '@tensorflow/tfjs-node-gpu';
import type { Random } from 'lib/random';
import { tf } from 'lib/tensorflow';
import { type PictureChange, turnedRotation } from './augmentation';
import { type Dataset, imageCount, pictureOf, poseOf, shapeOf } from './dataset';

/** A batch on TensorFlow's side of the border. */
export interface Batch {
  /** [batch, size, size, 3], from -1 to 1 where colours are not changed */
  images: Tensor4D;
  /** Shapes [batch, N, 3] cm, and camera poses: rotation [batch, 4], translation [batch, 3] cm. */
  truth: { shape: Tensor3D; rotation: Tensor2D; translation: Tensor2D };
}

/** The truth of some images, a row each. */
export interface BatchTruth {
  /** [batch, N, 3], flat, cm, model frame */
  shapes: Float32Array;
  /** [batch, 4], flat, modelFromCamera */
  rotations: Float32Array;
  /** [batch, 3], flat, cm, the cameras' centres */
  translations: Float32Array;
}

/**
 * Gathers the truth of some images.
 *
 * @param changes  what `pictureLoader` did to each image, which turns its camera
 * @throws {RangeError} when an index is no image's
 */
export function batchTruth(dataset: Dataset, indices: ArrayLike<number>, changes?: PictureChange[]): BatchTruth {
  const { points } = dataset;
  checkIndices(indices, imageCount(dataset));
  const count = indices.length;
  const shapes = new Float32Array(count * 3 * points);
  const rotations = new Float32Array(count * 4);
  const translations = new Float32Array(count * 3);
  for (let b = 0; b < count; b++) {
    const i = indices[b];
    shapes.set(shapeOf(dataset, i), b * 3 * points);
    const { rotation } = poseOf(dataset, i);
    rotations.set(changes ? turnedRotation(rotation, changes[b]) : rotation, 4 * b);
    translations.set(dataset.translations.subarray(3 * i, 3 * i + 3), 3 * b);
  }
  return { shapes, rotations, translations };
}

/**
 * Makes tensors of some images and their truth; the caller owns them (`tf.tidy`).
 *
 * @param pixels   the images' pixels as `pictureLoader` gives them; decoded here when absent
 * @param changes  what `pictureLoader` did to each of `pixels`; images that are decoded here are not changed
 * @throws {RangeError} when an index is no image's
 */
export function batch(
  dataset: Dataset,
  indices: ArrayLike<number>,
  pixels?: Float32Array,
  changes?: PictureChange[],
): Batch {
  const { points, imageSize } = dataset;
  const count = indices.length;
  const { shapes, rotations, translations } = batchTruth(dataset, indices, changes);
  return {
    images: pixels ? tf.tensor4d(pixels, [count, imageSize, imageSize, 3]) : imageBatch(dataset, indices),
    truth: {
      shape: tf.tensor3d(shapes, [count, points, 3]),
      rotation: tf.tensor2d(rotations, [count, 4]),
      translation: tf.tensor2d(translations, [count, 3]),
    },
  };
}

/**
 * Some images as a network takes them: [batch, size, size, 3], 0 to 255 mapped to -1 to 1.
 *
 * @throws {RangeError} when an index is no image's
 */
export function imageBatch(dataset: Pick<Dataset, 'imageSize' | 'images'>, indices: ArrayLike<number>): Tensor4D {
  const { imageSize } = dataset;
  const size = imageSize * imageSize * 3;
  checkIndices(indices, dataset.images.length / size);
  const values = new Float32Array(indices.length * size);
  for (let b = 0; b < indices.length; b++) {
    const picture = pictureOf(dataset, indices[b]);
    for (let i = 0; i < size; i++) values[b * size + i] = picture[i] / 127.5 - 1;
  }
  return tf.tensor4d(values, [indices.length, imageSize, imageSize, 3]);
}

/** What is beyond a split's end would be read as shapes of 0 and pixels that are no numbers. */
function checkIndices(indices: ArrayLike<number>, images: number): void {
  for (let b = 0; b < indices.length; b++)
    if (!(Number.isInteger(indices[b]) && indices[b] >= 0 && indices[b] < images))
      throw new RangeError(`indices must be of the split's ${images} images, counted from 0, but hold ${indices[b]}`);
}

/**
 * Which images a training step sees: each epoch is a new random order of all images, cut into batches that may span two
 * epochs. It depends on the step alone, so a run that goes on after a break sees what it would have seen.
 */
export function batchOrder(images: number, batchSize: number, random: Random): (step: number) => Uint32Array {
  const orders = new Map<number, Uint32Array>();
  const orderOf = (epoch: number) => {
    const known = orders.get(epoch);
    if (known) return known;
    orders.delete(epoch - 2);
    const order = random.fork(`epoch ${epoch}`).permutation(images);
    orders.set(epoch, order);
    return order;
  };
  return (step) =>
    Uint32Array.from({ length: batchSize }, (_, b) => {
      const drawn = step * batchSize + b;
      return orderOf(Math.floor(drawn / images))[drawn % images];
    });
}
