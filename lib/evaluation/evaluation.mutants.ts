const METRICS = { file: 'lib/evaluation/metrics.ts', tests: ['lib/evaluation/metrics.test.ts'] };
const ERRORS = {
  file: 'lib/evaluation/reconstruction-errors.ts',
  tests: ['lib/evaluation/reconstruction-errors.test.ts'],
};
const BOOTSTRAP = { file: 'lib/evaluation/bootstrap.ts', tests: ['lib/evaluation/bootstrap.test.ts'] };
const MEAN_POSE = { file: 'lib/evaluation/mean-pose.ts', tests: ['lib/evaluation/mean-pose.test.ts'] };

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
];
