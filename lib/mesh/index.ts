export { borderEdges, borderPoints } from './border';
export { encodePng, writePng } from './png';
export { type RasterBuffers, type RasterOptions, rasterBuffers, rasterize } from './rasterize';
export { signedVolume } from './signed-volume';
export { type ClosestPoints, closestPointBuffers, SurfaceIndex } from './surface-index';
export { type TriangleMesh, triangleMesh } from './triangle-mesh';
export { vertexNormals } from './vertex-normals';
export { type ObjLimits, parseObj, readObj } from './wavefront-obj';
