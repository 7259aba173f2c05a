import type * as Three from 'three';
import type { MeshBVH } from 'three-mesh-bvh';
import type { TriangleMesh } from './triangle-mesh';

/**
 * A hierarchy of boxes over some of a mesh's triangles.
 *
 * @param kept  the triangles, by their number in the mesh
 * @returns     the hierarchy, and the triangles in its order: those of one box are neighbours there
 */
export function boxHierarchy(mesh: TriangleMesh, kept: Uint32Array): { boxes: MeshBVH; order: Uint32Array } {
  const { three, bvh } = packages();
  const index = new Uint32Array(3 * kept.length);
  for (let i = 0; i < kept.length; i++)
    for (let k = 0; k < 3; k++) index[3 * i + k] = mesh.triangles.data[3 * kept[i] + k];
  const geometry = new three.BufferGeometry();
  geometry.setAttribute('position', new three.BufferAttribute(mesh.points.data, 3));
  geometry.setIndex(new three.BufferAttribute(index, 1));
  // indirect: the order of the mesh's own triangles stays, and the hierarchy's is told
  const boxes = new bvh.MeshBVH(geometry, { indirect: true });
  return { boxes, order: kept.map((_, i) => kept[boxes.resolveTriangleIndex(i)]) };
}

let loaded: { three: typeof Three; bvh: typeof import('three-mesh-bvh') } | undefined;

/** The packages, loaded when the first surface is indexed: they take 0.1 s, and most programs index none. */
function packages() {
  // three warns of its CommonJS build, which is the one that the notebooks' kernel can load without waiting
  const before = process.noDeprecation;
  process.noDeprecation = true;
  try {
    loaded ??= { three: require('three'), bvh: require('three-mesh-bvh') };
    return loaded;
  } finally {
    process.noDeprecation = before;
  }
}
