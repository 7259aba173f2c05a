export { composeRows, inversePoseRows, poseRows } from './pose-rows';
export { projectPoints } from './project-points';
export { rotationMatrices, unitQuaternions } from './rotation-matrices';
