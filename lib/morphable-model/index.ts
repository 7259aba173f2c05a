export type { Unit } from './files/foreign-model';
export { type ModelFile, parseModel, readModelFile } from './files/read-model-file';
export { type IctFaceKit, readIctFaceKit } from './ict-facekit';
export type { IncompleteShape } from './incomplete-shape';
export { type ModelMetrics, metricsFigure } from './metrics-figure';
export { fitIncompleteShapes, type IncompleteFit } from './missing-vertices';
export { readMorphableModel, writeMorphableModel } from './model-file';
export { compactness, generalization, type ModelMetric, specificity } from './model-metrics';
export { type ModelViewerOptions, modelFigure, showModel } from './model-viewer';
export {
  coefficients,
  instance,
  logpdf,
  type MorphableModel,
  project,
  restrict,
  type ShapeBasis,
  sample,
} from './morphable-model';
export { marginal, type Posterior, posterior } from './posterior';
export { fitPrincipalComponents } from './principal-components';
export type { RegistrationQuality } from './registration/quality';
export { type Registration, registerNonrigid } from './registration/register-nonrigid';
export type { RegistrationTemplate, Scan } from './registration/registration-input';
export type { RegistrationOptions, RegistrationProgress } from './registration/registration-options';
export type { ReadingOptions, Shapes, Source } from './shape-source';
