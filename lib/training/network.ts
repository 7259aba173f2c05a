import type { Tensor, Tensor1D, Tensor2D, Tensor3D, Tensor4D, Variable } from '@tensorflow/tfjs-node-gpu';
import { type Dataset, imageBatch, imageCount } from 'lib/dataset';
import type { Prediction } from 'lib/evaluation';
import type { Quaternion, Vector3 } from 'lib/geometry';
import { rotationMatrices, unitQuaternions } from 'lib/geometry/batched';
import type { Reconstruction } from 'lib/losses';
import type { ShapeBasis } from 'lib/morphable-model';
import type { Random } from 'lib/random';
import { addBias, maxPool, relu, tf } from 'lib/tensorflow';

/** Widths of 3 x 3 convolutions, by block; each block halves the image (`HALVED_BY`). */
export const ENCODERS = {
  /** Four convolutions, for laptops: 0.06 million weights. */
  small: [[16], [32], [64], [64]],
  /** Six convolutions, none at the image's full size, where they cost most: 0.21 million weights. */
  light: [[24], [32], [64, 64], [128, 64]],
  /** Eight convolutions, two for each size of the image: 0.22 million weights. */
  medium: [
    [16, 16],
    [32, 32],
    [64, 64],
    [128, 64],
  ],
  /** The 13 convolutions of VGG-16, configuration D (Simonyan and Zisserman 2015), randomly initialized. */
  vgg16: [
    [64, 64],
    [128, 128],
    [256, 256, 256],
    [512, 512, 512],
    [512, 512, 512],
  ],
} as const;

/**
 * How a block halves the image: by pooling behind its last convolution, or by that convolution itself, which then looks at every
 * second place only (Springenberg et al. 2015) and costs a quarter.
 */
export const HALVED_BY = { small: 'pooling', light: 'stride', medium: 'stride', vgg16: 'pooling' } as const;

export interface NetworkOptions {
  encoder: keyof typeof ENCODERS;
  /** Pixels; a multiple of 16, or of 32 for vgg16. */
  imageSize: number;
  /** Units of each head's one hidden layer; the paper's 256 by default. */
  hiddenUnits?: number;
  /**
   * What the translation's head puts out. 'camera-centre': t itself (the paper). 'head-centre': h, the head's place in the
   * camera's frame, and t = -R(q) h; then turning the camera around the head changes q alone.
   */
  poseOutput: 'camera-centre' | 'head-centre';
  /** A coefficient, in standard deviations, is this times the shape head's output. */
  coefficientScale: number;
}

/** What the network puts out for a batch. */
export interface NetworkOutput extends Reconstruction {
  /** [batch, K] standard deviations */
  coefficients: Tensor2D;
}

/** A network that owns its weights: call `dispose` when done. */
export interface Network {
  readonly variables: Variable[];
  /**
   * @param images  [batch, size, size, 3] from -1 to 1
   * @returns       from which the gradient flows to the variables
   * @throws {RangeError} when images have another size
   */
  forward(images: Tensor4D): NetworkOutput;
  dispose(): void;
}

/**
 * Encoder and three heads that predict coefficients, rotation and translation of a head from its image (section 4.2).
 *
 * The encoder's features go to three perceptrons of one hidden layer; the quaternion is normalized; a frozen linear layer, the
 * morphable model, makes the shape of the coefficients: x = m + Σ_k c_k √λ_k u_k. At the start all heads' last weights are 0, so
 * that whatever the image c = 0, q = [1, 0, 0, 0] and t = [0, 0, -60] cm, exactly.
 *
 * @param basis   the morphable model, on all points or on those that the loss uses
 * @param random  first weights: normal, variance 2 / inputs (He et al. 2015)
 * @throws {RangeError} when the encoder cannot halve `imageSize` as often as it does
 */
export function reconstructionNetwork(basis: ShapeBasis, options: NetworkOptions, random: Random): Network {
  const { encoder, imageSize, hiddenUnits = 256, poseOutput, coefficientScale } = options;
  const shrink = 2 ** ENCODERS[encoder].length;
  if (!(imageSize > 0 && imageSize % shrink === 0))
    throw new RangeError(`imageSize must be a multiple of ${shrink} for the encoder '${encoder}', but is ${imageSize}`);

  const first = firstWeights(random);
  const { encode, channels } = convolutions(encoder, first);
  const features = (imageSize / shrink) ** 2 * channels;
  const head = (start: number[]) => perceptron(features, hiddenUnits, start, first);
  const shapeHead = head(new Array(basis.variances.length).fill(0));
  const rotationHead = head([1, 0, 0, 0]);
  const translationHead = head(poseOutput === 'head-centre' ? [0, 0, 60] : [0, 0, -60]);
  const model = frozenModel(basis);

  return {
    variables: first.variables,
    forward: (images) => {
      const [, height, width] = images.shape;
      if (height !== imageSize || width !== imageSize)
        throw new RangeError(
          `images must be [batch, ${imageSize}, ${imageSize}, 3], but are [${images.shape.join(', ')}]`,
        );
      return tf.tidy(() => {
        const encoded = tf.reshape(encode(images), [-1, features]) as Tensor2D;
        const coefficients = tf.mul(shapeHead(encoded), coefficientScale) as Tensor2D;
        const rotation = unitQuaternions(rotationHead(encoded));
        const place = translationHead(encoded);
        const translation = poseOutput === 'camera-centre' ? place : cameraCentre(rotation, place);
        const shape = model.shapeOf(coefficients);
        // returned as a record of tensors, so that the surrounding tidy keeps them
        return { coefficients, shape, rotation, translation } as unknown as Tensor;
      }) as unknown as NetworkOutput;
    },
    dispose: () => {
      tf.dispose(first.variables);
      model.dispose();
    },
  };
}

