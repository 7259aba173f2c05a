export { geometricAlignmentLoss } from './geometric-alignment-loss';
export { coarseLoss, squaredTerms, xqtLoss } from './multiterm-losses';
export type { Norm, Reconstruction, Views } from './reconstruction';
export { multiviewReprojectionLoss, singleViewReprojectionLoss } from './reprojection-losses';
export { trainingPoseViews, type ViewSampler } from './virtual-views';
