import type { Tensor2D, Tensor3D, Tensor4D } from '@tensorflow/tfjs-node-gpu';
import { type Arrays, readArrays, writeArrays } from 'lib/files';
import type { Pose, Quaternion, Vector3 } from 'lib/geometry';
import type { Random } from 'lib/random';
import { tf } from 'lib/tensorflow';

/** One split of rendered images with their truth, in memory. */
export interface Dataset {
  /** Width and height, pixels. */
  imageSize: number;
  /** [images, size, size, 3] sRGB */
  images: Uint8Array;
  /** [images] which row of `shapes` an image shows */
  subjects: Uint32Array;
  /** [images, 4] modelFromCamera, q0 >= 0 */
  rotations: Float32Array;
  /** [images, 3] cm, the cameras' centres */
  translations: Float32Array;
  /** [subjects, 3 N] cm, the true shapes in the model frame */
  shapes: Float32Array;
  /** N */
  points: number;
}

export const imageCount = ({ subjects }: Dataset): number => subjects.length;

export function poseOf({ rotations, translations }: Dataset, image: number): Pose {
  return {
    rotation: [...rotations.subarray(4 * image, 4 * image + 4)] as unknown as Quaternion,
    translation: [...translations.subarray(3 * image, 3 * image + 3)] as unknown as Vector3,
  };
}

/** The true shape that an image shows, [3 N], not a copy. */
export function shapeOf({ shapes, subjects, points }: Dataset, image: number): Float32Array {
  return shapes.subarray(3 * points * subjects[image], 3 * points * (subjects[image] + 1));
}

/** The same images with some of the shapes' points only, for a loss on a sample of the points. */
export function restrictPoints(dataset: Dataset, indices: Uint32Array): Dataset {
  const heads = dataset.shapes.length / (3 * dataset.points);
  const shapes = new Float32Array(heads * 3 * indices.length);
  for (let s = 0; s < heads; s++)
    for (let n = 0; n < indices.length; n++)
      for (let axis = 0; axis < 3; axis++)
        shapes[(s * indices.length + n) * 3 + axis] = dataset.shapes[(s * dataset.points + indices[n]) * 3 + axis];
  return { ...dataset, shapes, points: indices.length };
}

export function writeDataset(file: string, dataset: Dataset): void {
  const { imageSize, images, subjects, rotations, translations, shapes, points } = dataset;
  const count = subjects.length;
  writeArrays(file, {
    images: { data: images, shape: [count, imageSize, imageSize, 3] },
    subjects: { data: subjects, shape: [count] },
    rotations: { data: rotations, shape: [count, 4] },
    translations: { data: translations, shape: [count, 3] },
    shapes: { data: shapes, shape: [shapes.length / (3 * points), points, 3] },
  });
}

/**
 * Reads one split.
 *
 * @throws {Error} that names the file and the array that is missing or does not fit the others
 */
export function openDataset(file: string): Dataset {
  const arrays = readArrays(file);
  const images = arrayOf(file, arrays, 'images', Uint8Array);
  const [count, imageSize] = images.shape;
  if (String(images.shape) !== String([count, imageSize, imageSize, 3]))
    throw new Error(`${file}: images must be [images, size, size, 3], but is [${images.shape}]`);
  const shapes = arrayOf(file, arrays, 'shapes', Float32Array);
  if (shapes.shape.length !== 3 || shapes.shape[2] !== 3)
    throw new Error(`${file}: shapes must be [subjects, points, 3], but is [${shapes.shape}]`);
  const dataset = {
    imageSize,
    images: images.data,
    subjects: arrayOf(file, arrays, 'subjects', Uint32Array).data,
    rotations: arrayOf(file, arrays, 'rotations', Float32Array).data,
    translations: arrayOf(file, arrays, 'translations', Float32Array).data,
    shapes: shapes.data,
    points: shapes.shape[1],
  };
  const { subjects, rotations, translations } = dataset;
  if (subjects.length !== count || rotations.length !== 4 * count || translations.length !== 3 * count)
    throw new Error(`${file} must hold a subject and a pose for each of its ${count} images`);
  const missing = subjects.findIndex((s) => s >= shapes.shape[0]);
  if (missing >= 0)
    throw new Error(`${file}: image ${missing} shows subject ${subjects[missing]}, but there are ${shapes.shape[0]}`);
  return dataset;
}

function arrayOf<T extends Float32Array | Uint8Array | Uint32Array>(
  file: string,
  arrays: Arrays,
  name: string,
  type: abstract new (...args: never[]) => T,
): { data: T; shape: number[] } {
  const array = arrays[name];
  if (!(array?.data instanceof type)) throw new Error(`${file} must hold an array "${name}" of type ${type.name}`);
  return array as { data: T; shape: number[] };
}

/** A batch on TensorFlow's side of the border. */
export interface Batch {
  /** [batch, size, size, 3], from -1 to 1 */
  images: Tensor4D;
  /** Shapes [batch, N, 3] cm, and camera poses: rotation [batch, 4], translation [batch, 3] cm. */
  truth: { shape: Tensor3D; rotation: Tensor2D; translation: Tensor2D };
}

/** Makes tensors of some images and their truth; the caller owns them (`tf.tidy`). */
export function batch(dataset: Dataset, indices: ArrayLike<number>): Batch {
  const { points } = dataset;
  const count = indices.length;
  const shapes = new Float32Array(count * 3 * points);
  const rotations = new Float32Array(count * 4);
  const translations = new Float32Array(count * 3);
  for (let b = 0; b < count; b++) {
    const i = indices[b];
    shapes.set(shapeOf(dataset, i), b * 3 * points);
    rotations.set(dataset.rotations.subarray(4 * i, 4 * i + 4), 4 * b);
    translations.set(dataset.translations.subarray(3 * i, 3 * i + 3), 3 * b);
  }
  return {
    images: imageBatch(dataset, indices),
    truth: {
      shape: tf.tensor3d(shapes, [count, points, 3]),
      rotation: tf.tensor2d(rotations, [count, 4]),
      translation: tf.tensor2d(translations, [count, 3]),
    },
  };
}

/** Some images as a network takes them: [batch, size, size, 3], 0 to 255 mapped to -1 to 1. */
export function imageBatch({ images, imageSize }: Dataset, indices: ArrayLike<number>): Tensor4D {
  const size = imageSize * imageSize * 3;
  const values = new Float32Array(indices.length * size);
  for (let b = 0; b < indices.length; b++) {
    const start = indices[b] * size;
    for (let i = 0; i < size; i++) values[b * size + i] = images[start + i] / 127.5 - 1;
  }
  return tf.tensor4d(values, [indices.length, imageSize, imageSize, 3]);
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
