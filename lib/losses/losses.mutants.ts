const RECONSTRUCTION = { file: 'lib/losses/reconstruction.ts', tests: ['lib/losses/reconstruction.test.ts'] };
const ALIGNMENT = {
  file: 'lib/losses/geometric-alignment-loss.ts',
  tests: ['lib/losses/geometric-alignment-loss.test.ts'],
};
const REPROJECTION = { file: 'lib/losses/reprojection-losses.ts', tests: ['lib/losses/reprojection-losses.test.ts'] };
const MOVED = {
  file: 'lib/losses/moved-points.ts',
  tests: ['lib/losses/moved-points.test.ts'],
};
const DISTANCES = {
  file: 'lib/losses/distances.ts',
  tests: ['lib/losses/geometric-alignment-loss.test.ts', 'lib/losses/reprojection-losses.test.ts'],
};
const MULTITERM = { file: 'lib/losses/multiterm-losses.ts', tests: ['lib/losses/multiterm-losses.test.ts'] };
const VIEWS = { file: 'lib/losses/virtual-views.ts', tests: ['lib/losses/virtual-views.test.ts'] };
const ALL_LOSSES = [...ALIGNMENT.tests, ...REPROJECTION.tests, ...MULTITERM.tests];

/** Faults to put into the module, one at a time, and the tests that must notice. */
export const mutants = [
  {
    ...MULTITERM,
    find: '  checkReconstructions(truth, predicted);\n',
    replace: '',
    breaks: 'a single point is compared with a whole head',
  },
  {
    ...RECONSTRUCTION,
    find: "norm === 'l1' ? tf.abs(difference) : tf.square(difference)",
    replace: 'tf.square(difference)',
    breaks: 'l2 for l1',
  },
  {
    ...RECONSTRUCTION,
    tests: ALL_LOSSES,
    find: "norm === 'l1' ? tf.abs(difference)",
    replace: "norm === 'l1' ? tf.sqrt(tf.square(difference).add(1e-2))",
    breaks: 'a smoothed l1, which is not zero at the truth',
  },
  {
    ...RECONSTRUCTION,
    tests: ALL_LOSSES,
    find: 'return tf.mean(norm',
    replace: 'return tf.sum(norm',
    breaks: 'sums for means',
  },
  {
    ...RECONSTRUCTION,
    find: 'rotation.shape, [batch, 4],',
    replace: 'rotation.shape, rotation.shape,',
    breaks: 'rotations of another batch pass',
  },
  {
    ...ALIGNMENT,
    find: "frame === 'released' ? poseRows : inversePoseRows",
    replace: "frame === 'released' ? inversePoseRows : poseRows",
    breaks: 'the two frames are exchanged: an inverse too much or too little',
  },
  {
    ...ALIGNMENT,
    find: "{ frame = 'released', norm",
    replace: "{ frame = 'camera', norm",
    breaks: 'the default is not the paper’s',
  },
  {
    ...ALIGNMENT,
    find: 'moved(truth), moved(predicted), norm)',
    replace: 'moved(truth), moved({ ...predicted, rotation: truth.rotation }), norm)',
    breaks: 'the predicted turn is not seen',
  },
  {
    ...ALIGNMENT,
    find: 'moved(truth), moved(predicted), norm)',
    replace: "moved(truth), moved(predicted), 'l1')",
    breaks: 'the norm that is asked for is forgotten',
  },
  {
    ...MOVED,
    find: 'return tf.add(tf.matMul(A, shape, false, true), b);',
    replace: 'return tf.sub(tf.matMul(A, shape, false, true), b);',
    breaks: 'the sign of the translation',
  },
  {
    ...MOVED,
    find: 'const [scaledA] = tf.split(tf.mul(rows, f), [3, 1], 2)',
    replace: 'const [scaledA] = tf.split(rows, [3, 1], 2)',
    breaks: 'the gradient to the shape is as large as the number of points',
  },
  {
    ...MOVED,
    find: 'tf.sum(g, 2, true)',
    replace: 'tf.mean(g, 2, true)',
    breaks: 'the gradient to a translation is that of one point',
  },
  {
    ...DISTANCES,
    find: "norm === 'l1' ? tf.sign(difference) : tf.mul(difference, 2)",
    replace: 'tf.sign(difference)',
    breaks: 'the squared norm has the gradient of l1',
  },
  {
    ...DISTANCES,
    find: 'gradientsOfMovedPoints(slope(difference, norm), tf.div(dy, difference.size), shape, rows)',
    replace: 'gradientsOfMovedPoints(slope(difference, norm), tf.div(1, difference.size), shape, rows)',
    breaks: 'a loss that is part of a sum has the gradient of the loss alone',
  },
  {
    ...DISTANCES,
    find: '[1, 1, -1].flatMap',
    replace: '[1, 1, 1].flatMap',
    breaks: 'the gradient along the depth has the other sign',
  },
  {
    ...DISTANCES,
    find: "tf.cast(tf.greater(w, minDepth), 'float32')",
    replace: 'tf.onesLike(w)',
    breaks: 'clamped depths have a gradient',
  },
  {
    ...DISTANCES,
    find: 'tf.reciprocal(tf.maximum(w, minDepth))',
    replace: 'tf.reciprocal(w)',
    breaks: 'the clamp of the depth',
  },
  {
    ...DISTANCES,
    find: 'tf.div(dy, 2 * du.size)',
    replace: 'tf.div(dy, du.size)',
    breaks: 'the gradient is that of the sum over u and v',
  },
  {
    ...REPROJECTION,
    find: 'rows: imageRows(rotation, translation, 1, focalLengthPixels),',
    replace: 'rows: imageRows(rotation, tf.neg(translation), 1, focalLengthPixels),',
    breaks: 'SRL: the sign of the translation',
  },
  {
    ...REPROJECTION,
    find: 'tf.reshape(inversePoseRows(rotation, translation), [-1, views, 3, 4])',
    replace: 'tf.reshape(poseRows(rotation, translation), [-1, views, 3, 4])',
    breaks: 'an inverse left out: the head stands behind the camera, as in eq. 8 read literally',
  },
  {
    ...REPROJECTION,
    find: 'tf.tensor([-focalLengthPixels, -focalLengthPixels, 1], [1, 3, 1, 1])',
    replace: 'tf.tensor([-500, -500, 1], [1, 3, 1, 1])',
    breaks: 'the camera’s focal length is not used',
  },
  {
    ...REPROJECTION,
    find: 'tf.tensor([-focalLengthPixels, -focalLengthPixels, 1], [1, 3, 1, 1])',
    replace: 'tf.tensor([-focalLengthPixels, focalLengthPixels, -1], [1, 3, 1, 1])',
    breaks: 'K’s signs: the depth is negative and clamped everywhere',
  },
  {
    ...REPROJECTION,
    find: 'composeRows(inViews, poseRows(truth.rotation, truth.translation))',
    replace: 'composeRows(inViews, inversePoseRows(truth.rotation, truth.translation))',
    breaks: 'D = T^-1 T^^-1 for T T^^-1',
  },
  {
    ...REPROJECTION,
    find: 'const toPredictedCamera = inversePoseRows(predicted.rotation, predicted.translation);',
    replace: 'const toPredictedCamera = poseRows(predicted.rotation, predicted.translation);',
    breaks: 'D = T T^ for T T^^-1',
  },
  {
    ...REPROJECTION,
    find: 'rows: composeRows(fromTrueCamera, toPredictedCamera)',
    replace: 'rows: inViews',
    breaks: 'D does not move the predicted head',
  },
  {
    ...REPROJECTION,
    find: 'tf.reshape(tf.mul(tf.transpose(rows, [0, 2, 1, 3]), K), [-1, 3 * views, 4])',
    replace: 'tf.reshape(tf.mul(rows, tf.transpose(K, [0, 2, 1, 3])), [-1, 3 * views, 4])',
    breaks: 'rows of different views are mixed',
  },
  {
    ...REPROJECTION,
    find: 'includeTrueView ? withTrueView(views, truth) : views;',
    replace: 'withTrueView(views, truth);',
    breaks: 'the true view is always included',
  },
  {
    ...REPROJECTION,
    find: '      minDepth,\n      norm,\n    );\n  });',
    replace: '      minDepth,\n      norm,\n    ).mul(rotation.shape[1]) as Scalar;\n  });',
    breaks: 'the mean over V',
  },
  {
    ...MULTITERM,
    find: 'tf.add(tf.mul(q, 4 / 7), tf.mul(t, 3 / 7))',
    replace: 'tf.add(tf.mul(q, 3 / 7), tf.mul(t, 4 / 7))',
    breaks: 'the shares of q and t in their seven numbers',
  },
  {
    ...MULTITERM,
    find: 'unitQuaternions(predicted.rotation)',
    replace: 'predicted.rotation',
    breaks: 'the predicted quaternion is not normalized',
  },
  {
    ...MULTITERM,
    find: 'tf.addN([x, tf.mul(q, beta), tf.mul(t, gamma)])',
    replace: 'tf.addN([x, tf.mul(q, gamma), tf.mul(t, beta)])',
    breaks: 'XQT’s weights are exchanged',
  },
  {
    ...MULTITERM,
    find: 'return tf.add(x, tf.mul(pose, alpha)) as Scalar;',
    replace: 'return tf.add(tf.mul(x, alpha), pose) as Scalar;',
    breaks: 'Coarse weighs the shape, not the pose',
  },
  {
    ...MULTITERM,
    find: 'if (!(value >= 0 && Number.isFinite(value)))',
    replace: 'if (value < 0)',
    breaks: 'a weight that is no number passes',
  },
  {
    ...VIEWS,
    find: 'translation: translations.subarray(3 * image, 3 * image + 3),',
    replace: 'translation: translations.subarray(3 * random.integer(images)).subarray(0, 3),',
    breaks: 'a view’s centre is another image’s',
  },
  {
    ...VIEWS,
    find: 'const image = random.integer(images);',
    replace: 'const image = (random.uniform() * 0) % images;',
    breaks: 'views are not random',
  },
  {
    ...VIEWS,
    find: 'const cosine = 1 - random.uniform() * (1 - leastCosine);',
    replace: 'const cosine = Math.cos(random.uniform() * Math.acos(leastCosine));',
    breaks: 'the cap is denser in its middle',
  },
  {
    ...VIEWS,
    find: 'Math.min(leastCosine, -z / Math.hypot(x, y, z))',
    replace: 'Math.min(leastCosine, z / Math.hypot(x, y, z))',
    breaks: 'the cap lies behind the head',
  },
  {
    ...VIEWS,
    find: 'const distance = Math.hypot(...centre(random.integer(images)));',
    replace: 'const distance = Math.hypot(...centre(0));',
    breaks: 'the cap has one distance',
  },
  {
    ...VIEWS,
    find: 'const pitch = Math.asin(direction[1]);',
    replace: 'const pitch = -Math.asin(direction[1]);',
    breaks: 'cameras above look up',
  },
  {
    ...VIEWS,
    find: 'Math.atan2(-direction[0], -direction[2])',
    replace: 'Math.atan2(direction[0], -direction[2])',
    breaks: 'cameras at the side look away',
  },
  {
    ...MULTITERM,
    find: 'tf.mul(terms, tf.exp(tf.neg(logVariances)))',
    replace: 'tf.mul(terms, tf.exp(logVariances))',
    breaks: 'the learned weights are turned over',
  },
  {
    ...MULTITERM,
    find: 'tf.exp(tf.neg(logVariances))), logVariances)',
    replace: 'tf.exp(tf.neg(logVariances))), 0)',
    breaks: 'learned weights may fall to zero at no price',
  },
  {
    file: 'lib/losses/coefficient-penalty.ts',
    tests: ['lib/losses/coefficient-penalty.test.ts'],
    find: 'tf.mean(tf.square(coefficients))',
    replace: 'tf.mean(tf.abs(coefficients))',
    breaks: 'l1 for l2',
  },
];
