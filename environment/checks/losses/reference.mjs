// The losses a second time, from the paper's equations and this project's frames alone, point by point in float64. Arguments
// are those of lib/losses with nested arrays for tensors; their entries are numbers or scalars of ./differentiation.mjs.
import { absolute, atLeast, dot, exponential, minus, over, squareRoot, sum, times } from './differentiation.mjs';

export const DEFAULT_MIN_DEPTH = 5;

const mean = (terms) => times(1 / terms.length, sum(terms));
const difference = (a, b) => a.map((entry, i) => minus(entry, b[i]));
const displaced = (a, b) => a.map((entry, i) => sum([entry, b[i]]));
const scaled = (factor, a) => a.map((entry) => times(factor, entry));
const cross = ([a0, a1, a2], [b0, b1, b2]) => [
  minus(times(a1, b2), times(a2, b1)),
  minus(times(a2, b0), times(a0, b2)),
  minus(times(a0, b1), times(a1, b0)),
];

/** q / |q|. */
function normalized(q) {
  const norm = squareRoot(dot(q, q));
  return q.map((entry) => over(entry, norm));
}

/** The vector part of q v q*, for a unit quaternion: v + 2 q0 (w x v) + 2 w x (w x v), w being q's own vector part. */
function rotated([q0, ...w], v) {
  const half = cross(w, v);
  return displaced(v, scaled(2, displaced(scaled(q0, half), cross(w, half))));
}

const conjugated = ([q0, ...w]) => [q0, ...scaled(-1, w)];

/** [R(q)|t] c: from the camera to the model. */
export const modelCoordinates = (point, { rotation, translation }) =>
  displaced(rotated(normalized(rotation), point), translation);

/** [R(q)|t]^-1 x: from the model to the camera. */
export const cameraCoordinates = (point, { rotation, translation }) =>
  rotated(conjugated(normalized(rotation)), difference(point, translation));

/** Eq. 7 and 8 for a point in the camera's coordinates, u to the right and v down. */
export function imageCoordinates([x, y, z], { focalLengthPixels, principalPointPixels, minDepth = DEFAULT_MIN_DEPTH }) {
  const depth = atLeast(z, minDepth);
  return principalPointPixels.map((c, i) => minus(c, times(focalLengthPixels, over([x, y][i], depth))));
}

/** One of several poses. */
export const poseOf = ({ rotation, translation }, i) => ({ rotation: rotation[i], translation: translation[i] });

/** What the batch's items give, one after the other. */
const perItem = ({ shape }, of) => shape.flatMap((_, item) => of(item));

const squares = (a, b) => difference(a.flat(2), b.flat(2)).map((d) => times(d, d));
const distances = (a, b, norm) => (norm === 'squared' ? squares(a, b) : difference(a.flat(2), b.flat(2)).map(absolute));

export const projectPoints = (shape, rotation, translation, camera) =>
  shape.map((points, item) =>
    points.map((x) => imageCoordinates(cameraCoordinates(x, poseOf({ rotation, translation }, item)), camera)),
  );

/** Eq. 11, its sums replaced by means. */
export function coarseLoss(truth, predicted, { alpha }) {
  const poses = ({ rotation, translation }) => rotation.map((q, item) => [...q, ...translation[item]]);
  const unit = { ...predicted, rotation: predicted.rotation.map(normalized) };
  const shapeTerm = mean(squares(truth.shape, predicted.shape));
  return sum([shapeTerm, times(alpha, mean(squares(poses(truth), poses(unit))))]);
}

/** The terms of eq. 12, their sums replaced by means: shape, rotation, translation. */
const xqtTerms = (truth, predicted) => [
  mean(squares(truth.shape, predicted.shape)),
  mean(squares(truth.rotation, predicted.rotation.map(normalized))),
  mean(squares(truth.translation, predicted.translation)),
];

/** Eq. 12, its sums replaced by means. */
export const xqtLoss = (truth, predicted, { beta, gamma }) => dot([1, beta, gamma], xqtTerms(truth, predicted));

/** Kendall and Cipolla's learned weighting of those terms: sum_i L_i exp(-s_i) + s_i. */
export const learnedWeightingLoss = (truth, predicted, { logVariances }) =>
  sum(
    xqtTerms(truth, predicted).flatMap((term, i) => [
      times(term, exponential(times(-1, logVariances[i]))),
      logVariances[i],
    ]),
  );

/** Eq. 3, its sum replaced by a mean. */
export const coefficientPenalty = (coefficients, { gamma }) =>
  times(gamma, mean(coefficients.flat().map((c) => times(c, c))));

/** Eq. 5, its sum replaced by a mean; in the frame 'camera' with the inverse poses. */
export function geometricAlignmentLoss(truth, predicted, { frame = 'released', norm = 'l1' }) {
  const aligned = frame === 'camera' ? cameraCoordinates : modelCoordinates;
  const placed = (reconstruction) =>
    perItem(reconstruction, (item) => reconstruction.shape[item].map((x) => aligned(x, poseOf(reconstruction, item))));
  return mean(distances(placed(truth), placed(predicted), norm));
}

/** Eq. 6, its sum replaced by a mean. */
export function singleViewReprojectionLoss(truth, predicted, camera, { norm = 'l1' }) {
  const image = ({ shape, rotation, translation }) => projectPoints(shape, rotation, translation, camera);
  return mean(distances(image(truth), image(predicted), norm));
}

/** D of eq. 10: through the predicted camera into its coordinates, and by the true pose back to the model. */
export const distorted = (point, truePose, predictedPose) =>
  modelCoordinates(cameraCoordinates(point, predictedPose), truePose);

/** Eq. 9, its sums over views, points and coordinates replaced by means. */
export function multiviewReprojectionLoss(truth, predicted, views, camera, { norm = 'l1', includeTrueView = false }) {
  const errors = perItem(truth, (item) => {
    const truePose = poseOf(truth, item);
    const moved = predicted.shape[item].map((x) => distorted(x, truePose, poseOf(predicted, item)));
    const itemViews = poseOf(views, item);
    const poses = itemViews.rotation.map((_, v) => poseOf(itemViews, v));
    return [...poses, ...(includeTrueView ? [truePose] : [])].flatMap((pose) => {
      const image = (points) => points.map((x) => imageCoordinates(cameraCoordinates(x, pose), camera));
      return distances(image(truth.shape[item]), image(moved), norm);
    });
  });
  return mean(errors);
}
