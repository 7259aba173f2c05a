import { multiplyQuaternions, normalizeQuaternion, type Pose, quaternionFromAxisAngle, rotate } from 'lib/geometry';
import type { Random } from 'lib/random';

/** Where cameras stand around a head: normal distributions, in degrees and cm. */
export interface ViewDistribution {
  /** Standard deviation of the turn about the head's vertical axis, and the angle beyond which a turn is drawn again. */
  yawDegrees: number;
  maxYawDegrees: number;
  /** Standard deviations, about the camera's own x axis and about its optical axis. */
  pitchDegrees: number;
  rollDegrees: number;
  distance: { mean: number; deviation: number };
  /** Standard deviation of the head's place beside the optical axis, cm. */
  offset: number;
}

/**
 * Draws a camera that looks at a head at the model's origin.
 *
 * Its rotation is q = yaw about y, then pitch about the turned x, then roll about the turned z; the head stands at
 * h = (offset, offset, distance) in the camera's frame, so that the camera's centre is t = -R(q) h.
 *
 * With deviations of 35 degrees of yaw, cut at 85, and 8 of pitch, camera angles (`cameraAngleDegrees`) are most frequent
 * between 10 and 20 degrees and fall off from there, as in the paper's Figure 4; 3 % are at 70 degrees or more.
 *
 * @returns modelFromCamera, with q0 >= 0
 */
export function sampleView(distribution: ViewDistribution, random: Random): Pose {
  const radians = (degrees: number) => (degrees * Math.PI) / 180;
  const { yawDegrees, maxYawDegrees, pitchDegrees, rollDegrees, distance, offset } = distribution;
  let yaw: number;
  do yaw = yawDegrees * random.normal();
  while (Math.abs(yaw) > maxYawDegrees);
  const turns = [
    quaternionFromAxisAngle([0, 1, 0], radians(yaw)),
    quaternionFromAxisAngle([1, 0, 0], radians(pitchDegrees * random.normal())),
    quaternionFromAxisAngle([0, 0, 1], radians(rollDegrees * random.normal())),
  ];
  const rotation = normalizeQuaternion(turns.reduce(multiplyQuaternions));
  const [x, y, z] = rotate(rotation, [
    offset * random.normal(),
    offset * random.normal(),
    distance.mean + distance.deviation * random.normal(),
  ]);
  return { rotation, translation: [-x, -y, -z] };
}

/**
 * How many views each subject gets so that they are `perSubject` on average: the whole number below or above, spread evenly.
 */
export function viewCounts(subjects: number, perSubject: number): number[] {
  return Array.from(
    { length: subjects },
    (_, s) => Math.floor((s + 1) * perSubject + 1e-9) - Math.floor(s * perSubject + 1e-9),
  );
}
