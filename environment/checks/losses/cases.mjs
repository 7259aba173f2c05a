// Random reconstructions, cameras and virtual views. All numbers are float32, so that both sides compute on the same ones.
import {
  cameraCoordinates,
  DEFAULT_MIN_DEPTH,
  distorted,
  imageCoordinates,
  modelCoordinates,
  poseOf,
} from './reference.mjs';

/** Float32 moves a point in the camera's or the model's coordinates by less than a fiftieth of this. */
const CLEAR_CENTIMETRES = 1e-3;
/** Float32 moves a point in the image by less than a fiftieth of this, or of the share of its distance to the principal point. */
const CLEAR_PIXELS = 1e-2;
const CLEAR_SHARE = 1e-4;

/** Numbers in [0, 1) from a seed (mulberry32). */
function generator(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Cases from a seed. */
export function drawCases(count, seed) {
  const random = generator(seed);
  return list(count, () => drawCase(random));
}

const list = (length, of) => Array.from({ length }, (_, i) => of(i));
const rounded = (numbers) => numbers.map(Math.fround);

/** Everything that a loss takes. */
function drawCase(random) {
  const between = (low, high) => low + (high - low) * random();
  const whole = (low, high) => Math.floor(between(low, high + 1));
  const logarithmic = (low, high) => Math.exp(between(Math.log(low), Math.log(high)));
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const direction = (length) => {
    const entries = list(length, normal);
    return entries.map((entry) => entry / Math.hypot(...entries));
  };
  const anyNorm = (q) => {
    const factor = logarithmic(0.1, 10);
    return rounded(q.map((entry) => factor * entry));
  };

  const batch = whole(1, 3);
  const camera = {
    focalLengthPixels: Math.fround(between(150, 1200)),
    principalPointPixels: rounded([between(60, 160), between(60, 160)]),
    ...(random() < 0.5 && { minDepth: Math.fround(between(2, 10)) }),
  };

  /** A camera that sees the head's centre, in every second case from so near that the head reaches behind it. */
  const near = random() < 0.5;
  const drawPose = () => {
    const rotation = direction(4);
    const centre = [between(-6, 6), between(-6, 6), near ? between(4, 25) : between(40, 90)];
    const translation = modelCoordinates(centre, { rotation, translation: [0, 0, 0] }).map((entry) => -entry);
    return {
      rotation: rounded(rotation.map((entry) => entry * (rotation[0] < 0 ? -1 : 1))),
      translation: rounded(translation),
    };
  };
  /** Another pose, up to 40 degrees and 15 cm off, its quaternion of any norm and either sign. */
  const drawOff = ({ rotation, translation }) => {
    const angle = (between(2, 40) * Math.PI) / 180;
    const turn = [Math.cos(angle / 2), ...direction(3).map((entry) => entry * Math.sin(angle / 2))];
    const way = direction(3);
    const distance = between(0.5, 15);
    return {
      rotation: anyNorm(scaledBy(random() < 0.5 ? -1 : 1, product(rotation, turn))),
      translation: rounded(translation.map((entry, i) => entry + distance * way[i])),
    };
  };

  const truePoses = list(batch, drawPose);
  const predictedPoses = truePoses.map(drawOff);
  const viewCount = whole(1, 8);
  const views = truePoses.map(() =>
    list(viewCount, () => {
      const { rotation, translation } = drawPose();
      return { rotation: anyNorm(rotation), translation };
    }),
  );
  const spread = between(0.2, 1.5);
  const drawPoints = () => {
    const point = direction(3).map((entry, i) => entry * [8, 12, 9][i] * Math.cbrt(random()));
    return [rounded(point), rounded(point.map((entry) => entry + spread * normal()))];
  };
  const pointCount = whole(5, 50);
  const points = truePoses.map((truePose, item) =>
    list(pointCount, () => {
      let pair = drawPoints();
      while (!isClear(pair, truePose, predictedPoses[item], views[item], camera)) pair = drawPoints();
      return pair;
    }),
  );

  const reconstruction = (side, poses) => ({
    shape: points.map((pairs) => pairs.map((pair) => pair[side])),
    rotation: poses.map(({ rotation }) => rotation),
    translation: poses.map(({ translation }) => translation),
  });
  const truth = reconstruction(0, truePoses);
  return {
    truth,
    truthOfAnyNorm: { ...truth, rotation: truth.rotation.map(anyNorm) },
    predicted: reconstruction(1, predictedPoses),
    views: {
      rotation: views.map((poses) => poses.map(({ rotation }) => rotation)),
      translation: views.map((poses) => poses.map(({ translation }) => translation)),
    },
    camera,
    alpha: Math.fround(logarithmic(0.1, 1000)),
    beta: Math.fround(logarithmic(1, 1000)),
    gamma: Math.fround(logarithmic(0.01, 10)),
    logVariances: rounded([between(-2, 2), between(-5, 0), between(-2, 4)]),
    coefficients: list(batch, () => rounded(list(viewCount + 2, normal))),
  };
}

const scaledBy = (factor, q) => q.map((entry) => factor * entry);

/** The product of two quaternions. */
const product = ([a, b, c, d], [e, f, g, h]) => [
  a * e - b * f - c * g - d * h,
  a * f + b * e + c * h - d * g,
  a * g - b * h + c * e + d * f,
  a * h + b * g - c * f + d * e,
];

/** The depths in the cameras of a true and a predicted point, and their images: in each view and through each one's own camera. */
function seen([x, xHat], truePose, predictedPose, views, camera) {
  const moved = distorted(xHat, truePose, predictedPose);
  const pairs = [
    [cameraCoordinates(x, truePose), cameraCoordinates(xHat, predictedPose)],
    ...[truePose, ...views].map((view) => [cameraCoordinates(x, view), cameraCoordinates(moved, view)]),
  ];
  return {
    depths: pairs.flat().map((point) => point[2]),
    images: pairs.map((pair) => pair.map((point) => imageCoordinates(point, camera))),
  };
}

/** Whether rounding to float32 moves no depth across the clamp and no difference across zero, where l1 has its kink. */
function isClear([x, xHat], truePose, predictedPose, views, camera) {
  const { minDepth = DEFAULT_MIN_DEPTH, principalPointPixels } = camera;
  const { depths, images } = seen([x, xHat], truePose, predictedPose, views, camera);
  const apart = (a, b, least) => a.every((entry, i) => Math.abs(entry - b[i]) > least);
  return (
    depths.every((depth) => Math.abs(depth - minDepth) > CLEAR_CENTIMETRES) &&
    [modelCoordinates, cameraCoordinates].every((aligned) =>
      apart(aligned(x, truePose), aligned(xHat, predictedPose), CLEAR_CENTIMETRES),
    ) &&
    images.every(([image, other]) => {
      const size = Math.max(...[...image, ...other].map((entry, i) => Math.abs(entry - principalPointPixels[i % 2])));
      return apart(image, other, Math.max(CLEAR_PIXELS, CLEAR_SHARE * size));
    })
  );
}

/** Of the points in all the images of all cases, the shares below the smallest depth and less than 1 cm from it. */
export function clampedShares(cases) {
  const heights = cases.flatMap(({ truth, predicted, views, camera }) =>
    truth.shape.flatMap((points, item) => {
      const itemViews = poseOf(views, item);
      const poses = itemViews.rotation.map((_, v) => poseOf(itemViews, v));
      return points
        .flatMap((x, n) => {
          const pair = [x, predicted.shape[item][n]];
          return seen(pair, poseOf(truth, item), poseOf(predicted, item), poses, camera).depths;
        })
        .map((depth) => depth - (camera.minDepth ?? DEFAULT_MIN_DEPTH));
    }),
  );
  const share = (holds) => heights.filter(holds).length / heights.length;
  return { below: share((height) => height < 0), near: share((height) => Math.abs(height) < 1) };
}
