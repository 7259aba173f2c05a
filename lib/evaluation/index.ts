export { bootstrapInterval, type Interval } from './bootstrap';
export { meanPose } from './mean-pose';
export { reprojectionError, rotationError, shapeError, translationError } from './metrics';
export {
  errorsByAngle,
  type MeanErrors,
  mean,
  meanErrors,
  type Prediction,
  REPORTED_IMAGE_SIZE,
  type ReconstructionErrors,
  reconstructionErrors,
  validationScore,
} from './reconstruction-errors';
