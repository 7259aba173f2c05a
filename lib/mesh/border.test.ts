import assert from 'node:assert/strict';
import { test } from 'node:test';
import { borderEdges, borderPoints, isOnBorder, nonManifoldEdges } from './border';
import { unitCube } from './surface.fixture';
import { SurfaceIndex } from './surface-index';
import { triangleMesh } from './triangle-mesh';

test('a closed surface has no border', () => {
  assert.equal(borderEdges(unitCube()).length, 0);
  assert.ok(borderPoints(unitCube()).every((flag) => flag === 0));
});

test('two triangles have the four outer edges, and not the one that they share', () => {
  const square = triangleMesh(
    Float32Array.of(0, 0, 0, 1, 0, 0, 1, 1, 0, 0, 1, 0, 5, 5, 5),
    Uint32Array.of(0, 1, 2, 2, 3, 0),
  );
  assert.deepEqual([...borderEdges(square)], [0, 1, 0, 3, 1, 2, 2, 3]);
  assert.deepEqual([...borderPoints(square)], [1, 1, 1, 1, 0]);
});

test('an edge of three triangles is no border', () => {
  const fin = triangleMesh(
    Float32Array.of(0, 0, 0, 0, 0, 1, 1, 0, 0, -1, 1, 0, -1, -1, 0),
    Uint32Array.of(0, 1, 2, 0, 1, 3, 1, 0, 4),
  );
  assert.deepEqual([...borderEdges(fin)], [0, 2, 0, 3, 0, 4, 1, 2, 1, 3, 1, 4]);
});

test('non-manifold edges are those of three triangles or more', () => {
  assert.equal(nonManifoldEdges(unitCube()).length, 0);
  const fin = triangleMesh(
    Float32Array.of(0, 0, 0, 0, 0, 1, 1, 0, 0, -1, 1, 0, -1, -1, 0),
    Uint32Array.of(0, 1, 2, 0, 1, 3, 1, 0, 4),
  );
  assert.deepEqual([...nonManifoldEdges(fin)], [0, 1]);
});

test('a nearest point is on the border on a border’s edge and corner, not inside a triangle nor on an inner edge to an inner point', () => {
  // a square around its centre: four triangles, whose outer points are the border
  const square = triangleMesh(
    Float32Array.of(0, 0, 0, 2, 0, 0, 2, 2, 0, 0, 2, 0, 1, 1, 0),
    Uint32Array.of(0, 1, 4, 1, 2, 4, 2, 3, 4, 3, 0, 4),
  );
  const places = [
    [1, -1, 0],
    [3, 3, 1],
    [1, 0.4, 1],
    [0.5, 0.5, 1],
    [1, 1, 2],
  ];
  const closest = new SurfaceIndex(square).closestPoints(Float64Array.from(places.flat()));
  assert.deepEqual(
    places.map((_, n) => isOnBorder(closest, n, square, borderPoints(square))),
    [true, true, false, false, false],
  );
  // all points of a lone triangle are on its border, what is inside is not
  const lone = triangleMesh(Float32Array.of(0, 0, 0, 3, 0, 0, 0, 3, 0), Uint32Array.of(0, 1, 2));
  const inside = new SurfaceIndex(lone).closestPoints(Float64Array.of(1, 1, 1, 5, 5, 0));
  assert.deepEqual(
    [0, 1].map((n) => isOnBorder(inside, n, lone, borderPoints(lone))),
    [false, true],
  );
});
