import type { Tensor, Tensor1D } from '@tensorflow/tfjs-node-gpu';
import { type Attribute, backend, tf } from './load';

// tfjs computes these gradients from many small operations (a comparison, a cast and a product for ReLU; a sum over three
// axes for a bias). TensorFlow has one operation for each. A training step of the small encoder takes 51 ms instead of 80.

/**
 * Rectified linear unit, max(x, 0), with TensorFlow's own gradient: dL/dx = dL/dy where y > 0, else 0.
 *
 * @param x  any shape, float32
 */
export function relu<T extends Tensor>(x: T): T {
  return reluWithGradient(x) as T;
}

/**
 * x + b with b added along the last axis, with TensorFlow's own gradient: dL/db is dL/dy summed over all other axes.
 *
 * @param x     [..., channels]
 * @param bias  [channels]
 */
export function addBias<T extends Tensor>(x: T, bias: Tensor1D): T {
  return addBiasWithGradient(x, bias) as T;
}

export const floatAttribute = (name: string): Attribute => ({
  name,
  type: backend().binding.TF_ATTR_TYPE,
  value: backend().binding.TF_FLOAT,
});
const channelsLast = (): Attribute => ({ name: 'data_format', type: backend().binding.TF_ATTR_STRING, value: 'NHWC' });

const reluWithGradient = tf.customGrad((x, save) => {
  const y = tf.relu(x as Tensor);
  (save as (saved: Tensor[]) => void)([y]);
  return {
    value: y,
    gradFunc: (dy: Tensor, saved: Tensor[]) =>
      backend().executeSingleOutput('ReluGrad', [floatAttribute('T')], [dy, saved[0]]),
  };
});

const addBiasWithGradient = tf.customGrad((x, bias) => ({
  value: backend().executeSingleOutput('BiasAdd', [floatAttribute('T'), channelsLast()], [x as Tensor, bias as Tensor]),
  gradFunc: (dy: Tensor) => [
    dy,
    backend().executeSingleOutput('BiasAddGrad', [floatAttribute('T'), channelsLast()], [dy]),
  ],
}));
