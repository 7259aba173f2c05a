const METRICS = { file: 'lib/evaluation/metrics.ts', tests: ['lib/evaluation/metrics.test.ts'] };
const ERRORS = {
  file: 'lib/evaluation/reconstruction-errors.ts',
  tests: ['lib/evaluation/reconstruction-errors.test.ts'],
};
const BOOTSTRAP = { file: 'lib/evaluation/bootstrap.ts', tests: ['lib/evaluation/bootstrap.test.ts'] };
const MEAN_POSE = { file: 'lib/evaluation/mean-pose.ts', tests: ['lib/evaluation/mean-pose.test.ts'] };
const ALIGN_TESTS = ['lib/evaluation/align-to-scan.test.ts'];
const ALIGN = { file: 'lib/evaluation/align-to-scan.ts', tests: ALIGN_TESTS };
const PAIRS = { file: 'lib/evaluation/closest-pairs.ts', tests: ALIGN_TESTS };
const STEPS = { file: 'lib/evaluation/closest-point-steps.ts', tests: ALIGN_TESTS };
const PROTOCOLS = { file: 'lib/evaluation/scan-protocols.ts', tests: ['lib/evaluation/scan-protocols.test.ts'] };
const SCAN_ERROR = { file: 'lib/evaluation/scan-error.ts', tests: ['lib/evaluation/scan-error.test.ts'] };

