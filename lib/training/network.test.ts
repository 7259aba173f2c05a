import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Tensor, Variable } from '@tensorflow/tfjs-node-gpu';
import { rotate } from 'lib/geometry';
import { instance } from 'lib/morphable-model';
import { createRandom } from 'lib/random';
import { tf } from 'lib/tensorflow';
import { readWeights, setWeights } from './checkpoint';
import { ENCODERS, HALVED_BY, type Network, predict, predictAll } from './network';
import { MODEL, tinyDataset, tinyImages, tinyNetwork } from './tiny-training.fixture';

const arrays = (output: Record<string, Tensor>) =>
  Object.fromEntries(Object.entries(output).map(([name, tensor]) => [name, tensor.arraySync()])) as {
    coefficients: number[][];
    shape: [number, number, number][][];
    rotation: [number, number, number, number][];
    translation: [number, number, number][];
  };

/** Gives a network weights as after some training: nothing is 0 and the outputs differ from image to image. */
async function unsettle(network: Network): Promise<void> {
  const random = createRandom('unsettled');
  const weights = await readWeights(network);
  setWeights(
    network,
    weights.map((w) => w.map((v) => v + 0.3 * random.normal())),
  );
}

const close = (a: number[], b: number[], tolerance = 1e-4) =>
  a.forEach((v, i) => {
    assert.ok(Math.abs(v - b[i]) <= tolerance * (1 + Math.abs(b[i])), `[${a}] should be [${b}]`);
  });

for (const poseOutput of ['head-centre', 'camera-centre'] as const)
  test(`starts with the mean head before the camera, exactly, whatever the image (${poseOutput})`, () => {
    const network = tinyNetwork({ poseOutput });
    tf.tidy(() => {
      const output = arrays({ ...network.forward(tinyImages(5)) });
      for (let i = 0; i < 5; i++) {
        assert.ok(output.coefficients[i].every((c) => c === 0));
        assert.deepEqual(output.rotation[i], [1, 0, 0, 0]);
        // -0 is 0 too
        assert.deepEqual(
          output.translation[i].map((v) => v + 0),
          [0, 0, -60],
        );
        assert.deepEqual(output.shape[i].flat(), [...MODEL.mean.data]);
      }
    });
    network.dispose();
  });

for (const poseOutput of ['head-centre', 'camera-centre'] as const)
  test(`puts out the model’s shape of its coefficients and a unit quaternion (${poseOutput})`, async () => {
    const network = tinyNetwork({ poseOutput });
    await unsettle(network);
    tf.tidy(() => {
      const { coefficients, shape, rotation } = arrays({ ...network.forward(tinyImages(3)) });
      assert.ok(Math.abs(coefficients[0][0] - coefficients[1][0]) > 1e-3, 'images must differ for this test to tell');
      for (let i = 0; i < 3; i++) {
        close(shape[i].flat(), [...instance(MODEL, coefficients[i]).data]);
        assert.ok(Math.abs(Math.hypot(...rotation[i]) - 1) < 1e-6);
      }
    });
    network.dispose();
  });

test('with the head’s centre h as output the camera’s centre is t = -R(q) h', async () => {
  // the two networks have the same weights, so that the one puts out h where the other puts out t
  const [camera, head] = [tinyNetwork({ poseOutput: 'camera-centre' }), tinyNetwork({ poseOutput: 'head-centre' })];
  await unsettle(head);
  setWeights(camera, await readWeights(head));
  tf.tidy(() => {
    const images = tinyImages(4);
    const { translation: h } = arrays({ ...camera.forward(images) });
    const { rotation, translation } = arrays({ ...head.forward(images) });
    for (let i = 0; i < 4; i++) {
      assert.ok(Math.hypot(...rotation[i].slice(1)) > 0.05, 'a turn must be there for this test to tell R from R^T');
      close(
        translation[i],
        rotate(rotation[i], h[i]).map((v) => -v),
      );
    }
  });
  camera.dispose();
  head.dispose();
});

test('coefficientScale scales the coefficients and nothing else', async () => {
  const [one, tenth] = [tinyNetwork({ coefficientScale: 1 }), tinyNetwork({ coefficientScale: 0.1 })];
  await unsettle(one);
  setWeights(tenth, await readWeights(one));
  tf.tidy(() => {
    const images = tinyImages(2);
    const [full, scaled] = [arrays({ ...one.forward(images) }), arrays({ ...tenth.forward(images) })];
    close(
      scaled.coefficients.flat(),
      full.coefficients.flat().map((c) => c / 10),
    );
    assert.deepEqual(scaled.rotation, full.rotation);
    assert.deepEqual(scaled.translation, full.translation);
  });
  one.dispose();
  tenth.dispose();
});

const kernels = ({ variables }: Network) => variables.filter((v) => v.shape.length === 4);

test('encoders have the paper’s 13 convolutions, the medium one’s 8, the light one’s 6 and the small one’s 4', () => {
  const widths = (encoder: keyof typeof ENCODERS) => ENCODERS[encoder].flat();
  assert.deepEqual(widths('vgg16'), [64, 64, 128, 128, 256, 256, 256, 512, 512, 512, 512, 512, 512]);
  assert.deepEqual(widths('light'), [24, 32, 64, 64, 128, 64]);
  assert.deepEqual(widths('medium'), [16, 16, 32, 32, 64, 64, 128, 64]);
  const network = tinyNetwork();
  assert.deepEqual(
    kernels(network).map((v) => v.shape),
    [
      [3, 3, 3, 16],
      [3, 3, 16, 32],
      [3, 3, 32, 64],
      [3, 3, 64, 64],
    ],
  );
  const count = (variables: Variable[]) => variables.reduce((sum, v) => sum + v.size, 0);
  // 9 in out + out for each convolution
  assert.equal(count(network.variables.slice(0, 8)), 448 + 4640 + 18496 + 36928);
  network.dispose();
});

