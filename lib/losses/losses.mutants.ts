const RECONSTRUCTION = { file: 'lib/losses/reconstruction.ts', tests: ['lib/losses/reconstruction.test.ts'] };
const ALIGNMENT = {
  file: 'lib/losses/geometric-alignment-loss.ts',
  tests: ['lib/losses/geometric-alignment-loss.test.ts'],
};
const REPROJECTION = { file: 'lib/losses/reprojection-losses.ts', tests: ['lib/losses/reprojection-losses.test.ts'] };
const MULTITERM = { file: 'lib/losses/multiterm-losses.ts', tests: ['lib/losses/multiterm-losses.test.ts'] };
const VIEWS = { file: 'lib/losses/virtual-views.ts', tests: ['lib/losses/virtual-views.test.ts'] };
const ALL_LOSSES = [...ALIGNMENT.tests, ...REPROJECTION.tests, ...MULTITERM.tests];

/** Faults to put into the module, one at a time, and the tests that must notice. */
export const mutants = [
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
    find: "frame === 'released' ? modelPoints : cameraPoints",
    replace: "frame === 'released' ? cameraPoints : modelPoints",
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
    find: 'moved(predicted)), norm)',
    replace: 'moved({ ...predicted, rotation: truth.rotation })), norm)',
    breaks: 'the predicted turn is not seen',
  },
  {
    ...ALIGNMENT,
    find: 'moved(predicted)), norm)',
    replace: "moved(predicted)), 'l1')",
    breaks: 'the norm that is asked for is forgotten',
  },
  {
    ...REPROJECTION,
    find: 'return imageOffsets(shape, R, tf.neg(rotatedRows(translation, R)) as Tensor3D, intrinsics);',
    replace: 'return imageOffsets(shape, R, rotatedRows(translation, R) as Tensor3D, intrinsics);',
    breaks: 'SRL: the sign of the translation',
  },
  {
    ...REPROJECTION,
    find: 'return imageOffsets(shape, R, tf.neg(rotatedRows(translation, R)) as Tensor3D, intrinsics);',
    replace: 'return imageOffsets(shape, R, tf.neg(tf.expandDims(translation, 1)) as Tensor3D, intrinsics);',
    breaks: 'SRL: the inverse leaves out the turn of the camera’s centre',
  },
  {
    ...REPROJECTION,
    find: 'tf.maximum(z, minDepth)), -focalLengthPixels)',
    replace: 'tf.maximum(z, minDepth)), -500)',
    breaks: 'the camera’s focal length is not used',
  },
  {
    ...REPROJECTION,
    find: 'tf.div(xy, tf.maximum(z, minDepth))',
    replace: 'tf.div(xy, z)',
    breaks: 'the clamp of the depth',
  },
  {
    ...REPROJECTION,
    find: 'tf.matMul(rotationMatrices(predicted.rotation), R, false, true)',
    replace: 'tf.matMul(rotationMatrices(predicted.rotation), R, true, false)',
    breaks: 'D = T^-1 T^ for T T^-1',
  },
  {
    ...REPROJECTION,
    find: 'tf.sub(tf.expandDims(truth.translation, 1), rotatedRows(predicted.translation, back))',
    replace: 'tf.expandDims(tf.sub(truth.translation, predicted.translation), 1)',
    breaks: 'D’s shift leaves out its turn',
  },
  {
    ...REPROJECTION,
    find: 'tf.matMul(back, columns) as Tensor3D,',
    replace: 'columns,',
    breaks: 'D does not turn the predicted head',
  },
  {
    ...REPROJECTION,
    find: 'tf.add(tf.matMul(shift, columns), viewOffset)',
    replace: 'tf.add(shift.tile([1, 1, count]), viewOffset)',
    breaks: 'D’s shift is not turned into the view',
  },
  {
    ...REPROJECTION,
    find: 'tf.transpose(tf.reshape(m, [batch, count, 3, 3]), [0, 2, 1, 3])',
    replace: 'tf.reshape(m, [batch, 3, count, 3])',
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
    find: '    return meanNorm(tf.sub(truePoints, predictedPoints), norm);',
    replace: '    return tf.mul(meanNorm(tf.sub(truePoints, predictedPoints), norm), count);',
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
    find: 'const unit = tf.div(predicted.rotation, tf.norm(predicted.rotation, 2, 1, true));',
    replace: 'const unit = predicted.rotation;',
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
