import { defaultCamera, type Pose, rotationMatrix } from 'lib/geometry';
import type { Random } from 'lib/random';
import { randomBackground } from './background';
import { randomLight } from './picture-light';
import { applySensor, randomSensor } from './picture-sensor';
import { type PictureBuffers, type PictureSurface, renderPicture } from './render-picture';

export interface PhotographOptions {
  /** Width and height, pixels; the camera is the project's default. */
  imageSize: number;
  /** Whether the surface has no holes, so that what looks away may be left out. */
  closed: boolean;
  /** [size, size, 3] bytes to write the picture to */
  into?: Uint8Array;
  buffers?: PictureBuffers;
}

/**
 * Takes a picture of a head as a dataset holds it: in random light, before a random background, through a random sensor.
 *
 * @param surface  in the model frame
 * @param pose     modelFromCamera
 * @param random   is not advanced: light, background, sensor and noise come from its forks of these names
 * @returns        [size, size, 3] sRGB bytes: `options.into` when given
 */
export function photograph(
  surface: PictureSurface,
  pose: Pose,
  random: Random,
  { imageSize, closed, into, buffers }: PhotographOptions,
): Uint8Array {
  const { focalLengthPixels } = defaultCamera(imageSize);
  const picture = renderPicture(
    surface,
    { rotation: rotationMatrix(pose.rotation), centre: pose.translation, focalLengthPixels, size: imageSize },
    randomLight(random.fork('light')),
    {
      background: randomBackground(random.fork('background'), imageSize),
      backFaces: closed ? 'drop' : 'keep',
      into,
      buffers,
    },
  );
  applySensor(picture, imageSize, randomSensor(random.fork('sensor'), imageSize), random.fork('noise'));
  return picture;
}
