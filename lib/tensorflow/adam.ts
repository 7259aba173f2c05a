import type { Tensor, Variable } from '@tensorflow/tfjs-node-gpu';
import { floatAttribute } from './fused-ops';
import { type Attribute, backend, tf } from './load';

const FIRST_MOMENT_DECAY = 0.9;
const SECOND_MOMENT_DECAY = 0.999;
const EPSILON = 1e-8;

/** Everything that Adam remembers between two steps, beside the weights themselves. */
export interface AdamState {
  steps: number;
  /** In the order of the variables. */
  firstMoments: Float32Array[];
  secondMoments: Float32Array[];
}

/**
 * Adam (Kingma and Ba 2015) by TensorFlow's own operation, which updates weights and moments in place.
 *
 * With m, v the moving averages of gradient and squared gradient (decays 0.9 and 0.999) after step k:
 * w ← w - rate √(1 - 0.999^k) / (1 - 0.9^k) · m / (√v + 1e-8).
 *
 * Owns TensorFlow memory: call `dispose` when done.
 */
export class Adam {
  private steps = 0;
  private readonly slots: { weight: Tensor; first: Tensor; second: Tensor }[];

  constructor(private readonly variables: Variable[]) {
    this.slots = variables.map((variable) => ({
      weight: resource(variable),
      first: tf.tidy(() => resource(tf.zerosLike(variable))),
      second: tf.tidy(() => resource(tf.zerosLike(variable))),
    }));
  }

  /**
   * Moves every variable one step against its gradient.
   *
   * @param gradients  one for each variable, in the constructor's order
   */
  step(gradients: Tensor[], learningRate: number): void {
    if (gradients.length !== this.variables.length)
      throw new RangeError(
        `gradients must be ${this.variables.length}, one for each variable, but are ${gradients.length}`,
      );
    this.steps++;
    tf.tidy(() => {
      const scalars = [
        FIRST_MOMENT_DECAY ** this.steps,
        SECOND_MOMENT_DECAY ** this.steps,
        learningRate,
        FIRST_MOMENT_DECAY,
        SECOND_MOMENT_DECAY,
        EPSILON,
      ].map((value) => tf.scalar(value));
      const flags = ['use_locking', 'use_nesterov'].map((name) => ({
        name,
        type: backend().binding.TF_ATTR_BOOL,
        value: false,
      }));
      this.slots.forEach(({ weight, first, second }, i) => {
        backend().executeMultipleOutputs(
          'ResourceApplyAdam',
          [floatAttribute('T'), ...flags],
          [weight, first, second, ...scalars, gradients[i]],
          0,
        );
        this.variables[i].assign(read(weight));
      });
    });
  }

  async state(): Promise<AdamState> {
    const values = (slot: Tensor) => {
      const tensor = read(slot);
      return tensor.data().then((data) => {
        tensor.dispose();
        return Float32Array.from(data as Float32Array);
      });
    };
    return {
      steps: this.steps,
      firstMoments: await Promise.all(this.slots.map((s) => values(s.first))),
      secondMoments: await Promise.all(this.slots.map((s) => values(s.second))),
    };
  }

  /** Takes over a state, and the variables' present values as the weights. */
  restore(state: AdamState): void {
    this.steps = state.steps;
    tf.tidy(() =>
      this.slots.forEach((slot, i) => {
        const { shape } = this.variables[i];
        write(slot.weight, this.variables[i]);
        write(slot.first, tf.tensor(state.firstMoments[i], shape));
        write(slot.second, tf.tensor(state.secondMoments[i], shape));
      }),
    );
  }

  dispose(): void {
    for (const slot of this.slots)
      for (const handle of [slot.weight, slot.first, slot.second]) {
        const ignoreLost: Attribute = {
          name: 'ignore_lookup_error',
          type: backend().binding.TF_ATTR_BOOL,
          value: true,
        };
        backend().executeMultipleOutputs('DestroyResourceOp', [ignoreLost], [handle], 0);
        handle.dispose();
      }
  }
}

let resources = 0;
const float = () => floatAttribute('dtype');

/** A TensorFlow variable that holds the tensor's values; its handle outlives any tidy. */
function resource(initial: Tensor): Tensor {
  const { binding } = backend();
  const handle = tf.keep(
    backend().executeSingleOutput(
      'VarHandleOp',
      [
        float(),
        { name: 'shape', type: binding.TF_ATTR_SHAPE, value: initial.shape },
        { name: 'shared_name', type: binding.TF_ATTR_STRING, value: `adam-${resources++}` },
        { name: 'container', type: binding.TF_ATTR_STRING, value: '' },
      ],
      [],
    ),
  );
  write(handle, initial);
  return handle;
}

const write = (handle: Tensor, value: Tensor) =>
  backend().executeMultipleOutputs('AssignVariableOp', [float()], [handle, value], 0);
const read = (handle: Tensor) => backend().executeSingleOutput('ReadVariableOp', [float()], [handle]);
