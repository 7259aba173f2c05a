export { type AlignToScanOptions, alignToScan, type ScanAlignment } from './align-to-scan';
export { type BenchmarkCase, type BenchmarkCases, type BenchmarkScan, compareNumberings } from './benchmark-case';
export { bootstrapInterval, type Interval } from './bootstrap';
export type { Trim } from './closest-pairs';
export { readFaceWarehouseCases } from './facewarehouse';
export { meanPose } from './mean-pose';
export { reprojectionError, rotationError, shapeError, translationError } from './metrics';
export { readMiccCases } from './micc';
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
export { type LandmarkedSurface, type ScanError, scanError } from './scan-error';
export {
  protocolText,
  SCAN_PROTOCOLS,
  type ScanProtocol,
  type ScanProtocolName,
  type ScanStatistic,
} from './scan-protocols';
export {
  asRegisteredHead,
  BENCHMARK_LAYOUTS,
  type BenchmarkLayout,
  caseName,
  checkStandIn,
  drawnBox,
  finishStandIn,
  readStandIn,
  readTruth,
  type StandIn,
  writeStandInCase,
} from './stand-in';
