import {
  applyHomography,
  type Camera,
  conjugate,
  defaultCamera,
  IDENTITY,
  projectPoints,
  type Quaternion,
  turnHomography,
  turnToPixel,
} from 'lib/geometry';
import type { NdArray } from 'ndarray';
import type { Run } from './run';

/** A box around a head in a picture: left and upper edge, width and height, in pixels. */
export type HeadBox = readonly [number, number, number, number];

/** Where a head's upper and lower end are in training images, when it faces the camera at the mean distance; pixels from the top. */
export interface HeadFraming {
  imageSize: number;
  top: number;
  bottom: number;
}

/** Height of the chin of the embedded population's mean head, cm: below it is the neck. */
const CHIN = -11.5;

/**
 * How training images frame a head: the mean head, in the mean distance of the profile's views, facing the camera.
 *
 * Of the embedded population's heads the neck is left out: a person's box of a head ends at the chin. Of ICT-FaceKit's all points
 * count, which are those of the face.
 *
 * @param mean  of the run's model
 */
export function headFraming(
  { profile, heads }: Pick<Run, 'profile' | 'heads'>,
  mean: NdArray<Float32Array>,
): HeadFraming {
  const { imageSize, views } = profile;
  const pose = { rotation: IDENTITY, translation: [0, 0, -views.distance.mean] } as const;
  const { data } = projectPoints(mean, pose, defaultCamera(imageSize));
  const lowest = heads.source === 'population' ? CHIN : Number.NEGATIVE_INFINITY;
  const rows = [...data.filter((_, i) => i % 2 === 1)].filter((_, n) => mean.get(n, 1) >= lowest);
  return { imageSize, top: Math.min(...rows), bottom: Math.max(...rows) };
}

/** A camera at the place of another one, turned by a rotation that takes its coordinates to the other's. */
export interface TurnedCamera {
  camera: Camera;
  rotation: Quaternion;
}

/**
 * The camera that sees a head of a picture as training images show heads.
 *
 * It stands where the picture's camera stands, looks at the box's vertical middle line, at the height where the axis meets the
 * head in `framing`, and has the focal length with which the box's middle line is as long as there; its principal point is that
 * of training. So the head is in the training image's place and of its size, at whatever distance.
 *
 * @param box  from the crown to the chin, in the picture's pixels
 * @throws {RangeError} when the box reaches so far that no camera sees both its middle and its ends
 */
export function framingCamera(picture: Camera, box: HeadBox, framing: HeadFraming): TurnedCamera {
  const { imageSize, top, bottom } = framing;
  const { principalPointPixels } = defaultCamera(imageSize);
  const [x, y, width, height] = box;
  const middle = x + width / 2;
  const share = (principalPointPixels[1] - top) / (bottom - top);
  const rotation = turnToPixel(picture, [middle, y + share * height]);
  const toUnit = turnHomography(picture, { focalLengthPixels: 1, principalPointPixels: [0, 0] }, conjugate(rotation));
  const [upper, lower] = [y, y + height].map((v) => {
    const { pixel, weight } = applyHomography(toUnit, [middle, v]);
    if (!(weight > 0))
      throw new RangeError(`box must be within a right angle of its middle, but is [${box.join(', ')}]`);
    return pixel;
  });
  const focalLengthPixels = (bottom - top) / Math.hypot(upper[0] - lower[0], upper[1] - lower[1]);
  return { camera: { focalLengthPixels, principalPointPixels }, rotation };
}
