import { createRandom } from 'lib/random';
import type { Dataset } from './dataset';
import { sampleView } from './view-sampler';

/**
 * A split of noise pictures with poses around a head at the origin; image i shows subject i modulo their number.
 *
 * @param shapes  one for each subject, [3 N] cm
 */
export function madeUpDataset(
  shapes: ArrayLike<number>[],
  { images, imageSize, seed = 'dataset' }: { images: number; imageSize: number; seed?: string },
): Dataset {
  const random = createRandom(seed);
  const poses = Array.from({ length: images }, (_, i) =>
    sampleView(
      {
        yawDegrees: 30,
        maxYawDegrees: 80,
        pitchDegrees: 8,
        rollDegrees: 4,
        distance: { mean: 62, deviation: 4 },
        offset: 1.2,
      },
      random.fork(i),
    ),
  );
  return {
    imageSize,
    images: Uint8Array.from({ length: images * imageSize ** 2 * 3 }, () => random.integer(256)),
    subjects: Uint32Array.from({ length: images }, (_, i) => i % shapes.length),
    rotations: Float32Array.from(poses.flatMap(({ rotation }) => rotation)),
    translations: Float32Array.from(poses.flatMap(({ translation }) => translation)),
    shapes: Float32Array.from(shapes.flatMap((shape) => Array.from(shape))),
    points: shapes[0].length / 3,
  };
}
