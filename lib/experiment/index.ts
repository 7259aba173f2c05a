export {
  type Cost,
  type CostModel,
  type CostPoint,
  costErrors,
  fitCosts,
  type MeasuredCosts,
  measuredCosts,
  readMeasuredCosts,
  type Stage,
  type StageSize,
} from './cost-model';
export { type Floors, readEvaluation, readFloors } from './evaluation';
export { type Finding, findings } from './findings';
export {
  correlationText,
  datasetTitle,
  scanCorrelationFigure,
  scanHeatmapsFigure,
  scanTableFigure,
} from './generalization-figures';
export { componentsFigure, headsFigure, meanMesh, portrait } from './head-figures';
export {
  framingCamera,
  type HeadBox,
  type HeadFraming,
  headFraming,
  type TurnedCamera,
} from './head-framing';
export { overlayHead } from './head-overlay';
export { headSource, subjectRandom } from './heads';
export { imagesFigure, predictionsFigure } from './image-figures';
export { type ChunkCounts, chunkCounts, type JobSplit, readJobSplit } from './job-split';
export { boxOfLandmarks } from './landmark-box';
export { modelLandmarks } from './model-landmarks';
export { type KeptRun, keptRun, type NotebookRun, notebookRun } from './notebook-run';
export { openQuestions } from './open-questions';
export { PAPER_TABLE_1, PAPER_TABLE_2, PAPER_TABLE_3 } from './paper';
export { cameraAnglesFigure, mostProfileImage, profileHeadsFigure, splitsFigure, viewsFigure } from './paper-figures';
export {
  costsByRule,
  type JobGroup,
  makespan,
  paperGpuSeconds,
  plannedJobs,
  type RuleCost,
} from './planned-jobs';
export {
  type LossSpec,
  lossId,
  lossOf,
  lossTitle,
  mainLosses,
  networkOf,
  type Profile,
  profileSchema,
  readProfile,
  SEARCHED_LOSSES,
  type SearchedLoss,
  SPLITS,
  type Split,
  scheduleOf,
  stepsPerValidation,
  trialSteps,
} from './profile';
export { profileLoss } from './profile-loss';
export { type Registration, readRegistration, registrationFigures } from './registration';
export {
  angleFigure,
  costFigure,
  explainedVarianceFigure,
  paperFigure,
  resultsFigure,
  trainingFigure,
} from './result-figures';
export {
  evenlySpread,
  type Heads,
  type Run,
  type RunFiles,
  readModelFacts,
  readRun,
  readRunModel,
  runFiles,
} from './run';
export {
  MEAN_HEAD,
  readScanEvaluation,
  readScanEvaluations,
  readScanHeatmap,
  type ScanCase,
  type ScanEvaluation,
  type ScanHeatmap,
  type ScanOutcome,
  scanCaseSchema,
  scanCorrelation,
  shownCases,
  writeScanHeatmap,
} from './scan-evaluation';
export { readSearch, type Search } from './search';
export { readSummary, type Summary } from './summary';
export { trainedNetwork } from './trained-network';
export { trainingInputs } from './training-inputs';
