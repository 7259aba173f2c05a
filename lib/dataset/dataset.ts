import type { Pose, Quaternion, Vector3 } from 'lib/geometry';
import { type Pixels, pixelsOf, storeOf } from './pixels';
import { mirrorPose, mirrorShape } from './symmetrize';

/** One split of rendered images with their truth. */
export interface Dataset {
  /** Width and height, pixels. */
  imageSize: number;
  /** [images, size, size, 3] sRGB */
  images: Pixels;
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
  /** [N] the point on the other side of the plane x = 0; absent when heads cannot be mirrored */
  mirror?: Uint32Array;
}

export const imageCount = ({ subjects }: Dataset): number => subjects.length;

/** The camera of an image: modelFromCamera, q0 >= 0, cm. */
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

/** One image's bytes, [size, size, 3]. */
export function pictureOf({ images, imageSize }: Pick<Dataset, 'imageSize' | 'images'>, image: number): Uint8Array {
  const bytes = 3 * imageSize * imageSize;
  return images.subarray(image * bytes, (image + 1) * bytes);
}

/**
 * The same images with some of the shapes' points only, for a loss on a sample of the points.
 *
 * @param indices  which of the N points stay, in this order
 */
export function restrictPoints(dataset: Dataset, indices: Uint32Array): Dataset {
  const heads = dataset.shapes.length / (3 * dataset.points);
  const shapes = new Float32Array(heads * 3 * indices.length);
  for (let s = 0; s < heads; s++)
    for (let n = 0; n < indices.length; n++)
      for (let axis = 0; axis < 3; axis++)
        shapes[(s * indices.length + n) * 3 + axis] = dataset.shapes[(s * dataset.points + indices[n]) * 3 + axis];
  // the mirror images of the points that are left are not all left
  return { ...dataset, shapes, points: indices.length, mirror: undefined };
}

/**
 * The split with every image seen mirrored too, as the paper symmetrizes its training data (section 4.1): of n images,
 * image n + i is image i with its columns, its pose and its subject's shape mirrored (`mirrorPose`, `mirrorShape`).
 *
 * @throws {RangeError} when the split does not say which points are each other's mirror images
 *
 * Shapes are copied; pixels are mirrored when they are read.
 */
export function symmetrize(dataset: Dataset): Dataset {
  const { imageSize, images, subjects, rotations, translations, shapes, points, mirror } = dataset;
  if (!mirror)
    throw new RangeError(
      'dataset must hold a mirror map: of these heads, or of a sample of their points, there is none',
    );
  const count = subjects.length;
  const heads = shapes.length / (3 * points);
  const twice = {
    subjects: new Uint32Array(2 * count),
    rotations: new Float32Array(8 * count),
    translations: new Float32Array(6 * count),
    shapes: new Float32Array(2 * shapes.length),
  };
  twice.subjects.set(subjects);
  twice.rotations.set(rotations);
  twice.translations.set(translations);
  twice.shapes.set(shapes);
  for (let image = 0; image < count; image++) {
    const { rotation, translation } = mirrorPose(poseOf(dataset, image));
    twice.subjects[count + image] = heads + subjects[image];
    twice.rotations.set(rotation, 4 * (count + image));
    twice.translations.set(translation, 3 * (count + image));
  }
  for (let s = 0; s < heads; s++)
    twice.shapes.set(
      mirrorShape(shapes.subarray(3 * points * s, 3 * points * (s + 1)), mirror),
      3 * points * (heads + s),
    );
  return {
    ...dataset,
    ...twice,
    images: pixelsOf({ ...storeOf(images, imageSize), symmetrized: true }),
    // twice the same would be four times each image
    mirror: undefined,
  };
}
