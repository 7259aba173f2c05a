// Every loss of a library beside the reference, on the same cases: values, gradients and image coordinates.
import { differentiate, variable } from './differentiation.mjs';
import * as reference from './reference.mjs';

/** Relative for values and gradients; a gradient's is relative to its tensor's largest entry. */
export const BARS = { value: 1e-5, gradient: 1e-4, pixels: 1e-3 };
/**
 * An image coordinate further than this from the principal point, far outside of any image, has its bar grow with that
 * distance: close to the camera float32's rounding of the depth is magnified by it.
 */
const NEAR_PIXELS = 1000;

const POSE_AND_SHAPE = ['shape', 'rotation', 'translation'];
const named = (name, options) => [name, ...Object.entries(options).map(([key, value]) => `${key} ${value}`)].join(', ');

/** A loss's name, what its gradient is taken for, and its call, the same for the library and the reference. */
const LOSSES = [
  ['Coarse', POSE_AND_SHAPE, (l, c) => l.coarseLoss(c.truth, c.predicted, { alpha: c.alpha })],
  ['XQT', POSE_AND_SHAPE, (l, c) => l.xqtLoss(c.truth, c.predicted, { beta: c.beta, gamma: c.gamma })],
  [
    'learned weighting',
    [...POSE_AND_SHAPE, 'logVariances'],
    (l, c) => l.learnedWeightingLoss(c.truth, c.predicted, { logVariances: c.logVariances }),
  ],
  ['coefficient penalty', ['coefficients'], (l, c) => l.coefficientPenalty(c.coefficients, { gamma: c.gamma })],
  ...[
    {},
    { frame: 'camera', norm: 'l1' },
    { frame: 'released', norm: 'squared' },
    { frame: 'camera', norm: 'squared' },
  ].map((options) => [
    named('GAL', options),
    POSE_AND_SHAPE,
    (l, c) => l.geometricAlignmentLoss(c.truthOfAnyNorm, c.predicted, options),
  ]),
  ...[{}, { norm: 'squared' }].map((options) => [
    named('SRL', options),
    POSE_AND_SHAPE,
    (l, c) => l.singleViewReprojectionLoss(c.truthOfAnyNorm, c.predicted, c.camera, options),
  ]),
  ...[
    {},
    { norm: 'l1', includeTrueView: true },
    { norm: 'squared', includeTrueView: false },
    { norm: 'squared', includeTrueView: true },
  ].map((options) => [
    named('MRL', options),
    POSE_AND_SHAPE,
    (l, c) => l.multiviewReprojectionLoss(c.truthOfAnyNorm, c.predicted, c.views, c.camera, options),
  ]),
];

/**
 * The largest errors of a library's losses.
 *
 * @param library  the functions of lib/losses, and projectPoints of lib/geometry/batched
 * @param tf       the TensorFlow that it computes with
 * @param cases    of drawCases
 * @returns        for each loss and for projectPoints its name and its largest errors, each with the number of its
 *                 case and how many cases break the bar
 */
export function compareLosses(library, tf, cases) {
  const rows = LOSSES.map(([name, wanted, call]) => ({
    name,
    errors: worst(cases.map((drawn) => lossErrors(library, tf, drawn, wanted, call))),
  }));
  return [
    ...rows,
    { name: 'projectPoints', errors: worst(cases.map((drawn) => ({ pixels: pixelError(library, tf, drawn) }))) },
  ];
}

/** Of each kind of error the largest; what is no number breaks the bar. */
function worst(errorsOfCases) {
  return Object.keys(errorsOfCases[0]).map((kind) => {
    const errors = errorsOfCases.map((errors) => errors[kind]);
    const invalid = errors.findIndex(Number.isNaN);
    const largest = invalid >= 0 ? invalid : errors.indexOf(Math.max(...errors));
    const broken = errors.filter((error) => !(error <= BARS[kind])).length;
    return { kind, error: errors[largest], number: largest, broken };
  });
}

function lossErrors(library, tf, drawn, wanted, call) {
  const expected = expectedOf(drawn, wanted, call);
  const actual = actualOf(library, tf, drawn, wanted, call);
  const gradientErrors = expected.gradients.map((gradient, i) => relativeError(actual.gradients[i], gradient));
  return { value: relativeError([actual.value], [expected.value]), gradient: Math.max(...gradientErrors) };
}

/** The case with other entries where a gradient is wanted; of the prediction's three, and of what stands beside it. */
function withInputs(drawn, wanted, inputs) {
  const given = Object.fromEntries(wanted.map((name, i) => [name, inputs[i]]));
  const { shape, rotation, translation, ...beside } = given;
  return { ...drawn, ...beside, predicted: { ...drawn.predicted, ...(shape && { shape, rotation, translation }) } };
}

const inputsOf = (drawn, wanted) => wanted.map((name) => drawn[name] ?? drawn.predicted[name]);

function expectedOf(drawn, wanted, call) {
  const inputs = inputsOf(drawn, wanted).map(variables);
  const loss = call(reference, withInputs(drawn, wanted, inputs));
  differentiate(loss);
  return { value: loss.value, gradients: inputs.map((input) => input.flat(2).map(({ gradient }) => gradient)) };
}

const variables = (entries) => entries.map((entry) => (Array.isArray(entry) ? variables(entry) : variable(entry)));

const actualOf = (library, tf, drawn, wanted, call) =>
  tf.tidy(() => {
    const onTensors = tensorsOf(tf, drawn);
    const { value, grads } = tf.valueAndGrads((...inputs) => call(library, withInputs(onTensors, wanted, inputs)))(
      inputsOf(onTensors, wanted),
    );
    return { value: value.dataSync()[0], gradients: grads.map((gradient) => gradient.dataSync()) };
  });

function tensorsOf(tf, drawn) {
  const tensors = (group) =>
    Object.fromEntries(Object.entries(group).map(([name, entries]) => [name, tf.tensor(entries)]));
  const { truth, truthOfAnyNorm, predicted, views, logVariances, coefficients, ...rest } = drawn;
  return {
    ...rest,
    ...Object.fromEntries(Object.entries({ truth, truthOfAnyNorm, predicted, views }).map(([k, v]) => [k, tensors(v)])),
    ...tensors({ logVariances, coefficients }),
  };
}

/** The largest difference, as a share of the largest expected entry. */
export function relativeError(actual, expected) {
  if (actual.length !== expected.length) return Number.NaN;
  const differences = expected.map((entry, i) => Math.abs(actual[i] - entry));
  return Math.max(...differences) / Math.max(...expected.map(Math.abs));
}

/** The largest difference of an image coordinate in pixels; beyond NEAR_PIXELS in pixels for each NEAR_PIXELS of distance. */
function pixelError(library, tf, { predicted, camera }) {
  const { shape, rotation, translation } = predicted;
  const expected = reference.projectPoints(shape, rotation, translation, camera).flat(2);
  const actual = tf.tidy(() =>
    library.projectPoints(tf.tensor(shape), tf.tensor(rotation), tf.tensor(translation), camera).dataSync(),
  );
  if (actual.length !== expected.length) return Number.NaN;
  const differences = expected.map((entry, i) => {
    const distance = Math.abs(entry - camera.principalPointPixels[i % 2]);
    return Math.abs(actual[i] - entry) / Math.max(1, distance / NEAR_PIXELS);
  });
  return Math.max(...differences);
}
