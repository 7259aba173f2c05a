import assert from 'node:assert/strict';
import { test } from 'node:test';
import ndarray from 'ndarray';
import type { Figure } from './figure';
import { meshFigure } from './mesh';
import { sampleHead } from './sample-head.fixture';

const words = { title: 'A head', howToRead: 'Look at the nose.' };
const triangle = {
  points: ndarray(new Float32Array([0, 0, 0, 4, 0, 0, 0, 3, 1]), [3, 3]),
  triangles: ndarray(new Uint32Array([0, 1, 2]), [1, 3]),
};

// biome-ignore lint/suspicious/noExplicitAny: a test looks into plotly.js' JSON
const plot = (figure: Figure): any => figure.body;

test('a triangle becomes its columns of coordinates and of corners', () => {
  const [trace] = plot(meshFigure({ ...words, panels: [{ mesh: triangle }] })).data;
  assert.equal(trace.type, 'mesh3d');
  assert.deepEqual(
    [trace.x, trace.y, trace.z],
    [
      [0, 4, 0],
      [0, 0, 3],
      [0, 0, 1],
    ].map((c) => new Float32Array(c)),
  );
  assert.deepEqual(
    [trace.i, trace.j, trace.k],
    [[0], [1], [2]].map((c) => new Uint16Array(c)),
  );
});

test('points in a transposed array are read by their strides', () => {
  const points = ndarray(new Float32Array([0, 4, 0, 0, 0, 3, 0, 0, 1]), [3, 3], [1, 3]);
  const [trace] = plot(meshFigure({ ...words, panels: [{ mesh: { ...triangle, points } }] })).data;
  assert.deepEqual(trace.x, new Float32Array([0, 4, 0]));
});

test('the camera stands on -z with +y up and no stretching', () => {
  const { scene } = plot(meshFigure({ ...words, panels: [{ mesh: triangle }] })).layout;
  assert.ok(scene.camera.eye.z < 0 && scene.camera.eye.x === 0);
  assert.deepEqual(scene.camera.up, { x: 0, y: 1, z: 0 });
  // 4 x 3 x 1, divided by the cube root of 12
  const { x, y, z } = scene.aspectratio;
  assert.equal(scene.aspectmode, 'manual');
  for (const [side, length] of [
    [x, 4],
    [y, 3],
    [z, 1],
  ])
    assert.ok(Math.abs(side - length / Math.cbrt(12)) < 1e-12);
});

test('long and high scenes are seen from as far as they ask', () => {
  const box = { ...triangle, points: ndarray(new Float32Array([0, 0, 0, 2, 0, 16, 0, 2, 0]), [3, 3]) };
  const { eye } = plot(meshFigure({ ...words, panels: [{ mesh: box }] })).layout.scene.camera;
  // sides 2, 2 and 16 with product 64 become 0.5, 0.5 and 4
  assert.ok(Math.abs(eye.z + 1.93 * 0.5 * Math.sqrt(0.25 + 0.25 + 16)) < 1e-12, String(eye.z));
  const high = { ...triangle, points: ndarray(new Float32Array([0, 0, 0, 2, 16, 2, 0, 2, 0]), [3, 3]) };
  const seen = plot(meshFigure({ ...words, panels: [{ mesh: high }] })).layout.scene.camera;
  assert.ok(Math.abs(seen.eye.z + (1.2 * 2) / Math.tan(Math.PI / 8)) < 1e-12, String(seen.eye.z));
  // with axes the nearest corners must be seen, 0.25 before the middle
  const withAxes = plot(meshFigure({ ...words, panels: [{ mesh: high }], axes: true })).layout.scene.camera;
  assert.ok(Math.abs(withAxes.eye.z + 0.25 + (1.2 * 2) / Math.tan(Math.PI / 8)) < 1e-12, String(withAxes.eye.z));
});

test('landmarks beside the surface widen the extent of all panels', () => {
  const landmarks = ndarray(new Float32Array([9, 1, 1]), [1, 3]);
  const { layout } = plot(meshFigure({ ...words, panels: [{ mesh: triangle }, { mesh: triangle, landmarks }] }));
  for (const scene of [layout.scene, layout.scene2]) {
    assert.deepEqual(scene.xaxis.range, [0, 9]);
    assert.ok(Math.abs(scene.aspectratio.x / scene.aspectratio.y - 3) < 1e-12);
  }
});

test('all panels show one extent in centimetres, and each has its own scene', () => {
  const large = { ...triangle, points: ndarray(new Float32Array([0, 0, 0, 9, 0, 0, 0, -2, 1]), [3, 3]) };
  const { data, layout } = plot(meshFigure({ ...words, axes: true, panels: [{ mesh: triangle }, { mesh: large }] }));
  assert.deepEqual(
    data.map((trace: { scene: string }) => trace.scene),
    ['scene', 'scene2'],
  );
  for (const scene of [layout.scene, layout.scene2]) {
    assert.deepEqual(scene.xaxis.range, [0, 9]);
    assert.deepEqual(scene.yaxis.range, [-2, 3]);
    assert.equal(scene.xaxis.title.text, 'x (cm)');
  }
  assert.ok(layout.scene.domain.x[1] <= layout.scene2.domain.x[0]);
});

test('colours are written one a point', () => {
  const vertexColours = new Uint8Array([255, 0, 0, 0, 255, 0, 1, 2, 3]);
  const [trace] = plot(meshFigure({ ...words, panels: [{ mesh: triangle, vertexColours }] })).data;
  assert.deepEqual(trace.vertexcolor, ['#ff0000', '#00ff00', '#010203']);
});

test('the text alternative counts points, triangles and landmarks', () => {
  const mesh = sampleHead(4);
  const landmarks = ndarray(new Float32Array(6), [2, 3]);
  assert.equal(
    meshFigure({ ...words, panels: [{ name: 'scan', mesh, landmarks }] }).alternative,
    'scan: a surface of 40 points and 64 triangles with 2 landmarks. View: front.',
  );
});

test('errors name what is wrong', () => {
  assert.throws(
    () => meshFigure({ ...words, panels: [] }),
    /panels of "A head" must hold at least one mesh, but are empty/,
  );
  assert.throws(
    () => meshFigure({ ...words, panels: [{ mesh: triangle, vertexColours: new Uint8Array(4) }] }),
    /vertexColours of panel 0 must hold 3 x 3 bytes, but hold 4/,
  );
});
