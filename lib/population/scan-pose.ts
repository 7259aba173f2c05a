import { normalizeQuaternion, type Pose } from 'lib/geometry';
import type { Random } from 'lib/random';

/** A scanner's origin is within this distance of the head's along each axis, cm. */
const FARTHEST = 60;

/**
 * Draws scanFromModel, which takes a head's own coordinates to a scanner's: any rotation, each as likely as any other (a normal
 * vector of four numbers has no favoured direction), and up to 60 cm along each axis.
 */
export function randomScanPose(random: Random): Pose {
  const rotation = normalizeQuaternion([random.normal(), random.normal(), random.normal(), random.normal()]);
  const along = () => FARTHEST * (2 * random.uniform() - 1);
  return { rotation, translation: [along(), along(), along()] };
}
