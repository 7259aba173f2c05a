import type { Tensor } from '@tensorflow/tfjs-node-gpu';
import { floatAttribute } from './fused-ops';
import { backend } from './load';

/**
 * Whether every number of a tensor is finite, by TensorFlow's own CheckNumerics: it is told by the operation itself, so that the
 * tensor's values need not be fetched from the device.
 *
 * @param tensor  any shape, float32
 */
export function isFiniteTensor(tensor: Tensor): boolean {
  const message = { name: 'message', type: backend().binding.TF_ATTR_STRING, value: '' };
  try {
    backend()
      .executeSingleOutput('CheckNumerics', [floatAttribute('T'), message], [tensor])
      .dispose();
    return true;
  } catch (error) {
    if (/Tensor had (NaN|Inf|-Inf)/.test((error as Error).message)) return false;
    throw error;
  }
}
