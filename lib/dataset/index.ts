export { randomBackground } from './background';
export {
  type Batch,
  batch,
  batchOrder,
  type Dataset,
  imageBatch,
  imageCount,
  openDataset,
  poseOf,
  restrictPoints,
  shapeOf,
  writeDataset,
} from './dataset';
export { type Head, type HeadSource, shapeOfHead } from './head-source';
export { ictHeads } from './ict-heads';
export { type PhotographOptions, photograph } from './photograph';
export { lampHarmonics, type PictureLight, randomLight } from './picture-light';
export { applySensor, type PictureSensor, randomSensor } from './picture-sensor';
export { populationHeads } from './population-heads';
export {
  type PictureBuffers,
  type PictureSurface,
  pictureBuffers,
  renderPicture,
} from './render-picture';
export { mirrorMap, mirrorPicture, mirrorPose, mirrorShape } from './symmetrize';
export { sampleView, type ViewDistribution, viewCounts } from './view-sampler';
