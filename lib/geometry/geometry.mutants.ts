const QUATERNION = { file: 'lib/geometry/quaternion.ts', tests: ['lib/geometry/quaternion.test.ts'] };
const POSE = { file: 'lib/geometry/pose.ts', tests: ['lib/geometry/pose.test.ts'] };
const CAMERA = { file: 'lib/geometry/camera.ts', tests: ['lib/geometry/camera.test.ts'] };
const ALIGNMENT = { file: 'lib/geometry/alignment.ts', tests: ['lib/geometry/alignment.test.ts'] };
const MATRICES = {
  file: 'lib/geometry/batched/rotation-matrices.ts',
  tests: ['lib/geometry/batched/rotation-matrices.test.ts'],
};
const ROWS = {
  file: 'lib/geometry/batched/pose-rows.ts',
  tests: ['lib/geometry/batched/pose-rows.test.ts'],
};
const PROJECTION = {
  file: 'lib/geometry/batched/project-points.ts',
  tests: ['lib/geometry/batched/project-points.test.ts'],
};
const TURNED = { file: 'lib/geometry/turned-camera.ts', tests: ['lib/geometry/turned-camera.test.ts'] };

/** Faults to put into the module, one at a time, and the tests that must notice. */
export const mutants = [
  {
    ...MATRICES,
    find: ' || !isFiniteTensor(norm)',
    replace: '',
    breaks: 'a quaternion beyond float32 becomes 0, and its matrix with it',
  },
  {
    ...QUATERNION,
    find: 'const scale = (q[0] < 0 ? -1 : 1) / norm;',
    replace: 'const scale = 1 / norm;',
    breaks: 'labels keep a negative q0',
  },
  {
    ...QUATERNION,
    find: 'const [w, x, y, z] = normalizeQuaternion(q);\n  return [\n    1 -',
    replace: 'const [w, x, y, z] = q;\n  return [\n    1 -',
    breaks: 'a quaternion of another norm gives no rotation',
  },
  {
    ...QUATERNION,
    find: '2 * (x * y - w * z),',
    replace: '2 * (x * y + w * z),',
    breaks: 'one sign in the rotation matrix',
  },
  {
    ...QUATERNION,
    find: 'p[0] * q[1] + p[1] * q[0] + p[2] * q[3] - p[3] * q[2],',
    replace: 'p[0] * q[1] + p[1] * q[0] - p[2] * q[3] + p[3] * q[2],',
    breaks: 'the order of a product',
  },
  {
    ...QUATERNION,
    find: 'const largest = squares.indexOf(Math.max(...squares));',
    replace: 'const largest = 0;',
    breaks: 'half turns, where the trace gives no quaternion',
  },
  {
    ...QUATERNION,
    find: '[m[2] - m[6], m[1] + m[3], squares[2], m[5] + m[7]],',
    replace: '[m[2] - m[6], m[1] + m[3], squares[2], m[5] - m[7]],',
    breaks: 'half turns about an axis near y',
  },
  {
    ...QUATERNION,
    find: 'return 2 * Math.atan2(Math.hypot(x, y, z), Math.abs(w));',
    replace: 'return 2 * Math.acos(Math.min(1, Math.abs(w)));',
    breaks: 'small angles lose half their digits',
  },
  {
    ...QUATERNION,
    find: 'Math.abs(w));',
    replace: 'w);',
    breaks: 'q and -q are a whole turn apart',
  },
  {
    ...QUATERNION,
    find: 'const s = Math.sin(angle / 2) / length;',
    replace: 'const s = -Math.sin(angle / 2) / length;',
    breaks: 'turns go clockwise',
  },
  {
    ...POSE,
    find: 'const [x, y, z] = rotate(inverse, translation);',
    replace: 'const [x, y, z] = translation;',
    breaks: 'the inverse motion shifts along unturned axes',
  },
  {
    ...POSE,
    find: 'const inverse = conjugate(normalizeQuaternion(rotation));',
    replace: 'const inverse = normalizeQuaternion(rotation);',
    breaks: 'the inverse motion turns the same way',
  },
  {
    ...POSE,
    find: 'normalizeQuaternion(multiplyQuaternions(first.rotation, second.rotation))',
    replace: 'normalizeQuaternion(multiplyQuaternions(second.rotation, first.rotation))',
    breaks: 'the order of two turns',
  },
  {
    ...POSE,
    find: 'translation: transformPoint(first, second.translation),',
    replace: 'translation: transformPoint(second, first.translation),',
    breaks: 'the order of two shifts',
  },
  {
    ...POSE,
    find: 'Math.atan2(Math.hypot(x, y), -z)',
    replace: 'Math.atan2(Math.hypot(x, y), z)',
    breaks: 'the frontal camera stands at 180 degrees',
  },
  {
    ...CAMERA,
    find: 'result[3 * i] = r[0] * x + r[3] * y + r[6] * z;',
    replace: 'result[3 * i] = r[0] * x + r[1] * y + r[2] * z;',
    breaks: 'a transposed rotation in one row',
  },
  {
    ...CAMERA,
    find: 'const z = points.get(i, 2) - tz;',
    replace: 'const z = points.get(i, 2) + tz;',
    breaks: 'the sign of the translation, so that the head is behind the camera',
  },
  {
    ...CAMERA,
    find: 'result[2 * i] = cx - (f',
    replace: 'result[2 * i] = cx + (f',
    breaks: 'the picture is mirrored',
  },
  {
    ...CAMERA,
    find: 'result[2 * i + 1] = cy - (f',
    replace: 'result[2 * i + 1] = cy + (f',
    breaks: 'the picture is upside down',
  },
  {
    ...CAMERA,
    find: 'const depth = Math.max(inCamera[3 * i + 2], minDepth);',
    replace: 'const depth = inCamera[3 * i + 2];',
    breaks: 'the clamp of the depth',
  },
  {
    ...CAMERA,
    find: 'focalLengthPixels: (500 / 224) * imageSize,',
    replace: 'focalLengthPixels: 500,',
    breaks: 'the field of view depends on the image size',
  },
  {
    ...ALIGNMENT,
    find: 'const flip = determinant(V.mmul(U.transpose())) < 0 ? -1 : 1;',
    replace: 'const flip = 1;',
    breaks: 'a mirror image is met by a reflection',
  },
  {
    ...ALIGNMENT,
    find: 'if (!(diagonal[1] > 1e-6 * diagonal[0]))',
    replace: 'if (!(diagonal[1] > 1e-12 * diagonal[0]))',
    breaks: 'points of a line, rounded to float32, give a rotation of noise',
  },
  {
    ...ALIGNMENT,
    find: 'return { rotation, translation: [to[0] - turned[0]',
    replace: 'return { rotation, translation: [to[0] - from[0]',
    breaks: 'the shift leaves out the turn of the centroid',
  },
  {
    ...ALIGNMENT,
    find: 'V.mmul(Matrix.diag([1, 1, flip]))\n      .mmul(U.transpose())',
    replace: 'U.mmul(Matrix.diag([1, 1, flip]))\n      .mmul(V.transpose())',
    breaks: 'the inverse rotation',
  },
  {
    ...ALIGNMENT,
    find: 'const next = transformPoints(average, align(average, start));',
    replace: 'const next = average;',
    breaks: 'the mean drifts from the reference’s frame',
  },
  {
    ...ALIGNMENT,
    find: 'translation: [-cx, -cy, -cz] });',
    replace: 'translation: [0, 0, 0] });',
    breaks: 'the model’s origin is not the centroid',
  },
  {
    ...ALIGNMENT,
    find: 'if (moved < 1e-4) break;',
    replace: 'break;',
    breaks: 'the Procrustes mean stops after one turn',
  },
  {
    ...MATRICES,
    find: 'tf.div(quaternions, norm) as Tensor2D;',
    replace: 'quaternions.clone();',
    breaks: 'the normalization, and its gradient',
  },
  {
    ...MATRICES,
    find: 'ENTRIES[(4 * i + j) * 9 + entry] = s;',
    replace: 'ENTRIES[(4 * i + j) * 9 + 3 * (entry % 3) + Math.floor(entry / 3)] = s;',
    breaks: 'all rotations are transposed',
  },
  {
    ...MATRICES,
    find: '!isFiniteTensor(unit) || ',
    replace: '',
    breaks: 'a zero quaternion passes as no number',
  },
  {
    ...ROWS,
    find: 'tf.transpose(rotationMatrices(rotation), [0, 2, 1])',
    replace: 'rotationMatrices(rotation)',
    breaks: 'an inverse that turns the same way',
  },
  {
    ...ROWS,
    find: 'tf.matMul(transposed, tf.expandDims(tf.neg(translation), 2))',
    replace: 'tf.expandDims(tf.neg(translation), 2)',
    breaks: 'the inverse leaves out the turn of the camera’s centre',
  },
  {
    ...ROWS,
    find: 'tf.add(tf.matMul(A, motion), shift)',
    replace: 'tf.matMul(A, motion)',
    breaks: 'a product loses the first motion’s shift',
  },
  {
    ...PROJECTION,
    find: 'tf.matMul(shape, A, false, true)',
    replace: 'tf.matMul(shape, A)',
    breaks: 'points are turned the other way',
  },
  {
    ...PROJECTION,
    find: 'tf.div(xy, tf.maximum(z, minDepth))',
    replace: 'tf.div(xy, z)',
    breaks: 'the clamp of the depth',
  },
  {
    ...PROJECTION,
    find: 'tf.maximum(z, minDepth)), -focalLengthPixels);',
    replace: 'tf.maximum(z, minDepth)), focalLengthPixels);',
    breaks: 'the picture is turned by 180 degrees',
  },
  {
    ...ALIGNMENT,
    find: 'covariance: diagonal[0] + diagonal[1] + flip * diagonal[2]',
    replace: 'covariance: diagonal[0] + diagonal[1] + diagonal[2]',
    breaks: 'the scale of a mirror image is too large',
  },
  {
    ...ALIGNMENT,
    find: 'to[i] - scale * turned[i])',
    replace: 'to[i] - turned[i])',
    breaks: 'a similarity’s shift leaves out its scale',
  },
  {
    file: 'lib/geometry/camera.ts',
    tests: ['lib/geometry/camera.test.ts'],
    find: 'if (inCamera[3 * i + 2] < minDepth) clamped++;',
    replace: 'if (inCamera[3 * i + 2] < 0) clamped++;',
    breaks: 'points between the camera and its least depth are not counted as clamped',
  },
  {
    file: 'lib/geometry/camera.ts',
    tests: ['lib/geometry/camera.test.ts'],
    find: 'return clamped / count;',
    replace: 'return clamped / (3 * count);',
    breaks: 'the share of clamped points is a third',
  },
  {
    ...TURNED,
    find: 'return normalizeQuaternion([Math.hypot(x, y, 1) + 1, -y, x, 0]);',
    replace: 'return normalizeQuaternion([Math.hypot(x, y, 1) + 1, y, -x, 0]);',
    breaks: 'the camera turns away from the pixel',
  },
  {
    ...TURNED,
    find: 'return normalizeQuaternion([Math.hypot(x, y, 1) + 1, -y, x, 0]);',
    replace: 'return normalizeQuaternion([Math.hypot(x, y, 1) + 1, x, -y, 0]);',
    breaks: 'the axes of the turn are swapped',
  },
  {
    ...TURNED,
    find: 'const [x, y] = [(principalPointPixels[0] - u) / f, (principalPointPixels[1] - v) / f];',
    replace: 'const [x, y] = [(u - principalPointPixels[0]) / f, (v - principalPointPixels[1]) / f];',
    breaks: 'the image’s right is the camera’s +x',
  },
  {
    ...TURNED,
    find: 'const r = rotationMatrix(rotation);',
    replace: 'const r = rotationMatrix(conjugate(rotation));',
    breaks: 'the homography’s rotation is transposed',
  },
  {
    ...TURNED,
    find: 'return rows.flatMap(([x, y, z]) => [-x / f, -y / f, (c[0] * x + c[1] * y) / f + z]);',
    replace: 'return rows.flatMap(([x, y, z]) => [-f * x, -f * y, c[0] * x + c[1] * y + z]);',
    breaks: 'K is taken for its inverse',
  },
  {
    ...TURNED,
    find: '    [0, 1, 2].map((i) => d[0] * r[6 + i] - g * r[i]),\n    [0, 1, 2].map((i) => d[1] * r[6 + i] - g * r[3 + i]),',
    replace:
      '    [0, 1, 2].map((i) => d[1] * r[6 + i] - g * r[i]),\n    [0, 1, 2].map((i) => d[0] * r[6 + i] - g * r[3 + i]),',
    breaks: 'the principal point’s axes are swapped',
  },
  {
    ...TURNED,
    find: 'pixel: [(h[0] * u + h[1] * v + h[2]) / weight, (h[3] * u + h[4] * v + h[5]) / weight],',
    replace: 'pixel: [h[0] * u + h[1] * v + h[2], h[3] * u + h[4] * v + h[5]],',
    breaks: 'homogeneous pixels are not divided',
  },
  {
    ...TURNED,
    find: 'composePoses(pose, { rotation: conjugate(rotation), translation: [0, 0, 0] });',
    replace: 'composePoses(pose, { rotation, translation: [0, 0, 0] });',
    breaks: 'the pose is turned twice instead of back',
  },
  {
    ...TURNED,
    find: 'composePoses(pose, { rotation: conjugate(rotation), translation: [0, 0, 0] });',
    replace: 'composePoses({ rotation: conjugate(rotation), translation: [0, 0, 0] }, pose);',
    breaks: 'the model is turned instead of the camera',
  },
  {
    ...TURNED,
    find: 'const [x, y, z] = invertPose(pose).translation;',
    replace: 'const [x, y, z] = pose.translation;',
    breaks: 'the camera’s centre is taken for the head’s place',
  },
  {
    ...TURNED,
    find: 'rotate(pose.rotation, [x, y, ratio * z]);',
    replace: 'rotate(pose.rotation, [ratio * x, ratio * y, ratio * z]);',
    breaks: 'the place beside the axis grows with the focal length',
  },
  {
    ...TURNED,
    find: 'rotate(pose.rotation, [x, y, ratio * z]);',
    replace: 'rotate(pose.rotation, [x, y, z / ratio]);',
    breaks: 'a longer focal length brings the head nearer',
  },
];
