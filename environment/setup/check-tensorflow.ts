// The last step of set-up: TensorFlow multiplies two matrices, and says where.
import { device, tf } from 'lib/tensorflow';

const product = tf
  .matMul(tf.tensor2d([1, 2, 3, 4], [2, 2]), tf.tensor2d([5, 6, 7, 8], [2, 2]))
  .dataSync()
  .join(' ');
if (product !== '19 22 43 50') throw new Error(`[1 2; 3 4] [5 6; 7 8] must be 19 22 43 50, but is ${product}`);
const { kind, name, version } = device();
console.log(`  TensorFlow ${version} runs on the ${kind.toUpperCase()} (${name}).`);
