export { coefficientPenalty } from './coefficient-penalty';
export { geometricAlignmentLoss } from './geometric-alignment-loss';
export { coarseLoss, learnedWeightingLoss, squaredTerms, xqtLoss } from './multiterm-losses';
export type { Norm, Reconstruction, Views } from './reconstruction';
export { multiviewReprojectionLoss, singleViewReprojectionLoss } from './reprojection-losses';
export { ringViews, sphericalCapViews, trainingPoseViews, type ViewSampler } from './virtual-views';
