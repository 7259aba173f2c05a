import type * as Three from 'three';
import type { TriangleMesh } from './triangle-mesh';

/** A tree of boxes over triangles; each box holds all triangles below it, and the root is node 0. */
export interface BoxHierarchy {
  /** [nodes, 6] cm: the low corner, then the high one; float32, rounded outwards. */
  boxes: Float32Array;
  /** The second child of a node, whose first child is the next node; 0 for a leaf. */
  second: Uint32Array;
  /** A leaf's triangles are `order[first]` and those after it, as many as `count`. */
  first: Uint32Array;
  count: Uint32Array;
  /** The triangles, by their number in the mesh: those of a box are neighbours here. */
  order: Uint32Array;
}

/**
 * A hierarchy of boxes over some of a mesh's triangles, made by three-mesh-bvh and copied out of it.
 *
 * @param kept  the triangles, by their number in the mesh
 */
export function boxHierarchy(mesh: TriangleMesh, kept: Uint32Array): BoxHierarchy {
  const { three, bvh } = packages();
  const index = new Uint32Array(3 * kept.length);
  for (let i = 0; i < kept.length; i++)
    for (let k = 0; k < 3; k++) index[3 * i + k] = mesh.triangles.data[3 * kept[i] + k];
  const geometry = new three.BufferGeometry();
  geometry.setAttribute('position', new three.BufferAttribute(mesh.points.data, 3));
  geometry.setIndex(new three.BufferAttribute(index, 1));
  // indirect: the order of the mesh's own triangles stays, and the hierarchy's is told
  const made = new bvh.MeshBVH(geometry, { indirect: true });
  // a leaf holds a triangle at least, and there is one inner node less than leaves
  const most = 2 * kept.length - 1;
  const boxes = new Float32Array(6 * most);
  const [second, first, count] = [new Uint32Array(most), new Uint32Array(most), new Uint32Array(most)];
  const parents: number[] = [];
  let nodes = 0;
  // a node comes before its children, and the first child's whole tree before the second child
  made.traverse((depth, isLeaf, box, offset, triangles) => {
    const node = nodes++;
    boxes.set(box, 6 * node);
    if (depth > 0 && parents[depth - 1] !== node - 1) second[parents[depth - 1]] = node;
    parents[depth] = node;
    if (isLeaf) [first[node], count[node]] = [offset as number, triangles];
  });
  return {
    boxes: boxes.slice(0, 6 * nodes),
    second: second.slice(0, nodes),
    first: first.slice(0, nodes),
    count: count.slice(0, nodes),
    order: kept.map((_, i) => kept[made.resolveTriangleIndex(i)]),
  };
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
