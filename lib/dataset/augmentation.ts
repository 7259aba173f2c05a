import {
  defaultCamera,
  type Matrix3,
  multiplyQuaternions,
  normalizeQuaternion,
  type Quaternion,
  quaternionFromAxisAngle,
  turnHomography,
  type Vector3,
} from 'lib/geometry';
import type { Random } from 'lib/random';

/** How much a training changes its images each time that it sees them: standard deviations, all zero for none. */
export interface Augmentation {
  /** Degrees, about the optical axis. */
  rollDegrees: number;
  /** Degrees, about each of the image's own axes: 0.5 moves a picture of 224 px by 4 px. */
  turnDegrees: number;
  /** Of brightness and contrast, with half as much for each colour alone; colours go from -1 to 1. */
  colour: number;
}

/** What is done to one picture. */
export interface PictureChange {
  /** Takes coordinates of the camera that the changed picture is of to those of the camera that took the picture. */
  turn: Quaternion;
  /** Takes pixels of the changed picture to those of the picture. */
  homography: Matrix3;
  /** A colour c, from -1 to 1, becomes gain c + offset. */
  gain: Vector3;
  offset: number;
}

/**
 * Draws a change of a picture whose truth stays exact.
 *
 * A camera that turns about its own centre sees the same rays in other places, whatever stands at which depth, so the changed
 * picture is what the turned camera would have taken (but for its noise, and for what lies beyond the picture's edge), and its
 * pose is [R R_turn | t]: `turnedRotation`.
 */
export function drawChange(
  { rollDegrees, turnDegrees, colour }: Augmentation,
  imageSize: number,
  random: Random,
): PictureChange {
  const about = (axis: Vector3, degrees: number) =>
    quaternionFromAxisAngle(axis, ((degrees * Math.PI) / 180) * random.normal());
  const turn = normalizeQuaternion(
    multiplyQuaternions(
      about([0, 0, 1], rollDegrees),
      multiplyQuaternions(about([1, 0, 0], turnDegrees), about([0, 1, 0], turnDegrees)),
    ),
  );
  const camera = defaultCamera(imageSize);
  const contrast = 1 + colour * random.normal();
  const ownGain = () => contrast * (1 + (colour / 2) * random.normal());
  return {
    turn,
    homography: turnHomography(camera, camera, turn),
    gain: [ownGain(), ownGain(), ownGain()],
    offset: colour * random.normal(),
  };
}

/** The rotation of a changed picture's pose, q q_turn with q0 >= 0; its translation, the camera's centre, is the picture's. */
export const turnedRotation = (rotation: Quaternion, { turn }: PictureChange): Quaternion =>
  normalizeQuaternion(multiplyQuaternions(rotation, turn));
