import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clampedShares, drawCases } from './cases.mjs';
import { compareLosses, relativeError } from './comparison.mjs';
import { differentiate, variable } from './differentiation.mjs';
import { library, tf } from './library.mjs';
import * as reference from './reference.mjs';

const camera = { focalLengthPixels: 600, principalPointPixels: [112, 100] };
const quarterTurn = [1, 0, 0, 1];

const brokenRows = (cases, other) =>
  compareLosses({ ...library, ...other }, tf, cases)
    .filter(({ errors }) => errors.some(({ broken }) => broken > 0))
    .map(({ name, errors }) => `${name}: ${errors.filter(({ broken }) => broken > 0).map(({ kind }) => kind)}`);

test('the reference projects a point as by hand', () => {
  // [6, 3, 60] from the camera's centre; turned back by a quarter about z it is [3, -6, 60]
  const project = (rotation) => reference.projectPoints([[[6, 3, 0]]], [rotation], [[0, 0, -60]], camera).flat();
  assert.deepEqual(project([1, 0, 0, 0]), [[52, 70]]);
  const [[u, v]] = project(quarterTurn);
  assert.ok(Math.abs(u - 82) < 1e-12 && Math.abs(v - 160) < 1e-12, `${u}, ${v}`);
});

test('the reference clamps a depth below the smallest one, and differentiates as by hand', () => {
  const truth = { shape: [[[0, 0, 0]]], rotation: [[1, 0, 0, 0]], translation: [[0, 0, -60]] };
  const point = [1, 2, -57].map(variable);
  const loss = reference.singleViewReprojectionLoss(truth, { ...truth, shape: [[point]] }, camera, {});
  differentiate(loss);
  // depth 3, clamped at 5: the image is 120 px to the left and 240 px up; mean over 2, and depth has no slope
  assert.equal(loss.value, 180);
  assert.deepEqual(
    point.map(({ gradient }) => gradient),
    [60, 60, 0],
  );
});

test('the reference aligns in both frames as by hand', () => {
  const at = (rotation) => ({ shape: [[[1, 2, 3]]], rotation: [rotation], translation: [[0, 0, 4]] });
  const loss = (frame) => reference.geometricAlignmentLoss(at([1, 0, 0, 0]), at(quarterTurn), { frame });
  // [1, 2] turned is [-2, 1], turned back [2, -1]; z is the same on both sides
  assert.ok(Math.abs(loss('released') - (3 + 1) / 3) < 1e-12);
  assert.ok(Math.abs(loss('camera') - (1 + 3) / 3) < 1e-12);
});

test("the reference's gradient is that of central differences, also through the quaternion's norm", () => {
  const [{ truth, predicted, views }] = drawCases(1, 2);
  const lossAt = (rotation) =>
    reference.multiviewReprojectionLoss(truth, { ...predicted, rotation }, views, camera, { norm: 'squared' });
  const rotation = predicted.rotation.map((q) => q.map(variable));
  differentiate(lossAt(rotation));
  const step = 1e-6;
  const moved = (i, by) =>
    predicted.rotation.map((q, item) => q.map((entry, j) => entry + (item === 0 && j === i) * by));
  const differences = [0, 1, 2, 3].map((i) => (lossAt(moved(i, step)) - lossAt(moved(i, -step))) / (2 * step));
  assert.ok(
    relativeError(
      rotation[0].map(({ gradient }) => gradient),
      differences,
    ) < 1e-6,
  );
});

test('on 20 cases, many with points at the clamp, the library keeps every bar', () => {
  const cases = drawCases(20, 3);
  const { below, near } = clampedShares(cases);
  assert.ok(below > 0.05 && near > 0.01, `${below}, ${near}`);
  assert.deepEqual(brokenRows(cases), []);
});

test('the comparison sees a value off by 2e-5, and a value that is no number', () => {
  const cases = drawCases(2, 4);
  const times =
    (factor) =>
    (...args) =>
      tf.mul(library.coarseLoss(...args), factor);
  assert.deepEqual(brokenRows(cases, { coarseLoss: times(1.00002) }), ['Coarse: value']);
  assert.deepEqual(brokenRows(cases, { coarseLoss: times(Number.NaN) }), ['Coarse: value,gradient']);
});

test('the comparison sees a gradient that is missing beside right values', () => {
  const stopped = tf.customGrad((x) => ({ value: x.clone(), gradFunc: (slope) => tf.zerosLike(slope) }));
  const xqtLoss = (truth, predicted, options) =>
    library.xqtLoss(truth, { ...predicted, rotation: stopped(predicted.rotation) }, options);
  assert.deepEqual(brokenRows(drawCases(2, 5), { xqtLoss }), ['XQT: gradient']);
});

test('the comparison sees a wrong sign in the projection', () => {
  const projectPoints = (shape, rotation, translation, drawn) =>
    library.projectPoints(shape, rotation, tf.neg(translation), drawn);
  assert.deepEqual(brokenRows(drawCases(2, 6), { projectPoints }), ['projectPoints: pixels']);
});
