import type { Scalar, Tensor, Tensor2D, Tensor3D } from '@tensorflow/tfjs-node-gpu';
import { tf } from 'lib/tensorflow';

/** A batch of heads with their cameras: the truth, or what a network predicts. */
export interface Reconstruction {
  /** [batch, points, 3] cm, model frame */
  shape: Tensor3D;
  /** [batch, 4], any non-zero norm, modelFromCamera */
  rotation: Tensor2D;
  /** [batch, 3] cm, the camera's centre in the model frame */
  translation: Tensor2D;
}

/** Other cameras for each head of a batch, modelFromCamera. */
export interface Views {
  /** [batch, views, 4] */
  rotation: Tensor3D;
  /** [batch, views, 3] cm */
  translation: Tensor3D;
}

/** How a difference becomes one number: its mean absolute value (the paper's) or its mean square (the released code's). */
export type Norm = 'l1' | 'squared';

export function meanNorm(difference: Tensor, norm: Norm): Scalar {
  if (norm !== 'l1' && norm !== 'squared') throw new RangeError(`norm must be 'l1' or 'squared', but is '${norm}'`);
  return tf.mean(norm === 'l1' ? tf.abs(difference) : tf.square(difference));
}

/** Throws a RangeError that names the argument when a reconstruction's shapes are wrong or differ from the truth's. */
export function checkReconstructions(truth: Reconstruction, predicted: Reconstruction): void {
  const [batch, points] = truth.shape.shape;
  for (const [name, { shape, rotation, translation }] of Object.entries({ truth, predicted })) {
    check(`${name}.shape`, shape.shape, [batch, points, 3], '[batch, points, 3] in centimetres');
    check(`${name}.rotation`, rotation.shape, [batch, 4], '[batch, 4]');
    check(`${name}.translation`, translation.shape, [batch, 3], '[batch, 3] in centimetres');
  }
}

export function checkViews(views: Views, batch: number): void {
  const count = views.rotation.shape[1];
  check('views.rotation', views.rotation.shape, [batch, count, 4], '[batch, views, 4]');
  check('views.translation', views.translation.shape, [batch, count, 3], '[batch, views, 3] in centimetres');
  if (!(count >= 1)) throw new RangeError('views must hold at least one view for each head, but hold none');
}

function check(name: string, is: number[], wanted: number[], meaning: string): void {
  if (is.length !== wanted.length || is.some((size, i) => size !== wanted[i]))
    throw new RangeError(`${name} must be ${meaning}, here [${wanted.join(', ')}], but is [${is.join(', ')}]`);
}
