import { createRequire } from 'node:module';
import util from 'node:util';
import type * as Tensorflow from '@tensorflow/tfjs-node-gpu';

/**
 * TensorFlow, loaded once for the whole workspace; no other file loads it.
 *
 * The package is called tfjs-node-gpu, but runs on the CPU too: which device it uses is decided by the TensorFlow library
 * that set-up compiled it against, and by the machine.
 */
export const tf: typeof Tensorflow = load();

function load(): typeof Tensorflow {
  // read by TensorFlow's C library while it loads; a value that the user set is kept
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '3';
  // take GPU memory as it is needed, not all of it at once
  process.env.TF_FORCE_GPU_ALLOW_GROWTH ??= 'true';
  // tfjs calls two functions that Node 23 took out
  const legacy = util as unknown as Record<string, (value: unknown) => boolean>;
  legacy.isNullOrUndefined ??= (value) => value === null || value === undefined;
  legacy.isArray ??= Array.isArray;
  try {
    return createRequire(__filename)('@tensorflow/tfjs-node-gpu') as typeof Tensorflow;
  } catch (cause) {
    throw new Error(loadError(cause as Error), { cause });
  }
}

/** The message for a TensorFlow that does not load. */
export function loadError({ message }: Error): string {
  const firstLine = message.trim().split('\n')[0];
  const reason = /native addon module/.test(message)
    ? 'its addon is not compiled yet'
    : /was compiled against a different Node|ERR_DLOPEN|cannot open shared object|undefined symbol|invalid ELF/.test(
          message,
        )
      ? `its addon was compiled for another Node, TensorFlow or machine (${firstLine})`
      : firstLine;
  return `TensorFlow does not load: ${reason}. Run "node environment/setup.mjs" in the workspace's folder; it compiles what is missing.`;
}

/** What TensorFlow's backend offers below tfjs's own functions. */
export interface Backend {
  binding: Record<string, number> & { TF_Version: string };
  isUsingGpuDevice: boolean;
  executeSingleOutput(op: string, attributes: Attribute[], inputs: Tensorflow.Tensor[]): Tensorflow.Tensor;
  executeMultipleOutputs(
    op: string,
    attributes: Attribute[],
    inputs: Tensorflow.Tensor[],
    outputs: number,
  ): Tensorflow.Tensor[];
}

export interface Attribute {
  name: string;
  type: number;
  value: unknown;
}

export const backend = (): Backend => tf.backend() as unknown as Backend;
