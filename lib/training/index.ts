export { type Checkpoint, readCheckpoint, readWeights, setWeights, writeCheckpoint } from './checkpoint';
export {
  ENCODERS,
  type Network,
  type NetworkOptions,
  type NetworkOutput,
  predict,
  predictAll,
  reconstructionNetwork,
} from './network';
export { balancedWeights, objectives, startingTermScales, type TermScales } from './objectives';
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
export { cosineDecay, type Objective, type TrainingOptions, type TrainingProgress, train, trainingStep } from './train';
