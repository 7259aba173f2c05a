import assert from 'node:assert/strict';
import { test } from 'node:test';
import ndarray from 'ndarray';
import { edgeCross, triangleMesh } from './triangle-mesh';

test('keeps arrays that are contiguous and copies a transposed one into rows', () => {
  const points = Float32Array.of(0, 0, 0, 1, 0, 0, 0, 1, 0);
  const triangles = Uint32Array.of(0, 1, 2);
  assert.equal(triangleMesh(points, triangles).points.data, points);
  const columns = ndarray(Float32Array.of(0, 1, 0, 0, 0, 1, 0, 0, 0), [3, 3]).transpose(1, 0);
  assert.deepEqual(triangleMesh(columns, triangles).points.data, points);
});

test('a triangle of legs 2 and 3, seen counter-clockwise from +z, has the cross product (0, 0, 6)', () => {
  const points = Float32Array.of(9, 9, 9, 1, 1, 5, 3, 1, 5, 1, 4, 5);
  assert.deepEqual(edgeCross(points, Uint32Array.of(0, 1, 2, 1, 2, 3), 3), [0, 0, 6]);
  assert.deepEqual(edgeCross(points, Uint32Array.of(1, 3, 2), 0), [0, 0, -6]);
  // (9, 9, 9) lies off the plane: (-6, -8, -4) x (-8, -5, -4)
  assert.deepEqual(edgeCross(points, Uint32Array.of(0, 2, 3), 0), [12, 8, -34]);
});

test('says what is wrong with points and triangles', () => {
  const triangles = Uint32Array.of(0, 1, 2);
  const points = new Float32Array(9);
  assert.throws(() => triangleMesh(new Float32Array(8), triangles), /points must hold three numbers a row, but hold 8/);
  assert.throws(
    () => triangleMesh(ndarray(new Float32Array(8), [4, 2]), triangles),
    /points must be \[rows, 3\], but are \[4, 2\]/,
  );
  assert.throws(
    () => triangleMesh(Float32Array.of(0, 0, 0, 0, Number.NaN, 0), triangles),
    /points must be finite, but point 1 has NaN/,
  );
  assert.throws(
    () => triangleMesh(points, Uint32Array.of(0, 1, 2, 0, 2, 3)),
    /triangles must name points 0 to 2, but triangle 1 names 3/,
  );
});