/** Faults to put into the module, one at a time, and the tests that must notice. */
export const mutants = [
  {
    ...METRICS,
    find: '10 * meanDistance(truth, predicted)',
    replace: 'meanDistance(truth, predicted)',
    breaks: 'centimetres for millimetres',
  },
  {
    ...METRICS,
    find: 'sum += Math.sqrt(squared);',
    replace: 'sum += squared;',
    breaks: 'squared distances for distances',
  },
  {
    ...METRICS,
    find: 'return sum / count;',
    replace: 'return sum / (count * dimensions);',
    breaks: 'the mean is over coordinates, not over points',
  },
  {
    ...METRICS,
    find: '* 180) / Math.PI',
    replace: '* 90) / Math.PI',
    breaks: 'half of each angle',
  },
  {
    ...METRICS,
    find: '(rotationAngle(truth.rotation, predicted.rotation) * 180) / Math.PI',
    replace:
      '(2 * Math.acos(Math.min(1, truth.rotation.reduce((sum, v, i) => sum + v * predicted.rotation[i], 0))) * 180) / Math.PI',
    breaks: 'q and -q are a whole turn apart, and small angles are 0',
  },
  {
    ...METRICS,
    find: 'projectPoints(predicted.shape, predicted.pose, camera)',
    replace: 'projectPoints(predicted.shape, truth.pose, camera)',
    breaks: 'the predicted pose is not seen in the picture',
  },
  {
    ...ERRORS,
    find: 'const camera = defaultCamera(REPORTED_IMAGE_SIZE);',
    replace: 'const camera = defaultCamera(dataset.imageSize);',
    breaks: 'pixels are those of the split’s images',
  },
  {
    ...ERRORS,
    find: 'cameraAngleDegrees(truth.pose)',
    replace: 'cameraAngleDegrees(predicted.pose)',
    breaks: 'the angle of the camera is the predicted one',
  },
  {
    ...ERRORS,
    find: 'ndarray(shapeOf(dataset, image), [dataset.points, 3])',
    replace: 'ndarray(shapeOf(dataset, 0), [dataset.points, 3])',
    breaks: 'all images show the first subject',
  },
  {
    ...ERRORS,
    find: 'clampedShare(shape, predicted.pose, camera)',
    replace: 'clampedShare(shape, truth.pose, camera)',
    breaks: 'clamped points are counted under the true pose',
  },
  {
    ...ERRORS,
    find: 'errors.rotationDegrees / meanPredictor.rotationDegrees;',
    replace: 'errors.reprojectionPixels / meanPredictor.reprojectionPixels;',
    breaks: 'pixels choose, and the rotation does not',
  },
  {
    ...ERRORS,
    find: 'translationCentimetres: mean(errors.translationCentimetres),',
    replace: 'translationCentimetres: mean(errors.rotationDegrees),',
    breaks: 'a column of the table',
  },
  {
    ...ERRORS,
    find: 'const bin = Math.floor(angle / binDegrees);',
    replace: 'const bin = Math.round(angle / binDegrees);',
    breaks: 'bins are centred on their lower edge',
  },
  {
    ...ERRORS,
    find: '.sort(([a], [b]) => a - b)',
    replace: '',
    breaks: 'bins are in the order of the images',
  },
  {
    ...MEAN_POSE,
    find: 't[i] += translation[i] / imageCount(dataset);',
    replace: 't[i] += translation[i];',
    breaks: 'the sum of the centres for their mean',
  },
  {
    ...MEAN_POSE,
    find: 'q[i] += rotation[i];',
    replace: 'q[i] = rotation[i];',
    breaks: 'the last image’s rotation for the mean',
  },
  {
    ...BOOTSTRAP,
    find: 'sums.get(subjects[image]) ??',
    replace: 'sums.get(image) ??',
    breaks: 'images of a subject are drawn apart',
  },
  {
    ...BOOTSTRAP,
    find: 'total[c] / images',
    replace: 'total[c] / sums.length',
    breaks: 'means over subjects, not over images',
  },
  {
    ...BOOTSTRAP,
    find: 'quantile(values, 0.025)',
    replace: 'quantile(values, 0.05)',
    breaks: 'a 90 % interval',
  },
  {
    ...BOOTSTRAP,
    find: 'const drawn = sums[random.integer(sums.length)];',
    replace: 'const drawn = sums[s];',
    breaks: 'every draw is the sample itself',
  },
  {
    ...ALIGN,
    find: 'squaredSum(find(fast, next), pairs.kept) > squaredSum(pairs, pairs.kept)',
    replace: 'squaredSum(find(fast, next), pairs.kept) > Number.POSITIVE_INFINITY',
    breaks: 'a step that goes too far is taken',
  },
  {
    ...ALIGN,
    find: 'const fast = fastStep(pairs, fitSize);',
    replace: 'const fast = classicalStepOf(pairs, fitSize);',
    breaks: 'all steps are classical, and end on the way',
  },
  {
    ...ALIGN,
    find: "const fitSize = size === 'fitted';",
    replace: 'const fitSize = true;',
    breaks: 'size is fitted where it is to be kept',
  },
  {
    ...ALIGN,
    find: 'if (pairs.counts[n] === 1) distancesMillimetres[number]',
    replace: 'distancesMillimetres[number]',
    breaks: 'points beyond the scan’s border have a distance',
  },
  {
    ...ALIGN,
    find: 'distancesMillimetres[number] = 10 * pairs.distances[n];',
    replace: 'distancesMillimetres[n] = 10 * pairs.distances[n];',
    breaks: 'distances are those of other points where some do not count',
  },
  {
    ...ALIGN,
    find: 'if (!(Math.min(...values) > FLAT ** 2 * Math.max(...values)))',
    replace: 'if (values.length === 0)',
    breaks: 'one triangle is a scan',
  },
  {
    ...PAIRS,
    find: 'move(onScan, inverse(motion), query);',
    replace: 'move(onScan, motion, query);',
    breaks: 'the scan goes the prediction’s way instead of back',
  },
  {
    ...PAIRS,
    find: 'translation: [x / scale, y / scale, z / scale]',
    replace: 'translation: [x, y, z]',
    breaks: 'the way back has the shift of a motion without a scale',
  },
  {
    ...PAIRS,
    find: 'Math.ceil(trim.share * sorted.length) - 1',
    replace: 'sorted.length - 1',
    breaks: 'nothing is trimmed',
  },
  {
    ...PAIRS,
    find: 'farthest = trim.distanceMillimetres / 10;',
    replace: 'farthest = trim.distanceMillimetres;',
    breaks: 'millimetres are taken for centimetres',
  },
  {
    ...PAIRS,
    find: 'kept[n] = counts[n] === 1 && distances[n] <= farthest ? 1 : 0;',
    replace: 'kept[n] = distances[n] <= farthest ? 1 : 0;',
    breaks: 'points beyond the scan’s border draw the prediction',
  },
  {
    ...PAIRS,
    find: 'axes[3 * n + k] = turn',
    replace: 'axes[3 * n + k] = turn && k < 0',
    breaks: 'the prediction’s normals are not turned into the scan’s frame',
  },
  {
    ...STEPS,
    find: 'addSquare(corners[n] === 3 ? 1 - ALONG : ALONG - 1);',
    replace: 'addSquare(0);',
    breaks: 'planes and edges are as stiff as points, or loose',
  },
  {
    ...STEPS,
    find: 'const factor = Math.exp(growth);',
    replace: 'const factor = Math.exp(-growth);',
    breaks: 'what should grow shrinks',
  },
  {
    ...STEPS,
    find: '{ scale: motion.scale, ...alignRigid(of(own, motion.scale), places) }',
    replace: '{ scale: 1, ...alignRigid(of(own, 1), places) }',
    breaks: 'the start’s size is lost in a classical step',
  },
  {
    ...PROTOCOLS,
    find: 'centre: base.map((v, k) => v + 0.3 * up[k])',
    replace: 'centre: base.map((v, k) => v + 0.5 * up[k])',
    breaks: 'the face’s sphere sits too high',
  },
  {
    ...SCAN_ERROR,
    find: 'counts: sphere && within(',
    replace: 'counts: undefined && within(',
    breaks: 'no protocol crops',
  },
  {
    ...SCAN_ERROR,
    find: 'direction: settings.direction,',
    replace: "direction: 'prediction to scan',",
    breaks: 'all protocols go from the prediction to the scan',
  },
  {
    ...SCAN_ERROR,
    find: '(sorted[(points - 1) >> 1] + sorted[points >> 1]) / 2',
    replace: 'sorted[points >> 1]',
    breaks: 'the median of an even number is the upper one',
  },
  {
    ...SCAN_ERROR,
    find: 'sum + (d - mean) ** 2, 0) / points',
    replace: 'sum + (d - mean) ** 2, 0) / (points - 1)',
    breaks: 'the deviation is that of a sample',
  },
  {
    ...SCAN_ERROR,
    find: "size === 'fitted' ? alignSimilarity(from, to) : alignRigid(from, to)",
    replace: 'from && to && { rotation: [1, 0, 0, 0] as const, translation: [0, 0, 0] as const }',
    breaks: 'the landmarks do not begin the alignment',
  },
];
