import { tf } from 'lib/tensorflow';
import type { ColourPicture } from './decode-picture';

/**
 * The bytes of a JPEG file.
 *
 * @param quality  1 to 100; what is lost grows as it falls
 */
export async function encodeJpeg({ pixels, width, height }: ColourPicture, quality: number): Promise<Uint8Array> {
  const image = tf.tensor3d(pixels, [height, width, 3], 'int32');
  try {
    return await tf.node.encodeJpeg(image, 'rgb', quality);
  } finally {
    image.dispose();
  }
}
