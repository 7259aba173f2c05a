import os from 'node:os';
import { backend } from './load';

/** Where TensorFlow computes, for logs and for the provenance of results. */
export interface Device {
  kind: 'cpu' | 'gpu';
  /** The processor's name; for a GPU just "CUDA", since TensorFlow's C interface does not tell its name. */
  name: string;
  /** TensorFlow's own version, not tfjs's. */
  version: string;
}

/** The device of this process, and the library that runs on it. */
export function device(): Device {
  const { isUsingGpuDevice, binding } = backend();
  const name = isUsingGpuDevice
    ? 'CUDA'
    : `${os.cpus()[0]?.model.trim() ?? 'unknown processor'}, ${os.cpus().length} cores`;
  return { kind: isUsingGpuDevice ? 'gpu' : 'cpu', name, version: binding.TF_Version };
}
