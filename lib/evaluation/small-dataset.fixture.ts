import type { Dataset } from 'lib/dataset';
import type { Pose } from 'lib/geometry';

/** A split whose pictures are empty: errors look at shapes and poses alone. */
export function smallDataset(shapes: number[][], images: { subject: number; pose: Pose }[], imageSize = 8): Dataset {
  return {
    imageSize,
    images: new Uint8Array(images.length * imageSize * imageSize * 3),
    subjects: Uint32Array.from(images, ({ subject }) => subject),
    rotations: Float32Array.from(images.flatMap(({ pose }) => [...pose.rotation])),
    translations: Float32Array.from(images.flatMap(({ pose }) => [...pose.translation])),
    shapes: Float32Array.from(shapes.flat()),
    points: shapes[0].length / 3,
  };
}
