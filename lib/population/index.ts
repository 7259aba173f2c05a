export { type HeadPopulation, headPopulation } from './head-population';
export type { LandmarkName, Landmarks } from './landmarks';
export { CORRELATIONS, headMeasures, MEASURE_NAMES, MEASURES, type MeasureName } from './measures';
export { paintHead } from './paint';
export { type Palette, randomPalette, type Sex } from './palette';
export type { RegionName, Regions } from './regions';
export { type Head, headShape, sampleHead } from './sample-head';
export { type Scan, type ScanOptions, type ScanTruth, scanHead } from './scan-head';
export { type HeadTemplate, headTemplate } from './template';