test('first weights are normal with variance 2 / inputs', () => {
  const network = tinyNetwork({ hiddenUnits: 64 });
  for (const variable of network.variables.filter((v) => v.shape.length === 4 || v.shape[1] === 64)) {
    const inputs = variable.size / (variable.shape.at(-1) as number);
    const values = Array.from(variable.dataSync());
    const variance = values.reduce((sum, v) => sum + v * v, 0) / values.length;
    // five standard errors of a variance of n normals, √(2/n) of it
    const slack = 5 * Math.sqrt(2 / values.length);
    assert.ok(Math.abs((variance * inputs) / 2 - 1) < slack, `[${variable.shape}] has the variance ${variance}`);
  }
  network.dispose();
});

test('first weights depend on the generator alone', async () => {
  const [first, again, other] = [tinyNetwork(), tinyNetwork(), tinyNetwork({}, 'another')];
  assert.deepEqual(await readWeights(first), await readWeights(again));
  assert.notDeepEqual(await readWeights(first), await readWeights(other));
  for (const network of [first, again, other]) network.dispose();
});

test('predict gives what forward gives, and predictAll the same for a whole split', async () => {
  const network = tinyNetwork();
  await unsettle(network);
  // one more than a batch of predictAll
  const dataset = tinyDataset(65);
  const images = tinyImages(65);
  const before = tf.memory().numTensors;
  const predictions = await predict(network, images);
  const all = await predictAll(network, dataset);
  assert.equal(tf.memory().numTensors, before);
  assert.equal(all.length, 65);
  tf.tidy(() => {
    const { coefficients, rotation, translation } = arrays({ ...network.forward(images) });
    for (const i of [0, 1, 63, 64])
      for (const { coefficients: c, pose } of [predictions[i], all[i]]) {
        close([...c], coefficients[i]);
        close([...pose.rotation], rotation[i]);
        close([...pose.translation], translation[i]);
      }
  });
  images.dispose();
  network.dispose();
});

test('forward keeps its four outputs alone, and dispose gives all back', () => {
  const images = tinyImages(2);
  const before = tf.memory().numTensors;
  const network = tinyNetwork();
  const made = tf.memory().numTensors;
  tf.dispose({ ...network.forward(images) });
  assert.equal(tf.memory().numTensors, made);
  network.dispose();
  assert.equal(tf.memory().numTensors, before);
  images.dispose();
});

test('images of another size than the network’s are refused, and none of them stays in memory', async () => {
  const network = tinyNetwork();
  const before = tf.memory().numTensors;
  await assert.rejects(predictAll(network, tinyDataset(5, 32)), {
    name: 'RangeError',
    message: 'images must be [batch, 16, 16, 3], but are [5, 32, 32, 3]',
  });
  assert.equal(tf.memory().numTensors, before);
  network.dispose();
});

test('says of which number the image’s size must be a multiple', () => {
  assert.throws(
    () => tinyNetwork({ imageSize: 24 }),
    /imageSize must be a multiple of 16 for the encoder 'small', but is 24/,
  );
  assert.throws(
    () => tinyNetwork({ encoder: 'vgg16', imageSize: 48 }),
    /imageSize must be a multiple of 32 for the encoder 'vgg16', but is 48/,
  );
});

for (const [encoder, imageSize] of [
  ['small', 16],
  ['light', 16],
  ['medium', 16],
  ['vgg16', 32],
] as const)
  test(`the ${encoder} encoder and a head are convolution, bias and ReLU in the order of the paper, each block halved`, async () => {
    const network = tinyNetwork({ encoder, imageSize });
    await unsettle(network);
    const random = createRandom('pictures');
    const pixels = Float32Array.from({ length: 2 * imageSize ** 2 * 3 }, () => 2 * random.uniform() - 1);
    tf.tidy(() => {
      const images = tf.tensor4d(pixels, [2, imageSize, imageSize, 3]);
      const weights = [...network.variables] as Tensor[];
      let maps: Tensor = images;
      for (const block of ENCODERS[encoder]) {
        for (const _ of block) {
          const [kernel, bias] = weights.splice(0, 2);
          maps = tf.relu(tf.add(tf.conv2d(maps as typeof images, kernel as typeof images, 1, 'same'), bias));
        }
        maps =
          HALVED_BY[encoder] === 'pooling'
            ? tf.maxPool(maps as typeof images, 2, 2, 'valid')
            : // of each two rows and columns the second: the windows of a convolution with stride 2 begin at the image's corner
              tf.stridedSlice(maps, [0, 1, 1, 0], maps.shape, [1, 2, 2, 1]);
      }
      const [hidden, hiddenBias, out, outBias] = weights;
      const inside = tf.relu(tf.add(tf.matMul(tf.reshape(maps, [2, -1]), hidden), hiddenBias));
      const wanted = tf.mul(tf.add(tf.matMul(inside, out), outBias), 0.1).arraySync() as number[][];
      const { coefficients } = arrays({ ...network.forward(images) });
      for (const i of [0, 1]) close(coefficients[i], wanted[i], 1e-3);
      assert.ok(Math.max(...wanted.flat().map(Math.abs)) > 1);
    });
    network.dispose();
  });
