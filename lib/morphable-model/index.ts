export { type IctFaceKit, readIctFaceKit } from './ict-facekit';
export { readMorphableModel, writeMorphableModel } from './model-file';
export { coefficients, instance, type MorphableModel, project, restrict, type ShapeBasis } from './morphable-model';
export { fitPrincipalComponents } from './principal-components';
export { type Registration, registerNonrigid } from './registration/register-nonrigid';
export type { RegistrationTemplate, Scan } from './registration/registration-input';
export type { RegistrationOptions, RegistrationProgress } from './registration/registration-options';
