export { type Evaluation, readEvaluation } from './evaluation';
export { type Finding, findings } from './findings';
export { componentsFigure, headsFigure, meanMesh, portrait } from './head-figures';
export { headSource, subjectRandom } from './heads';
export { readHistory, type TrainingHistory } from './history';
export { imagesFigure, predictionsFigure } from './image-figures';
export { type NotebookRun, notebookRun } from './notebook-run';
export { PAPER_TABLE_2 } from './paper';
export {
  type LossSpec,
  lossId,
  lossTitle,
  type Profile,
  profileSchema,
  readProfile,
  SPLITS,
  type Split,
  searchSettings,
} from './profile';
export { type Registration, readRegistration, registrationFigures } from './registration';
export { angleFigure, explainedVarianceFigure, paperFigure, resultsFigure, trainingFigure } from './result-figures';
export { evenlySpread, type Heads, headsSchema, type Run, readModelFacts, readRun, runFiles } from './run';
export { readSearch, SEARCHED_LOSSES, type Search, type SearchedLoss } from './search';
export { readSummary, type Summary } from './summary';
