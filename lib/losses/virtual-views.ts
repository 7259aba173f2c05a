import type { Random } from 'lib/random';
import { tf } from 'lib/tensorflow';
import type { Views } from './reconstruction';

/** Draws other cameras for each head of a batch. The caller owns the tensors. */
export type ViewSampler = (random: Random, batch: number, views: number) => Views;

/**
 * Random cameras that are those of the training set, each as likely as its images: the virtual views look at a head as real
 * cameras did.
 *
 * @param rotations     [images, 4] modelFromCamera
 * @param translations  [images, 3] cm
 */
export function trainingPoseViews(rotations: Float32Array, translations: Float32Array): ViewSampler {
  const images = rotations.length / 4;
  return (random, batch, views) => {
    const q = new Float32Array(batch * views * 4);
    const t = new Float32Array(batch * views * 3);
    for (let i = 0; i < batch * views; i++) {
      const image = random.integer(images);
      q.set(rotations.subarray(4 * image, 4 * image + 4), 4 * i);
      t.set(translations.subarray(3 * image, 3 * image + 3), 3 * i);
    }
    return { rotation: tf.tensor3d(q, [batch, views, 4]), translation: tf.tensor3d(t, [batch, views, 3]) };
  };
}
