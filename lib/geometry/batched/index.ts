export { cameraPoints, modelPoints, projectPoints, rotatedRows } from './project-points';
export { rotationMatrices } from './rotation-matrices';