/** Makes variables one after the other, each of random numbers of its own. */
function firstWeights(random: Random) {
  const variables: Variable[] = [];
  const variable = (shape: number[], value: (i: number) => number) => {
    const size = shape.reduce((a, b) => a * b, 1);
    const made = tf.tidy(() =>
      tf.variable(
        tf.tensor(
          Float32Array.from({ length: size }, (_, i) => value(i)),
          shape,
        ),
      ),
    );
    variables.push(made);
    return made as Tensor;
  };
  return {
    variables,
    weights: (shape: number[], inputs: number) => {
      const stream = random.fork(`weights ${variables.length}`);
      return variable(shape, () => Math.sqrt(2 / inputs) * stream.normal());
    },
    zeros: (shape: number[]) => variable(shape, () => 0),
    vector: (values: number[]) => variable([values.length], (i) => values[i]),
  };
}
type FirstWeights = ReturnType<typeof firstWeights>;

/** An encoder's convolutions, and how many channels the last one has. */
function convolutions(encoder: keyof typeof ENCODERS, first: FirstWeights) {
  let channels = 3;
  const blocks = ENCODERS[encoder].map((widths) =>
    widths.map((width) => {
      const layer = {
        kernel: first.weights([3, 3, channels, width], 9 * channels) as Tensor4D,
        bias: first.zeros([width]) as Tensor1D,
      };
      channels = width;
      return layer;
    }),
  );
  const pools = HALVED_BY[encoder] === 'pooling';
  const encode = (images: Tensor4D): Tensor4D => {
    let maps: Tensor4D = images;
    for (const block of blocks)
      for (const [i, { kernel, bias }] of block.entries()) {
        const halves = i === block.length - 1;
        const convolved = tf.conv2d(maps, kernel, halves && !pools ? 2 : 1, 'same');
        // the largest of four stays the largest when a bias is added and ReLU taken, which then cost a quarter
        maps = relu(addBias(halves && pools ? maxPool(convolved) : convolved, bias));
      }
    return maps;
  };
  return { encode, channels };
}

/** A perceptron of one hidden layer, which puts out `start` until it has learned. */
function perceptron(features: number, hiddenUnits: number, start: number[], first: FirstWeights) {
  const layers = {
    hidden: first.weights([features, hiddenUnits], features) as Tensor2D,
    hiddenBias: first.zeros([hiddenUnits]) as Tensor1D,
    output: first.zeros([hiddenUnits, start.length]) as Tensor2D,
    outputBias: first.vector(start) as Tensor1D,
  };
  return (input: Tensor2D) =>
    addBias(
      tf.matMul(relu(addBias(tf.matMul(input, layers.hidden), layers.hiddenBias)), layers.output),
      layers.outputBias,
    ) as Tensor2D;
}

/** The morphable model as a linear layer that nothing trains. */
function frozenModel(basis: ShapeBasis) {
  const points = basis.mean.shape[0];
  const mean = tf.tensor1d(basis.mean.data);
  const scaledComponents = tf.tidy(() =>
    tf.mul(
      tf.tensor2d(basis.components.data, [basis.variances.length, 3 * points]),
      tf.tensor2d(Float32Array.from(basis.variances, Math.sqrt), [basis.variances.length, 1]),
    ),
  ) as Tensor2D;
  return {
    /** [batch, points, 3] of coefficients [batch, K] */
    shapeOf: (coefficients: Tensor2D) =>
      tf.reshape(addBias(tf.matMul(coefficients, scaledComponents), mean), [-1, points, 3]) as Tensor3D,
    dispose: () => tf.dispose([mean, scaledComponents]),
  };
}

/** t = -R(q) h; as rows, -h R^T. */
const cameraCentre = (rotation: Tensor2D, headCentre: Tensor2D): Tensor2D =>
  tf.neg(tf.squeeze(tf.matMul(tf.expandDims(headCentre, 1), rotationMatrices(rotation), false, true), [1])) as Tensor2D;

/** The network's outputs for all images of a split, in order. */
export async function predictAll(network: Network, dataset: Dataset): Promise<Prediction[]> {
  const results: Prediction[] = [];
  const batchSize = 64;
  for (let start = 0; start < imageCount(dataset); start += batchSize) {
    const indices = Array.from({ length: Math.min(batchSize, imageCount(dataset) - start) }, (_, i) => start + i);
    const images = imageBatch(dataset, indices);
    try {
      results.push(...(await predict(network, images)));
    } finally {
      images.dispose();
    }
  }
  return results;
}

/** The network's outputs for a batch of images, as numbers: the border out of TensorFlow. */
export async function predict(network: Network, images: Tensor4D): Promise<Prediction[]> {
  const output = tf.tidy(() => {
    const { coefficients, rotation, translation } = network.forward(images);
    return tf.concat([rotation, translation, coefficients], 1);
  });
  const values = (await output.data()) as Float32Array;
  const [count, width] = output.shape;
  output.dispose();
  return Array.from({ length: count }, (_, i) => {
    const row = values.subarray(i * width, (i + 1) * width);
    return {
      pose: {
        rotation: [...row.subarray(0, 4)] as unknown as Quaternion,
        translation: [...row.subarray(4, 7)] as unknown as Vector3,
      },
      coefficients: row.slice(7),
    };
  });
}
