import { multiplyQuaternions, normalizeQuaternion, quaternionFromAxisAngle, type Vector3 } from 'lib/geometry';
import type { Random } from 'lib/random';
import { tf } from 'lib/tensorflow';
import type { Views } from './reconstruction';

/** Draws other cameras for each head of a batch. The caller owns the tensors. */
export type ViewSampler = (random: Random, batch: number, views: number) => Views;

/**
 * Random cameras of the training set, each image's as likely as any other's: the virtual views look at a head as real cameras
 * did.
 *
 * @param rotations     [images, 4] modelFromCamera
 * @param translations  [images, 3] cm
 * @throws {RangeError} when there are no cameras, or other numbers of rotations and translations
 */
export function trainingPoseViews(rotations: Float32Array, translations: Float32Array): ViewSampler {
  const images = rotations.length / 4;
  if (!(images >= 1 && translations.length === 3 * images))
    throw new RangeError(
      `rotations and translations must be [images, 4] and [images, 3], but hold ${rotations.length} and ${translations.length} numbers`,
    );
  return fromPoses((random) => {
    const image = random.integer(images);
    return {
      rotation: rotations.subarray(4 * image, 4 * image + 4),
      translation: translations.subarray(3 * image, 3 * image + 3),
    };
  });
}

/**
 * Random cameras that look at the head's origin from anywhere on the cap of directions that the training set's cameras span,
 * each patch of the cap as likely as any of its size, at the training set's distances.
 *
 * The cap is that of all directions within the training set's largest angle θ from -z, where the face looks: the cosine is
 * uniform in [cos θ, 1] (Archimedes), the turn about z in [0, 2π). Unlike `trainingPoseViews`, it draws rare views often.
 *
 * @param translations  [images, 3] cm, the centres of the training set's cameras
 * @throws {RangeError} when there are no cameras
 */
export function sphericalCapViews(translations: Float32Array): ViewSampler {
  const images = translations.length / 3;
  if (images < 1) throw new RangeError('translations must hold at least one camera, but are empty');
  const centre = (image: number): Vector3 => [0, 1, 2].map((i) => translations[3 * image + i]) as unknown as Vector3;
  let leastCosine = 1;
  for (let image = 0; image < images; image++) {
    const [x, y, z] = centre(image);
    leastCosine = Math.min(leastCosine, -z / Math.hypot(x, y, z));
  }
  return fromPoses((random) => {
    const cosine = 1 - random.uniform() * (1 - leastCosine);
    const turn = 2 * Math.PI * random.uniform();
    const distance = Math.hypot(...centre(random.integer(images)));
    return cameraTowardsOrigin(Math.acos(cosine), turn, distance);
  });
}

/**
 * Always the same cameras, for debugging: evenly on a ring around -z, all looking at the head's origin.
 *
 * @param angleDegrees  between -z and each camera, less than 90
 * @param distance      cm, 60 by default
 */
export function ringViews(angleDegrees: number, distance = 60): ViewSampler {
  if (!(angleDegrees >= 0 && angleDegrees < 90))
    throw new RangeError(`angleDegrees must be at least 0 and below 90, but is ${angleDegrees}`);
  if (!(distance > 0)) throw new RangeError(`distance must be positive, in cm, but is ${distance}`);
  return fromPoses((_, view, views) =>
    cameraTowardsOrigin((angleDegrees * Math.PI) / 180, (2 * Math.PI * view) / views, distance),
  );
}

/** A camera whose optical axis meets the origin and whose +y is up as far as it can be. */
function cameraTowardsOrigin(angle: number, turn: number, distance: number): PoseNumbers {
  const direction = [Math.sin(angle) * Math.cos(turn), Math.sin(angle) * Math.sin(turn), -Math.cos(angle)] as const;
  const pitch = Math.asin(direction[1]);
  const yaw = Math.atan2(-direction[0], -direction[2]);
  // about the model's y first, then about the camera's own x: the optical axis becomes -direction
  const rotation = multiplyQuaternions(
    quaternionFromAxisAngle([0, 1, 0], yaw),
    quaternionFromAxisAngle([1, 0, 0], pitch),
  );
  return { rotation: normalizeQuaternion(rotation), translation: direction.map((d) => distance * d) };
}

type PoseNumbers = { rotation: ArrayLike<number>; translation: ArrayLike<number> };

/** A sampler that draws one pose at a time, head by head and view by view. */
function fromPoses(draw: (random: Random, view: number, views: number) => PoseNumbers): ViewSampler {
  return (random, batch, views) => {
    const q = new Float32Array(batch * views * 4);
    const t = new Float32Array(batch * views * 3);
    for (let i = 0; i < batch * views; i++) {
      const { rotation, translation } = draw(random, i % views, views);
      q.set(rotation, 4 * i);
      t.set(translation, 3 * i);
    }
    return { rotation: tf.tensor3d(q, [batch, views, 4]), translation: tf.tensor3d(t, [batch, views, 3]) };
  };
}
