export type { Unit } from './files/foreign-model';
export { type ModelFile, parseModel, readModelFile } from './files/read-model-file';
export { type IctFaceKit, readIctFaceKit } from './ict-facekit';
export { readMorphableModel, writeMorphableModel } from './model-file';
export { coefficients, instance, type MorphableModel, project, restrict, type ShapeBasis } from './morphable-model';
export { fitPrincipalComponents } from './principal-components';
