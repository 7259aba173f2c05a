export {
  type Checkpoint,
  checkpointArrays,
  readCheckpoint,
  readWeights,
  setWeights,
  writeCheckpoint,
} from './checkpoint';
export { compareRuns, comparison, readTrainingRun } from './compare-runs';
export {
  ENCODERS,
  type Network,
  type NetworkOptions,
  type NetworkOutput,
  predict,
  predictAll,
  reconstructionNetwork,
} from './network';
export {
  balancedWeights,
  objectives,
  startingLogVariances,
  startingTermScales,
  type TermScales,
  viewSamplers,
  withVariables,
} from './objectives';
export {
  type CompleteTrial,
  type SearchOptions,
  type SearchProgress,
  type SearchResult,
  type SearchSpace,
  searchWeights,
  type Trial,
  trialSchema,
} from './search';
export { showTraining } from './show-training';
export { cosineDecay, type Objective, type TrainingOptions, type TrainingProgress, train, trainingStep } from './train';
export { type RunLoss, type RunOptions, type TrainingRun, trainRun } from './train-run';
