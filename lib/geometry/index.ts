export {
  alignRigid,
  alignSimilarity,
  centroid,
  generalizedProcrustes,
  type Similarity,
  transformPoints,
} from './alignment';
export {
  type Camera,
  cameraCoordinates,
  checkCamera,
  clampedShare,
  DEFAULT_MIN_DEPTH,
  defaultCamera,
  projectPoints,
} from './camera';
export { cameraAngleDegrees, composePoses, invertPose, type Pose, rotate, transformPoint } from './pose';
export {
  conjugate,
  IDENTITY,
  type Matrix3,
  multiplyQuaternions,
  normalizeQuaternion,
  type Quaternion,
  quaternionFromAxisAngle,
  quaternionFromMatrix,
  rotationAngle,
  rotationMatrix,
  type Vector3,
} from './quaternion';
export {
  applyHomography,
  type Pixel,
  poseAtFocalLength,
  turnHomography,
  turnToPixel,
  unturnedPose,
} from './turned-camera';
