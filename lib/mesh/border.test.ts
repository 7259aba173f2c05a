import assert from 'node:assert/strict';
import { test } from 'node:test';
import { borderEdges, borderPoints, nonManifoldEdges } from './border';
import { unitCube } from './surface.fixture';
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
