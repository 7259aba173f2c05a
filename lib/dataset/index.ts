export { type Augmentation, drawChange, type PictureChange, turnedRotation } from './augmentation';
export { randomBackground } from './background';
export { type Batch, type BatchTruth, batch, batchOrder, batchTruth, imageBatch } from './batch';
export { type Dataset, imageCount, pictureOf, poseOf, restrictPoints, shapeOf, symmetrize } from './dataset';
export { type ColourPicture, type DecodedPicture, decodePicture } from './decode-picture';
export { encodeJpeg } from './encode-jpeg';
export { type HardPhotograph, hardPhotograph } from './hard-photograph';
export { type Head, type HeadSource, shapeOfHead } from './head-source';
export { ictHeads, ictLandmarks } from './ict-heads';
export { type PhotographOptions, photograph } from './photograph';
export { lampHarmonics, type PictureLight, randomLight } from './picture-light';
export { type PictureLoader, pictureLoader } from './picture-loader';
export { applySensor, type PictureSensor, randomSensor } from './picture-sensor';
export type { Pixels } from './pixels';
export { populationHeads } from './population-heads';
export {
  type PictureBuffers,
  type PictureSurface,
  pictureBuffers,
  renderPicture,
} from './render-picture';
export { isShardOf, openDataset, planShards, shardFile, writeDataset, writeIndex, writeShard } from './shards';
export { mirrorPicture, mirrorPose, mirrorShape } from './symmetrize';
export { sampleView, type ViewDistribution, viewCounts } from './view-sampler';
export { warpPicture } from './warp-picture';
