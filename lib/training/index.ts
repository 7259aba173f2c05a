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
export {
  balancedWeights,
  objectives,
  startingLogVariances,
  startingTermScales,
  type TermScales,
  viewSamplers,
  withVariables,
} from './objectives';
export { cosineDecay, type Objective, type TrainingOptions, type TrainingProgress, train, trainingStep } from './train';
