export { encodePng, writePng } from './png';
export { type RasterBuffers, type RasterOptions, rasterBuffers, rasterize } from './rasterize';
export { selfIntersections } from './self-intersections';
export { signedVolume } from './signed-volume';
export { type TriangleMesh, triangleMesh } from './triangle-mesh';
export { vertexNormals } from './vertex-normals';
export { type ObjLimits, parseObj, readObj } from './wavefront-obj';
